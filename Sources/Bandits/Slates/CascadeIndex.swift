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
            return KLUCB.upperBound(mean: mean, divergence: budget / count)
        }
    }
}
