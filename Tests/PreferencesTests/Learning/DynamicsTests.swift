import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Value dynamics")
struct DynamicsTests {
    private static func pair() throws -> InfluenceNetwork {
        try InfluenceNetwork(people: 2, weights: [(0, 1, 1), (1, 0, 1)])
    }

    private static func near(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
        zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }

    /// Networks whose people move as the model says, measured with a small error.
    private static func records(
        _ model: BoundedConfidence, networks: Int = 12, people: Int = 12, waves: Int = 3, seed: UInt64
    ) throws -> [InfluenceRecord] {
        try (0..<networks).map { place in
            var random = CounterRandom(seed: seed).split(UInt64(place))
            var ties: [(of: Int, with: Int, count: Double)] = []
            for a in 0..<people {
                for b in 0..<people where a != b && random.bernoulli(0.6) {
                    ties.append((a, b, random.gamma(shape: 1)))
                }
            }
            let network = try InfluenceNetwork(people: people, interactions: ties)
            let start = (0..<people * 2).map { _ in random.uniform() }
            var scores = start
            var measured: [[Double]] = []
            for _ in 0..<waves {
                measured.append(scores.map { min(1, max(0, $0 + 0.005 * random.normal())) })
                scores = model.step(scores, values: 2, network: network, initial: start)
            }
            return try InfluenceRecord(network: network, values: 2, waves: measured)
        }
    }

    @Test("Two people: swap, meet in the middle, or keep apart")
    func twoPeople() throws {
        let network = try Self.pair()
        func step(_ scores: [Double], _ epsilon: Double, _ mu: Double) -> [Double] {
            BoundedConfidence(epsilon: epsilon, mu: mu).step(scores, values: 1, network: network)
        }
        #expect(step([0.2, 0.6], 0, 1) == [0.2, 0.6])
        #expect(step([0.2, 0.6], 1, 0) == [0.2, 0.6])
        #expect(Self.near(step([0.2, 0.6], 1, 1), [0.6, 0.2]))
        #expect(Self.near(step([0.2, 0.6], 1, 0.5), [0.4, 0.4]))
        #expect(step([0.2, 0.6], 0.3, 0.5) == [0.2, 0.6])
        #expect(Self.near(step([0.2, 0.6], 0.5, 0.5), [0.4, 0.4]))
        var scores = [0.2, 0.6]
        BoundedConfidence(epsilon: 0.5, mu: 0.25).meet(&scores, 0, 1, values: 1)
        #expect(Self.near(scores, [0.3, 0.5]))
    }

    @Test("Symmetric weights keep the mean, and nobody leaves the hull")
    func invariants() throws {
        var random = CounterRandom(seed: 3)
        let n = 10
        let ring = try InfluenceNetwork(
            people: n, weights: (0..<n).flatMap { [($0, ($0 + 1) % n, 0.5), ($0, ($0 + n - 1) % n, 0.5)] })
        let skew = try InfluenceNetwork(
            people: n,
            interactions: (0..<n).flatMap { a in
                (0..<n).filter { $0 != a }.map { (a, $0, random.gamma(shape: 1)) }
            })
        var scores = (0..<n * 3).map { _ in random.uniform() }
        let (low, high) = (scores.min() ?? 0, scores.max() ?? 1)
        func means(_ scores: [Double]) -> [Double] {
            (0..<3).map { value in Statistics.mean((0..<n).map { scores[$0 * 3 + value] }) }
        }
        let before = means(scores)
        let model = BoundedConfidence(epsilon: 0.4, mu: 0.7)
        for _ in 0..<20 { scores = model.step(scores, values: 3, network: ring) }
        #expect(Self.near(means(scores), before))
        let drifting = model.step(scores, values: 3, network: skew)
        #expect(!Self.near(means(drifting), means(scores), 1e-6))
        #expect((scores + drifting).allSatisfy { $0 >= low - 1e-12 && $0 <= high + 1e-12 })
    }

    @Test(
        "Variants: weights brought to 1 within the bound, stubbornness, several steps, a bound for each value"
    )
    func variants() throws {
        let network = try InfluenceNetwork(people: 3, weights: [(0, 1, 0.5), (0, 2, 0.5)])
        let scores = [0.2, 0.4, 0.9]
        let near = BoundedConfidence(epsilon: 0.3, mu: 1, renormalises: true)
        #expect(Self.near(near.step(scores, values: 1, network: network), [0.4, 0.4, 0.9]))
        let stubborn = BoundedConfidence(epsilon: 1, mu: 1, stubbornness: 1)
        #expect(
            stubborn.step(scores, values: 1, network: network, initial: [0.1, 0.2, 0.3]) == [0.1, 0.2, 0.3])
        let twice = BoundedConfidence(epsilon: 1, mu: 0.5, substeps: 2)
        let once = BoundedConfidence(epsilon: 1, mu: 0.5)
        #expect(
            twice.step(scores, values: 1, network: network)
                == once.step(once.step(scores, values: 1, network: network), values: 1, network: network))
        let each = BoundedConfidence(epsilon: [0, 1], mu: [1, 1])
        let two = each.step([0.2, 0.2, 0.6, 0.6], values: 2, network: try Self.pair())
        #expect(Self.near(two, [0.2, 0.6, 0.6, 0.2]))
    }

    @Test("Friends are ranked by how far they move a person")
    func friends() throws {
        let network = try InfluenceNetwork(people: 4, interactions: [(0, 1, 1), (0, 2, 2), (0, 3, 1)])
        let model = BoundedConfidence(epsilon: 0.5, mu: 0.5)
        let found = model.influentialFriends(
            of: 0, scores: [0.1, 0.5, 0.2, 0.9], values: 1, network: network)
        #expect(found.map(\.friend) == [1, 2])
        #expect(Self.near(found.map(\.pull), [0.05, 0.025]))
        #expect(model.influentialFriends(of: 1, scores: [0, 0, 0, 0], values: 1, network: network).isEmpty)
    }

    @Test("The swarm finds a minimum, the same on one thread")
    func swarm() {
        let swarm = ParticleSwarm()
        let found = swarm.minimize(lower: [0], upper: [1], seed: 2) { ($0[0] - 0.3) * ($0[0] - 0.3) }
        #expect(abs(found.x[0] - 0.3) < 1e-4)
        let corner = swarm.minimize(lower: [-1, 2], upper: [1, 3]) { $0[0] - $0[1] }
        #expect(Self.near(corner.x, [-1, 3], 1e-3))
        let again = Parallel.withThreads(1) {
            swarm.minimize(lower: [0], upper: [1], seed: 2) { ($0[0] - 0.3) * ($0[0] - 0.3) }
        }
        #expect(again == found)
    }

    @Test("The bound, the speed and stubbornness come back, with intervals")
    func recovery() throws {
        let truth = BoundedConfidence(epsilon: 0.3, mu: 0.5)
        let data = try Self.records(truth, seed: 1)
        let model = try BoundedConfidenceFit().fit(data, seed: 1)
        #expect(abs(model.dynamics.epsilon[0] - 0.3) < 0.03 && abs(model.dynamics.mu[0] - 0.5) < 0.03)
        let interval = try #require(model.intervals.first)
        #expect(interval.mu.contains(0.5) && interval.epsilon.upperBound - interval.epsilon.lowerBound < 0.1)
        #expect(model.certificate.limits.count == 1)
        #expect(try ValueDynamicsModel(model.state) == model)
        #expect(try Parallel.withThreads(1) { try BoundedConfidenceFit().fit(data, seed: 1) } == model)
        let each = try BoundedConfidenceFit(sharesValues: false).fit(data, seed: 1)
        #expect(each.dynamics.epsilon.count == 2 && each.intervals.count == 2)
        #expect(each.dynamics.mu.allSatisfy { abs($0 - 0.5) < 0.06 })

        let held = BoundedConfidence(epsilon: 0.4, mu: 0.6, stubbornness: 0.3)
        let stubborn = try BoundedConfidenceFit(learnsStubbornness: true).fit(
            Self.records(held, waves: 4, seed: 2), seed: 1)
        #expect(abs(stubborn.dynamics.stubbornness - 0.3) < 0.05)
    }

    @Test("Where nobody moves the bound is not claimed")
    func noInfluence() throws {
        let data = try Self.records(BoundedConfidence(epsilon: 0, mu: 0), seed: 4)
        let model = try BoundedConfidenceFit().fit(data, seed: 1)
        #expect(model.certificate.limits.contains { $0.contains("not determined") })
    }

    @Test("A correction helps where the dynamics are wrong and does no harm where they are right")
    func correction() throws {
        func error(
            _ test: [InfluenceRecord], _ predict: (InfluenceRecord) throws -> [[Double]]
        ) throws -> ForecastErrors {
            ForecastErrors(try test.map(predict), for: test)
        }
        // All listen to all, and the model says that nobody moves.
        let all = BoundedConfidence(epsilon: 1, mu: 0.5)
        let (seen, later) = (try Self.records(all, seed: 7), try Self.records(all, seed: 8))
        let wrong = try BoundedConfidenceFit(epsilon: 0).fit(seen, seed: 1)
        let plain = try error(later, wrong.predict)
        for loss in [KernelLoss.insensitive(), .squared()] {
            let refined = try RefinedForecast(wrong, on: seen, regression: KernelRegression(loss: loss))
            #expect(refined.regression.certificate.converged)
            #expect(try error(later, refined.predict).meanSquared < 0.5 * plain.meanSquared)
        }
        let near = BoundedConfidence(epsilon: 0.3, mu: 0.8)
        let (data, test) = (try Self.records(near, seed: 5), try Self.records(near, seed: 6))
        let right = try BoundedConfidenceFit().fit(data, seed: 1)
        let (base, refined) = (
            try error(test, right.predict), try error(test, RefinedForecast(right, on: data).predict)
        )
        #expect(base.meanSquared < 0.5 * base.unchanged)
        #expect(refined.meanSquared < 1.05 * base.meanSquared)
        #expect(abs(Statistics.mean(base.byValue) - base.meanSquared) < 1e-15)
        #expect(base.meanAbsolute * base.meanAbsolute <= base.meanSquared)
    }

    @Test("Support vector regression agrees with a reference, kernel ridge with its closed form")
    func kernels() throws {
        let x = try FeatureMatrix([0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 1].map { [$0] })
        let y = [0.2, 0.5, 0.1, 0.9, 0.6, 0.3, 0.8, 0.4]
        let asked = try FeatureMatrix([0, 0.33, 0.5, 0.9, 1.2].map { [$0] })
        let references: [(Double, [Double])] = [
            (1, [0.25, 0.48988037, 0.56064834, 0.48740757, 0.38874153]),
            (10, [0.25, 0.73172525, 0.68589463, 0.4871732, 0.31555176]),
        ]
        for (c, reference) in references {
            let learner = KernelRegression(loss: .insensitive(epsilon: 0.05, c: c), gamma: 4, tolerance: 1e-9)
            let model = try learner.fit(x, y)
            #expect(model.certificate.converged)
            #expect(Self.near(try model.predict(asked), reference, 1e-5))
        }
        let flat = try KernelRegression(loss: .insensitive(epsilon: 1, c: 1)).fit(x, y)
        #expect(flat.supports == 0)
        #expect(try Self.near(flat.predict(asked), [Double](repeating: 0.5, count: 5)))
        let ridge = try KernelRegression(loss: .squared(ridge: 1e-9), gamma: 40).fit(x, y)
        #expect(Self.near(try ridge.predict(x), y, 1e-5))
        #expect(throws: LearningError.self) { try ridge.predict(FeatureMatrix([[1, 2]])) }
        #expect(throws: LearningError.self) { try KernelRegression().fit(x.selecting([]), []) }
    }

    @Test("Bad input is refused with a reason")
    func refusals() throws {
        #expect(throws: LearningError.self) { try InfluenceNetwork(people: 2, interactions: [(0, 2, 1)]) }
        #expect(throws: LearningError.self) { try InfluenceNetwork(people: 2, interactions: [(0, 0, 1)]) }
        #expect(throws: LearningError.self) { try InfluenceNetwork(people: 2, interactions: [(0, 1, -1)]) }
        #expect(throws: LearningError.self) {
            try InfluenceNetwork(people: 3, weights: [(0, 1, 0.6), (0, 2, 0.6)])
        }
        let network = try Self.pair()
        #expect(throws: LearningError.self) {
            try InfluenceRecord(network: network, values: 2, waves: [[0, 0]])
        }
        #expect(throws: LearningError.self) {
            try InfluenceRecord(network: network, values: 1, waves: [[0, 1.1]])
        }
        let once = try InfluenceRecord(network: network, values: 1, waves: [[0, 1]])
        #expect(throws: LearningError.self) { try BoundedConfidenceFit().fit([]) }
        #expect(throws: LearningError.self) { try BoundedConfidenceFit().fit([once]) }
        let twice = try InfluenceRecord(network: network, values: 1, waves: [[0, 1], [0, 1]])
        #expect(throws: LearningError.self) {
            try BoundedConfidenceFit(learnsStubbornness: true).fit([twice])
        }
        #expect(throws: LearningError.self) { try ValueDynamicsModel(ModelState()) }
        #expect(throws: LearningError.cancelled) {
            try BoundedConfidenceFit().fit([twice], watch: FitWatch(shouldStop: { true }))
        }
    }
}
