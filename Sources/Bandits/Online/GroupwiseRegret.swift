import Kernels

/// Predicts labels so well that no group has reason to ask for a model of its own, whatever the groups and
/// however they overlap.
///
/// Source: Acharya, Arunachaleswaran, Kannan, Roth and Ziani, "Oracle Efficient Algorithms for Groupwise
/// Regret" (2023). Each group g has an online ridge regression Z_g that learns from its members alone, and
/// one more learns from everyone. `AdaNormalHedge` blends those whose groups the person xₜ belongs to:
///
///     ŷₜ = Σ_g q_g·clip(Z_g(xₜ), 0, 1),   loss (ŷₜ − yₜ)².
///
/// For every group, over its T_g rounds, the loss exceeds that of Z_g by O(√(T_g(log m + log log T))) at
/// most, and so that of the best fixed linear model of this group by little more. One model for all has no
/// such guarantee: it sacrifices small groups. Where groups do not differ, the blend costs a little.
///
/// A label that comes late counts with what the learners would predict by then.
///
/// - Complexity: O(a·d²) for each round, with a groups that the person belongs to.
///
/// ```swift
/// var policy = GroupwiseRegret(groups: 5, features: 6)
/// let decision = policy.choose(GroupExample(features: x, groups: [0, 3]))
/// policy.learn(decision, 0.7)                    // labels in 0...1
/// print(policy.report(of: 3))
/// ```
public struct GroupwiseRegret: Policy, Hashable {
    public static let id = "groupwise-regret"

    /// What a group has paid.
    public struct Report: Sendable, Hashable, Codable {
        /// The number of labels T_g of the group's members.
        public var count = 0
        /// The sum of the squared errors on them.
        public var loss = 0.0
        /// The sum of the squared errors that the group's own learner would have made.
        public var learnerLoss = 0.0
    }

    /// The number of groups m, without everyone.
    public let groups: Int
    /// Whether one more learner learns from everyone.
    public let includesEveryone: Bool
    public var journal: Journal
    /// Who is trusted; everyone's learner comes last.
    public private(set) var hedge: AdaNormalHedge
    /// The groups' learners; everyone's comes last.
    public private(set) var learners: [RidgeForecaster]
    private var reports: [Report]

    /// Creates a policy that has seen no label.
    ///
    /// - Parameters:
    ///   - groups: The number of groups m.
    ///   - features: The number of features, to which a constant is added.
    ///   - lambda: The ridge of the regressions.
    ///   - includesEveryone: Whether one more learner learns from everyone.
    ///   - seed: Kept in the journal; nothing is random.
    public init(
        groups: Int, features: Int, lambda: Double = 1, includesEveryone: Bool = true, seed: UInt64 = 1
    ) {
        precondition(groups >= 0 && (includesEveryone || groups > 0), "there must be at least one group")
        self.groups = groups
        self.includesEveryone = includesEveryone
        journal = Journal(seed: seed)
        let count = groups + (includesEveryone ? 1 : 0)
        hedge = AdaNormalHedge(experts: count)
        learners = [RidgeForecaster](
            repeating: RidgeForecaster(features: features, lambda: lambda), count: count)
        reports = [Report](repeating: Report(), count: count)
    }

    /// What a group has paid so far; `groups` stands for everyone.
    public func report(of group: Int) -> Report { reports[group] }

    /// How much each learner is trusted with a person: the learners' numbers and their weights.
    public func weights(_ example: GroupExample) -> [(learner: Int, weight: Double)] {
        let awake = awake(example)
        return Array(zip(awake, hedge.weights(awake))).map { (learner: $0.0, weight: $0.1) }
    }

    /// The prediction is 0.5 for a person without a group where no learner learns from everyone.
    public mutating func decide(
        _ context: GroupExample, random: inout CounterRandom
    ) -> PolicyDecision<GroupExample, Double> {
        let awake = awake(context)
        let predictions = predictions(context, awake)
        let blend = awake.isEmpty ? 0.5 : VectorMath.dot(hedge.weights(awake), predictions)
        return PolicyDecision(context: context, action: blend)
    }

    public mutating func update(_ decision: PolicyDecision<GroupExample, Double>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "a label must lie in 0...1")
        let awake = awake(decision.context)
        let losses = predictions(decision.context, awake).map { ($0 - outcome) * ($0 - outcome) }
        let paid = (decision.action - outcome) * (decision.action - outcome)
        hedge.learn(awake, weights: hedge.weights(awake), losses: losses)
        for (learner, loss) in zip(awake, losses) {
            reports[learner].count += 1
            reports[learner].loss += paid
            reports[learner].learnerLoss += loss
            learners[learner].learn(decision.context.features, outcome)
        }
    }

    private func awake(_ example: GroupExample) -> [Int] {
        precondition(
            example.groups.allSatisfy { $0 >= 0 && $0 < groups }, "a group is not one of \(groups)")
        return includesEveryone ? example.groups + [groups] : example.groups
    }

    private func predictions(_ example: GroupExample, _ awake: [Int]) -> [Double] {
        awake.map { min(1, max(0, learners[$0].predict(example.features))) }
    }
}
