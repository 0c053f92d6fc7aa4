import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OptimisticTests {
    @Test func withoutAHintItIsGradientDescent() {
        var plain = OptimisticMirrorDescent(set: .ball(2), step: .fixed(0.3), usesHint: false)
        var descent = OnlineGradientDescent(set: .ball(2), step: .fixed(0.3))
        for round in 0..<50 {
            #expect(plain.point == plain.anchor)
            let a = plain.choose(), b = descent.choose()
            #expect(a.action == b.action)
            let gradient = [sin(Double(round)), 0.4]
            plain.learn(a, gradient)
            descent.learn(b, gradient)
        }
    }

    @Test func constantLossesAreOneStepAhead() {
        var optimistic = OptimisticMirrorDescent(set: .space(2), step: .fixed(0.25))
        var descent = OnlineGradientDescent(set: .space(2), step: .fixed(0.25))
        for t in 1...20 {
            let a = optimistic.choose(), b = descent.choose()
            let ahead = t >= 2 ? -0.25 * Double(t) : 0
            #expect(a.action == [ahead, -2 * ahead])
            #expect(b.action == [-0.25 * Double(t - 1), 0.5 * Double(t - 1)])
            optimistic.learn(a, [1, -2])
            descent.learn(b, [1, -2])
        }
    }

    @Test func entropicStepsSeeDifferencesOnly() {
        var even = OptimisticMirrorDescent(set: .simplex(3))
        var plain = even, shifted = even
        for round in 0..<100 {
            let decisions = [even.choose(), plain.choose(), shifted.choose()]
            #expect(VectorMath.distance(decisions[0].action, even.set.center) < 1e-12)
            #expect(VectorMath.distance(decisions[1].action, decisions[2].action) < 1e-9)
            let gradient = (0..<3).map { sin(Double(round + $0)) }
            even.learn(decisions[0], [2.5, 2.5, 2.5])
            plain.learn(decisions[1], gradient)
            shifted.learn(decisions[2], gradient.map { $0 + 7 })
        }
    }

    @Test func aFixedCurvedLossCostsAConstant() {
        let lambda = 0.5, target = [0.3, -0.2]
        func regret(_ rounds: Int) -> (regret: Double, distance: Double) {
            var policy = OptimisticMirrorDescent(set: .ball(2), step: .stronglyConvex(lambda: lambda))
            var sum = 0.0
            for _ in 0..<rounds {
                let decision = policy.choose()
                sum += lambda / 2 * VectorMath.squaredDistance(decision.action, target)
                policy.learn(decision, (0..<2).map { lambda * (decision.action[$0] - target[$0]) })
            }
            return (sum, VectorMath.distance(policy.point, target))
        }
        let short = regret(1000), long = regret(10_000)
        #expect(long.regret - short.regret < 1e-5 && short.regret < 1)
        #expect(short.distance < 1e-5)
    }

    @Test func expConcaveStepsAreTheFormula() {
        // One dimension, well inside: x̂₂ = −g/H₁ and x₂ = x̂₂ − g/H₂.
        let half = 0.25 * min(1 / (4 * 2 * 20), 0.5)
        var policy = OptimisticMirrorDescent(
            set: .ball(1, radius: 10), step: .expConcave(alpha: 0.5, gradientBound: 2))
        let decision = policy.choose()
        #expect(decision.action == [0])
        policy.learn(decision, [1.5])
        let first = 1 + half * 4
        let anchor = -1.5 / first
        #expect(abs(policy.anchor[0] - anchor) < 1e-14)
        #expect(abs(policy.point[0] - (anchor - 1.5 / (first + half * 2.25))) < 1e-14)
    }

    @Test func expConcaveLossesCostALogarithm() {
        // Portfolios: −log⟨x, r⟩ is exp-concave with α = 1.
        var random = CounterRandom(seed: 8)
        var policy = OptimisticMirrorDescent(
            set: .simplex(3), step: .expConcave(alpha: 1, gradientBound: 3))
        var loss = 0.0
        var payoffs: [Double] = []
        for _ in 0..<2000 {
            let row = [1, 0.6 + 0.9 * random.uniform(), 0.6 + 0.9 * random.uniform()]
            let decision = policy.choose()
            #expect(policy.set.contains(decision.action))
            let payoff = VectorMath.dot(decision.action, row)
            loss -= log(payoff)
            payoffs += row
            policy.learn(decision, row.map { -$0 / payoff })
        }
        let best = BestCombination(payoffs: payoffs, strategies: 3)
        #expect(loss + 2000 * best.growth < 12 * log(2000))
    }

    @Test func stepsFollowSurprise() {
        var policy = OptimisticMirrorDescent(set: .ball(2))
        #expect(policy.eta == 2)
        for gradient in [[1.0, 0], [1, 0], [0, 2]] { policy.learn(policy.choose(), gradient) }
        #expect(policy.surprise == 6 && policy.meter.variation == 6)
        #expect(policy.eta == 2 / 7.0.squareRoot())
        #expect(OptimisticMirrorDescent(set: .simplex(8)).eta == 2 * log(8).squareRoot())
    }
}

@Suite struct OptimisticEnsembleTests {
    @Test func stepsDoubleUpToTheLimit() {
        let linear = OptimisticEnsemble(set: .ball(2), horizon: 4000, gradientBound: 1)
        #expect(linear.etas.count == 6 && linear.etas[0] == 2 / 4000.0.squareRoot())
        #expect(zip(linear.etas, linear.etas.dropFirst()).allSatisfy { 2 * $0 == $1 })
        let smooth = OptimisticEnsemble(set: .ball(2), horizon: 4000, gradientBound: 1, smoothness: 1)
        #expect(smooth.etas.allSatisfy { $0 <= 0.125 } && smooth.etas.count == 2)
        #expect(linear.weights.allSatisfy { abs($0 - 1.0 / 6) < 1e-15 })
    }

    @Test func oneLearnerIsTheOptimisticLearner() {
        var ensemble = OptimisticEnsemble(set: .ball(2), horizon: 1, gradientBound: 4)
        var single = OptimisticMirrorDescent(set: .ball(2), step: .fixed(0.5))
        for round in 0..<50 {
            let a = ensemble.choose(), b = single.choose()
            #expect(a.action == b.action)
            let gradient = [sin(Double(round)), cos(Double(3 * round))]
            ensemble.learn(a, gradient)
            single.learn(b, gradient)
        }
    }

    @Test func theBlendFollowsTheGoodStep() {
        // A direction that turns every 25 rounds asks for large steps, noise around a fixed one for small
        // steps.
        func share(isTurning: Bool) -> Double {
            var random = CounterRandom(seed: 3)
            var policy = OptimisticEnsemble(set: .ball(2), horizon: 2000, gradientBound: 2)
            for round in 0..<2000 {
                let sign = round / 25 % 2 == 0 ? 1.0 : -1
                let gradient =
                    isTurning ? [sign, 0.05 * random.normal()] : [0.05 + random.normal(), random.normal()]
                policy.learn(policy.choose(), gradient)
            }
            let weights = policy.weights
            return weights.suffix(weights.count / 2).reduce(0, +)
        }
        #expect(share(isTurning: true) > 0.95)
        #expect(share(isTurning: false) < 0.5)
    }
}
