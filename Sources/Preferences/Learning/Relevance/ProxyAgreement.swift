import Kernels

/// Says whether a reward may stand in for the real one: whether both rise together over the checkpoints of a training.
///
/// Source: Kim and Seo, "Rethinking the Role of Proxy Rewards in Language Model Alignment" (2024). Train against the stand-in,
/// save checkpoints, have each judged by something that the training did not see, and take Spearman's ρ of the two. The
/// stand-in is accepted where ρ > 0.8 and the real reward does not fall towards the end, which is how over-optimisation shows.
///
/// - Precondition: at least three checkpoints, in the order of training.
///
/// ```swift
/// let agreement = ProxyAgreement(proxy: [0.1, 0.4, 0.7, 0.9], gold: [0.2, 0.5, 0.6, 0.3])
/// print(agreement.correlation, agreement.lateDrop, agreement.isAccepted)   // 0.4 0.75 false
/// ```
public struct ProxyAgreement: Sendable, Hashable {
    /// ρ; not a number where one of the two never changes.
    public let correlation: Double
    /// By how much the real reward ends below its best, as a share of the range that it went through.
    public let lateDrop: Double
    /// ρ has to be above this.
    public let leastCorrelation: Double
    /// The drop has to be at most this.
    public let largestDrop: Double

    /// Whether the stand-in is accepted.
    public var isAccepted: Bool { correlation > leastCorrelation && lateDrop <= largestDrop }

    /// Compares the two.
    public init(
        proxy: [Double], gold: [Double], leastCorrelation: Double = 0.8, largestDrop: Double = 0.1
    ) {
        precondition(proxy.count == gold.count, "\(proxy.count) and \(gold.count) rewards of checkpoints")
        precondition(
            proxy.count >= 3, "\(proxy.count) checkpoints do not show whether two rewards rise together")
        precondition((proxy + gold).allSatisfy(\.isFinite), "rewards are finite numbers")
        correlation = Statistics.spearman(proxy, gold)
        let (low, high) = (gold.min()!, gold.max()!)
        lateDrop = high > low ? (high - gold[gold.count - 1]) / (high - low) : 0
        self.leastCorrelation = leastCorrelation
        self.largestDrop = largestDrop
    }
}
