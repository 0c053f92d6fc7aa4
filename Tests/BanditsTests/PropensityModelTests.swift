import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct PropensityModelTests {
    /// Contexts of which two columns decide between three actions.
    func log(
        _ rows: Int, seed: UInt64, strength: Double = 1
    ) -> (actions: [Int32], features: SparseRows, truth: [Double]) {
        var random = CounterRandom(seed: seed)
        var features = SparseRows()
        var actions: [Int32] = []
        var truth: [Double] = []
        for _ in 0..<rows {
            let x = [random.normal(), random.normal()]
            let scores = [strength * x[0], -strength * x[0] + strength * x[1], 0.5]
            let total = Special.logSumExp(scores)
            let p = scores.map { exp($0 - total) }
            actions.append(Int32(random.categorical(weights: p)))
            truth.append(contentsOf: p)
            features.append(column: 0, value: x[0])
            features.append(column: 7, value: x[1])
            if random.bernoulli(0.1) { features.append(column: 30_000, value: 1) }
            features.endRow()
        }
        return (actions, features, truth)
    }

    @Test func findsTheTruth() throws {
        let data = log(3000, seed: 1)
        let found = try PropensityModel(replicates: 20).fit(
            actions: data.actions, actionCount: 3, features: data.features)
        let error = zip(found.probabilities, data.truth).reduce(0) { $0 + abs($1.0 - $1.1) } / 9000
        #expect(error < 0.02)
        #expect(found.fit.converged && found.fit.clippedShare < 0.02)
        #expect(found.fit.marginalLogLoss - found.fit.logLoss > 10 * found.fit.gainError)
        #expect(found.fit.trust.allSatisfy { abs($0 - 1) < 0.15 })
        #expect(found.fit.calibration.ece < 0.02)
        for row in 0..<3000 {
            let p = found.probabilities[row * 3..<row * 3 + 3]
            #expect(abs(p.reduce(0, +) - 1) < 1e-12 && p.allSatisfy { $0 >= 0.01 / 1.02 })
            #expect(found.taken[row] == found.probabilities[row * 3 + Int(data.actions[row])])
        }
        #expect(found.fit.sentence.hasPrefix("The contexts tell"))
    }

    @Test func contextsThatTellNothing() throws {
        let data = log(600, seed: 2, strength: 0)
        let found = try PropensityModel(replicates: 20).fit(
            actions: data.actions, actionCount: 3, features: data.features)
        let share = Double(data.actions.count { $0 == 2 }) / 600
        #expect((0..<600).allSatisfy { abs(found.probabilities[$0 * 3 + 2] - share) < 0.1 })
        #expect(found.fit.marginalLogLoss - found.fit.logLoss < 2 * found.fit.gainError + 0.01)
    }

    @Test func fittedProbabilitiesAddUpToTheCounts() throws {
        // The intercepts carry no penalty, so that the likelihood equations of the intercepts hold.
        let data = log(400, seed: 3)
        let features = MultinomialLogistic.Features(data.features)
        let model = MultinomialLogistic(classes: 3, lambda: 0.05)
        let fit = model.fit(features, data.actions, rows: Array(0..<400), from: nil)
        #expect(fit.converged)
        var sums = [0.0, 0, 0], out = sums
        for row in 0..<400 {
            model.logProbabilities(fit.weights, features, row, &out)
            for k in 0..<3 { sums[k] += exp(out[k]) }
        }
        for k in 0..<3 { #expect(abs(sums[k] - Double(data.actions.count { $0 == k })) < 0.05) }
    }

    @Test func scaleAndNumberingOfColumnsDoNotMatter() throws {
        let data = log(300, seed: 4)
        var other = SparseRows()
        for row in 0..<300 {
            for k in data.features.range(row) {
                other.append(column: data.features.columns[k] + 5, value: 8 * data.features.values[k])
            }
            other.endRow()
        }
        let model = PropensityModel(replicates: 5)
        let one = try model.fit(actions: data.actions, actionCount: 3, features: data.features)
        let two = try model.fit(actions: data.actions, actionCount: 3, features: other)
        #expect(one == two)
    }

    @Test func theModelHasNotSeenTheUnit() throws {
        // Each unit has a column of its own that gives its action away; an honest model cannot use it.
        var random = CounterRandom(seed: 5)
        var features = SparseRows()
        var actions: [Int32] = [], unit: [Int32] = []
        for u in 0..<100 {
            let action = Int32(random.below(2))
            for _ in 0..<4 {
                features.append(column: Int32(u), value: 1)
                features.endRow()
                actions.append(action)
                unit.append(Int32(u))
            }
        }
        let model = PropensityModel(replicates: 5)
        let honest = try model.fit(actions: actions, actionCount: 2, features: features, unit: unit)
        let fooled = try model.fit(actions: actions, actionCount: 2, features: features)
        #expect(honest.fit.logLoss > 0.65 && fooled.fit.logLoss < 0.3)
    }

    @Test func threadsSeedsAndFiles() throws {
        let data = log(300, seed: 6)
        let model = PropensityModel(replicates: 5, seed: 3)
        let one = try Parallel.withThreads(1) {
            try model.fit(actions: data.actions, actionCount: 3, features: data.features)
        }
        let four = try Parallel.withThreads(4) {
            try model.fit(actions: data.actions, actionCount: 3, features: data.features)
        }
        #expect(one == four)
        let copy = try JSONDecoder().decode(PropensityEstimate.self, from: JSONEncoder().encode(one))
        #expect(copy == one)
        let other = try PropensityModel(replicates: 5, seed: 4)
            .fit(actions: data.actions, actionCount: 3, features: data.features)
        #expect(other.probabilities != one.probabilities)
    }

    @Test func refusals() throws {
        let data = log(20, seed: 7)
        let model = PropensityModel(replicates: 5)
        #expect(throws: BanditError.self) {
            try model.fit(actions: data.actions, actionCount: 2, features: data.features)
        }
        #expect(throws: BanditError.self) {
            try model.fit(actions: [0], actionCount: 2, features: data.features)
        }
        #expect(throws: BanditError.self) {
            try model.fit(
                actions: data.actions, actionCount: 3, features: data.features,
                unit: (0..<20).map { Int32($0 % 3) })
        }
        #expect(throws: BanditError.self) {
            try PropensityModel(minimum: 0.4).fit(
                actions: data.actions, actionCount: 3, features: data.features)
        }
        var bad = SparseRows()
        for _ in 0..<20 {
            bad.append(column: 0, value: .nan)
            bad.endRow()
        }
        #expect(throws: BanditError.self) {
            try model.fit(actions: data.actions, actionCount: 3, features: bad)
        }
    }
}
