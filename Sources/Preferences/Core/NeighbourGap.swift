import Kernels

extension RankingFit {
    /// How many more direct comparisons of two items it would take to tell them apart, if they are as far apart as
    /// they seem.
    ///
    /// With a difference d, its variance v and the information I of one comparison (the variance of its share, p(1 − p)
    /// without ties), n comparisons bring the variance to 1 / (1/v + n I). They are told apart with a chance of four in five
    /// once d ≥ (z_{1 − α/2} + z_{0.8}) √v.
    ///
    /// - Returns: 0 where they are told apart already; `nil` where the difference is too small to say (over a million),
    ///   or the items are in different parts.
    public func comparisonsToSeparate(_ a: RankedItem, _ b: RankedItem) -> Int? {
        if a.part != b.part { return nil }
        let d = abs(a.score - b.score)
        let v = uncertainty.variance(of: a.index, minus: b.index)
        if v <= 0 || d >= intervals.criticalValue * v.squareRoot() { return 0 }
        let needed = intervals.criticalValue + Special.normalQuantile(0.8)
        let target = (d / needed) * (d / needed)
        let p = predictor.probability(difference: d)
        let mean = p.win + 0.5 * p.tie
        let spread = p.win + 0.25 * p.tie - mean * mean
        // The slope of the expected share in d is its variance under the logistic and Davidson links.
        let information = max(spread, 1e-12)
        let count = (1 / max(target, 1e-300) - 1 / v) / information
        return count > 1_000_000 ? nil : max(0, Int(count.rounded(.up)))
    }
}
