import Kernels
import Testing

@testable import Preferences

/// What every learner must do, whatever its method; each method's tests call it once.
enum LearnerConformance {
    /// Learns from `data` and checks: the same bits again and on one thread, bits that survive saving, antisymmetry, labels that
    /// are not looked at, and typed errors for what does not fit.
    static func check<Learner: PreferenceLearner>(
        _ learner: Learner, on data: ComparisonSet, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let model = try learner.fit(data, seed: 3)
        let answers = try model.predict(data, for: .each)
        #expect(answers.count == data.count, sourceLocation: sourceLocation)
        #expect(answers.allSatisfy { $0.value.isFinite }, sourceLocation: sourceLocation)
        #expect(
            answers.allSatisfy { $0.deviation.map { $0 >= 0 && $0.isFinite } ?? true },
            sourceLocation: sourceLocation)
        #expect(model.features == data.items.features.columns, sourceLocation: sourceLocation)

        let again = try Parallel.withThreads(1) { try learner.fit(data, seed: 3).predict(data, for: .each) }
        #expect(again == answers, "the same seed has to give the same bits", sourceLocation: sourceLocation)

        let loaded = try Learner.Model(model.state)
        #expect(loaded.state == model.state, sourceLocation: sourceLocation)
        #expect(
            try loaded.predict(data, for: .each) == answers, "a saved model has to answer alike",
            sourceLocation: sourceLocation)
        #expect(throws: LearningError.self, sourceLocation: sourceLocation) {
            try Learner.Model(ModelState())
        }

        let swapped = try model.predict(data.swapped(), for: .each)
        for (a, b) in zip(answers, swapped) {
            #expect(abs(a.value + b.value) <= 1e-9 * max(1, abs(a.value)), sourceLocation: sourceLocation)
        }
        var blind = data
        blind.labels = blind.labels.map { _ in 0.5 }
        #expect(try model.predict(blind, for: .each) == answers, sourceLocation: sourceLocation)

        let wide = try ComparisonSet(
            items: ItemSet(
                features: FeatureMatrix(
                    [[Double]](repeating: [Double](repeating: 1, count: model.features + 1), count: 2))),
            left: [0], right: [1], labels: [1])
        #expect(throws: LearningError.self, sourceLocation: sourceLocation) {
            try model.predict(wide, for: .each)
        }
        #expect(throws: LearningError.self, sourceLocation: sourceLocation) {
            try model.predict(data, for: .judge("nobody of that name"))
        }
        #expect(throws: LearningError.self, "learning from nothing", sourceLocation: sourceLocation) {
            try learner.fit(data.selecting([]), seed: 1)
        }
    }
}
