import Foundation
import Kernels

/// Looks for propensities that cannot be right, in what was logged and what was done.
///
/// - Mean weight: Σ π(a|x)/π₀(a|x) over n decisions has mean 1 where π₀ is right and covers π.
/// - Each action: Σ 1[aᵢ = a]/π₀(aᵢ|xᵢ) has mean n where π₀ is right and never rules the action out.
/// - Calibration, where whole distributions were logged: in bins of like π₀(a|x), Σ π₀ against the number of times that
///   a was taken, z² = (count − Σ π₀)² / Σ π₀ (1 − π₀), added up to a χ².
///
/// Means are tested by `SkewCorrectedInterval` at 99% (warning) and 99.99% (wrong), each action at 1/K of that.
///
/// - Complexity: O(n K log n) with whole distributions, O(n) without.
struct PropensityCheck {
    let sample: OffPolicySample
    let names: [String]
    /// π₀ of every action, n × K, or empty.
    let logging: [Double]

    func findings() throws(BanditError) -> [OffPolicyFinding] {
        if let impossible { return [impossible] }
        var found = try meanWeight()
        for action in 0..<sample.actionCount { found += try inverse(action) }
        return found + calibration()
    }

    /// Propensities that are all one, or all the same while actions are not taken equally often.
    private var impossible: OffPolicyFinding? {
        let first = sample.propensity[0]
        guard sample.propensity.allSatisfy({ $0 == first }), Set(sample.action).count > 1 else { return nil }
        if first == 1 {
            return OffPolicyFinding(
                kind: .certainPropensities, severity: .wrong, value: 1,
                sentence:
                    "Every action is logged with propensity 1, as if there had been no choice, yet actions differ. "
                    + "Log the probability of the action at the time of the decision, or let it be estimated."
            )
        }
        var counts = [Double](repeating: 0, count: sample.actionCount)
        for action in sample.action { counts[Int(action)] += 1 }
        counts = counts.filter { $0 > 0 }
        let expected = Double(sample.count) / Double(counts.count)
        let statistic = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        let p = Special.chiSquaredUpperTail(statistic, df: Double(counts.count - 1))
        guard p < 1e-4 else { return nil }
        return OffPolicyFinding(
            kind: .equalPropensities, severity: .wrong, value: first,
            sentence:
                "Every action is logged with the same propensity \(PlainNumber.short(first)), but some are taken "
                + "much more often than others: the column does not say how likely the action was. Log the probability at the time of "
                + "the decision, or let it be estimated.")
    }

    private func meanWeight() throws(BanditError) -> [OffPolicyFinding] {
        let weights = (0..<sample.count).map { sample.weight($0) }
        guard let severity = try severity(weights, share: 1) else { return [] }
        let mean = Statistics.mean(weights)
        return [
            OffPolicyFinding(
                kind: .meanWeight, severity: severity, value: mean,
                sentence:
                    "The weights average \(PlainNumber.short(mean)) where right propensities give 1. "
                    + (mean < 1
                        ? "Either propensities are logged too high, or the policy takes actions that were impossible "
                            + "where it takes them. "
                        : "Propensities are logged too low. ")
                    + "Check that the propensity is that of the action taken, at the time it was taken.")
        ]
    }

    private func inverse(_ action: Int) throws(BanditError) -> [OffPolicyFinding] {
        let taken = sample.action.contains(Int32(action))
        guard taken else { return [] }
        let values = (0..<sample.count).map {
            Int(sample.action[$0]) == action ? 1 / sample.propensity[$0] : 0
        }
        guard var severity = try severity(values, share: Double(sample.actionCount)) else { return [] }
        let mean = Statistics.mean(values)
        // Less than one is what an action shows that is ruled out in some contexts, with right propensities.
        if mean < 1 { severity = min(severity, .warning) }
        return [
            OffPolicyFinding(
                kind: .actionCount, severity: severity, action: action, value: mean,
                sentence:
                    "The inverse propensities of \(names[action]) add up to \(PlainNumber.short(mean)) times the number of "
                    + "decisions. "
                    + (mean > 1
                        ? "It is taken more often than its propensities say: they are logged too low."
                        : "Either its propensities are logged too high, or there are occasions on which it is never "
                            + "taken."))
        ]
    }

    /// How bad it is that the mean of values is not one; `nil` where chance explains it.
    private func severity(_ values: [Double], share: Double) throws(BanditError) -> OffPolicyFinding.Severity?
    {
        let contributions = try Contributions(values, unit: sample.unit)
        guard contributions.units > 1 else { return nil }
        let method = SkewCorrectedInterval()
        if try !holdsOne(method, contributions, 1 - 1e-4 / share) { return .wrong }
        return try holdsOne(method, contributions, 1 - 1e-2 / share) ? nil : .warning
    }

    private func holdsOne(
        _ method: SkewCorrectedInterval, _ values: Contributions, _ level: Double
    ) throws(BanditError) -> Bool {
        let interval = try method.interval(values, level: level)
        return interval.lower <= 1 + 1e-9 && interval.upper >= 1 - 1e-9
    }

    private func calibration() -> [OffPolicyFinding] {
        guard !logging.isEmpty else { return [] }
        let n = sample.count
        let actions = sample.actionCount
        return (0..<actions).compactMap { action in
            let order = (0..<n).sorted { logging[$0 * actions + action] < logging[$1 * actions + action] }
            var statistic = 0.0
            var used = 0
            var worst = (gap: 0.0, stated: 0.0, found: 0.0)
            for bin in Parallel.chunks(n, size: max(1, (n + 9) / 10)) {
                var expected = 0.0
                var variance = 0.0
                var count = 0.0
                for place in bin {
                    let p = logging[order[place] * actions + action]
                    expected += p
                    variance += p * (1 - p)
                    if Int(sample.action[order[place]]) == action { count += 1 }
                }
                let gap = count - expected
                // A bin that expects fewer than five either way says little in a χ².
                if variance >= 5 {
                    statistic += gap * gap / variance
                    used += 1
                }
                let share = abs(gap) / Double(bin.count)
                if share > worst.gap {
                    worst = (share, expected / Double(bin.count), count / Double(bin.count))
                }
            }
            guard used > 0 else { return nil }
            let p = Special.chiSquaredUpperTail(statistic, df: Double(used)) * Double(actions)
            guard p < 0.01 else { return nil }
            return OffPolicyFinding(
                kind: .calibration, severity: p < 1e-4 ? .wrong : .warning, action: action, value: worst.gap,
                sentence:
                    "\(names[action]) is taken in \(PlainNumber.percent(worst.found)) of decisions where its propensity is "
                    + "about \(PlainNumber.percent(worst.stated)): the propensities are not those of the policy that "
                    + "decided.")
        }
    }
}
