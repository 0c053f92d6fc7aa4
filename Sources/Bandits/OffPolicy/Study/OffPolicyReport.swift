import Evaluation

/// Everything that an off-policy study found out; made by `OffPolicyStudy`.
public struct OffPolicyReport: Sendable, Hashable, Codable {
    /// A number with its uncertainty.
    public struct Quantity: Sendable, Hashable, Codable {
        /// The estimate.
        public var value: Double
        /// Its standard error, clustered by unit; `nil` for a single unit.
        public var standardError: Double?
        /// The interval that decides.
        public var interval: Interval
        /// Intervals by other methods, where they were asked for.
        public var others: [Other]

        /// An interval by another method.
        public struct Other: Sendable, Hashable, Codable {
            /// The method's id.
            public var method: String
            /// The interval.
            public var interval: Interval
        }
    }

    /// A policy's value by one estimator.
    public struct Estimate: Sendable, Hashable, Codable {
        /// The estimator's id.
        public var estimator: String
        /// The value of the policy.
        public var value: Quantity
        /// The value minus what the logging policy earned.
        public var difference: Quantity
    }

    /// What becomes of the difference with odds of actions within a factor of those stated.
    public struct Sensitivity: Sendable, Hashable, Codable {
        /// The factor Γ.
        public var gamma: Double
        /// The smallest and largest difference.
        public var lower: Double
        /// The largest difference.
        public var upper: Double
        /// The range with chance added.
        public var interval: Interval
    }

    /// Where propensities come from.
    public enum Propensities: Sendable, Hashable, Codable {
        /// They were written down at the time of the decision.
        case logged
        /// They were estimated from contexts.
        case estimated(PropensityEstimate.Fit)
    }

    /// The number of decisions.
    public var decisions: Int
    /// The number of units that they belong to.
    public var units: Int
    /// The number of actions.
    public var actions: Int
    /// Where propensities come from.
    public var propensities: Propensities
    /// The policy by the estimator that decides.
    public var policy: Estimate
    /// What the logging policy earned.
    public var logging: Quantity
    /// The policy by other estimators.
    public var others: [Estimate]
    /// How much the log has to say.
    public var weights: WeightSummary
    /// What to know about the log, the worst first.
    public var findings: [OffPolicyFinding]
    /// The difference under worse assumptions, Γ rising.
    public var sensitivity: [Sensitivity]
    /// The least Γ at which the interval of the difference holds zero; `nil` where it does at none up to 100.
    public var flips: Double?
    /// The answer.
    public var verdict: OffPolicyVerdict

    /// The report in plain sentences, the answer first.
    public var sentences: [String] {
        let part = { (interval: Interval) in
            "\(PlainNumber.short(interval.lower)) to \(PlainNumber.short(interval.upper))"
        }
        var lines = [verdict.sentence]
        if case .estimated = propensities, verdict == .better || verdict == .worse {
            lines[0] +=
                flips.map {
                    " This holds as long as nothing unseen moved the odds of an action by a factor of \(PlainNumber.short($0))."
                }
                ?? " It would hold even if something unseen moved the odds of an action by a factor of 100."
        }
        lines.append(
            "The policy is worth \(PlainNumber.short(policy.value.value)) a decision (\(part(policy.value.interval))), the one "
                + "that decided \(PlainNumber.short(logging.value)) (\(part(logging.interval))).")
        lines.append(
            "The difference is \(PlainNumber.signed(policy.difference.value)) (\(part(policy.difference.interval)))."
        )
        lines.append(
            "\(decisions) decisions are worth about \(PlainNumber.count(weights.effectiveSampleSize)) "
                + "made by the policy itself."
        )
        if case .estimated(let fit) = propensities {
            lines.append(fit.sentence)
            let row = sensitivity.last
            if let row, row.gamma > 1 {
                lines.append(
                    "With odds off by up to \(PlainNumber.short(row.gamma)) the difference is anywhere from "
                        + "\(PlainNumber.signed(row.interval.lower)) to \(PlainNumber.signed(row.interval.upper))."
                )
            }
        }
        return lines + findings.map(\.sentence).filter { !verdict.sentence.contains($0) }
    }
}
