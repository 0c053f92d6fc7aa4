import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OffPolicySlateTests {
    /// All rankings of two out of three actions.
    static let rankings = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]]

    /// The expectation of an estimate over a log of one slate, and the true value.
    static func expectation(
        _ estimator: any SlateEstimator, logging: [Double], target: [Double], reward: ([Int], Int) -> Double
    ) throws -> (estimate: Double, value: Double) {
        func chance(_ policy: [Double], _ prefix: [Int]) -> Double {
            zip(rankings, policy).reduce(0) { $0 + ($1.0.starts(with: prefix) ? $1.1 : 0) }
        }
        func place(_ policy: [Double], _ action: Int, _ l: Int) -> Double {
            zip(rankings, policy).reduce(0) { $0 + ($1.0[l] == action ? $1.1 : 0) }
        }
        var sum = 0.0, value = 0.0
        for (slate, p) in zip(rankings, logging) {
            let prefixes = [[slate[0]], slate]
            let choice = [[], [slate[0]]].flatMap { above in
                (0..<3).map { chance(target, above + [$0]) / chance(target, above) }
            }
            let sample = try SlateSample(
                actionCount: 3, length: 2, action: slate.map(Int32.init),
                reward: [reward(slate, 0), reward(slate, 1)],
                propensity: prefixes.map { chance(logging, $0) }, target: prefixes.map { chance(target, $0) },
                positionPropensity: (0..<2).map { place(logging, slate[$0], $0) },
                positionTarget: (0..<2).map { place(target, slate[$0], $0) }, choice: choice,
                predicted: [0.3, 0.9, 0.1, 0.5, -0.2, 0.4])
            sum += p * (try estimator.estimate(sample).value)
        }
        for (slate, p) in zip(rankings, target) { value += p * (reward(slate, 0) + reward(slate, 1)) }
        return (sum, value)
    }

    static let logging = [0.3, 0.1, 0.2, 0.1, 0.15, 0.15], target = [0.05, 0.4, 0.05, 0.2, 0.25, 0.05]

    @Test func rewardsThatDependOnWhatIsAbove() throws {
        func cascade(_ slate: [Int], _ l: Int) -> Double {
            l == 0 ? Double(slate[0]) * 0.4 : Double(slate[1] * slate[0]) * 0.3 + 0.1 * Double(slate[1])
        }
        for estimator in [StandardSlateIPS(), RewardInteractionSlateIPS(), CascadeDoublyRobust()]
            as [any SlateEstimator]
        {
            let (estimate, value) = try Self.expectation(
                estimator, logging: Self.logging, target: Self.target, reward: cascade)
            #expect(abs(estimate - value) < 1e-14, "\(type(of: estimator).id)")
        }
        let (biased, value) = try Self.expectation(
            IndependentSlateIPS(), logging: Self.logging, target: Self.target, reward: cascade)
        #expect(abs(biased - value) > 0.01)
    }

    @Test func rewardsThatAddUp() throws {
        let gain = [[0.5, -0.2, 0.7], [0.1, 0.6, 0.3]]
        let moments = [Self.logging, Self.target].map {
            SlateMoments(actions: 3, slates: Self.rankings, probabilities: $0)
        }
        let pi = try PseudoInverse(logging: [moments[0]], target: [moments[1]])
        for estimator in [pi, IndependentSlateIPS(), StandardSlateIPS()] as [any SlateEstimator] {
            let (estimate, value) = try Self.expectation(
                estimator, logging: Self.logging, target: Self.target, reward: { gain[$1][$0[$1]] })
            #expect(abs(estimate - value) < 1e-12, "\(type(of: estimator).id)")
        }
        // Only the sum is looked at: all of it may be seen at the top.
        let (estimate, value) = try Self.expectation(
            pi, logging: Self.logging, target: Self.target,
            reward: { $1 == 0 ? gain[0][$0[0]] + gain[1][$0[1]] : 0 })
        #expect(abs(estimate - value) < 1e-12)
    }

    @Test func uniformRankingsHaveClosedMoments() {
        let listed = SlateMoments(
            actions: 3, slates: Self.rankings, probabilities: [Double](repeating: 1.0 / 6, count: 6))
        let closed = SlateMoments.uniformRankings(actions: 3, length: 2)
        #expect(zip(listed.mean, closed.mean).allSatisfy { abs($0 - $1) < 1e-15 })
        #expect(zip(listed.pairs.values, closed.pairs.values).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test func theLoggingPolicyEarnsTheMeanReward() throws {
        var sample = try OffPolicySamples.slates().sample
        sample.target = sample.propensity
        sample.positionTarget = sample.positionPropensity
        let mean = sample.reward.reduce(0, +) / Double(sample.count)
        for estimator in [
            StandardSlateIPS(), IndependentSlateIPS(), RewardInteractionSlateIPS(), PseudoInverse(),
        ]
            as [any SlateEstimator]
        {
            #expect(abs(try estimator.estimate(sample).value - mean) < 1e-14, "\(type(of: estimator).id)")
        }
    }

    @Test func withoutAModelTheCascadeIsWeightedRewards() throws {
        var sample = try OffPolicySamples.slates().sample
        sample.predicted = [Double](repeating: 0, count: sample.predicted.count)
        let plain = try RewardInteractionSlateIPS().estimate(sample).contributions
        #expect(try CascadeDoublyRobust().estimate(sample).contributions == plain)
    }

    @Test func slatesOfOneAreOrdinaryDecisions() throws {
        let sample = try OffPolicySamples.formula()
        let propensities = (0..<sample.count).map { sample.weight($0) * sample.propensity[$0] }
        let slates = try SlateSample(
            actionCount: 4, length: 1, action: sample.action, reward: sample.reward,
            propensity: sample.propensity,
            target: propensities, positionPropensity: sample.propensity, positionTarget: propensities,
            choice: sample.target, predicted: sample.predicted)
        let ips = try InversePropensity().estimate(sample).value,
            dr = try DoublyRobust().estimate(sample).value
        #expect(abs(try StandardSlateIPS().estimate(slates).value - ips) < 1e-13)
        #expect(abs(try PseudoInverse().estimate(slates).value - ips) < 1e-13)
        #expect(abs(try CascadeDoublyRobust().estimate(slates).value - dr) < 1e-13)
    }

    @Test func missingPiecesAreNamed() throws {
        var (sample, logging, target) = try OffPolicySamples.slates()
        sample.positionPropensity = []
        sample.predicted = []
        for estimator in [IndependentSlateIPS(), PseudoInverse(), CascadeDoublyRobust()]
            as [any SlateEstimator]
        {
            #expect(throws: BanditError.self) { try estimator.estimate(sample) }
        }
        #expect(throws: BanditError.self) {
            try PseudoInverse(logging: [logging[0]], target: [target[0]]).estimate(sample)
        }
        #expect(throws: BanditError.self) { try PseudoInverse(logging: [], target: []) }
        let narrow = SlateMoments(actions: 3, slates: [[0, 1]], probabilities: [1])
        let wide = SlateMoments.uniformRankings(actions: 3, length: 2)
        #expect(throws: BanditError.self) { try PseudoInverse(logging: [narrow], target: [wide]) }
        #expect(throws: BanditError.self) {
            try SlateSample(
                actionCount: 2, length: 2, action: [0, 1, 0], reward: [], propensity: [], target: [])
        }
        #expect(throws: BanditError.self) {
            try SlateSample(
                actionCount: 2, length: 2, action: [0, 1], reward: [0, 1], propensity: [0.5, 0],
                target: [1, 1])
        }
        #expect(throws: BanditError.self) {
            try SlateSample(
                actionCount: 2, length: 2, action: [0, 2], reward: [0, 1], propensity: [0.5, 0.5],
                target: [1, 1])
        }
    }
}
