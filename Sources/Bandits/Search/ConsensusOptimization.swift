import Foundation
import Kernels

/// Minimises (or maximises) what can only be evaluated, however rough: particles drift to a weighted
/// average of theirs and wander the less the nearer they are to it.
///
/// Source: Riedl, Klock, Geldhauser and Fornasier, "Gradient is All You Need?" (2023); Pinnau, Totzeck,
/// Tse and Martin, "A Consensus-Based Model for Global Optimization and its Mean-Field Limit" (2017).
/// With costs E(Xⁱ) of N particles,
///
///     c = Σ wᵢ Xⁱ / Σ wᵢ,   wᵢ = exp(−α (E(Xⁱ) − minⱼ E(Xʲ))),
///     Xⁱ ← Xⁱ − λ Δt (Xⁱ − c) + σ √Δt D(Xⁱ − c) ξⁱ,   ξⁱ ~ N(0, I),
///
/// with D(v) ξ = v ⊙ ξ (anisotropic: each coordinate by itself) or |v| ξ. In the mean the consensus c
/// moves like gradient descent with step τ = α s² for particles of variance s², although no gradient is
/// ever asked for; the noise crosses barriers. The mean square contracts where 2λ > σ² (d σ² where
/// isotropic); the anisotropic particles contract almost surely as long as E log|1 − λΔt + σ√Δt ξ| < 0,
/// which is what the defaults rely on.
///
/// An action is the whole batch of positions, an outcome one value for each. While a batch is out, the
/// same batch is handed out again; the first outcome moves the particles, later ones only count for the
/// best point seen. A value that is not a number counts as infinitely bad.
///
/// Not where an evaluation is expensive: a run takes thousands of them; `BayesianOptimization` takes some
/// thirty.
///
/// - Complexity: O(N d) for a step.
///
/// ```swift
/// var search = ConsensusOptimization(start: [2, 2], spread: 2, goal: .minimize)
/// for _ in 0..<500 {
///     let batch = search.choose()
///     search.learn(batch, batch.action.map(cost))
/// }
/// print(search.consensus)
/// ```
public struct ConsensusOptimization: Policy, Hashable {
    public static let id = "cbo"

    /// Whether large or small values are wanted.
    public let goal: SearchGoal
    /// The sharpness α of the weights.
    public let alpha: Double
    /// The drift λ.
    public let drift: Double
    /// The noise σ.
    public let sigma: Double
    /// The length Δt of a step.
    public let step: Double
    /// Whether every coordinate has its own noise.
    public let anisotropic: Bool
    /// The largest size of a coordinate.
    public let bound: Double
    public var journal: Journal
    /// The positions of the particles.
    public private(set) var particles: [[Double]]
    /// The weighted average c of the batch that moved the particles last; the average of the particles
    /// before that.
    public private(set) var consensus: [Double]
    /// The best position evaluated; `nil` before the first.
    public private(set) var best: [Double]?
    /// The value there; `nil` before the first.
    public private(set) var bestValue: Double?
    /// The number of steps made.
    public private(set) var steps = 0

    /// Creates particles that are spread normally around a guess.
    ///
    /// - Parameters:
    ///   - start: The guess.
    ///   - spread: The standard deviation of the particles in every coordinate.
    ///   - goal: Whether large or small values are wanted.
    ///   - particles: Their number N.
    ///   - alpha: The sharpness α; large values make the consensus the best particle.
    ///   - drift: The drift λ.
    ///   - sigma: The noise σ.
    ///   - step: The length Δt of a step, at most 1/λ.
    ///   - anisotropic: Whether every coordinate has its own noise; `nil` for yes above two dimensions.
    ///   - bound: The largest size of a coordinate.
    ///   - seed: The seed.
    public init(
        start: [Double], spread: Double = 1, goal: SearchGoal = .maximize, particles: Int = 100,
        alpha: Double = 1e5, drift: Double = 1, sigma: Double = 5, step: Double = 0.02,
        anisotropic: Bool? = nil,
        bound: Double = 1e6, seed: UInt64 = 1
    ) {
        precondition(!start.isEmpty && particles > 0, "consensus needs coordinates and particles")
        precondition(
            spread > 0 && alpha > 0 && drift > 0 && sigma >= 0 && bound > 0, "a setting is not positive")
        precondition(step > 0 && drift * step <= 1, "a step is positive and at most 1/drift")
        self.goal = goal
        self.alpha = alpha
        self.drift = drift
        self.sigma = sigma
        self.step = step
        self.anisotropic = anisotropic ?? (start.count > 2)
        self.bound = bound
        journal = Journal(seed: seed)
        var random = CounterRandom(seed: seed, stream: 1)
        self.particles = (0..<particles).map { _ in start.map { $0 + spread * random.normal() } }
        consensus = Self.average(self.particles, weights: [Double](repeating: 1, count: particles))
    }

    /// The largest distance of a particle from the consensus: a search can stop where it is small.
    public var spread: Double {
        particles.reduce(0) { largest, x in
            max(largest, zip(x, consensus).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot())
        }
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [[Double]]> {
        PolicyDecision(context: context, action: particles, mark: steps)
    }

    /// - Precondition: One value for each position.
    public mutating func update(_ decision: PolicyDecision<NoContext, [[Double]]>, _ outcome: [Double]) {
        let batch = decision.action
        precondition(outcome.count == batch.count, "a batch needs one value for each position")
        let costs = outcome.map { $0.isNaN ? Double.infinity : -goal.sign * $0 }
        guard let place = costs.indices.min(by: { costs[$0] < costs[$1] }), costs[place] < .infinity else {
            return
        }
        if costs[place] < bestValue.map({ -goal.sign * $0 }) ?? .infinity {
            best = batch[place]
            bestValue = outcome[place]
        }
        guard decision.mark == steps, batch.count == particles.count, batch[0].count == consensus.count else {
            return
        }
        consensus = Self.consensus(batch, costs: costs, alpha: alpha)
        var random = CounterRandom(seed: journal.seed, stream: 2).split(UInt64(steps))
        let (pull, shake) = (drift * step, sigma * step.squareRoot())
        for i in batch.indices {
            let gap = zip(batch[i], consensus).map { $0 - $1 }
            let length = gap.reduce(0) { $0 + $1 * $1 }.squareRoot()
            for j in gap.indices {
                let noise = (anisotropic ? gap[j] : length) * random.normal()
                particles[i][j] = min(max(batch[i][j] - pull * gap[j] + shake * noise, -bound), bound)
            }
        }
        steps += 1
    }

    /// The weighted average c of points with costs.
    ///
    /// For draws X from N(x, s² I) it estimates a gradient step from values alone: (x − c)/(α s²) is the
    /// gradient at x of the soft envelope −(1/α) log E exp(−α E(X)).
    ///
    /// - Precondition: as many costs as points, at least one that is not infinite.
    public static func consensus(_ points: [[Double]], costs: [Double], alpha: Double) -> [Double] {
        precondition(
            points.count == costs.count && !points.isEmpty, "consensus needs one cost for each point")
        let least = costs.min()!
        return average(points, weights: costs.map { $0 == least ? 1 : exp(-alpha * ($0 - least)) })
    }

    private static func average(_ points: [[Double]], weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        var result = [Double](repeating: 0, count: points[0].count)
        for (point, weight) in zip(points, weights) where weight > 0 {
            for j in result.indices { result[j] += weight / total * point[j] }
        }
        return result
    }
}
