import Kernels

/// One layer of linear self-attention that turns the losses so far into the next play.
///
///     uₜ = Σ_{s<t} (V·ℓₛ + v)·(⟨k, ℓₛ⟩ + k₀),   πₜ = point of the set for uₜ (or uₜ itself)
///
/// V is d × d, v and k have d numbers, k₀ is one; the key and the constant query of the layer are absorbed in
/// k and k₀.
public struct AttentionLayer: Sendable, Hashable, Codable {
    /// The number d of losses in a round.
    public let dimension: Int
    /// The set of the plays.
    public let set: DecisionSet
    /// Whether plays are brought into the set; without, u itself is played.
    public let projects: Bool
    /// V row after row, then v, k and k₀.
    public var parameters: [Double]

    /// Creates a layer with parameters from N(0, scale²), and k₀ = 0.3.
    public init(
        dimension: Int, set: DecisionSet, projects: Bool = true, scale: Double = 0.1,
        random: inout CounterRandom
    ) {
        precondition(dimension > 0, "a layer needs a positive dimension")
        precondition(projects || set != .simplex, "plays on the simplex must be brought into it")
        self.dimension = dimension
        self.set = set
        self.projects = projects
        parameters = (0..<dimension * (dimension + 2)).map { _ in scale * random.normal() } + [0.3]
    }

    /// The matrix V, row after row.
    public var value: [Double] { Array(parameters[..<(dimension * dimension)]) }
    /// The offset v.
    public var valueOffset: [Double] {
        Array(parameters[dimension * dimension..<dimension * (dimension + 1)])
    }
    /// The score vector k.
    public var key: [Double] { Array(parameters[dimension * (dimension + 1)..<dimension * (dimension + 2)]) }
    /// The offset k₀.
    public var keyOffset: Double { parameters[dimension * (dimension + 2)] }

    /// Adds a round's term to u.
    func add(_ loss: [Double], to u: inout [Double]) {
        let d = dimension
        var score = parameters[d * (d + 2)]
        for j in 0..<d { score += parameters[d * (d + 1) + j] * loss[j] }
        for i in 0..<d {
            var sum = parameters[d * d + i]
            for j in 0..<d { sum += parameters[i * d + j] * loss[j] }
            u[i] += sum * score
        }
    }

    /// The regret of a stream, and its gradient with respect to the parameters.
    ///
    /// With gₜ the gradient of ⟨ℓₜ, πₜ⟩ with respect to uₜ and Gₛ = Σ_{t>s} gₜ, the terms aₛ = V·ℓₛ + v and
    /// bₛ = ⟨k, ℓₛ⟩ + k₀ have the gradients Gₛ·bₛ and ⟨Gₛ, aₛ⟩. The best fixed play does not depend on the
    /// parameters.
    ///
    /// - Parameters:
    ///   - losses: The losses, round after round.
    ///   - gradient: As many numbers as parameters; is overwritten.
    public func regret(_ losses: [Double], gradient: inout [Double]) -> Double {
        let d = dimension, rounds = losses.count / d
        var u = [Double](repeating: 0, count: d), point = u, loss = u, sum = u, g = u
        var back = [Double](repeating: 0, count: losses.count)
        var paid = 0.0
        for t in 0..<rounds {
            for i in 0..<d { loss[i] = losses[t * d + i] }
            if projects { set.write(u, into: &point) } else { point = u }
            if projects { set.writePullback(u, point: point, loss, into: &g) } else { g = loss }
            for i in 0..<d {
                paid += loss[i] * point[i]
                sum[i] += loss[i]
                back[t * d + i] = g[i]
            }
            add(loss, to: &u)
        }
        for i in gradient.indices { gradient[i] = 0 }
        for i in 0..<d { g[i] = 0 }
        for s in stride(from: rounds - 1, through: 0, by: -1) {
            var score = parameters[d * (d + 2)], alongScore = 0.0
            for j in 0..<d { score += parameters[d * (d + 1) + j] * losses[s * d + j] }
            for i in 0..<d {
                var value = parameters[d * d + i]
                for j in 0..<d {
                    value += parameters[i * d + j] * losses[s * d + j]
                    gradient[i * d + j] += g[i] * score * losses[s * d + j]
                }
                gradient[d * d + i] += g[i] * score
                alongScore += g[i] * value
            }
            for j in 0..<d { gradient[d * (d + 1) + j] += alongScore * losses[s * d + j] }
            gradient[d * (d + 2)] += alongScore
            for i in 0..<d { g[i] += back[s * d + i] }
        }
        return paid - set.best(sum)
    }

    /// How nearly the layer plays follow-the-regularised-leader, u = −c·Σ ℓ: the best c, and the share of u
    /// that it explains.
    public func leaderFit(_ streams: [[[Double]]]) -> (rate: Double, explained: Double) {
        var uu = 0.0, us = 0.0, ss = 0.0
        for stream in streams {
            var u = [Double](repeating: 0, count: dimension), sum = u
            for loss in stream {
                add(loss, to: &u)
                for i in 0..<dimension {
                    sum[i] += loss[i]
                    uu += u[i] * u[i]
                    us += u[i] * sum[i]
                    ss += sum[i] * sum[i]
                }
            }
        }
        return (-us / ss, us * us / (uu * ss))
    }
}
