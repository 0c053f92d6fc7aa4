import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct SparseTests {
    private static func unit(_ count: Int, _ random: inout CounterRandom) -> [Double] {
        let raw = (0..<count).map { _ in random.normal() }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { $0 / length }
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private static func sparse(_ d: Int, _ s: Int, _ random: inout CounterRandom) -> [Double] {
        var theta = [Double](repeating: 0, count: d)
        for (feature, weight) in zip(random.permutation(d).prefix(s), unit(s, &random)) {
            theta[feature] = weight
        }
        return theta
    }

    private static func finish(_ search: SparseCoverSearch, _ rewards: [Double]) -> SparseCoverSearch {
        var search = search
        while !search.isFinished {
            let decision = search.choose(BanditContext())
            search.learn(decision, rewards[decision.action])
        }
        return search
    }

    @Test func conforms() throws {
        var random = CounterRandom(seed: 2)
        let actions = (0..<30).map { _ in Self.unit(4, &random) }
        try ArmConformance.check(SparseCoverSearch(actions: actions, sparsity: 1, epsilon: 0.3, seed: 3))
        try ArmConformance.check(SparseCoverSearch(actions: actions, sparsity: 2, epsilon: 0.5, noise: 0.3))
        try ArmConformance.check(LinearSearch(actions: actions, queries: 12, penalty: 0.05, candidates: 5))
        try ArmConformance.check(LinearSearch(actions: actions, queries: 30, penalty: 0, tries: 3, seed: 5))
    }

    @Test func supportsAreAllSubsets() {
        var found: [[Int]] = []
        Supports.forEach(of: 4, size: 2) { found.append($0) }
        #expect(found == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
        found = []
        Supports.forEach(of: 3, size: 3) { found.append($0) }
        #expect(found == [[0, 1, 2]])
    }

    @Test(arguments: [0.1, 0.25, 0.4]) func gapAndTriesKeepTheirBounds(epsilon: Double) {
        for (instance, d) in [8, 8, 10, 10].enumerated() {
            var random = CounterRandom(seed: 40).split(UInt64(instance))
            let actions = (0..<400).map { _ in Self.unit(d, &random) }
            let theta = Self.sparse(d, 2, &random), other = Self.unit(d, &random)
            // Errors along another direction, by chance, against the linear part; and none.
            for kind in 0..<4 {
                let rewards = actions.map { action in
                    let linear = Self.dot(action, theta)
                    let sign = [Self.dot(action, other), random.uniform() - 0.5, -linear, 0][kind]
                    return linear + (sign > 0 ? epsilon : sign < 0 ? -epsilon : 0)
                }
                let search = Self.finish(
                    SparseCoverSearch(actions: actions, sparsity: 2, epsilon: epsilon), rewards)
                let gap = (rewards.max() ?? 0) - rewards[search.best ?? 0]
                #expect(gap <= (kind == 3 ? epsilon : search.guarantee) + 1e-12)
                #expect(Double(search.cover.queries.count) <= search.cover.bound)
                #expect(search.journal.decided == search.cover.queries.count)
            }
        }
    }

    @Test func aNeedleIsFound() {
        // All actions pay ε but one, which pays about its linear value; least squares sees nothing of it.
        var random = CounterRandom(seed: 12)
        let theta = [0, 0.6, 0, 0, 0.8, 0], epsilon = 0.15
        var actions: [[Double]] = []
        while actions.count < 500 {
            let action = Self.unit(6, &random), linear = Self.dot(action, theta)
            if linear >= 0 && linear <= 2 * epsilon { actions.append(action) }
        }
        var rewards = actions.map { _ in epsilon }
        actions.insert(theta, at: 250)
        rewards.insert(1 - epsilon, at: 250)
        let search = Self.finish(SparseCoverSearch(actions: actions, sparsity: 2, epsilon: epsilon), rewards)
        #expect(search.best == 250)
    }

    @Test func coverOfAllFeaturesIsANet() {
        var random = CounterRandom(seed: 3)
        let actions = (0..<200).map { _ in Self.unit(3, &random) }
        let cover = SupportCover(actions: actions, sparsity: 3, epsilon: 0.4)
        #expect(cover.supports == 1)
        func distance(_ a: Int, _ b: Int) -> Double {
            zip(actions[a], actions[b]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }
        for action in actions.indices {
            #expect(cover.queries.contains { distance($0, action) <= 0.4 })
        }
        for a in cover.queries { for b in cover.queries where a < b { #expect(distance(a, b) > 0.4) } }
    }

    @Test func oneFeatureMeansGrids() {
        let actions = (0...20).map { [Double($0) / 20, 1 - Double($0) / 20] }
        let cover = SupportCover(actions: actions, sparsity: 1, epsilon: 0.24)
        // Each grid takes every fifth action, from the same end.
        #expect(cover.queries == [0, 5, 10, 15, 20])
    }

    @Test func noiseTakesTries() {
        let actions = (0...20).map { [Double($0) / 20] }
        let search = SparseCoverSearch(actions: actions, sparsity: 1, epsilon: 0.24, noise: 1, delta: 0.1)
        #expect(search.tries == Int((2 * log(100) / 0.0576).rounded(.up)))
        #expect(abs(search.guarantee - 1.2) < 1e-12)
    }

    @Test func exactlyLinearRewardsAreFound() {
        var random = CounterRandom(seed: 8)
        let actions = (0..<300).map { _ in Self.unit(12, &random) }
        let theta = Self.sparse(12, 2, &random), rewards = actions.map { Self.dot($0, theta) }
        for penalty in [0, 0.02] {
            var search = LinearSearch(actions: actions, queries: 60, penalty: penalty)
            while !search.isFinished {
                let decision = search.choose(BanditContext())
                search.learn(decision, rewards[decision.action])
            }
            for i in 0..<12 { #expect(abs(search.weights[i] - theta[i]) < 1e-8) }
            #expect(rewards[search.best ?? 0] == rewards.max())
            #expect(search.journal.decided <= 80)
        }
    }

    @Test func lassoMeetsItsConditions() {
        var random = CounterRandom(seed: 9)
        let rows = (0..<50).map { _ in (0..<6).map { _ in random.normal() * 2 } }
        let y = rows.map { $0[0] - 0.5 * $0[3] + random.normal() }
        let gram = Matrix(rows: 6, columns: 6) { a, b in rows.reduce(0) { $0 + $1[a] * $1[b] } / 50 }
        let right = (0..<6).map { a in zip(rows, y).reduce(0) { $0 + $1.0[a] * $1.1 } / 50 }
        let b = SparseFit.lasso(gram, right, penalty: 0.3)
        #expect(b.contains(0) && b.contains { $0 != 0 })
        for j in 0..<6 {
            let scale = gram[j, j].squareRoot()
            let pull =
                right[j] / scale
                - (0..<6).reduce(0) {
                    $0 + gram[j, $1] / (scale * gram[$1, $1].squareRoot()) * b[$1]
                }
            #expect(b[j] == 0 ? abs(pull) <= 0.3 + 1e-9 : abs(pull - (b[j] > 0 ? 0.3 : -0.3)) < 1e-9)
        }
    }

    @Test func uniformFitIsTheBestInTheWorstCase() {
        // On x² in [0, 1] the best line a·x + b is x − 1/8, off by 1/8.
        let rows = (0...100).map { [Double($0) / 100, 1] }
        let fit = UniformFit(rows, rows.map { $0[0] * $0[0] }, on: [0, 1])
        #expect(fit.lower <= 0.125 && fit.upper >= 0.125 - 1e-12)
        #expect(fit.upper - fit.lower < 2e-3)
        #expect(abs(fit.weights[0] - 1) < 0.02 && abs(fit.weights[1] + 0.125) < 0.01)
    }

    @Test func reportSaysHowLinearATableIs() throws {
        var random = CounterRandom(seed: 17)
        let actions = (0..<400).map { _ in Self.unit(5, &random) }
        let theta = Self.sparse(5, 2, &random)
        let nearly = actions.map { Self.dot($0, theta) + 0.1 * (random.uniform() < 0.5 ? 1 : -1) }
        let report = try SparsityReport(actions: actions, rewards: nearly, sparsity: 2)
        #expect(report.support == theta.indices.filter { theta[$0] != 0 })
        #expect(report.epsilon > 0.08 && report.epsilon < 0.14)
        #expect(report.fitted.lowerBound <= 0.1 && report.heldOut >= 0.09)
        #expect(Double(report.coverQueries) <= report.queryBound)
        #expect(report.advice != .tryAll && report.restrictedEigenvalue > 0.5)
        let chance = actions.map { _ in random.normal() }
        #expect(try SparsityReport(actions: actions, rewards: chance, sparsity: 2).advice == .tryAll)
        #expect(throws: BanditError.self) {
            try SparsityReport(actions: [[1], [2]], rewards: [1, 2], sparsity: 1)
        }
        #expect(throws: BanditError.self) {
            try SparsityReport(actions: actions, rewards: actions.map { _ in .nan }, sparsity: 1)
        }
    }
}
