import Foundation

/// How optimistic a cascading bandit is about an item.
public enum CascadeIndex: String, Sendable, Hashable, Codable, CaseIterable {
    /// The largest rate q with n·kl(ŵ, q) ≤ log t + 3 log log t: tight where rates are far from ½.
    case kl
    /// ŵ + √(1.5 log t / n).
    case ucb1

    /// The index of an item with mean `mean` over `count` outcomes in round t.
    func value(mean: Double, count: Double, round t: Double) -> Double {
        guard count > 0 else { return .infinity }
        switch self {
        case .ucb1: return mean + (1.5 * log(t) / count).squareRoot()
        case .kl:
            let budget = log(t) + 3 * log(max(log(t), 1))
            return Self.largestRate(mean: mean, divergence: budget / count)
        }
    }

    /// The largest q in [p, 1] with kl(p, q) ≤ b, kl being the Kullback–Leibler divergence of two coins.
    ///
    /// Newton's method from above: the divergence is convex in q, so that each step stays above the solution.
    static func largestRate(mean p: Double, divergence b: Double) -> Double {
        guard p < 1 else { return 1 }
        guard p > 0 else { return 1 - exp(-b) }
        guard b > 0 else { return p }
        let entropy = -(p * log(p) + (1 - p) * log(1 - p))
        // Two bounds from above: Pinsker's, and the one that leaves out p·log q.
        var q = min(p + (b / 2).squareRoot(), 1 - exp(-(b + entropy) / (1 - p)))
        for _ in 0..<60 where q < 1 {
            let excess = -entropy - p * log(q) - (1 - p) * log(1 - q) - b
            let step = excess * q * (1 - q) / (q - p)
            guard step > 1e-13 else { break }
            q = max(q - step, p)
        }
        return q
    }
}
