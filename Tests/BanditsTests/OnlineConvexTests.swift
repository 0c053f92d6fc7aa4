import Foundation
import Kernels
import Testing

@testable import Bandits

/// A gradient for a round: a wave that depends on the point a little.
private func wave(_ round: Int, _ point: [Double]) -> [Double] {
    point.indices.map { sin(Double(round * ($0 + 1))) + 0.3 * point[$0] }
}

@Suite struct OnlineConvexTests {
    @Test func conform() throws {
        let box = ConvexSet.box(lower: [-1, 0], upper: [1, 3])
        for step in [StepSize.adaptive(), .fixed(0.1), .decaying(0.5), .stronglyConvex(lambda: 0.3)] {
            try check(OnlineGradientDescent(set: box, step: step))
            try check(MirrorDescent(set: .simplex(3), step: step))
        }
        try check(MirrorDescent(set: .ball(3)))
        try check(MirrorDescent(set: .simplex(3), geometry: .euclidean))
        for step in [
            OptimisticStep.convex(), .fixed(0.2), .stronglyConvex(lambda: 0.3),
            .expConcave(alpha: 0.5, gradientBound: 3),
        ] {
            try check(OptimisticMirrorDescent(set: .ball(3), step: step))
            try check(OptimisticMirrorDescent(set: .simplex(3), step: step))
        }
        try check(OptimisticMirrorDescent(set: .ball(3), usesHint: false))
        try check(
            OptimisticEnsemble(set: box, horizon: 80, gradientBound: 3, smoothness: 0.01, switching: 0.5))
    }

    private func check<P: Policy>(_ policy: P) throws
    where P.Context == NoContext, P.Action == [Double], P.Outcome == [Double] {
        try PolicyConformance.check(policy, context: { _ in NoContext() }, outcome: wave)
    }

    @Test func regretStaysUnderTheBound() {
        var random = CounterRandom(seed: 2)
        for set in [ConvexSet.ball(3), .box(lower: [-1, -2, 0], upper: [1, 2, 1]), .simplex(3)] {
            for stream in 0..<4 {
                var policy = OnlineGradientDescent(set: set)
                for round in 0..<500 {
                    let decision = policy.choose()
                    #expect(set.contains(decision.action))
                    let gradient = (0..<3).map { i -> Double in
                        switch stream {
                        case 0: return round == 0 ? 0.5 : round % 2 == 0 ? 1 : -1
                        case 1: return random.normal()
                        case 2: return 0.3 + random.normal()
                        // The stream that looks at the point and pushes against it.
                        default: return decision.action[i] - set.center[i] >= 0 ? 1 : -1
                        }
                    }
                    policy.learn(decision, gradient)
                }
                let bound = (2 * policy.meter.squaredNorms).squareRoot() * set.diameter
                #expect(policy.meter.regret(on: set) <= bound)
            }
        }
    }

    @Test func entropicRegretStaysUnderTheBound() {
        var random = CounterRandom(seed: 3)
        for scale in [0.01, 1, 100] {
            var policy = MirrorDescent(set: .simplex(20))
            var ranges = 0.0
            for round in 0..<1000 {
                let decision = policy.choose()
                let gradient = (0..<20).map { i in
                    scale * (round / 200 % 20 == i ? 0 : random.uniform())
                }
                ranges += pow(VectorMath.range(gradient), 2)
                policy.learn(decision, gradient)
            }
            let regret = policy.meter.regret(on: policy.set)
            #expect(regret <= (ranges * log(20)).squareRoot() + scale)
        }
    }

    @Test func euclideanMirrorDescentIsGradientDescent() {
        var a = MirrorDescent(set: .ball(3)), b = OnlineGradientDescent(set: .ball(3))
        for round in 0..<100 {
            let first = a.choose(), second = b.choose()
            #expect(first == second)
            a.learn(first, wave(round, first.action))
            b.learn(second, wave(round, second.action))
        }
        #expect(a.meter == b.meter)
    }

    @Test func fixedEntropicStepsMultiplyWeights() {
        var policy = MirrorDescent(set: .simplex(3), step: .fixed(0.3))
        var weights = [1.0, 1, 1]
        for round in 0..<50 {
            let decision = policy.choose()
            let sum = weights.reduce(0, +)
            #expect(VectorMath.distance(decision.action, weights.map { $0 / sum }) < 1e-12)
            let gradient = wave(round, decision.action)
            policy.learn(decision, gradient)
            for i in 0..<3 { weights[i] *= exp(-0.3 * gradient[i]) }
        }
    }

    @Test func curvedStepsPlayTheMean() {
        // For ½(x − a)² the step 1/t leads to the mean of the a so far.
        var policy = OnlineGradientDescent(set: .space(1), step: .stronglyConvex(lambda: 1))
        var sum = 0.0
        for round in 1...50 {
            let decision = policy.choose()
            let a = sin(Double(round))
            policy.learn(decision, [decision.action[0] - a])
            sum += a
            #expect(abs(policy.point[0] - sum / Double(round)) < 1e-12)
        }
    }

    @Test func theMeterKeepsRegretAndVariation() {
        var meter = RegretMeter(dimension: 2)
        meter.add([1, 0], at: [0.5, 0.5])
        meter.add([0, 2], at: [0.25, 0.75])
        #expect(meter.loss == 2 && meter.gradientSum == [1, 2] && meter.last == [0, 2])
        #expect(meter.squaredNorms == 5 && meter.variation == 6)
        #expect(meter.regret(on: .simplex(2)) == 1)
    }
}
