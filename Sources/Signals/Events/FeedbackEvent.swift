/// One piece of feedback, as it was given: what was said, and who said it, when and about what.
///
/// The event is the heart of Heed: everything that is collected is a sequence of these, every format is read
/// into them and written from them, and every method learns from them. `docs/feedback.md` shows one real line
/// of each kind.
///
/// ```swift
/// let event = FeedbackEvent(
///     .comparison(Comparison(left: "opus", right: "haiku", outcome: .left)),
///     judge: "ann", prompt: "p17", groups: ["country": "NL"])
/// ```
public struct FeedbackEvent: Sendable, Hashable {
    /// Names this event for ever: a second delivery with the same id changes nothing. `nil` where the source
    /// gives none; the store then derives one from the source and the line.
    public var id: String?
    /// What was said.
    public var feedback: Feedback
    /// Who said it: a person, a model, a device.
    public var judge: String?
    /// What it answers: the prompt, the question, the query, the match.
    public var prompt: String?
    /// When, in seconds since 1970-01-01 UTC.
    public var time: Double?
    /// How much it counts; 2 is the same as sending it twice. Finite and not negative.
    public var weight: Double
    /// Groups that the judge or the occasion belongs to, such as country, language or surface.
    public var groups: [String: String]
    /// Numbers that describe the occasion.
    public var features: [String: Double]
    /// Numbers that describe each item as shown, in the order in which the feedback lists its items (left then
    /// right; the order of `among`; tiers then unplaced; slots): `["length": [812, 455]]`.
    public var itemFeatures: [String: [Double]]
    /// The id of the decision that this answers.
    public var decision: String?

    /// Creates an event.
    public init(
        _ feedback: Feedback, id: String? = nil, judge: String? = nil, prompt: String? = nil,
        time: Double? = nil, weight: Double = 1, groups: [String: String] = [:],
        features: [String: Double] = [:], itemFeatures: [String: [Double]] = [:], decision: String? = nil
    ) {
        self.feedback = feedback
        self.id = id
        self.judge = judge
        self.prompt = prompt
        self.time = time
        self.weight = weight
        self.groups = groups
        self.features = features
        self.itemFeatures = itemFeatures
        self.decision = decision
    }
}

extension Feedback {
    /// The names of the items this feedback is about, in the order that `FeedbackEvent.itemFeatures` uses.
    public var items: [String] {
        switch self {
        case .comparison(let c): [c.left, c.right]
        case .ranking(let r): r.tiers.flatMap { $0 } + r.unplaced
        case .choice(let c): c.among
        case .rating(let r): [r.item]
        case .thumb(let t): [t.item]
        case .impression(let i): i.slots.map(\.item)
        case .decision(let d): d.among.isEmpty ? [d.action] : d.among
        case .reward(let r): r.action.map { [$0] } ?? []
        case .demonstration: []
        case .bag(let b): b.items
        case .critique(let c): [c.item]
        case .label(let l): [l.task]
        }
    }
}
