import Kernels

/// A learner that chooses, and learns later from what its choices led to.
///
/// One protocol serves arms, duels, slates, interventions, points of a search space, experts and streams of predictions: they
/// differ in what is known beforehand (`Context`), in what is chosen (`Action`) and in what comes back (`Outcome`). A method is a
/// small `struct` that keeps what it has learnt and says how to `decide` and how to `update`. `choose` and `learn` come
/// with the protocol: they number the decisions, draw the randomness, and make sure that an outcome counts once,
/// whenever it arrives.
///
/// ```swift
/// var policy = EpsilonGreedy(arms: 3)
/// let decision = policy.choose(BanditContext())
/// print(decision.action, decision.propensity)
/// policy.learn(decision, 1)      // true: counted
/// policy.learn(decision, 1)      // false: it was counted before
/// ```
///
/// A policy is a value: a copy goes its own way. It is `Codable`, and `save(to:)` and `load(from:)` keep it in a file;
/// a policy that was loaded goes on with exactly the bits that it would have gone on with.
public protocol Policy<Context, Action, Outcome>: Sendable, Codable {
    /// What is known before choosing.
    associatedtype Context: Sendable
    /// What is chosen.
    associatedtype Action: Sendable
    /// What comes back.
    associatedtype Outcome: Sendable

    /// The method's id, as in the catalogue and in files.
    static var id: String { get }

    /// The decisions made and those still without an outcome.
    var journal: Journal { get set }

    /// Chooses an action.
    ///
    /// `choose` calls this. The random stream belongs to this decision alone, so that nothing depends on how much
    /// of an earlier one was used. The result's `id` is filled in by the caller.
    mutating func decide(_ context: Context, random: inout CounterRandom) -> PolicyDecision<Context, Action>

    /// Learns from the outcome of a decision, which may be an old one, or one that another policy made.
    mutating func update(_ decision: PolicyDecision<Context, Action>, _ outcome: Outcome)
}

extension Policy {
    /// Chooses an action; its outcome can be learnt at any later time, in any order.
    public mutating func choose(_ context: Context) -> PolicyDecision<Context, Action> {
        var (id, random) = journal.begin()
        var decision = decide(context, random: &random)
        decision.id = id
        return decision
    }

    /// Learns from the outcome of a decision, once.
    ///
    /// A decision without an id was made elsewhere (in a log, by another policy) and always counts.
    ///
    /// - Returns: Whether it was learnt from; `false` where this decision's outcome came before, or where this policy
    ///   never made the decision.
    @discardableResult
    public mutating func learn(_ decision: PolicyDecision<Context, Action>, _ outcome: Outcome) -> Bool {
        if let id = decision.id, !journal.close(id) { return false }
        update(decision, outcome)
        return true
    }
}

extension Policy where Context == NoContext {
    /// Chooses an action where nothing is known beforehand.
    public mutating func choose() -> PolicyDecision<NoContext, Action> { choose(NoContext()) }
}

/// The context of a policy that is told nothing before it chooses.
public struct NoContext: Sendable, Hashable, Codable {
    /// Creates it.
    public init() {}
}

/// What a policy chose, and all that it needs to learn from the outcome later.
public struct PolicyDecision<Context: Sendable, Action: Sendable>: Sendable {
    /// The number of the decision in its policy's journal; `nil` for a decision that was made elsewhere.
    public var id: Int?
    /// What was known.
    public var context: Context
    /// What was chosen.
    public var action: Action
    /// The probability with which it was chosen, in (0, 1]; 1 where the policy left nothing to chance.
    public var propensity: Double
    /// The probability of every possible action, where they can be listed; empty otherwise.
    public var propensities: [Double]
    /// A number that the policy may leave for itself, such as the block that the decision belongs to.
    public var mark: Int

    /// Creates a decision.
    public init(
        id: Int? = nil, context: Context, action: Action, propensity: Double = 1, propensities: [Double] = [],
        mark: Int = 0
    ) {
        self.id = id
        self.context = context
        self.action = action
        self.propensity = propensity
        self.propensities = propensities
        self.mark = mark
    }
}

extension PolicyDecision where Context == NoContext {
    /// Creates a decision that was taken without a context.
    public init(action: Action, propensity: Double = 1) {
        self.init(context: NoContext(), action: action, propensity: propensity)
    }
}

extension PolicyDecision: Equatable where Context: Equatable, Action: Equatable {}
extension PolicyDecision: Hashable where Context: Hashable, Action: Hashable {}
extension PolicyDecision: Encodable where Context: Encodable, Action: Encodable {}
extension PolicyDecision: Decodable where Context: Decodable, Action: Decodable {}
