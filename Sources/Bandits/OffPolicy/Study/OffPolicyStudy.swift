import Evaluation
import Foundation
import Kernels

/// Answers whether a policy is better than the one that decided, from the log alone, or says what would tell.
///
/// The rules of the verdict, in this order; the first that applies decides:
///
/// 1. A finding of severity `wrong`: can't tell. No estimate from such a log answers the question.
/// 2. The effective sample size is below `minimumEffective`: can't tell.
/// 3. The interval of the difference (policy − logging policy, paired by row, at `level`) holds zero: can't tell.
/// 4. Propensities were estimated, and with odds of actions off by a factor `requiredGamma` the interval of the
///    difference holds zero (`SensitivityAnalysis`): can't tell, only the assumption carries the answer.
/// 5. Otherwise better or worse, as the difference is above or below zero.
///
/// The difference is taken row by row: contribution − reward. A chance run of good rewards that lifts both does not
/// count. The sensitivity analysis starts from the self-normalised estimate, with the reward model where the deciding
/// estimator uses one; for other estimators its row Γ = 1 differs from theirs by what their choice of estimator
/// matters.
///
/// Sources: those of `SkewCorrectedInterval`, `WeightSummary` and `SensitivityAnalysis`.
///
/// The verdict is for one look at one policy that was not chosen by this log. For a log that is watched while it grows
/// use `OffPolicySequence`; for many candidates hold back data or correct the level.
///
/// - Complexity: O(n K log n) plus the estimators.
///
/// ```swift
/// let report = try OffPolicyStudy(SelfNormalizedInversePropensity()).report(sample)
/// for sentence in report.sentences { print(sentence) }
/// ```
public struct OffPolicyStudy: Sendable {
    /// The estimator that decides.
    public var estimator: any ValueEstimator
    /// Further estimators to report.
    public var others: [any ValueEstimator]
    /// The interval that decides.
    public var interval: any ValueInterval
    /// Further intervals to report for the deciding estimator.
    public var otherIntervals: [any ValueInterval]
    /// The coverage of intervals.
    public var level: Double
    /// The least effective sample size for a verdict.
    public var minimumEffective: Double
    /// The factors Γ to report.
    public var gammas: [Double]
    /// The factor Γ that a verdict from estimated propensities must survive.
    public var requiredGamma: Double

    /// Creates a study.
    ///
    /// - Precondition: 0 < level < 1; every Γ is at least 1.
    public init(
        _ estimator: any ValueEstimator, others: [any ValueEstimator] = [],
        interval: any ValueInterval = SkewCorrectedInterval(), otherIntervals: [any ValueInterval] = [],
        level: Double = 0.95, minimumEffective: Double = 100, gammas: [Double] = [1, 1.25, 1.5, 2, 3],
        requiredGamma: Double = 1.25
    ) {
        precondition(level > 0 && level < 1, "the level lies between 0 and 1")
        precondition(requiredGamma >= 1 && gammas.allSatisfy { $0 >= 1 }, "every gamma is at least 1")
        self.estimator = estimator
        self.others = others
        self.interval = interval
        self.otherIntervals = otherIntervals
        self.level = level
        self.minimumEffective = minimumEffective
        self.gammas = gammas.sorted()
        self.requiredGamma = requiredGamma
    }

    /// Studies a log.
    ///
    /// - Parameters:
    ///   - sample: The log, with the propensities that were logged or estimated, and the policy.
    ///   - estimated: The estimated propensities, or `nil` where they were logged.
    ///   - names: What to call the actions; "action 0", … where empty.
    ///   - logging: The logging policy's probability of every action, n × K, where whole distributions were logged.
    ///   - arrival: How many decisions have had their reward.
    ///   - known: What is known about the policy or the log besides; of severity `wrong` it stands in the way of a verdict.
    /// - Throws: `BanditError` where the sample lacks what an estimator or interval needs.
    public func report(
        _ sample: OffPolicySample, estimated: PropensityEstimate? = nil, names: [String] = [],
        logging: [Double] = [], arrival: RewardArrival? = nil, known: [OffPolicyFinding] = []
    ) throws(BanditError) -> OffPolicyReport {
        let weights = try WeightSummary(sample)
        let found = try OffPolicyDiagnostics(minimumEffective: minimumEffective).findings(
            sample, names: names, logging: estimated?.probabilities ?? logging, estimated: estimated != nil,
            arrival: arrival)
        let findings = known.filter { $0.severity == .wrong } + found + known.filter { $0.severity != .wrong }
        let policy = try estimate(estimator, sample, otherIntervals)
        var further: [OffPolicyReport.Estimate] = []
        for other in others { further.append(try estimate(other, sample, [])) }
        let own = try Contributions(sample.reward, unit: sample.unit)
        let analysis = try SensitivityAnalysis(
            sample, usesPredictions: type(of: estimator).needsPredictions && !sample.predicted.isEmpty)
        let reward = own.mean
        var rows: [OffPolicyReport.Sensitivity] = []
        for gamma in gammas {
            let bounds = analysis.bounds(gamma: gamma)
            rows.append(
                OffPolicyReport.Sensitivity(
                    gamma: gamma, lower: bounds.lowerBound - reward, upper: bounds.upperBound - reward,
                    interval: try analysis.difference(gamma: gamma, interval: interval, level: level)))
        }
        let flips = try flip(analysis)
        return OffPolicyReport(
            decisions: sample.count, units: own.units, actions: sample.actionCount,
            propensities: estimated.map { .estimated($0.fit) } ?? .logged, policy: policy,
            logging: try quantity(own, []), others: further, weights: weights, findings: findings,
            sensitivity: rows, flips: flips,
            verdict: try verdict(
                policy.difference, weights, findings, flips, isEstimated: estimated != nil, analysis))
    }

    private func estimate(
        _ estimator: any ValueEstimator, _ sample: OffPolicySample, _ intervals: [any ValueInterval]
    ) throws(BanditError) -> OffPolicyReport.Estimate {
        let found = try estimator.estimate(sample)
        return OffPolicyReport.Estimate(
            estimator: found.estimator, value: try quantity(Contributions(found, sample), intervals),
            difference: try quantity(Contributions.difference(found, sample), intervals))
    }

    private func quantity(
        _ contributions: Contributions, _ intervals: [any ValueInterval]
    ) throws(BanditError) -> OffPolicyReport.Quantity {
        var others: [OffPolicyReport.Quantity.Other] = []
        for method in intervals {
            others.append(
                .init(method: type(of: method).id, interval: try method.interval(contributions, level: level))
            )
        }
        return OffPolicyReport.Quantity(
            value: contributions.mean,
            standardError: contributions.units > 1 ? contributions.standardError : nil,
            interval: try interval.interval(contributions, level: level), others: others)
    }

    /// The least Γ at which the interval of the difference holds zero, by bisection; the interval grows with Γ.
    private func flip(_ analysis: SensitivityAnalysis) throws(BanditError) -> Double? {
        func open(_ gamma: Double) throws(BanditError) -> Bool {
            try analysis.difference(gamma: gamma, interval: interval, level: level).contains(0)
        }
        if try open(1) { return 1 }
        var low = 0.0
        var high = Foundation.log(100.0)
        guard try open(100) else { return nil }
        while high - low > 1e-3 {
            let middle = (low + high) / 2
            if try open(exp(middle)) { high = middle } else { low = middle }
        }
        return exp(high)
    }

    private func verdict(
        _ difference: OffPolicyReport.Quantity, _ weights: WeightSummary, _ findings: [OffPolicyFinding],
        _ flips: Double?, isEstimated: Bool, _ analysis: SensitivityAnalysis
    ) throws(BanditError) -> OffPolicyVerdict {
        if let wrong = VerdictWords.wrong(findings) { return wrong }
        if weights.effectiveSampleSize < minimumEffective {
            return VerdictWords.tooFew(weights, minimum: minimumEffective)
        }
        if difference.interval.contains(0) {
            return VerdictWords.chance(difference, decisions: weights.count)
        }
        let better = difference.value > 0
        if isEstimated, try !survives(analysis, better: better) {
            return VerdictWords.onlyAssumption(flips: flips ?? requiredGamma, required: requiredGamma)
        }
        return better ? .better : .worse
    }

    /// Whether the difference keeps its sign at `requiredGamma`, chance included.
    private func survives(_ analysis: SensitivityAnalysis, better: Bool) throws(BanditError) -> Bool {
        let range = try analysis.difference(gamma: requiredGamma, interval: interval, level: level)
        return better ? range.lower > 0 : range.upper < 0
    }
}
