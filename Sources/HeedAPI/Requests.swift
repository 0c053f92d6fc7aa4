/// What a new space is to be.
public struct SpaceRequest: Sendable, Hashable, Codable {
    /// The name in addresses.
    public var name: String
    /// How it works; what does for a beginning where left out.
    public var settings: SpaceSettings?

    /// Creates it.
    public init(name: String, settings: SpaceSettings? = nil) {
        self.name = name
        self.settings = settings
    }
}

/// Whether a judge's votes count.
public struct SetAsideRequest: Sendable, Hashable, Codable {
    /// `true` sets them aside, `false` counts them, `nil` leaves it to the rules.
    public var setAside: Bool?

    /// Creates it.
    public init(setAside: Bool?) { self.setAside = setAside }
}

/// Whose feedback is to be removed.
public struct EraseRequest: Sendable, Hashable, Codable {
    /// The person.
    public var judge: String
    /// From which spaces; all where left out.
    public var spaces: [String]?

    /// Creates it.
    public init(judge: String, spaces: [String]? = nil) {
        self.judge = judge
        self.spaces = spaces
    }
}

/// What was removed.
public struct EraseReport: Sendable, Hashable, Codable {
    /// How many pieces of feedback, by space.
    public var removed: [String: Int]

    /// Creates it.
    public init(removed: [String: Int]) { self.removed = removed }
}

/// What became of a person's answer.
public struct AnswerReceipt: Sendable, Hashable, Codable {
    /// The id of the feedback, for taking it back.
    public var id: String

    /// Creates it.
    public init(id: String) { self.id = id }
}

/// Something that was delivered and not kept.
public struct RefusalView: Sendable, Hashable, Codable {
    /// `malformed`, `duplicate` or `conflict`.
    public var reason: String
    /// Its place in what was delivered, from 1.
    public var record: Int
    /// The field at fault.
    public var field: String?
    /// The offending value, shortened.
    public var value: String
    /// What is wrong with it.
    public var explanation: String
    /// What was delivered, shortened.
    public var text: String?

    /// Creates it.
    public init(
        reason: String, record: Int, field: String?, value: String, explanation: String, text: String?
    ) {
        self.reason = reason
        self.record = record
        self.field = field
        self.value = value
        self.explanation = explanation
        self.text = text
    }
}
