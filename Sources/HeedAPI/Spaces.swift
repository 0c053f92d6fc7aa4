/// A space: one product question, with its feedback, its items or actions, its models and its decisions.
public struct Space: Sendable, Hashable, Codable {
    /// The name in addresses: 1 to 64 of `a-z 0-9 - _`, beginning with a letter or digit.
    public var name: String
    /// How it works; everything has a value that does for a beginning.
    public var settings: SpaceSettings
    /// When it was made, in seconds since 1970-01-01 UTC.
    public var created: Double

    /// Creates a space.
    public init(name: String, settings: SpaceSettings = SpaceSettings(), created: Double = 0) {
        self.name = name
        self.settings = settings
        self.created = created
    }
}

/// How a space works.
public struct SpaceSettings: Sendable, Hashable, Codable {
    /// What people are asked on the compare page.
    public var question = "Which one is better?"
    /// The things that are compared, where they are known beforehand.
    public var items: [Item] = []
    /// The actions among which `decide` chooses when a request names none.
    public var actions: [String] = []
    /// How many things are shown side by side: 2 to 6.
    public var shown = 2
    /// What the comparisons are to find out.
    public var goal = Goal.ranking
    /// The policy that is learnt, as in `heed simulate --policy`: an id, or `ID:name=value`.
    public var policy = "squarecb"
    /// The smallest and the largest reward, where they are known; otherwise those seen.
    public var rewards: [Double]?
    /// Whether a new model takes over by itself once it beats the live one on held-out feedback.
    public var promotion = Promotion.automatic
    /// How many new pieces of feedback start a training; 0: only when asked.
    public var retrainAfter = 500
    /// How many seconds at least lie between two trainings.
    public var retrainPause = 30.0
    /// What becomes of votes that look bought or broken.
    public var suspects = Suspects.setAside
    /// Feedback older than this is removed; `nil` keeps it for ever.
    public var retentionDays: Double?

    /// Creates the settings that do for a beginning.
    public init() {}

    /// What comparisons are to find out.
    public enum Goal: String, Sendable, Hashable, Codable, CaseIterable { case ranking, best }
    /// How a new model becomes the live one.
    public enum Promotion: String, Sendable, Hashable, Codable, CaseIterable { case automatic, manual }
    /// What becomes of flagged votes: they wait aside until someone counts them again, or count all the same.
    public enum Suspects: String, Sendable, Hashable, Codable, CaseIterable { case setAside, count }

    /// Reads settings; what is left out has its usual value, an unknown key is refused.
    public init(from decoder: any Decoder) throws {
        let all = try decoder.container(keyedBy: AnyKey.self)
        let known = Set(CodingKeys.allCases.map(\.rawValue))
        if let odd = all.allKeys.first(where: { !known.contains($0.stringValue) }) {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath, debugDescription: "there is no setting \(odd.stringValue)"
                ))
        }
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<T: Decodable>(_ key: CodingKeys, _ standard: T) throws -> T {
            try values.decodeIfPresent(T.self, forKey: key) ?? standard
        }
        self.init()
        question = try read(.question, question)
        items = try read(.items, items)
        actions = try read(.actions, actions)
        shown = try read(.shown, shown)
        goal = try read(.goal, goal)
        policy = try read(.policy, policy)
        rewards = try values.decodeIfPresent([Double].self, forKey: .rewards)
        promotion = try read(.promotion, promotion)
        retrainAfter = try read(.retrainAfter, retrainAfter)
        retrainPause = try read(.retrainPause, retrainPause)
        suspects = try read(.suspects, suspects)
        retentionDays = try values.decodeIfPresent(Double.self, forKey: .retentionDays)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case question, items, actions, shown, goal, policy, rewards, promotion, retrainAfter, retrainPause
        case suspects, retentionDays
    }
}

/// A thing that people compare.
public struct Item: Sendable, Hashable, Codable {
    /// The name in feedback.
    public var id: String
    /// What is shown, as Markdown; the id where nothing else is given.
    public var text: String?
    /// The address of an image, http or https.
    public var image: String?
    /// A JSON text to be shown, indented.
    public var json: String?

    /// Creates an item.
    public init(_ id: String, text: String? = nil, image: String? = nil, json: String? = nil) {
        self.id = id
        self.text = text
        self.image = image
        self.json = json
    }
}

/// A key of a container whose keys are not known beforehand.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
