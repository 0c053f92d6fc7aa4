import Kernels

/// A policy to be valued on a log: what it would do in each row.
///
/// ```swift
/// let candidate = CandidatePolicy.always(0)
/// let sample = try logged.sample(candidate, rows: logged.rewardedRows)
/// let report = try OffPolicyStudy(SelfNormalizedInversePropensity()).report(sample)
/// ```
public struct CandidatePolicy: Sendable {
    /// What it is called in reports.
    public let name: String
    /// Writes the probability of every arm in a row into zeros.
    let write: @Sendable (_ row: Int, _ context: BanditContext, _ p: inout [Double]) -> Void
    /// What stands in the way of a verdict on this log, for `OffPolicyStudy.report`.
    public var findings: [OffPolicyFinding] = []

    /// A policy that chooses among the possible actions with equal probability.
    public static let uniform = CandidatePolicy(name: "uniform") { _, context, p in share(context, &p) }

    /// A policy that always takes one action, and chooses evenly where that is not possible.
    public static func always(_ arm: Int, name: String) -> CandidatePolicy {
        CandidatePolicy(name: name) { _, context, p in
            if context.available?.contains(arm) ?? true { p[arm] = 1 } else { share(context, &p) }
        }
    }

    /// A policy as it stands: it does not learn from the rows that it is valued on.
    public static func frozen(_ policy: any ArmPolicy, name: String) -> CandidatePolicy {
        CandidatePolicy(name: name) { row, context, p in
            var random = policy.journal.upcoming.split(UInt64(row))
            policy.propensities(context, into: &p, random: &random)
        }
    }

    /// A policy that was learnt elsewhere, its actions and features found in the log by name.
    ///
    /// An action that only the log has is never taken, and a feature that only the policy has is 0.
    ///
    /// - Throws: `BanditError.data` where the policy may take an action that the log never took.
    public static func decider(
        _ decider: Decider, on logged: LoggedDecisions, name: String
    ) throws(BanditError) -> CandidatePolicy {
        let known = logged.actions
        if let lost = decider.actions.first(where: { !known.contains($0) }) {
            throw .data(
                "\(name) may take the action \(lost.debugDescription), which the log never took: it says nothing about it"
            )
        }
        let arms = known.map { decider.actions.firstIndex(of: $0) }
        var own: [Int: (place: Int, factor: Double)] = [:]
        for (place, feature) in decider.features.enumerated() {
            guard let code = logged.log.featureNames.code(of: feature).map(Int.init) else { continue }
            let unit = logged.scales.isEmpty ? 1 : logged.scales[code]
            own[code] = (place, decider.scales.isEmpty ? unit : unit / decider.scales[place])
        }
        let places = own
        let constant = decider.constant ? decider.features.count : nil
        let policy = decider.policy
        let count = decider.actions.count
        var candidate = CandidatePolicy(name: name) { row, context, p in
            func translate(_ vector: FeatureVector, constant: Int?) -> FeatureVector {
                var indices: [Int32] = [], values: [Double] = []
                vector.forEach { feature, value in
                    if let own = places[feature] {
                        indices.append(Int32(own.place))
                        values.append(value * own.factor)
                    }
                }
                if let constant {
                    indices.append(Int32(constant))
                    values.append(1)
                }
                return FeatureVector(indices: indices, values: values)
            }
            let possible = context.choices(of: arms.count).filter { arms[$0] != nil }
            guard !possible.isEmpty else { return share(context, &p) }
            var inner = BanditContext(features: translate(context.features, constant: constant))
            inner.available = possible.map { arms[$0]! }
            if !context.armFeatures.isEmpty {
                inner.armFeatures = [FeatureVector](repeating: FeatureVector(), count: count)
                for arm in possible {
                    inner.armFeatures[arms[arm]!] = translate(context.armFeatures[arm], constant: nil)
                }
            }
            var random = policy.journal.upcoming.split(UInt64(row))
            var q = [Double](repeating: 0, count: count)
            policy.propensities(inner, into: &q, random: &random)
            for arm in possible { p[arm] = q[arms[arm]!] }
        }
        candidate.findings = cautions(decider, logged, name)
        return candidate
    }

    /// What the policy learnt from that it must not be valued on, and what it needs that the log lacks.
    private static func cautions(_ decider: Decider, _ logged: LoggedDecisions, _ name: String)
        -> [OffPolicyFinding]
    {
        var found: [OffPolicyFinding] = []
        let share = logged.share(of: decider.learnedFrom)
        if share > 0.005 {
            found.append(
                OffPolicyFinding(
                    kind: .seenBefore, severity: .wrong, value: share,
                    sentence:
                        "\(name) has learnt from these decisions: about \(PlainNumber.percent(share)) of what it learnt from is in this "
                        + "log. It would be praised for what it remembers."))
        }
        // A category that does not occur is no gap as long as others of its kind do.
        let known = Set(logged.log.featureNames.all)
        let kinds = Set(known.compactMap { name in name.firstIndex(of: "=").map { name[..<$0] } })
        let missing = decider.features.filter { feature in
            !known.contains(feature)
                && !(feature.firstIndex(of: "=").map { kinds.contains(feature[..<$0]) } ?? false)
        }
        if !missing.isEmpty {
            let list =
                missing.prefix(5).joined(separator: ", ")
                + (missing.count > 5 ? " and \(missing.count - 5) more" : "")
            found.append(
                OffPolicyFinding(
                    kind: .missingFeature, severity: .wrong, value: Double(missing.count),
                    sentence: "\(name) decides by features that the log does not have: \(list)."))
        }
        return found
    }

    /// A policy given by its probabilities: row i of the log, arm a at `i * arms + a`.
    public static func probabilities(_ table: [Double], name: String) -> CandidatePolicy {
        CandidatePolicy(name: name) { row, _, p in
            for arm in p.indices { p[arm] = table[row * p.count + arm] }
        }
    }

    private static func share(_ context: BanditContext, _ p: inout [Double]) {
        let choices = context.choices(of: p.count)
        for arm in choices { p[arm] = 1 / Double(choices.count) }
    }
}

extension LoggedDecisions {
    /// The rows that have a reward.
    public var rewardedRows: [Int] { (0..<count).filter(hasReward) }

    /// The features of rows, for models of rewards and propensities.
    public func features(of rows: [Int]) -> SparseRows {
        var features = SparseRows()
        for row in rows {
            context(row).features.forEach { features.append(column: Int32($0), value: $1) }
            features.endRow()
        }
        return features
    }

    /// The rows as an off-policy estimate needs them.
    ///
    /// Rows that were shown together (one slate) are one unit.
    ///
    /// - Parameters:
    ///   - candidate: The policy to be valued.
    ///   - rows: The rows, each with a reward.
    ///   - propensities: Their propensities, where they are not the log's own.
    /// - Throws: `BanditError.data` for a row without a reward or a propensity, or a candidate whose probabilities do not add up to one.
    public func sample(
        _ candidate: CandidatePolicy, rows: [Int], propensities: [Double]? = nil
    ) throws(BanditError) -> OffPolicySample {
        var target = [Double](repeating: 0, count: rows.count * arms)
        var p = [Double](repeating: 0, count: arms)
        for (place, row) in rows.enumerated() {
            for arm in 0..<arms { p[arm] = 0 }
            candidate.write(row, context(row), &p)
            for arm in 0..<arms { target[place * arms + arm] = p[arm] }
        }
        return try OffPolicySample(
            actionCount: arms, action: rows.map { Int32(log.action[$0]) }, reward: rows.map(reward),
            propensity: propensities ?? rows.map { log.propensity[$0] }, target: target, unit: units(of: rows)
        )
    }

    /// The slate of each row, numbered in order; empty where there are none.
    public func units(of rows: [Int]) -> [Int32] {
        guard !log.slate.isEmpty else { return [] }
        var numbers: [UInt32: Int32] = [:]
        var next: Int32 = 0
        return rows.map { row in
            let code = log.slate[row]
            if code != .max, let number = numbers[code] { return number }
            defer { next += 1 }
            if code != .max { numbers[code] = next }
            return next
        }
    }

    /// The logging policy's probability of every action in every row, where whole distributions were logged; empty otherwise.
    public func loggedDistributions(of rows: [Int]) -> [Double] {
        guard log.possible.count == count else { return [] }
        var all = [Double](repeating: 0, count: rows.count * arms)
        for (place, row) in rows.enumerated() {
            for slot in log.possible.range(row) {
                let value = log.possible.values[slot]
                if value.isNaN { return [] }
                all[place * arms + Int(log.possible.columns[slot])] = value
            }
        }
        return all
    }
}
