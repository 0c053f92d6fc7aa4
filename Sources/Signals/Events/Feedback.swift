/// What somebody (or something) said about items: one case for each kind of feedback.
///
/// The kinds are types of their own because they carry different information. A comparison is not two
/// ratings, a ranking is not a set of independent pairs, and a skip is not a dislike; where one kind may be
/// read as another there is an explicit conversion (see `FeedbackLog.comparisons(from:)` and its siblings)
/// that says what it assumes.
///
/// Items are named by strings and compared by their UTF-8 bytes.
public enum Feedback: Sendable, Hashable {
    /// Two items side by side, and which of them was better.
    case comparison(Comparison)
    /// Items in order, best first, with ties.
    case ranking(Ranking)
    /// One item picked out of several.
    case choice(Choice)
    /// One item scored on one or several aspects.
    case rating(Rating)
    /// One item liked or not.
    case thumb(Thumb)
    /// A list that was shown, and what was clicked in it.
    case impression(Impression)
    /// An action that was taken, with the probability it had: what later rewards refer to.
    case decision(Decision)
    /// What an action paid off.
    case reward(Reward)
    /// What a demonstrator did in a situation.
    case demonstration(Demonstration)
    /// One number that describes a bag of items only as a whole.
    case bag(Bag)
    /// Free text about an item.
    case critique(Critique)
    /// A class that a worker assigned to a task.
    case label(Label)

    /// The name of the kind, as it is written in event lines.
    public var kind: Kind {
        switch self {
        case .comparison: .comparison
        case .ranking: .ranking
        case .choice: .choice
        case .rating: .rating
        case .thumb: .thumb
        case .impression: .impression
        case .decision: .decision
        case .reward: .reward
        case .demonstration: .demonstration
        case .bag: .bag
        case .critique: .critique
        case .label: .label
        }
    }

    /// The kinds of feedback.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        case comparison, ranking, choice, rating, thumb, impression, decision, reward, demonstration, bag
        case critique, label
    }
}

/// A side of a comparison.
public enum Side: String, Sendable, Hashable, Codable {
    case left, right

    /// The other side.
    public var opposite: Side { self == .left ? .right : .left }
}

/// Two items side by side, and what a judge said of them.
public struct Comparison: Sendable, Hashable {
    /// What a judge answered.
    public enum Outcome: UInt8, Sendable, Hashable, CaseIterable {
        /// The left item is better.
        case left
        /// The right item is better.
        case right
        /// Both are equally good.
        case tie
        /// Both are equally bad: a tie for the order, but a finding of its own.
        case bothBad
        /// The judge gave no answer. It says nothing about either item.
        case skip

        /// The name used in event lines.
        public var name: String {
            switch self {
            case .left: "left"
            case .right: "right"
            case .tie: "tie"
            case .bothBad: "both_bad"
            case .skip: "skip"
            }
        }

        /// The outcome with the two sides exchanged.
        public var mirrored: Outcome {
            switch self {
            case .left: .right
            case .right: .left
            default: self
            }
        }
    }

    /// The item on the left.
    public var left: String
    /// The item on the right.
    public var right: String
    /// Which was better.
    public var outcome: Outcome
    /// For a judge that answers with a probability: that the left item is better, in 0...1. When present, it
    /// is what models use, and `outcome` is its rounding.
    public var probability: Double?
    /// By how much the winner was better, in the source's unit (points, goals, "slightly" = 1); not negative.
    public var margin: Double?
    /// The side that had the advantage of place: shown first, or playing at home. `nil` where there was none
    /// (neutral ground) or it is not known.
    public var first: Side?

    /// Creates a comparison.
    public init(
        left: String, right: String, outcome: Outcome, probability: Double? = nil, margin: Double? = nil,
        first: Side? = nil
    ) {
        self.left = left
        self.right = right
        self.outcome = outcome
        self.probability = probability
        self.margin = margin
        self.first = first
    }
}

/// Items in order, with ties, possibly not all of them.
public struct Ranking: Sendable, Hashable {
    /// The items, best first; items in one tier are tied.
    public var tiers: [[String]]
    /// Items known to be below every item in `tiers` while their order among themselves is unknown
    /// (unplaced, disqualified, not named on a ballot that offered them). Not tied, and not missing.
    public var unplaced: [String]

    /// Creates a ranking.
    public init(tiers: [[String]], unplaced: [String] = []) {
        self.tiers = tiers
        self.unplaced = unplaced
    }
}

/// One item picked out of several that were on offer.
public struct Choice: Sendable, Hashable {
    /// The item that was picked.
    public var chosen: String
    /// All items on offer, the picked one among them, in the order shown.
    public var among: [String]

    /// Creates a choice.
    public init(_ chosen: String, among: [String]) {
        self.chosen = chosen
        self.among = among
    }
}

/// One item scored on one or several aspects.
public struct Rating: Sendable, Hashable {
    /// The name of the aspect that a plain, single score is stored under.
    public static let overall = "overall"

    /// The item.
    public var item: String
    /// The score for each aspect.
    public var scores: [String: Double]
    /// The lowest and highest score the judge could give, where known.
    public var scale: ClosedRange<Double>?

    /// Creates a rating on several aspects.
    public init(_ item: String, scores: [String: Double], scale: ClosedRange<Double>? = nil) {
        self.item = item
        self.scores = scores
        self.scale = scale
    }

    /// Creates a plain rating.
    public init(_ item: String, _ score: Double, scale: ClosedRange<Double>? = nil) {
        self.init(item, scores: [Rating.overall: score], scale: scale)
    }
}

/// One item liked or not.
public struct Thumb: Sendable, Hashable {
    /// The item.
    public var item: String
    /// Whether it was liked.
    public var up: Bool

    /// Creates a thumb.
    public init(_ item: String, up: Bool) {
        self.item = item
        self.up = up
    }
}

/// A list that was shown, and what happened to each place in it.
public struct Impression: Sendable, Hashable {
    /// One place in a shown list.
    public struct Slot: Sendable, Hashable {
        /// The item in this place.
        public var item: String
        /// The place, 1 at the top.
        public var position: Int
        /// The probability that this item was shown here, in (0, 1], where the list was drawn at random.
        public var propensity: Double?
        /// What was done: clicked, left alone, or unknown (`nil`: below the fold, not loaded). An item that
        /// was left alone was skipped, not disliked.
        public var clicked: Bool?
        /// Seconds spent on the item after the click.
        public var dwell: Double?

        /// Creates a slot.
        public init(
            _ item: String, position: Int, propensity: Double? = nil, clicked: Bool? = nil,
            dwell: Double? = nil
        ) {
            self.item = item
            self.position = position
            self.propensity = propensity
            self.clicked = clicked
            self.dwell = dwell
        }
    }

    /// The places, top first.
    public var slots: [Slot]

    /// Creates an impression.
    public init(_ slots: [Slot]) { self.slots = slots }
}

/// An action that was taken among those possible, with its probability.
public struct Decision: Sendable, Hashable {
    /// The id that rewards refer to.
    public var id: String
    /// The action taken.
    public var action: String
    /// The actions that were possible.
    public var among: [String]
    /// The probability of each possible action, in the order of `among`; empty where unknown.
    public var propensities: [Double]
    /// The version of the policy that decided.
    public var policy: String?

    /// Creates a decision.
    public init(
        id: String, action: String, among: [String] = [], propensities: [Double] = [], policy: String? = nil
    ) {
        self.id = id
        self.action = action
        self.among = among
        self.propensities = propensities
        self.policy = policy
    }
}

/// What an action paid off.
public struct Reward: Sendable, Hashable {
    /// The action, where the event stands on its own; `nil` where `Context.decision` names a decision.
    public var action: String?
    /// How much.
    public var value: Double
    /// The probability with which the action was taken, in (0, 1], where known.
    public var propensity: Double?

    /// Creates a reward.
    public init(action: String? = nil, value: Double, propensity: Double? = nil) {
        self.action = action
        self.value = value
        self.propensity = propensity
    }
}

/// What a demonstrator did, step by step.
public struct Demonstration: Sendable, Hashable {
    /// One step: what was seen and what was done.
    public struct Step: Sendable, Hashable {
        /// What the demonstrator saw: a text, or the name of a state.
        public var observation: String
        /// What the demonstrator did.
        public var action: String

        /// Creates a step.
        public init(observation: String, action: String) {
            self.observation = observation
            self.action = action
        }
    }

    /// The steps, in order.
    public var steps: [Step]

    /// Creates a demonstration.
    public init(_ steps: [Step]) { self.steps = steps }
}

/// One number that describes several items only as a whole, for privacy or because nobody asked for more.
public struct Bag: Sendable, Hashable {
    /// The items.
    public var items: [String]
    /// The number.
    public var value: Double
    /// What the number is of the items.
    public var statistic: Statistic

    /// How a bag's number is made of its items.
    public enum Statistic: String, Sendable, Hashable, Codable {
        case mean, sum, maximum
    }

    /// Creates a bag.
    public init(_ items: [String], value: Double, statistic: Statistic = .mean) {
        self.items = items
        self.value = value
        self.statistic = statistic
    }
}

/// Free text about an item.
public struct Critique: Sendable, Hashable {
    /// The item.
    public var item: String
    /// The text.
    public var text: String

    /// Creates a critique.
    public init(_ item: String, text: String) {
        self.item = item
        self.text = text
    }
}

/// A class that a worker assigned to a task.
public struct Label: Sendable, Hashable {
    /// The task.
    public var task: String
    /// The class.
    public var value: String
    /// The right class, where the task is a test question with a known answer.
    public var gold: String?

    /// Creates a label.
    public init(task: String, value: String, gold: String? = nil) {
        self.task = task
        self.value = value
        self.gold = gold
    }
}
