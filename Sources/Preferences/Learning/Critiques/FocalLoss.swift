import Foundation
import Kernels

/// The Bradley–Terry loss with less weight on comparisons that the model already gets right.
///
///     ℓ(d, 1) = −(1 − 2 max(0, P − ½))^γ log P,   P = σ(d);   ℓ(d, 0) = ℓ(−d, 1)
///
/// Up to P = ½ it is the logistic loss; γ = 0 makes it that everywhere. Probabilities learnt with it are too small:
/// pairs that are right pull no further.
///
/// Source: Cai et al., "InternLM2 Technical Report" (2024), the ranking loss of its reward model.
public struct FocalLoss: PairLoss, Hashable, Codable {
    /// γ.
    public var gamma: Double

    /// Creates the loss.
    public init(gamma: Double = 2) {
        precondition(gamma >= 0 && gamma.isFinite, "γ is not negative")
        self.gamma = gamma
    }

    public func value(_ d: Double, label y: Double) -> Double {
        (y > 0 ? y * chosen(d).value : 0) + (y < 1 ? (1 - y) * chosen(-d).value : 0)
    }

    public func slope(_ d: Double, label y: Double) -> Double {
        (y > 0 ? y * chosen(d).slope : 0) - (y < 1 ? (1 - y) * chosen(-d).slope : 0)
    }

    private func chosen(_ d: Double) -> (value: Double, slope: Double) {
        let (loss, wrong) = (Special.log1pExp(-d), Special.logistic(-d))
        if d <= 0 { return (loss, -wrong) }
        let factor = pow(2 * wrong, gamma)
        return (factor * loss, -factor * (gamma * (1 - wrong) * loss + wrong))
    }
}
