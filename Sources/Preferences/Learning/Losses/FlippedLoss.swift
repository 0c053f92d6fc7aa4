import Foundation
import Kernels

/// The Bradley–Terry loss of labels that were flipped with a known probability: unbiased for the labels before that.
///
/// The likelihood of what was seen, −y log p̃ − (1 − y) log(1 − p̃) with p̃ = (1 − ρ) σ(d) + ρ σ(−d). Unlike smoothing, it is
/// bounded: one comparison that is surely wrong costs at most −log ρ, so that it cannot drag the model along.
public struct FlippedLoss: PairLoss, Hashable, Codable {
    /// ρ, the probability that a label is the wrong way round.
    public var rate: Double

    /// Creates the loss.
    public init(_ rate: Double = 0.1) {
        precondition((0..<0.5).contains(rate), "ρ is \(rate), but must be from 0 to below 0.5")
        self.rate = rate
    }

    public func value(_ d: Double, label y: Double) -> Double {
        if rate == 0 { return LogisticLoss().value(d, label: y) }
        let p = seen(d)
        return (y > 0 ? -y * log(p) : 0) + (y < 1 ? -(1 - y) * log(1 - p) : 0)
    }

    public func slope(_ d: Double, label y: Double) -> Double {
        if rate == 0 { return LogisticLoss().slope(d, label: y) }
        let p = seen(d)
        let change = (1 - 2 * rate) * Special.logistic(d) * Special.logistic(-d)
        return change * ((y < 1 ? (1 - y) / (1 - p) : 0) - (y > 0 ? y / p : 0))
    }

    private func seen(_ d: Double) -> Double { rate + (1 - 2 * rate) * Special.logistic(d) }
}
