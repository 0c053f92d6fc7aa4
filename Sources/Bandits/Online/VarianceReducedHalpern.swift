import Foundation
import Kernels

/// Finds equilibria of games and min-max problems over many samples, with a residual that says how good the
/// last point is.
///
/// Source: Cai, Alacaoglu and Diakonikolas, "Variance Reduced Halpern Iteration for Finite-Sum Monotone
/// Inclusions" (2023); steps and inner solver are this implementation's choice. It seeks u with 0 ∈ F(u) +
/// N_X(u), that is ⟨F(u), v − u⟩ ≥ 0 for all v of the set X, for the mean F of n monotone operators. The
/// residual at a point is
///
///     r(u) = ‖u − Π_X(u − ηF(u))‖/η,   which is ‖F(u)‖ where X is the whole space.
///
/// **Cocoercive** on average, (1/n)Σ‖Fᵢ(u) − Fᵢ(v)‖² ≤ L⟨F(u) − F(v), u − v⟩, as for gradients of convex
/// functions:
///
///     uₖ₊₁ = Π_X(λₖu₀ + (1 − λₖ)uₖ − ηF̂ₖ),   λₖ = 2/(k + 4),   η = 1/(4L),
///     F̂ₖ₊₁ = F(uₖ₊₁) with probability pₖ₊₁, otherwise F̂ₖ + (1/b)Σ_{i∈S}(Fᵢ(uₖ₊₁) − Fᵢ(uₖ)),
///
/// with b = ⌈√n⌉ and pₖ = 4/(min(k, √n) + 5): E r is O(L‖u₀ − u*‖/k).
///
/// **Lipschitz** on average, (1/n)Σ‖Fᵢ(u) − Fᵢ(v)‖² ≤ L²‖u − v‖², as for bilinear games: uₖ₊₁ = λₖu₀ + (1 −
/// λₖ)J̃ₖ with λₖ = 1/(k + 2), where J̃ₖ solves v − uₖ + η(F(v) + N_X(v)) ∋ 0, η = √n/L, by `inner`·n·log(k +
/// 2) steps of a variance-reduced extragradient method.
///
/// Variance reduction pays where n is large against the precision: with few samples and the safe step, the
/// same iteration with full means and step 1/L is faster.
///
/// - Complexity: O(budget) evaluations of single operators, O(d) besides each.
///
/// ```swift
/// let solver = VarianceReducedHalpern(.lipschitz, constant: 1.5)
/// let found = solver.solve(games, from: [1, 1], budget: 100 * games.components)
/// print(found.point, found.residual)
/// ```
public struct VarianceReducedHalpern: Sendable, Hashable, Codable {
    public static let id = "vr-halpern"

    /// What is known of the operators.
    public enum Regularity: String, Sendable, Hashable, Codable {
        /// Cocoercive on average: gradients of smooth convex functions.
        case cocoercive
        /// Monotone, and Lipschitz on average: smooth games.
        case lipschitz
    }

    /// Where the iteration ended.
    public struct Solution: Sendable, Hashable {
        /// The last point.
        public let point: [Double]
        /// The residual r at the point, with all operators.
        public let residual: Double
        /// ‖uₖ − J̃ₖ‖/η, which the Lipschitz case knows without evaluations; the residual in the other.
        public let estimate: Double
        /// The number of evaluations of single operators, the residual's included.
        public let evaluations: Int
        /// The number of iterations k.
        public let iterations: Int
    }

    /// What is known of the operators.
    public let regularity: Regularity
    /// The constant L.
    public let constant: Double
    /// The step η; `nil` for the one above.
    public let eta: Double?
    /// The set X; `nil` for the whole space.
    public let set: ConvexSet?
    /// How long the inner solver runs, as a multiple of n·log(k + 2).
    public let inner: Double
    /// The residual at which to stop before the budget is used.
    public let tolerance: Double
    /// The seed of the samples.
    public let seed: UInt64

    /// Creates a solver.
    ///
    /// - Parameters:
    ///   - regularity: What is known of the operators.
    ///   - constant: The constant L of it.
    ///   - eta: The step; `nil` takes 1/(4L) or √n/L.
    ///   - set: The set X; `nil` for the whole space.
    ///   - inner: How long the inner solver of the Lipschitz case runs, as a multiple of n·log(k + 2).
    ///   - tolerance: The residual at which to stop before the budget is used.
    ///   - seed: The seed of the samples.
    public init(
        _ regularity: Regularity, constant: Double, eta: Double? = nil, set: ConvexSet? = nil,
        inner: Double = 1.5,
        tolerance: Double = 0, seed: UInt64 = 1
    ) {
        precondition(constant > 0 && constant.isFinite, "the constant L must be positive")
        precondition(eta.map { $0 > 0 && $0.isFinite } ?? true, "a step must be positive")
        precondition(inner > 0 && tolerance >= 0, "inner must be positive and tolerance not negative")
        self.regularity = regularity
        self.constant = constant
        self.eta = eta
        self.set = set
        self.inner = inner
        self.tolerance = tolerance
        self.seed = seed
    }

    /// Runs from a point until the residual is small enough or the budget is used.
    ///
    /// - Parameters:
    ///   - sum: The operators.
    ///   - start: The first point u₀, to which the iteration stays anchored.
    ///   - budget: The number of evaluations of single operators; at least 2n.
    public func solve(_ sum: some FiniteSumOperator, from start: [Double], budget: Int) -> Solution {
        precondition(start.count == sum.dimension, "the first point has another dimension than the operators")
        precondition(set.map { $0.dimension == sum.dimension } ?? true, "the set has another dimension")
        precondition(
            sum.components > 0 && budget >= 2 * sum.components, "the budget must be at least 2n evaluations")
        let first = set?.projection(start) ?? start
        switch regularity {
        case .cocoercive: return solveCocoercive(sum, first, budget)
        case .lipschitz: return solveLipschitz(sum, first, budget)
        }
    }

    /// The residual at a point where the operators' mean is known.
    public func residual(at point: [Double], mean: [Double], eta: Double) -> Double {
        var ahead = point.indices.map { point[$0] - eta * mean[$0] }
        set?.project(&ahead)
        return VectorMath.distance(point, ahead) / eta
    }

    private func solveCocoercive(_ sum: some FiniteSumOperator, _ first: [Double], _ budget: Int) -> Solution
    {
        let n = sum.components
        let root = Double(n).squareRoot()
        let batch = Int(root.rounded(.up))
        let eta = eta ?? 1 / (4 * constant)
        var random = CounterRandom(seed: seed)
        var point = first, mean = sum.mean(at: first)
        var isExact = true
        var evaluations = n, k = 0
        while !(isExact && residual(at: point, mean: mean, eta: eta) <= tolerance) {
            let isRefresh = random.uniform() < 4 / (min(Double(k + 1), root) + 5)
            // After a step with samples there must be room for the residual.
            guard evaluations + (isRefresh ? n : 2 * batch + n) <= budget else { break }
            let lambda = 2 / Double(k + 4)
            var next = point.indices.map {
                lambda * first[$0] + (1 - lambda) * point[$0] - eta * mean[$0]
            }
            set?.project(&next)
            if isRefresh {
                mean = sum.mean(at: next)
                evaluations += n
            } else {
                for _ in 0..<batch {
                    let component = random.below(n)
                    sum.add(component, at: next, times: 1 / Double(batch), to: &mean)
                    sum.add(component, at: point, times: -1 / Double(batch), to: &mean)
                }
                evaluations += 2 * batch
            }
            isExact = isRefresh
            point = next
            k += 1
        }
        if !isExact {
            mean = sum.mean(at: point)
            evaluations += n
        }
        let residual = residual(at: point, mean: mean, eta: eta)
        return Solution(
            point: point, residual: residual, estimate: residual, evaluations: evaluations, iterations: k)
    }

    private func solveLipschitz(_ sum: some FiniteSumOperator, _ first: [Double], _ budget: Int) -> Solution {
        let n = sum.components
        let eta = eta ?? Double(n).squareRoot() / constant
        var inner = ResolventSolver(
            sum: sum, set: set, eta: eta, constant: constant, point: first, random: CounterRandom(seed: seed))
        var anchor = first
        var evaluations = n, k = 0
        var estimate = 0.0
        while residual(at: inner.point, mean: inner.mean, eta: eta) > tolerance {
            let steps = max(1, Int(self.inner * Double(n) * log(Double(k + 2))))
            // Two evaluations for each step, as many for its share of the refreshes, and the mean at the end;
            // a solve that was cut short would not be a resolvent.
            if k > 0, evaluations + 4 * steps + n > budget { break }
            evaluations += inner.run(around: anchor, steps: steps, budget: budget - evaluations - n)
            estimate = VectorMath.distance(anchor, inner.point) / eta
            inner.refresh()
            evaluations += n
            k += 1
            let lambda = 1 / Double(k + 1)
            anchor = first.indices.map { lambda * first[$0] + (1 - lambda) * inner.point[$0] }
        }
        return Solution(
            point: inner.point, residual: residual(at: inner.point, mean: inner.mean, eta: eta),
            estimate: estimate, evaluations: evaluations, iterations: k)
    }
}
