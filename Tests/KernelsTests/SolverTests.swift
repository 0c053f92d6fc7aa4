import Foundation
import Testing

@testable import Kernels

@Suite struct SolverTests {
    @Test(arguments: [true, false]) func conjugateGradientMatchesCholesky(preconditioned: Bool) throws {
        let n = 120
        var a = randomPositiveDefinite(n, seed: 21)
        for i in 0..<n {
            for j in 0..<n { a[i, j] *= Double((i + 1) * (j + 1)).squareRoot() / 10 }
        }
        var random = CounterRandom(seed: 3)
        let rhs = (0..<n).map { _ in random.normal() }
        let solution = ConjugateGradient(tolerance: 1e-12, maxIterations: 2000).solve(
            count: n, apply: { a.multiply($0, into: $1) },
            preconditioner: preconditioned ? (0..<n).map { a[$0, $0] } : nil, rhs: rhs)
        #expect(solution.converged)
        let exact = try #require(Cholesky(a)).solve(rhs)
        let gap = zip(solution.x, exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(gap <= 1e-7 * exact.reduce(0) { max($0, abs($1)) })
    }

    @Test func conjugateGradientStopsHonestly() {
        let exactly = ConjugateGradient().solve(
            count: 3, apply: { for i in 0..<3 { $1[i] = Double(i + 1) * $0[i] } },
            preconditioner: [1, 2, 3], rhs: [1, 4, 9])
        #expect(exactly.iterations == 1 && exactly.converged)
        for i in 0..<3 { expectClose(exactly.x[i], Double(i + 1), relative: 1e-15) }

        let zero = ConjugateGradient().solve(count: 2, apply: { _, _ in }, rhs: [0, 0])
        #expect(zero.x == [0, 0] && zero.converged && zero.iterations == 0)

        let indefinite = ConjugateGradient().solve(
            count: 2,
            apply: {
                $1[0] = -$0[0]; $1[1] = -$0[1]
            }, rhs: [1, 1])
        #expect(!indefinite.converged)

        let band = Matrix(rows: 50, columns: 50) { $0 == $1 ? 2 : (abs($0 - $1) == 1 ? -1 : 0) }
        let short = ConjugateGradient(tolerance: 1e-10, maxIterations: 5).solve(
            count: 50, apply: { band.multiply($0, into: $1) }, rhs: [Double](repeating: 1, count: 50))
        #expect(!short.converged && short.iterations == 5 && short.relativeResidual > 1e-10)
    }

    @Test func brentFindsInteriorAndBoundaryMinima() {
        let parabola = Minimize.brent(lower: -3, upper: 10, tolerance: 1e-9) { ($0 - 1.75) * ($0 - 1.75) + 2 }
        #expect(parabola.converged && parabola.evaluations < 30)
        expectClose(parabola.x, 1.75, relative: 1e-7)
        expectClose(parabola.value, 2, relative: 1e-14)
        let gammaMinimum = Minimize.brent(lower: 0.1, upper: 4) { Special.logGamma($0) }
        expectClose(gammaMinimum.x, 1.46163214496836, relative: 1e-7)
        #expect(gammaMinimum.converged)
        let edge = Minimize.brent(lower: 2, upper: 5) { $0 }
        expectClose(edge.x, 2, relative: 1e-7)
        let kink = Minimize.brent(lower: -1, upper: 2) { abs($0 - 0.3) }
        expectClose(kink.x, 0.3, relative: 1e-7)
        let partlyUndefined = Minimize.brent(lower: -4, upper: 3) { $0 < 0 ? .nan : ($0 - 1) * ($0 - 1) }
        expectClose(partlyUndefined.x, 1, relative: 1e-7)
        #expect(!Minimize.brent(lower: 0, upper: 1, maxEvaluations: 4) { cos(7 * $0) }.converged)
    }

    @Test func lbfgsMinimisesRosenbrock() {
        let n = 20
        let result = LBFGS().minimize(from: (0..<n).map { $0 % 2 == 0 ? -1.2 : 1 }) { x, gradient in
            var value = 0.0
            for i in 0..<n { gradient[i] = 0 }
            for i in 0..<n - 1 {
                let bend = x[i + 1] - x[i] * x[i]
                value += 100 * bend * bend + (1 - x[i]) * (1 - x[i])
                gradient[i] += -400 * x[i] * bend - 2 * (1 - x[i])
                gradient[i + 1] += 200 * bend
            }
            return value
        }
        #expect(result.converged && result.gradientNorm <= 1e-8)
        #expect(result.iterations < 300)
        for x in result.x { expectClose(x, 1, relative: 1e-7) }
    }

    @Test func lbfgsSolvesLeastSquaresAsCholeskyDoes() throws {
        let a = randomPositiveDefinite(40, seed: 6)
        let b = randomMatrix(40, 1, seed: 8).values
        let result = LBFGS(gradientTolerance: 1e-9).minimize(from: [Double](repeating: 0, count: 40)) {
            x, gradient in
            let image = a.multiply(x)
            for i in 0..<40 { gradient[i] = image[i] - b[i] }
            return 0.5 * PackedKernel.dot(x, image) - PackedKernel.dot(b, x)
        }
        #expect(result.converged)
        let exact = try #require(Cholesky(a)).solve(b)
        for i in 0..<40 { expectClose(result.x[i], exact[i], relative: 0, absolute: 1e-8) }
    }

    @Test func lbfgsBacksAwayFromUndefinedRegions() {
        // x − log x has its minimum at 1 and is undefined left of 0.
        let result = LBFGS().minimize(from: [30]) { x, gradient in
            gradient[0] = 1 - 1 / x[0]
            return x[0] > 0 ? x[0] - log(x[0]) : .nan
        }
        #expect(result.converged)
        expectClose(result.x[0], 1, relative: 1e-7)
        let done = LBFGS().minimize(from: [2]) { x, gradient in
            gradient[0] = 0
            return 5
        }
        #expect(done.converged && done.iterations == 0 && done.evaluations == 1)
        let endless = LBFGS(maxIterations: 15).minimize(from: [0]) { x, gradient in
            gradient[0] = -1
            return -x[0]
        }
        #expect(!endless.converged)
    }

    @Test func lbfgsPassesErrorsOn() {
        struct Stop: Error {}
        #expect(throws: Stop.self) { try LBFGS().minimize(from: [1]) { _, _ in throw Stop() } }
    }
}
