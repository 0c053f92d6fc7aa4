/// Looks for decisions of the policy about which the log says nothing, or little.
///
/// For each action a: the share of decisions the policy would give it, Σᵢ π(a|xᵢ)/n; the effective number of decisions
/// that tell about them, (Σ w)²/Σ w² over the rows in which a was taken; and, among the decisions where the policy
/// prefers it (π(a|x) ≥ ½), how often it was taken. With the logging policy's whole distributions, logged or estimated,
/// also the share of the policy's decisions that fall on actions with π₀(a|x) = 0, and on those with π₀(a|x) ≤ `rare`.
///
/// - Complexity: O(n K).
struct SupportCheck {
    let sample: OffPolicySample
    let names: [String]
    let logging: [Double]
    /// The share of the policy's decisions below which a gap is let pass.
    let tolerated: Double
    /// The effective number of decisions below which an action counts as hardly tried.
    let fewest: Double
    /// The propensity at or below which an action counts as hardly ever taken there.
    let rare: Double

    func findings() -> [OffPolicyFinding] {
        let n = sample.count
        let actions = sample.actionCount
        var share = [Double](repeating: 0, count: actions)
        var blocked = share
        var seldom = share
        var sums = share
        var squares = share
        var preferred = [Int](repeating: 0, count: actions)
        var followed = preferred
        var taken = preferred
        for row in 0..<n {
            let done = Int(sample.action[row])
            let weight = sample.weight(row)
            taken[done] += 1
            sums[done] += weight
            squares[done] += weight * weight
            for action in 0..<actions {
                let p = sample.target[row * actions + action]
                share[action] += p / Double(n)
                if !logging.isEmpty {
                    let propensity = logging[row * actions + action]
                    if propensity <= 0 { blocked[action] += p / Double(n) }
                    if propensity <= rare { seldom[action] += p / Double(n) }
                }
                guard p >= 0.5 else { continue }
                preferred[action] += 1
                if done == action { followed[action] += 1 }
            }
        }
        return (0..<actions).compactMap { action in
            let name = names[action]
            let part = PlainNumber.percent(share[action])
            if taken[action] == 0, share[action] > 0 {
                return OffPolicyFinding(
                    kind: .untriedAction, severity: share[action] > tolerated ? .wrong : .note,
                    action: action,
                    value: share[action],
                    sentence:
                        "The policy takes \(name) in \(part) of decisions, and the log never does: it says nothing about "
                        + "them. Try \(name) in some decisions.")
            }
            if blocked[action] > tolerated {
                return OffPolicyFinding(
                    kind: .thinSupport, severity: .wrong, action: action, value: blocked[action],
                    sentence:
                        "In \(PlainNumber.percent(blocked[action])) of decisions the policy takes \(name) where it could not "
                        + "be taken: the log says nothing about them. Try \(name) there in some decisions.")
            }
            if seldom[action] > max(tolerated, 0.1 * share[action]) {
                return OffPolicyFinding(
                    kind: .thinSupport, severity: .warning, action: action, value: seldom[action],
                    sentence:
                        "In \(PlainNumber.percent(seldom[action])) of decisions the policy takes \(name) where it is taken in "
                        + "\(PlainNumber.percent(rare)) of cases at most. Try \(name) there more often.")
            }
            let effective = squares[action] > 0 ? sums[action] * sums[action] / squares[action] : 0
            let unseen = preferred[action] >= 50 && followed[action] < 5
            guard share[action] > tolerated, effective < fewest || unseen else { return nil }
            return OffPolicyFinding(
                kind: .thinSupport, severity: unseen && followed[action] == 0 ? .wrong : .warning,
                action: action,
                value: unseen ? Double(followed[action]) : effective,
                sentence: unseen
                    ? "The policy prefers \(name) in \(preferred[action]) decisions, and it was taken in "
                        + "\(followed[action]) of them. Try \(name) there in some decisions."
                    : "The policy takes \(name) in \(part) of decisions, which rests on about "
                        + "\(PlainNumber.count(effective)) decisions of the log. Try \(name) more often.")
        }
    }
}
