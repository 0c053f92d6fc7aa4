import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OffPolicyEstimatorTests {
    static let all: [any ValueEstimator] = [
        DirectMethod(), InversePropensity(), SelfNormalizedInversePropensity(), ClippedInversePropensity(),
        ClippedInversePropensity(lambda: 2), DoublyRobust(), SelfNormalizedDoublyRobust(),
        SwitchDoublyRobust(tau: 2),
        OptimisticShrinkage(lambda: 3), SubGaussianInversePropensity(), SubGaussianDoublyRobust(),
        Tuned<SwitchDoublyRobust>(), Tuned<OptimisticShrinkage>(criterion: .meanSquaredError(bounded: false)),
    ]

    @Test func theLoggingPolicyEarnsTheMeanReward() throws {
        var sample = try OffPolicySamples.formula()
        sample.propensity = (0..<sample.count).map {
            sample.target[$0 * sample.actionCount + Int(sample.action[$0])]
        }
        let mean = Statistics.mean(sample.reward)
        #expect(try InversePropensity().estimate(sample).value == mean)
        #expect(try SelfNormalizedInversePropensity().estimate(sample).value == mean)
    }

    @Test func endsOfTheSettingsAreOtherEstimators() throws {
        let sample = try OffPolicySamples.formula()
        let dm = try DirectMethod().estimate(sample).contributions
        let dr = try DoublyRobust().estimate(sample).contributions
        let ips = try InversePropensity().estimate(sample).contributions
        #expect(try SwitchDoublyRobust(tau: 0).estimate(sample).contributions == dm)
        #expect(try SwitchDoublyRobust(tau: .infinity).estimate(sample).contributions == dr)
        #expect(try OptimisticShrinkage(lambda: 0).estimate(sample).contributions == dm)
        #expect(try OptimisticShrinkage(lambda: .infinity).estimate(sample).contributions == dr)
        #expect(
            abs(try OptimisticShrinkage(lambda: 1e13).estimate(sample).value - Statistics.mean(dr)) < 1e-9)
        #expect(try ClippedInversePropensity(lambda: .infinity).estimate(sample).contributions == ips)
        #expect(try SubGaussianInversePropensity(lambda: 0).estimate(sample).contributions == ips)
        #expect(try SubGaussianDoublyRobust(lambda: 0).estimate(sample).contributions == dr)
        var blind = sample
        blind.predicted = [Double](repeating: 0, count: sample.target.count)
        #expect(try DoublyRobust().estimate(blind).contributions == ips)
        #expect(
            abs(
                try SelfNormalizedDoublyRobust().estimate(blind).value
                    - SelfNormalizedInversePropensity().estimate(sample).value) < 1e-14)
    }

    @Test func aPerfectModelNeedsNoCorrection() throws {
        var sample = try OffPolicySamples.formula()
        for i in 0..<sample.count {
            sample.reward[i] = sample.predicted[i * sample.actionCount + Int(sample.action[i])]
        }
        let dm = try DirectMethod().estimate(sample).contributions
        for estimator in [DoublyRobust(), SwitchDoublyRobust(), OptimisticShrinkage()] as [any ValueEstimator]
        {
            #expect(try estimator.estimate(sample).contributions == dm)
        }
        #expect(abs(try SelfNormalizedDoublyRobust().estimate(sample).value - Statistics.mean(dm)) < 1e-15)
    }

    @Test func contributionsAverageToTheValue() throws {
        let sample = try OffPolicySamples.random(500).0
        for estimator in Self.all {
            let estimate = try estimator.estimate(sample)
            #expect(estimate.contributions.count == sample.count)
            #expect(
                abs(Statistics.mean(estimate.contributions) - estimate.value) < 1e-12, "\(estimate.estimator)"
            )
            #expect(estimate.estimator == type(of: estimator).id)
        }
    }

    @Test func namesAndOrderPlayNoPart() throws {
        let sample = try OffPolicySamples.random(300).0, k = sample.actionCount
        var random = CounterRandom(seed: 4)
        let order = random.permutation(sample.count), names = random.permutation(k)
        func table(_ values: [Double]) -> [Double] {
            order.flatMap { row in
                var moved = [Double](repeating: 0, count: k)
                for a in 0..<k { moved[names[a]] = values[row * k + a] }
                return moved
            }
        }
        let moved = try OffPolicySample(
            actionCount: k, action: order.map { Int32(names[Int(sample.action[$0])]) },
            reward: order.map { sample.reward[$0] }, propensity: order.map { sample.propensity[$0] },
            target: table(sample.target), predicted: table(sample.predicted))
        for estimator in Self.all {
            let a = try estimator.estimate(sample).value, b = try estimator.estimate(moved).value
            #expect(abs(a - b) < 1e-12, "\(type(of: estimator).id)")
        }
    }

    @Test func aShiftOfAllRewardsShiftsTheValue() throws {
        let sample = try OffPolicySamples.random(300).0
        var shifted = sample
        shifted.reward = sample.reward.map { $0 + 3 }
        shifted.predicted = sample.predicted.map { $0 + 3 }
        let follow: [any ValueEstimator] = [
            DirectMethod(), SelfNormalizedInversePropensity(), DoublyRobust(), SelfNormalizedDoublyRobust(),
            SwitchDoublyRobust(tau: 2), OptimisticShrinkage(lambda: 3), SubGaussianDoublyRobust(),
            Tuned<SwitchDoublyRobust>(),
        ]
        for estimator in follow {
            let gap = try estimator.estimate(shifted).value - estimator.estimate(sample).value
            #expect(abs(gap - 3) < 1e-12, "\(type(of: estimator).id)")
        }
        #expect(
            abs(
                try InversePropensity().estimate(shifted).value - InversePropensity().estimate(sample).value
                    - 3) > 1e-6)
    }

    @Test func weightedEstimatesAreUnbiasedInATinyWorld() throws {
        let contexts = [0.3, 0.7], logging = [[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]
        let target = [[0.1, 0.1, 0.8], [0.6, 0.4, 0]], means = [[0.2, 0.5, 0.9], [0.4, 0.1, 0.3]]
        let predicted = [[0.9, 0.1, 0.2], [0.5, 0.9, 0.7]]
        func expectation(_ estimator: any ValueEstimator) throws -> Double {
            var sum = 0.0
            for x in 0..<2 {
                for a in 0..<3 {
                    for r in 0..<2 {
                        let sample = try OffPolicySample(
                            actionCount: 3, action: [Int32(a)], reward: [Double(r)],
                            propensity: [logging[x][a]],
                            target: target[x], predicted: predicted[x])
                        let chance = contexts[x] * logging[x][a] * (r == 1 ? means[x][a] : 1 - means[x][a])
                        sum += chance * (try estimator.estimate(sample).value)
                    }
                }
            }
            return sum
        }
        let value = (0..<2).reduce(0) { sum, x in
            sum + contexts[x] * (0..<3).reduce(0) { $0 + target[x][$1] * means[x][$1] }
        }
        #expect(abs(try expectation(InversePropensity()) - value) < 1e-14)
        #expect(abs(try expectation(DoublyRobust()) - value) < 1e-14)
        #expect(abs(try expectation(DirectMethod()) - value) > 0.01)
        #expect(abs(try expectation(ClippedInversePropensity(lambda: 2)) - value) > 0.05)
    }

    @Test func linearisedContributionsGiveTheSpreadOfTheRatio() throws {
        var values: [Double] = [], errors: [Double] = []
        for seed in 1...400 {
            let sample = try OffPolicySamples.random(300, seed: UInt64(seed)).0
            let estimate = try SelfNormalizedInversePropensity().estimate(sample)
            values.append(estimate.value)
            errors.append((Statistics.variance(estimate.contributions) / 300).squareRoot())
        }
        let spread = Statistics.variance(values).squareRoot()
        #expect(abs(Statistics.mean(errors) / spread - 1) < 0.15)
    }

    @Test func overlappingIntervalsLeaveTheNarrowest() throws {
        var sample = try OffPolicySamples.random(4000).0
        let value = try DoublyRobust().estimate(sample).value
        sample.predicted = sample.predicted.map { $0 + 5 }
        let far = try Tuned<SwitchDoublyRobust>().tune(sample)
        var exact = try OffPolicySamples.random(4000).0
        exact.predicted = exact.predicted.map { ($0 - 0.1) / 0.8 }
        let near = try Tuned<SwitchDoublyRobust>().tune(exact)
        #expect(near.setting == near.trials.min { $0.score < $1.score }!.setting)
        #expect(far.setting > 2 * near.setting, "a model this wrong must be corrected almost everywhere")
        #expect(abs(try Tuned<SwitchDoublyRobust>().estimate(sample).value - value) < 0.5)
        var rows = sample
        rows.unit = (0..<Int32(4000)).map { $0 / 4 }
        let single = far.trials[0].score, grouped = try Tuned<SwitchDoublyRobust>().tune(rows).trials[0].score
        #expect(grouped != single && abs(grouped / single - 1) < 0.2)
    }

    @Test func missingPiecesAreNamed() throws {
        var sample = try OffPolicySamples.formula()
        sample.predicted = []
        for estimator in Self.all where type(of: estimator).needsPredictions {
            #expect(throws: BanditError.self, "\(type(of: estimator).id)") { try estimator.estimate(sample) }
        }
        for i in 0..<sample.count {
            for a in 0..<4 { sample.target[i * 4 + a] = a == (Int(sample.action[i]) + 1) % 4 ? 1 : 0 }
        }
        #expect(throws: BanditError.self) { try SelfNormalizedInversePropensity().estimate(sample) }
        #expect(try InversePropensity().estimate(sample).value == 0)
        #expect(try Tuned<ClippedInversePropensity>().estimate(sample).value == 0)
        #expect(throws: BanditError.self) {
            let one = try OffPolicySample(
                actionCount: 1, action: [0], reward: [1], propensity: [1], target: [1], predicted: [1])
            return try Tuned<SwitchDoublyRobust>().estimate(one)
        }
    }

    @Test func samplesThatMakeNoSenseAreRefused() {
        func refused(
            action: Int32 = 0, reward: Double = 1, propensity: Double = 0.5, target: [Double] = [0.5, 0.5],
            predicted: [Double] = [], position: [Int32] = []
        ) -> Bool {
            do {
                _ = try OffPolicySample(
                    actionCount: 2, action: [action], reward: [reward], propensity: [propensity],
                    target: target,
                    predicted: predicted, position: position)
                return false
            } catch { return true }
        }
        #expect(!refused())
        #expect(refused(action: 2) && refused(action: -1))
        #expect(refused(reward: .nan) && refused(reward: .infinity))
        #expect(refused(propensity: 0) && refused(propensity: 1.5) && refused(propensity: .nan))
        #expect(refused(target: [1]) && refused(target: [0.5, 0.6]) && refused(target: [1.5, -0.5]))
        #expect(refused(target: [.nan, 1]))
        #expect(refused(predicted: [1]) && refused(predicted: [1, .nan]) && refused(position: [1, 2]))
    }
}
