import Foundation
import Kernels
import Testing

@testable import Bandits

/// Values of Open Bandit Pipeline 0.4.1 and 0.5.7 on the same formulas.
@Suite struct OffPolicyGoldenTests {
    @Test func estimatorsAgreeWithTheReference() throws {
        let sample = try OffPolicySamples.formula()
        let expected: [(any ValueEstimator, Double)] = [
            (DirectMethod(), 0.5911662660256412),
            (InversePropensity(), 0.4572439905656914),
            (SelfNormalizedInversePropensity(), 0.42661734079696767),
            (ClippedInversePropensity(lambda: 5), 0.44251530839514885),
            (DoublyRobust(), 0.5116168085797399),
            (SelfNormalizedDoublyRobust(), 0.5169451090555395),
            (SwitchDoublyRobust(tau: 3), 0.5507119188957805),
            (OptimisticShrinkage(lambda: 4), 0.5514545873114056),
            (SubGaussianInversePropensity(lambda: 0.1), 0.42474267450774467),
            (SubGaussianDoublyRobust(lambda: 0.1), 0.5228511978770403),
        ]
        for (estimator, value) in expected {
            let estimate = try estimator.estimate(sample)
            #expect(abs(estimate.value - value) < 1e-12, "\(estimate.estimator)")
        }
    }

    @Test func tuningAgreesWithTheReference() throws {
        let sample = try OffPolicySamples.formula()
        let bounds = [1e9, 30, 10, 5, 3, 2, 1, 0.5], squares = [1e6, 1e3, 100, 10, 1, 0.1]
        let strengths = [0, 0.01, 0.03, 0.1, 0.3, 0.6, 1]
        func check<Base: TunableEstimator>(
            _: Base.Type, _ candidates: [Double], slope: Double, bounded: Double, unbounded: Double,
            scores: [Double]
        ) throws {
            let results = try [
                TuningCriterion.slope, .meanSquaredError(bounded: true),
                .meanSquaredError(bounded: false),
            ]
            .map { try Tuned<Base>(criterion: $0, candidates: candidates).tune(sample) }
            #expect(results.map(\.setting) == [slope, bounded, unbounded], "\(Base.id)")
            for (i, score) in scores.enumerated() {
                #expect(abs(results[1 + i / 2].trials[i % 2].score - score) < 1e-12, "\(Base.id)")
            }
        }
        try check(
            ClippedInversePropensity.self, bounds, slope: 1, bounded: 1e9, unbounded: 5,
            scores: [1.1668510203669578, 1.1668510203669578, 0.007832511874537658])
        try check(
            SwitchDoublyRobust.self, bounds, slope: 0.5, bounded: 1e9, unbounded: 2,
            scores: [1.163703589148474, 1.163703589148474, 0.0046850806560539806])
        try check(
            OptimisticShrinkage.self, squares, slope: 0.1, bounded: 1e6, unbounded: 10,
            scores: [1.1637066437084207, 1.1665988239624148, 0.004684996494327195, 0.004607044965918889])
        try check(
            SubGaussianInversePropensity.self, strengths, slope: 1, bounded: 0, unbounded: 1,
            scores: [1.1668510203669578, 1.1762936109334439, 0.007832511874537658, 0.007530840541243505])
        try check(
            SubGaussianDoublyRobust.self, strengths, slope: 0.6, bounded: 0, unbounded: 0.6,
            scores: [1.163703589148474, 1.16712061231951, 0.0046850806560539806, 0.004558589364653246])
    }

    @Test func rewardModelsAgreeWithTheReference() throws {
        let model = RewardModel(layout: .additive, folds: 1), features = OffPolicySamples.formulaFeatures()
        var sample = try OffPolicySamples.formula()
        sample.predicted = try model.crossFitted(sample, features: features)
        let plain = [0.5768674762176813, 0.6386462582897798, 0.6010809572618443, 0.641525921760538]
        for a in 0..<4 { #expect(abs(sample.predicted[17 * 4 + a] - plain[a]) < 1e-10) }
        #expect(abs(try DoublyRobust().estimate(sample).value - 0.42854925666862353) < 1e-10)

        let best = try OffPolicySamples.formula { i, a in a == (i * 5 + i / 4) % 4 ? 1 : 0 }
        let robust = MoreRobustDoublyRobust(features: features, model: model)
        let fitted = try robust.model.crossFitted(best, features: features)
        let weighted = [
            -0.0532530950843934, 0.005116901218086347, 0.007484335817970636, 0.026741320183096155,
        ]
        for a in 0..<4 { #expect(abs(fitted[17 * 4 + a] - weighted[a]) < 1e-10) }
        #expect(abs(try robust.estimate(best).value - 0.17190043224019771) < 1e-10)
    }

    @Test func slateEstimatorsAgreeWithTheReference() throws {
        let (sample, logging, target) = try OffPolicySamples.slates()
        let expected: [(any SlateEstimator, Double)] = [
            (StandardSlateIPS(), 3.9658560681216937),
            (IndependentSlateIPS(), 1.840135582010582),
            (RewardInteractionSlateIPS(), 2.9107047784391527),
            (CascadeDoublyRobust(), 2.6829526909722223),
            (PseudoInverse(), 2.7525661375661383),
            (try PseudoInverse(logging: logging, target: target), 2.7525661375661383),
        ]
        for (estimator, value) in expected {
            let estimate = try estimator.estimate(sample)
            #expect(abs(estimate.value - value) < 1e-10, "\(estimate.estimator)")
            #expect(estimate.contributions.count == sample.count)
            #expect(abs(Statistics.mean(estimate.contributions) - value) < 1e-10)
        }
    }
}
