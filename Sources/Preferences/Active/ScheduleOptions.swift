/// What the votes are to find out.
public enum ScheduleGoal: Sendable, Hashable {
    /// The whole order.
    case ranking
    /// Which items are the k best.
    case top(Int)
    /// Which item is the best: the same as the top 1.
    case best

    /// How many items are to be told from the rest; `nil` for the whole order. At least 1, below `count`.
    func boundary(_ count: Int) -> Int? {
        switch self {
        case .ranking: nil
        case .top(let k): min(max(1, k), max(1, count - 1))
        case .best: 1
        }
    }
}

/// The settings of a `ComparisonScheduler`.
public struct ScheduleOptions: Sendable, Hashable {
    /// What the votes are to find out.
    public var goal = ScheduleGoal.ranking
    /// The standard deviation, in log-odds, of the normal prior on each score. Tighter than a ranking's own:
    /// under a prior so wide that it says nothing, the first vote on an item makes the schedule think it all
    /// but settled.
    public var priorScale = 2.0
    /// In how many proposals of one batch an item may be, unless there would not be enough proposals.
    public var maxPerItem = 2
    /// Decides which item of a proposal is shown on the left, and which far-off pairs are looked at.
    public var seed: UInt64 = 1
    /// Up to this many items the whole covariance is kept (8 bytes for each two items); above, sampled
    /// variances.
    public var denseLimit = 1000
    /// After how many told votes the next `ask` fits anew; `nil` for an eighth of the items, at least 8.
    public var refitInterval: Int?

    /// The defaults.
    public init() {}
}

/// A comparison that would teach much, and why.
public struct ProposedComparison: Sendable, Hashable {
    /// The item to show on the left.
    public var left: String
    /// The item to show on the right.
    public var right: String
    /// The expected information gain about the scores, in nats, given the answers to the proposals before it.
    public var nats: Double
    /// The probabilities that the left item wins, that they tie and that the right item wins, on neutral
    /// ground.
    public var probability: OutcomeProbability
    /// Why this one.
    public var reason: Reason

    /// The expected information gain in bits.
    public var bits: Double { nats * 1.442_695_040_888_963_4 }

    /// Why a comparison was proposed.
    public enum Reason: Sendable, Hashable, CustomStringConvertible {
        /// No vote connects the parts that the two items are in.
        case joins
        /// An item was in few votes so far (in none, one or two).
        case seldomSeen(String, votes: Int)
        /// The items stand next to each other.
        case neighbours(Int, Int)
        /// The items may well belong in the other order, though they are not neighbours.
        case undecided(Int, Int)

        public var description: String {
            switch self {
            case .joins: "joins two parts that no vote connects yet"
            case .seldomSeen(let item, let votes):
                switch votes {
                case 0: "item \(item) not seen yet"
                case 1: "item \(item) seen once"
                case 2: "item \(item) seen twice"
                default: "item \(item) seen \(votes) times"
                }
            case .neighbours(let a, let b): "neighbours in rank \(a) and \(b)"
            case .undecided(let a, let b): "ranks \(a) and \(b) may change places"
            }
        }
    }
}
