import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Rewards that all groups are heard in")
struct ParetoTests {
    private func grouped(_ groups: Int = 3, count: Int = 300) throws -> ComparisonSet {
        var data = try LearningWorld.linear([1, -1, 0.5], count: count, judges: 4)
        try data.setGroups((0..<count).map { "group \($0 % groups)" })
        return data
    }

    private func vectors(_ count: Int, _ width: Int, seed: UInt64) -> [[Double]] {
        var random = CounterRandom(seed: seed)
        let shared = (0..<width).map { _ in random.normal() }
        return (0..<count).map { _ in shared.map { 0.5 * $0 + random.normal() } }
    }

    @Test("The learner keeps the rules that all keep")
    func conformance() throws {
        let data = try grouped()
        try LearnerConformance.check(ParetoReward(steps: 60), on: data)
        try LearnerConformance.check(ParetoReward(steps: 30, normalization: .both), on: data)
        try LearnerConformance.check(
            ParetoReward(loss: HingeLoss(), steps: 30, weighting: .uniform), on: data)
        guard Torch.isAvailable else { return }
        try LearnerConformance.check(
            ParetoReward(trunk: .network(hidden: [8]), steps: 40, normalization: .length), on: data)
    }

    @Test("Closed forms of the shortest mean")
    func closedForms() {
        #expect(MinimumNorm.weights(MinimumNorm.gram([[3, 4]])) == [1])
        let orthogonal = MinimumNorm.weights(MinimumNorm.gram([[1, 0], [0, 2]]))
        #expect(abs(orthogonal[0] - 0.8) < 1e-12 && abs(orthogonal[1] - 0.2) < 1e-12)
        // m₂ = −c m₁: (c, 1)/(1 + c), and the mean is nothing.
        let opposite = MinimumNorm.weights(MinimumNorm.gram([[1, 2], [-3, -6]]))
        #expect(abs(opposite[0] - 0.75) < 1e-12 && abs(opposite[1] - 0.25) < 1e-12)
        // Two of one direction: all weight on the shorter.
        #expect(MinimumNorm.weights(MinimumNorm.gram([[2, 2], [1, 1]])) == [0, 1])
        for same in [MinimumNorm.gram([[1, 2], [1, 2], [1, 2]]), MinimumNorm.gram([[0, 0], [0, 0]])] {
            #expect(abs(MinimumNorm.weights(same).reduce(0, +) - 1) < 1e-12)
            #expect(MinimumNorm.weights(same).allSatisfy { $0 >= 0 })
        }
    }

    @Test(
        "v·mᵢ ≥ ‖v‖² for all i, exactly and nearly", arguments: [(4, 30), (3, 2), (6, 3), (12, 40), (25, 10)])
    func optimality(_ count: Int, _ width: Int) {
        for seed in 1...10 {
            let gram = MinimumNorm.gram(vectors(count, width, seed: UInt64(seed)))
            func violation(_ weights: [Double]) -> Double {
                let products = gram.multiply(weights)
                let square = zip(weights, products).reduce(0) { $0 + $1.0 * $1.1 }
                let largest = (0..<count).map { gram[$0, $0] }.max()!
                return (square - products.min()!) / max(square, 1e-3 * largest)
            }
            let exact = MinimumNorm.weights(gram)
            #expect(exact.allSatisfy { $0 >= 0 } && abs(exact.reduce(0, +) - 1) < 1e-12)
            #expect(violation(exact) < 1e-9, "\(count) × \(width), seed \(seed)")
            if count == 4 {
                #expect(violation(exact) < 1e-10)
                #expect(violation(MinimumNorm.frankWolfe(gram)) < 1e-2)
            }
        }
    }

    @Test("No set of vectors gives a shorter mean")
    func enumeration() {
        for seed in 1...20 {
            let count = 5
            let gram = MinimumNorm.gram(vectors(count, 4, seed: UInt64(seed)))
            var best = Double.infinity
            for set in 1..<(1 << count) {
                let members = (0..<count).filter { set >> $0 & 1 == 1 }
                let part = Matrix(rows: members.count, columns: members.count) {
                    gram[members[$0], members[$1]]
                }
                guard let factor = Cholesky(part) else { continue }
                let x = factor.solve([Double](repeating: 1, count: members.count))
                guard x.allSatisfy({ $0 >= 0 }) else { continue }
                best = min(best, 1 / x.reduce(0, +))
            }
            let weights = MinimumNorm.weights(gram)
            let value = zip(weights, gram.multiply(weights)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(value <= best * (1 + 1e-9))
        }
    }

    @Test("Groups that want the same are one group")
    func sameGroups() throws {
        let data = try grouped(2, count: 400)
        let plain = try LinearReward().fit(data).predict(data, for: .everyone).map(\.value)
        let pareto = try ParetoReward().fit(data).predict(data, for: .everyone).map(\.value)
        #expect(Statistics.pearson(plain, pareto) > 0.98)
    }

    @Test("The units of features do not matter, dense or sparse")
    func units() throws {
        let data = try grouped()
        let before = try ParetoReward(steps: 100).fit(data).predict(data, for: .everyone)
        var scaled = data
        scaled.items.features = try FeatureMatrix(
            (0..<data.items.count).map { data.items.features.row($0).map { 1000 * $0 } })
        for (a, b) in zip(try ParetoReward(steps: 100).fit(scaled).predict(scaled, for: .everyone), before) {
            #expect(abs(a.value - b.value) < 1e-6)
        }
        func sparse(_ features: FeatureMatrix) throws -> FeatureMatrix {
            var rows = SparseRows()
            for row in 0..<features.rows {
                for (column, value) in features.row(row).enumerated() {
                    rows.append(column: Int32(column), value: value)
                }
                rows.endRow()
            }
            return try FeatureMatrix(rows, columns: features.columns)
        }
        var (few, many) = (data, scaled)
        few.items.features = try sparse(data.items.features)
        many.items.features = try sparse(scaled.items.features)
        let answers = try ParetoReward(steps: 100).fit(few).predict(few, for: .everyone)
        for (a, b) in zip(try ParetoReward(steps: 100).fit(many).predict(many, for: .everyone), answers) {
            #expect(abs(a.value - b.value) < 1e-6)
        }
    }

    @Test("Small groups are one group together, and one group is not enough")
    func smallGroups() throws {
        var data = try LearningWorld.linear([1, -1], count: 300)
        #expect(ParetoReward().lacks(data) != nil)
        try data.setGroups(
            (0..<300).map { $0 < 200 ? "large" : $0 < 240 ? "small" : $0 < 280 ? "tiny" : nil })
        let model = try ParetoReward(steps: 40).fit(data)
        #expect(model.groupNames == ["large", "others"])
        #expect(model.trace.rows == 4 && model.trace.columns == 2)
        #expect(abs(model.meanWeights.reduce(0, +) - 1) < 1e-12)
        #expect(throws: LearningError.self) { try ParetoReward(smallestGroup: 250).fit(data) }
    }

    @Test("A model that knows the probabilities is calibrated, one that doubles them is not")
    func calibration() throws {
        let data = try LearningWorld.linear([1, -1], items: 2000, count: 100_000)
        let truth = LinearRewardModel(weights: [1, -1])
        let good = try GroupCalibration(truth, on: data).all
        #expect(good.error < 0.01 && good.bins.reduce(0) { $0 + $1.count } == 100_000)
        let sure = try GroupCalibration(LinearRewardModel(weights: [2, -2]), on: data).all
        #expect(sure.error > 0.05 && abs(sure.meanMargin - 2 * good.meanMargin) < 1e-9)
        #expect(sure.accuracy == good.accuracy)
        let report = try HeldOutReport(truth, on: data, resamples: 0).all
        #expect(abs(report.calibrationError - good.error) < 1e-12)
    }
}
