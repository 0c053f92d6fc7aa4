import Foundation
import Kernels

/// The Bradley–Terry loss: ℓ(d, y) = −y log σ(d) − (1 − y) log σ(−d).
public struct LogisticLoss: PairLoss, Hashable, Codable {
    /// Creates the loss.
    public init() {}

    public func value(_ d: Double, label y: Double) -> Double { Special.log1pExp(-d) + (1 - y) * d }

    public func slope(_ d: Double, label y: Double) -> Double { Special.logistic(d) - y }

    public func valueAndSlope(_ d: Double, label y: Double) -> (value: Double, slope: Double) {
        let small = exp(-abs(d))
        let p = (d >= 0 ? 1 : small) / (1 + small)
        return (log1p(small) + max(-d, 0) + (1 - y) * d, p - y)
    }
}
