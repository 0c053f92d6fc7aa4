/// Looks at a log before an off-policy estimate is believed: weights, propensities, support, rewards.
///
/// Every finding says what it is and what to do. `wrong` means that no estimate from this log answers the question.
///
/// - Complexity: O(n K log n).
///
/// ```swift
/// for finding in try OffPolicyDiagnostics().findings(sample) { print(finding.severity, finding.sentence) }
/// ```
public struct OffPolicyDiagnostics: Sendable, Hashable {
    /// The effective sample size below which there is a warning.
    public var minimumEffective: Double
    /// The share of the policy's decisions that may lack support.
    public var tolerated: Double
    /// The effective number of decisions below which an action counts as hardly tried.
    public var fewest: Double
    /// The propensity at or below which an action counts as hardly ever taken there.
    public var rare: Double
    /// The share of the estimate that one decision may carry.
    public var dominance: Double

    /// Creates the diagnostics.
    public init(
        minimumEffective: Double = 100, tolerated: Double = 0.01, fewest: Double = 10, rare: Double = 0.01,
        dominance: Double = 0.05
    ) {
        self.minimumEffective = minimumEffective
        self.tolerated = tolerated
        self.fewest = fewest
        self.rare = rare
        self.dominance = dominance
    }

    /// Examines a log.
    ///
    /// - Parameters:
    ///   - sample: The log and the policy.
    ///   - names: What to call the actions; "action 0", "action 1", … where empty.
    ///   - logging: The logging policy's probability of every action, n × K, where it was logged or estimated.
    ///   - estimated: Whether the propensities were estimated; they then need not be tested as logged ones, but their
    ///     misfit
    ///     shows in the same numbers.
    ///   - arrival: How many decisions have had their reward.
    /// - Returns: The findings, the worst first.
    /// - Throws: `BanditError.data` where `names` or `logging` do not match the sample.
    public func findings(
        _ sample: OffPolicySample, names: [String] = [], logging: [Double] = [], estimated: Bool = false,
        arrival: RewardArrival? = nil
    ) throws(BanditError) -> [OffPolicyFinding] {
        let names = names.isEmpty ? (0..<sample.actionCount).map { "action \($0)" } : names
        guard names.count == sample.actionCount else {
            throw .data("\(names.count) names for \(sample.actionCount) actions")
        }
        if !logging.isEmpty { try check(logging, sample) }
        var found = try PropensityCheck(sample: sample, names: names, logging: logging).findings()
        if estimated {
            // A model's misfit is a reason for care, not a fault of the log.
            for place in found.indices { found[place].severity = min(found[place].severity, .warning) }
            found.insert(
                OffPolicyFinding(
                    kind: .estimatedPropensities, severity: .warning, value: 1,
                    sentence:
                        "The log has no propensities; they are estimated from the contexts. The answer holds only if "
                        + "nothing else moved both the choice of action and the reward."), at: 0)
        }
        found += SupportCheck(
            sample: sample, names: names, logging: logging, tolerated: tolerated,
            fewest: fewest, rare: rare
        ).findings()
        found += try weights(sample)
        found += rewards(sample, names, arrival)
        return OffPolicyFinding.Severity.allCases.reversed().flatMap { severity in
            found.filter { $0.severity == severity }
        }
    }

    private func check(_ logging: [Double], _ sample: OffPolicySample) throws(BanditError) {
        guard logging.count == sample.count * sample.actionCount else {
            throw .data("the logging policy's probabilities are not one for each decision and action")
        }
        for row in 0..<sample.count {
            let p = logging[row * sample.actionCount + Int(sample.action[row])]
            guard abs(p - sample.propensity[row]) <= 1e-6 else {
                throw .data(
                    "row \(row + 1): the propensity is \(sample.propensity[row]), but the logged distribution gives the "
                        + "action \(p)")
            }
        }
    }

    private func weights(_ sample: OffPolicySample) throws(BanditError) -> [OffPolicyFinding] {
        let summary = try WeightSummary(sample)
        var found: [OffPolicyFinding] = []
        if summary.effectiveSampleSize < minimumEffective {
            found.append(
                OffPolicyFinding(
                    kind: .effectiveSampleSize, severity: .warning, value: summary.effectiveSampleSize,
                    sentence:
                        "The \(sample.count) decisions are worth about \(PlainNumber.count(summary.effectiveSampleSize)) "
                        + "made by the policy itself. Collect more, or value a policy that is closer to the one that "
                        + "decided."))
        }
        if summary.largestShare > dominance {
            found.append(
                OffPolicyFinding(
                    kind: .dominantDecision, severity: .warning, value: summary.largestShare,
                    sentence:
                        "One decision carries \(PlainNumber.percent(summary.largestShare)) of the estimate. Look at it, and "
                        + "explore more evenly."))
        }
        return found
    }

    private func rewards(
        _ sample: OffPolicySample, _ names: [String], _ arrival: RewardArrival?
    ) -> [OffPolicyFinding] {
        var found: [OffPolicyFinding] = []
        if sample.count > 1, sample.reward.allSatisfy({ $0 == sample.reward[0] }) {
            found.append(
                OffPolicyFinding(
                    kind: .constantReward, severity: .warning, value: sample.reward[0],
                    sentence:
                        "Every reward is \(PlainNumber.short(sample.reward[0])): check that rewards were joined."
                ))
        }
        if let arrival, arrival.pValue < 0.01 {
            let used = arrival.decisions.indices.filter { arrival.decisions[$0] > 0 }
            let least = used.min { arrival.share($0) < arrival.share($1) } ?? 0
            let most = used.max { arrival.share($0) < arrival.share($1) } ?? 0
            let gap = arrival.share(most) - arrival.share(least)
            found.append(
                OffPolicyFinding(
                    kind: .arrival, severity: gap > 0.05 && arrival.pValue < 1e-4 ? .wrong : .warning,
                    action: least, value: gap,
                    sentence:
                        "A reward has arrived for \(PlainNumber.percent(arrival.share(least))) of decisions for "
                        + "\(names[least]) and \(PlainNumber.percent(arrival.share(most))) of those for \(names[most]). "
                        + "Wait until rewards are in, or count those that never come as zero."))
        }
        return found
    }
}
