import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct ConsensusOptimizationTests {
    private static func draws(_ x: Double, _ s2: Double, _ count: Int, seed: UInt64) -> [[Double]] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map { _ in [x + s2.squareRoot() * random.normal()] }
    }

    private static func rastrigin(_ x: [Double]) -> Double {
        x.reduce(0) { $0 + $1 * $1 - 10 * cos(2 * .pi * $1) + 10 }
    }

    @Test func linearCostsGiveAGradientStep() {
        // c(N(x, s² I)) = x − α s² g; the importance weights are known, so that the error is that of an
        // average.
        let points = Self.draws(1.3, 0.2, 200_000, seed: 1)
        let c = ConsensusOptimization.consensus(points, costs: points.map { 1.5 * $0[0] }, alpha: 2)
        #expect(abs(c[0] - (1.3 - 2 * 0.2 * 1.5)) < 0.01)
    }

    @Test func quadraticCostsGiveTheProximalPoint() {
        let points = Self.draws(1.7, 0.3, 400_000, seed: 2)
        let c = ConsensusOptimization.consensus(points, costs: points.map { $0[0] * $0[0] }, alpha: 5)
        #expect(abs(c[0] - 0.425) < 0.01, "\(c)")
    }

    @Test func estimatesTheGradientOfTheEnvelope() {
        // −(1/α) log E exp(−α E(X)) by quadrature and central differences.
        let (alpha, s2, x) = (0.5, 0.02, 0.3)
        func envelope(_ x: Double) -> Double {
            var sum = 0.0
            for k in -4000...4000 {
                let z = Double(k) / 500
                sum += exp(-0.5 * z * z - alpha * Self.rastrigin([x + s2.squareRoot() * z]))
            }
            return -log(sum / 500 / (2 * Double.pi).squareRoot()) / alpha
        }
        let slope = (envelope(x + 1e-5) - envelope(x - 1e-5)) / 2e-5
        #expect(abs(slope - 23.2888) < 1e-3, "\(slope)")
        let points = Self.draws(x, s2, 200_000, seed: 3)
        let c = ConsensusOptimization.consensus(points, costs: points.map(Self.rastrigin), alpha: alpha)
        #expect(abs((x - c[0]) / (alpha * s2) - slope) < 0.3)
    }

    @Test func extremesOfTheWeights() {
        let points = [[1.0, 2], [3, 5], [-1, 0]]
        #expect(ConsensusOptimization.consensus(points, costs: [4, 4, 4], alpha: 7)[0] == 1)
        #expect(ConsensusOptimization.consensus(points, costs: [4, 1, 2], alpha: 1e9) == [3, 5])
        #expect(
            ConsensusOptimization.consensus(points, costs: [.infinity, 1, .infinity], alpha: 1) == [3, 5])
    }

    @Test func shiftsShiftTheRun() {
        func run(_ shift: Double) -> [[Double]] {
            var search = ConsensusOptimization(
                start: [1 + shift, shift, shift], spread: 0.5, goal: .minimize, particles: 20, seed: 4)
            for _ in 0..<30 {
                let batch = search.choose()
                search.learn(batch, batch.action.map { x in Self.rastrigin(x.map { $0 - shift }) })
            }
            return search.particles
        }
        for (a, b) in zip(run(0), run(4)) {
            for (x, y) in zip(a, b) { #expect(abs(x + 4 - y) < 1e-6) }
        }
    }

    @Test func conforms() throws {
        try PolicyConformance.check(
            ConsensusOptimization(start: [1, 0], particles: 8, seed: 2), context: { _ in NoContext() },
            outcome: { _, batch in batch.map { -Self.rastrigin($0) } })
    }

    @Test func goalsAreOpposites() {
        func run(_ goal: SearchGoal) -> ConsensusOptimization {
            var search = ConsensusOptimization(start: [1, 1, 1], goal: goal, particles: 10, seed: 3)
            for step in 0..<10 {
                let batch = search.choose()
                search.learn(batch, batch.action.map { step == 4 ? .nan : goal.sign * -Self.rastrigin($0) })
            }
            return search
        }
        #expect(run(.maximize).particles == run(.minimize).particles)
        #expect(run(.maximize).bestValue == -run(.minimize).bestValue!)
        #expect(run(.maximize).steps == 9)
    }
}
