import Kernels

/// Whether people judge by regret or by partial return, told by how well each predicts comparisons that it
/// has not seen.
///
/// ```swift
/// let comparison = try SegmentModelComparison(data, seed: 1)
/// print(comparison.difference.logLossInterval)   // below 0: regret predicts better
/// ```
public struct SegmentModelComparison: Sendable {
    /// The regret model's predictions.
    public let regret: HeldOutReport.Part
    /// The partial-return model's predictions.
    public let partialReturn: HeldOutReport.Part
    /// The regret model's figures less the other's.
    public let difference: ReportDifference
    /// The model that predicts better, learnt from all comparisons.
    public let better: SegmentRewardModel

    /// Fits both to most of the comparisons and holds them against the rest.
    ///
    /// - Throws: `LearningError.data` with fewer than 20 comparisons; what the fits throw.
    public init(
        _ data: SegmentSet, regret: RegretReward = RegretReward(),
        partialReturn: PartialReturnReward = PartialReturnReward(), testShare: Double = 0.25, seed: UInt64 = 1
    ) throws {
        precondition(testShare > 0 && testShare < 1, "a share is between 0 and 1")
        guard data.count >= 20 else {
            throw LearningError.data(
                "\(data.count) comparisons of segments; telling models apart needs at least 20")
        }
        var random = CounterRandom(seed: seed).split(0x5e9)
        let order = random.permutation(data.count)
        let held = max(1, Int((testShare * Double(data.count)).rounded()))
        let train = data.selecting(order.dropFirst(held).sorted())
        let test = data.selecting(order.prefix(held).sorted())
        let pairs = try test.collected()
        let a = HeldOutReport(
            probabilities: try regret.fit(train, seed: seed).probabilities(test), data: pairs, seed: seed)
        let b = HeldOutReport(
            probabilities: try partialReturn.fit(train).probabilities(test), data: pairs, seed: seed)
        self.regret = a.all
        self.partialReturn = b.all
        difference = ReportDifference(a, over: b, data: pairs, units: Array(0..<pairs.count), seed: seed)
        better =
            difference.logLoss <= 0 ? try regret.fit(data, seed: seed) : try partialReturn.fit(data)
    }
}
