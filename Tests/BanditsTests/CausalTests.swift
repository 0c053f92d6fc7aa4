import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct CausalUCBTests {
    /// Three nodes in a chain; intervening on a node turns the sign of what comes into it.
    private static func values(_ round: Int, _ action: [Bool]) -> [Double] {
        var random = CounterRandom(seed: 12).split(UInt64(round))
        var x = [1 + random.normal()]
        x.append(1 + (action[1] ? -0.8 : 0.8) * x[0] + random.normal())
        x.append(1 + (action[2] ? 0.3 : 1.2) * x[1] + random.normal())
        return x
    }

    private static func policy(_ knowledge: CausalGraphs = .learned, seed: UInt64 = 1) -> CausalUCB {
        let ones = [1.0, 1, 1]
        return CausalUCB(
            noiseMean: ones, noiseDeviation: ones, horizon: 300, knowledge: knowledge, changeStart: 60,
            seed: seed)
    }

    private static let chain = ParentGraph(parents: [[], [0], [1]])

    @Test func conforms() throws {
        let given = CausalGraphs.given(observed: Self.chain, intervened: Self.chain)
        for policy in [Self.policy(seed: 4), Self.policy(given, seed: 5)] {
            try PolicyConformance.check(
                policy, rounds: 110, context: { _ in NoContext() }, outcome: Self.values)
        }
    }

    @Test func learnsTheWeightsAndTheBestAction() throws {
        var policy = Self.policy(seed: 2)
        for round in 0..<300 {
            let decision = policy.choose()
            policy.learn(decision, Self.values(round, decision.action))
        }
        let last = policy.choose().action
        #expect(!last[1] && !last[2])
        #expect(abs(policy.weight(of: 0, into: 1, intervened: false) - 0.8) < 0.25)
        #expect(policy.graphs.allSatisfy(\.isAcyclic) && policy.alarms.isEmpty)
        let estimate = try #require(policy.estimate(last))
        #expect(abs(estimate.mean - (1 + 1.2 * 1.8)) < 1 && estimate.width > 0)
    }

    @Test func aChangedMechanismIsFoundAndLearntAgain() {
        var policy = Self.policy(.given(observed: Self.chain, intervened: Self.chain), seed: 3)
        for round in 0..<400 {
            let decision = policy.choose()
            var x = Self.values(round, decision.action)
            if round >= 150, !decision.action[2] { x[2] -= 2.4 * x[1] }
            policy.learn(decision, x)
        }
        #expect(policy.alarms.contains { $0.node == 2 && !$0.intervened && $0.round >= 150 })
        #expect(policy.alarms.allSatisfy { $0.node == 2 })
        #expect(abs(policy.weight(of: 1, into: 2, intervened: false) + 1.2) < 0.3)
        #expect(policy.choose().action[2])
    }

    @Test func manyNodesAreSearchedOneByOne() {
        let nodes = 13
        let ones = [Double](repeating: 1, count: nodes)
        let chain = ParentGraph(parents: (0..<nodes).map { $0 == 0 ? [] : [$0 - 1] })
        var policy = CausalUCB(
            noiseMean: ones, noiseDeviation: ones, horizon: 100,
            knowledge: .given(observed: chain, intervened: chain))
        for round in 0..<100 {
            let decision = policy.choose()
            var random = CounterRandom(seed: 3).split(UInt64(round))
            var x: [Double] = []
            for node in 0..<nodes {
                x.append(1 + (decision.action[node] ? 0.9 : 0.1) * (x.last ?? 0) + random.normal())
            }
            policy.learn(decision, x)
        }
        #expect(policy.choose().action[nodes - 1] && policy.choose().action[nodes - 2])
    }

    @Test func wrongWeightsMoveTheMeansByTheIdentity() throws {
        // (I − B̂ᵀ)⁻¹ν − (I − Bᵀ)⁻¹ν = (I − B̂ᵀ)⁻¹(B̂ − B)ᵀ(I − Bᵀ)⁻¹ν
        var random = CounterRandom(seed: 6)
        for n in 2...6 {
            var b = [Double](repeating: 0, count: n * n), wrong = b
            for node in 0..<n {
                for parent in 0..<node {
                    b[node * n + parent] = random.normal()
                    wrong[node * n + parent] = random.normal()
                }
            }
            func system(_ b: [Double]) -> [Double] { (0..<n * n).map { ($0 / n == $0 % n ? 1 : 0) - b[$0] } }
            let nu = (0..<n).map { _ in random.normal() }
            let mean = try #require(SmallSystem.solve(system(b), nu))
            let said = try #require(SmallSystem.solve(system(wrong), nu))
            let push = (0..<n).map { row in
                (0..<n).reduce(0) { $0 + (wrong[row * n + $1] - b[row * n + $1]) * mean[$1] }
            }
            let moved = try #require(SmallSystem.solve(system(wrong), push))
            for i in 0..<n { #expect(abs(said[i] - mean[i] - moved[i]) < 1e-10 * (1 + abs(said[i]))) }
        }
    }

    @Test func smallSystems() {
        #expect(SmallSystem.solve([0, 2, 1, 0], [4, 3]) == [3, 2])
        #expect(SmallSystem.solve([1, 2, 2, 4], [1, 2]) == nil)
        #expect(SmallSystem.transposed([1, 2, 3, 4], 2) == [1, 3, 2, 4])
    }

    @Test func changeStatisticIsSmallWhereNothingChanged() {
        var random = CounterRandom(seed: 31)
        var sum = 0.0, largest = 0.0, found = 0
        let draws = 20_000
        for _ in 0..<draws {
            let residuals = (0..<20).map { _ in 2 * random.normal() }
            let value = CausalUCB.changeStatistic(residuals, deviation: 2)
            sum += value
            largest = max(largest, value)
            found += CausalUCB.changeStatistic(residuals.map { $0 + 5 }, deviation: 2) > 2 ? 1 : 0
        }
        #expect(abs(sum / Double(draws) - 0.053) < 0.003)
        #expect(largest < 2)
        #expect(Double(found) >= 0.95 * Double(draws))
    }
}

@Suite struct CausalGraphTests {
    @Test func cycles() {
        #expect(!ParentGraph.complete(4).isAcyclic)
        #expect(ParentGraph(parents: (0..<4).map { Array(0..<$0) }).isAcyclic)
        #expect(ParentGraph(parents: [[1], [2], []]).isAcyclic)
        #expect(!ParentGraph(parents: [[1], [2], [0]]).isAcyclic)
        #expect(ParentGraph(parents: [[], [0], [1]]).descendants(of: 0) == [false, true, true])
    }

    @Test(arguments: [0.8, 0]) func informationOfGaussianPairs(rho: Double) {
        var random = CounterRandom(seed: 21)
        let x = (0..<600).map { _ in random.normal() }
        let y = x.map { rho * $0 + (1 - rho * rho).squareRoot() * random.normal() }
        let found = NearestNeighbourInformation.estimate(x, y)
        #expect(abs(found + 0.5 * log(1 - rho * rho)) < 0.1)
        #expect(found == NearestNeighbourInformation.estimate(y, x))
    }

    @Test func informationMatchesItsDefinition() {
        var random = CounterRandom(seed: 22)
        let n = 40, k = 3
        let x = (0..<n).map { _ in random.normal() }, y = x.map { $0 * $0 + random.normal() }
        var sum = 0.0
        for i in 0..<n {
            let order = (0..<n).filter { $0 != i }.sorted {
                max(abs(x[$0] - x[i]), abs(y[$0] - y[i])) < max(abs(x[$1] - x[i]), abs(y[$1] - y[i]))
            }.prefix(k)
            for values in [x, y] {
                let side = order.map { abs(values[$0] - values[i]) }.max() ?? 0
                sum += Special.digamma(Double(values.filter { abs($0 - values[i]) <= side }.count - 1))
            }
        }
        let expected =
            Special.digamma(Double(k)) - 1 / Double(k) - sum / Double(n) + Special.digamma(Double(n))
        #expect(abs(NearestNeighbourInformation.estimate(x, y, neighbours: k) - expected) < 1e-10)
    }

    @Test func deletionEndsWithoutCycles() {
        for seed in 0..<5 {
            var random = CounterRandom(seed: UInt64(seed))
            let samples = (0..<4).map { _ in
                var sample = MechanismSample(nodes: 4)
                for _ in 0..<30 {
                    _ = sample.append((0..<4).map { _ in random.normal() }, limit: 30, window: 5)
                }
                return sample
            }
            let graph = EdgeDeletion.graph(samples, mean: [0, 0, 0, 0], neighbours: 5)
            #expect(graph.isAcyclic)
            // Only edges of cycles go, so that every pair keeps a way between its nodes or an edge.
            #expect(graph.parents.reduce(0) { $0 + $1.count } >= 3)
        }
    }

    @Test func anEdgeTooManyIsHarmlessAndOneTooFewIsNot() {
        // Y = 0.5 X₁ − 0.8 X₂ + e, X₂ = 0.7 X₁ + e′, and X₃ on its own.
        var random = CounterRandom(seed: 14)
        var sample = MechanismSample(nodes: 4)
        for _ in 0..<20_000 {
            let a = random.normal(), b = 0.7 * a + random.normal(), c = random.normal()
            _ = sample.append([a, b, c, 2 + 0.5 * a - 0.8 * b + random.normal()], limit: 20_000, window: 5)
        }
        let all = MechanismFit(sample.moments(), node: 3, parents: [0, 1, 2], mean: 2).weights
        for (weight, truth) in zip(all, [0.5, -0.8, 0]) { #expect(abs(weight - truth) < 0.03) }
        let few = MechanismFit(sample.moments(), node: 3, parents: [0], mean: 2)
        #expect(abs(few.weights[0] + 0.06) < 0.03)
        #expect(abs(few.leastCertain * 20_000 - 1) < 0.05)
        #expect(sample.recentRows == 5 && sample.rows == 20_000)
    }
}
