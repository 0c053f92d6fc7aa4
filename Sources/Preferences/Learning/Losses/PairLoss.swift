/// What it costs that the scores of two things differ by d, where the first was preferred with probability y.
///
/// A loss is a function of one number, so that it works with every model: linear ones take its slope directly, networks
/// pass it back through their scores. ℓ(d, y) has to fall as d grows where y = 1, and ℓ(d, y) = ℓ(−d, 1 − y).
///
/// ```swift
/// let learner = LinearReward(loss: SmoothedLoss(0.1))
/// ```
public protocol PairLoss: Sendable {
    /// ℓ(d, y).
    func value(_ d: Double, label y: Double) -> Double
    /// ∂ℓ/∂d.
    func slope(_ d: Double, label y: Double) -> Double
    /// Both, for losses that find them faster together.
    func valueAndSlope(_ d: Double, label y: Double) -> (value: Double, slope: Double)
}

extension PairLoss {
    public func valueAndSlope(_ d: Double, label y: Double) -> (value: Double, slope: Double) {
        (value(d, label: y), slope(d, label: y))
    }

    /// ℓ at d less the margin, counted towards the side that was chosen.
    func value(_ d: Double, label: Double, margin: Double) -> Double {
        value(label >= 0.5 ? d - margin : d + margin, label: label)
    }

    func slope(_ d: Double, label: Double, margin: Double) -> Double {
        slope(label >= 0.5 ? d - margin : d + margin, label: label)
    }
}
