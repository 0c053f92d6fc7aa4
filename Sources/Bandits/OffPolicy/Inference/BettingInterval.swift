import Evaluation
import Foundation

/// Gives an interval that holds for every sample size by betting against each mean that is too low or too high.
///
/// Source: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting" (2024), the hedged
/// capital with predictable stakes for a sample of known size. For x in [0, 1] after scaling, and a mean m that is to
/// be refuted,
///
///     K⁺ₜ(m) = Π (1 + min(λᵢ, c/m) (xᵢ − m)),   K⁻ₜ(m) the same for 1 − x and 1 − m,
///
/// with λᵢ from the values before i (`StakePlan`) and c = 1/2. If m is the truth neither ever reaches 2/α but with
/// probability α/2 (Ville), so that the interval is all m that neither refutes. Both fall or rise in m, so that its
/// ends are roots.
///
/// It needs the range beforehand and independent rows in their order in time; the order changes the result a little.
/// With weights of known bound this is the exact interval to use; it covers more than it promises.
///
/// - Complexity: O(60 n).
///
/// ```swift
/// let clipped = try Contributions(values, range: 0...20)
/// print(try BettingInterval().interval(clipped, level: 0.95))
/// ```
public struct BettingInterval: ValueInterval, Hashable {
    public static let id = "betting"

    /// The largest share c of the capital that may be lost in one bet, in (0, 1).
    public var largestLoss: Double

    /// Creates the method.
    public init(largestLoss: Double = 0.5) {
        precondition(largestLoss > 0 && largestLoss < 1, "largestLoss lies between 0 and 1")
        self.largestLoss = largestLoss
    }

    public func interval(_ contributions: Contributions, level: Double) throws(BanditError) -> Interval {
        try IntervalCheck.level(level)
        let range = try contributions.needRange(Self.id)
        try contributions.needSingleRows(Self.id)
        let width = range.upperBound - range.lowerBound
        guard width > 0 else { throw .data("the interval betting needs a range with a width") }
        let x = contributions.values.map { ($0 - range.lowerBound) / width }
        let alpha = (1 - level) / 2
        let low = bound(x, alpha: alpha)
        let high = 1 - bound(x.map { 1 - $0 }, alpha: alpha)
        return Interval(
            lower: range.lowerBound + width * low, upper: range.lowerBound + width * high, level: level)
    }

    /// The largest mean that is refuted as too low; 0 where none is.
    private func bound(_ x: [Double], alpha: Double) -> Double {
        var plan = StakePlan(alpha: alpha, horizon: x.count)
        let stakes = x.map { value in
            let stake = plan.stake
            plan.add(value)
            return stake
        }
        let goal = -log(alpha)
        let refuted = { (mean: Double) -> Bool in
            var capital = 0.0
            let most = largestLoss / mean
            for (value, stake) in zip(x, stakes) {
                capital += log1p(min(stake, most) * (value - mean))
                if capital >= goal { return true }
            }
            return false
        }
        var low = 0.0
        var high = 1.0
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if refuted(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
