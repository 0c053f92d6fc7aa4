/// What is known when something is to be decided.
public struct DecideRequest: Sendable, Hashable, Codable {
    /// The id of the decision to be; a request that is sent again with its id gets the first answer again. The service makes
    /// one up where it is left out.
    public var id: String?
    /// Numbers that describe the occasion.
    public var features: [String: Double]?
    /// The actions that are possible; the space's where left out.
    public var actions: [String]?
    /// For whom: lets feedback be exported and erased by person.
    public var judge: String?
    /// What it is about.
    public var prompt: String?
    /// Groups that the occasion belongs to.
    public var groups: [String: String]?
    /// How many of the actions to choose, in order: a slate. Left out: one. As many as there are actions: an order of them all.
    public var slate: Int?
    /// Which kind of model chooses; left out: the policy.
    public var by: ModelKind?

    /// Creates a request.
    public init(
        id: String? = nil, features: [String: Double]? = nil, actions: [String]? = nil, judge: String? = nil,
        prompt: String? = nil, groups: [String: String]? = nil, slate: Int? = nil, by: ModelKind? = nil
    ) {
        self.id = id
        self.features = features
        self.actions = actions
        self.judge = judge
        self.prompt = prompt
        self.groups = groups
        self.slate = slate
        self.by = by
    }
}

/// A kind of model that a space can have.
public enum ModelKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Learns from rewards which action pays off when.
    case policy
    /// Learns from comparisons which item is preferred.
    case ranker
}

/// What was decided.
public struct DecideResponse: Sendable, Hashable, Codable {
    /// The id that feedback refers to.
    public var decision: String
    /// The action, or the first of the slate.
    public var action: String
    /// The probability that the action had.
    public var propensity: Double
    /// The probability of each action that was possible (for a slate: of being first).
    public var propensities: [String: Double]
    /// The slate, best first, where one was asked for. Each place is a decision with an id of its own.
    public var slate: [Place]?
    /// The version of the model that chose; `uniform` before there is one.
    public var model: String

    /// One place of a slate.
    public struct Place: Sendable, Hashable, Codable {
        /// What stands there.
        public var action: String
        /// The id that feedback on this place refers to.
        public var decision: String
        /// The probability that this action came next, given those before it.
        public var propensity: Double

        /// Creates a place.
        public init(action: String, decision: String, propensity: Double) {
            self.action = action
            self.decision = decision
            self.propensity = propensity
        }
    }

    /// Creates a response.
    public init(
        decision: String, action: String, propensity: Double, propensities: [String: Double],
        slate: [Place]? = nil,
        model: String
    ) {
        self.decision = decision
        self.action = action
        self.propensity = propensity
        self.propensities = propensities
        self.slate = slate
        self.model = model
    }
}

/// A past decision, and where it came from.
public struct DecisionProvenance: Sendable, Hashable, Codable {
    /// The decision.
    public var decision: String
    /// What was chosen.
    public var action: String
    /// What was possible, and with which probability.
    public var propensities: [String: Double]
    /// When, in seconds since 1970-01-01 UTC.
    public var time: Double?
    /// The version that chose.
    public var version: String?
    /// The model of that version, with the range of data it learnt from; `nil` for `uniform` or a version from elsewhere.
    public var model: ModelInfo?
    /// The rewards that came back for it.
    public var rewards: [Double]

    /// Creates it.
    public init(
        decision: String, action: String, propensities: [String: Double], time: Double?, version: String?,
        model: ModelInfo?, rewards: [Double]
    ) {
        self.decision = decision
        self.action = action
        self.propensities = propensities
        self.time = time
        self.version = version
        self.model = model
        self.rewards = rewards
    }
}
