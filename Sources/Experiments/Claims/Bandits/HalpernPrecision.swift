import Bandits
import Foundation
import Kernels

/// With the same number of evaluations, sampled operators reach a smaller residual than full means do.
struct HalpernPrecision: Experiment {
    var claim: String {
        "at equal evaluations: on 10,000 quadratics the variance-reduced iteration ends with at most 85% of the deterministic one's residual, "
            + "and its share falls as n grows; on a bilinear game of 1000 samples with at most 85% of the extra-anchored gradient's, "
            + "and its own estimate of the residual is within 25% on average"
    }
    var baseline: String {
        "Halpern's iteration with full means, λ = 1/(k + 2), η = 1/L; extra-anchored gradients, η = 0.495/L"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = 3
        let sizes = size == .full ? [1000, 10_000, 100_000] : [1000, 10_000]
        let root = CounterRandom(seed: seed)
        var rows: [ExperimentResult.Row] = [], ratios: [Double] = []
        for (place, n) in sizes.enumerated() {
            let all = Parallel.map(runs) { run in
                let stream = UInt64(100 * place + run)
                return Self.quadratics(n: n, seed: seed &+ stream, random: root.split(stream))
            }
            let means = (0..<2).map { player in Statistics.mean(all.map { $0[player] }) }
            ratios.append(means[0] / means[1])
            rows.append(.init("quadratics, n = \(n)", [means[0], means[1], ratios[place]]))
        }
        let games = Parallel.map(size == .full ? 16 : 10) { run in
            Self.game(n: 1000, seed: seed &+ UInt64(run), random: root.split(UInt64(1000 + run)))
        }
        let game = (0..<3).map { player in Statistics.mean(games.map { $0[player] }) }
        let share = game[0] / game[1]
        let error = abs(game[2] / game[0] - 1)
        rows.append(.init("bilinear game, n = 1000", [game[0], game[1], share]))
        let falls = zip(ratios, ratios.dropFirst()).allSatisfy { $0 > $1 }
        return ExperimentResult(
            columns: ["problem", "variance-reduced", "full means", "ratio"], rows: rows,
            holds: ratios[1] <= 0.85 && falls && share <= 0.85 && error <= 0.25,
            verdict:
                "residual \(percent(ratios[1])) of the baseline's at n = 10,000 (\(percent(ratios[0])) at 1000), in the game \(percent(share)); the estimate is off by \(percent(error))"
        )
    }

    /// Fᵢ(u) = hᵢ ∘ u − bᵢ.
    private struct Quadratics: FiniteSumOperator {
        let h: [Double], b: [Double]
        let components: Int, dimension: Int

        init(n: Int, dimension: Int, random: inout CounterRandom) {
            components = n
            self.dimension = dimension
            let scales = (0..<dimension).map { pow(10, -3 * Double($0) / Double(dimension - 1)) }
            h = (0..<n * dimension).map { scales[$0 % dimension] * (0.5 + random.uniform()) }
            b = (0..<n * dimension).map { _ in 0.1 * random.normal() }
        }

        func add(_ component: Int, at u: [Double], times scale: Double, to sum: inout [Double]) {
            let start = component * dimension
            for j in 0..<dimension { sum[j] += scale * (h[start + j] * u[j] - b[start + j]) }
        }

        /// The constant of cocoercivity on average.
        var constant: Double {
            (0..<dimension).map { j in
                var squares = 0.0, total = 0.0
                for i in 0..<components {
                    squares += h[i * dimension + j] * h[i * dimension + j]
                    total += h[i * dimension + j]
                }
                return squares / total
            }.max() ?? 1
        }
    }

    /// ‖F‖ at the end, of the variance-reduced and of the deterministic iteration.
    private static func quadratics(n: Int, seed: UInt64, random: CounterRandom) -> [Double] {
        var random = random
        let sum = Quadratics(n: n, dimension: 20, random: &random)
        let passes = 40, constant = sum.constant
        let start = [Double](repeating: 3, count: 20)
        let found = VarianceReducedHalpern(.cocoercive, constant: constant, seed: seed)
            .solve(sum, from: start, budget: passes * n)
        var u = start
        for k in 0..<passes {
            let mean = sum.mean(at: u), lambda = 1 / Double(k + 2)
            for i in u.indices { u[i] = lambda * start[i] + (1 - lambda) * (u[i] - mean[i] / constant) }
        }
        return [found.residual, norm(sum.mean(at: u))]
    }

    /// Fᵢ(x, y) = (Aᵢy + aᵢ, −Aᵢᵀx + bᵢ).
    private struct Game: FiniteSumOperator {
        let half: Int
        let a: [Double], offsets: [Double]
        let components: Int
        var dimension: Int { 2 * half }

        init(n: Int, half: Int, random: inout CounterRandom) {
            self.half = half
            components = n
            let diagonal = (0..<half).map { pow(10, -2 * Double($0) / Double(half - 1)) }
            a = (0..<n * half * half).map { place in
                let row = place / half % half, column = place % half
                return random.normal() + (row == column ? diagonal[row] : 0)
            }
            offsets = (0..<n * 2 * half).map { _ in random.normal() }
        }

        func add(_ component: Int, at u: [Double], times scale: Double, to sum: inout [Double]) {
            let start = component * half * half, offset = component * 2 * half
            for i in 0..<half {
                for j in 0..<half {
                    let value = scale * a[start + i * half + j]
                    sum[i] += value * u[half + j]
                    sum[half + j] -= value * u[i]
                }
            }
            for i in 0..<2 * half { sum[i] += scale * offsets[offset + i] }
        }

        /// The Lipschitz constant on average, and that of the mean.
        var constants: (average: Double, mean: Double) {
            var mean = Matrix(rows: half, columns: half)
            var left = mean, right = mean
            for component in 0..<components {
                let matrix = Matrix(rows: half, columns: half) { i, j in
                    a[component * half * half + i * half + j]
                }
                let outer = matrix.multiplyTransposed(matrix), inner = matrix.transposedMultiply(matrix)
                for i in 0..<half {
                    for j in 0..<half {
                        mean[i, j] += matrix[i, j] / Double(components)
                        left[i, j] += outer[i, j] / Double(components)
                        right[i, j] += inner[i, j] / Double(components)
                    }
                }
            }
            func root(_ matrix: Matrix) -> Double {
                (SymmetricEigen(matrix)?.values.last ?? .nan).squareRoot()
            }
            return (max(root(left), root(right)), root(mean.transposedMultiply(mean)))
        }
    }

    /// ‖F‖ at the end, of the variance-reduced iteration and of the better extra-anchored gradient, and the
    /// first one's estimate.
    private static func game(n: Int, seed: UInt64, random: CounterRandom) -> [Double] {
        var random = random
        let sum = Game(n: n, half: 5, random: &random)
        let passes = 200, constants = sum.constants
        let start = [Double](repeating: 0, count: sum.dimension)
        let found = VarianceReducedHalpern(.lipschitz, constant: constants.average, seed: seed)
            .solve(sum, from: start, budget: passes * n)
        let anchored = [constants.average, constants.mean].map { constant in
            var u = start
            for k in 0..<passes / 2 {
                let beta = 1 / Double(k + 2), eta = 0.495 / constant
                let here = sum.mean(at: u)
                let ahead = sum.mean(
                    at: u.indices.map { u[$0] + beta * (start[$0] - u[$0]) - eta * here[$0] })
                for i in u.indices { u[i] += beta * (start[i] - u[i]) - eta * ahead[i] }
            }
            return norm(sum.mean(at: u))
        }
        return [found.residual, anchored.min() ?? 0, found.estimate] + anchored
    }

    private static func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
