import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct PreferentialOptimizationTests {
    private static func data(_ count: Int, seed: UInt64) -> ([Duel<[Double]>], [Double]) {
        var random = CounterRandom(seed: seed)
        let duels = (0..<count).map { _ in
            Duel([random.uniform(), random.uniform()], [random.uniform(), random.uniform()])
        }
        return (
            duels, duels.map { random.bernoulli(Special.logistic(4 * ($0.first[0] - $0.second[0]))) ? 1 : 0 }
        )
    }

    @Test func evidenceHasTheGradientThatItSays() {
        let (duels, outcomes) = Self.data(18, seed: 2)
        let evidence = PreferenceEvidence(DuelPairs(duels), outcomes, [0, 1])
        let x = [-0.6, 0.2, 1.1]
        var gradient = [Double](repeating: 0, count: 3), unused = gradient
        _ = evidence.loss(x, &gradient)
        for k in 0..<3 {
            var up = x, down = x
            up[k] += 1e-4
            down[k] -= 1e-4
            let slope = (evidence.loss(up, &unused) - evidence.loss(down, &unused)) / 2e-4
            #expect(abs(slope - gradient[k]) < 1e-5, "\(k): \(slope) \(gradient[k])")
        }
    }

    @Test func modeIsWhereTheGradientVanishes() {
        let (duels, outcomes) = Self.data(25, seed: 3)
        let kernel = Matern52(amplitude: 8, lengthScales: [0.4, 0.5])
        let process = PreferenceProcess(duels: duels, outcomes: outcomes, kernel: kernel)
        for (i, duel) in duels.enumerated() {
            let delta = process.mean(at: duel.first) - process.mean(at: duel.second)
            #expect(abs(process.slopes[i] - (outcomes[i] - Special.logistic(delta))) < 1e-6)
        }
        // Turning a duel round with its outcome changes nothing.
        let turned = PreferenceProcess(
            duels: duels.map { Duel($0.second, $0.first) }, outcomes: outcomes.map { 1 - $0 }, kernel: kernel)
        #expect(abs(turned.mean(at: [0.3, 0.3]) - process.mean(at: [0.3, 0.3])) < 1e-8)
        #expect(
            abs(
                process.probability(of: [0.1, 0.2], over: [0.9, 0.2])
                    + process.probability(of: [0.9, 0.2], over: [0.1, 0.2]) - 1) < 1e-12)
    }

    @Test func oneDuelIsTheScalarProblem() {
        // One duel between far points: δ has variance 2a, and the mode solves δ = 2a·σ(−δ).
        let kernel = Matern52(amplitude: 1.5, lengthScales: [0.01])
        let process = PreferenceProcess(duels: [Duel([0], [1])], outcomes: [1], kernel: kernel)
        let (mean, variance) = process.difference([0], [1])
        #expect(abs(mean - 3 * Special.logistic(-mean)) < 1e-9)
        let w = Special.logistic(mean) * Special.logistic(-mean)
        #expect(abs(variance - 1 / (1.0 / 3 + w)) < 1e-9)
    }

    @Test func acquisitionHasItsGradient() {
        let (duels, outcomes) = Self.data(15, seed: 5)
        let process = PreferenceProcess(
            duels: duels, outcomes: outcomes, kernel: Matern52(amplitude: 4, lengthScales: [0.4, 0.6]))
        let acquisition = PreferenceImprovement(process, incumbent: duels[0].first)
        for x in [[0.3, 0.7], [0.8, 0.1]] {
            let (value, gradient) = acquisition.valueAndGradient(x)
            let (mean, variance) = process.difference(x, duels[0].first)
            #expect(
                abs(value - ExpectedImprovement.value(gap: mean, deviation: variance.squareRoot())) < 1e-10)
            #expect(abs(value - acquisition.value(x)) < 1e-12)
            for j in 0..<2 {
                var up = x, down = x
                up[j] += 1e-5
                down[j] -= 1e-5
                #expect(abs((acquisition.value(up) - acquisition.value(down)) / 2e-5 - gradient[j]) < 1e-6)
            }
        }
    }

    @Test func conforms() throws {
        let space = try SearchSpace(parsing: ["x=0..1", "c=a|b"])
        try PolicyConformance.check(
            PreferentialOptimization(space: space, seed: 4), rounds: 12, context: { _ in NoContext() },
            outcome: { _, duel in duel.first.number("x")! > duel.second.number("x")! ? 1 : 0 })
    }
}
