/// A model that can say what a preference between two things comes from.
///
/// ```swift
/// for reason in try model.reasons(for: pair, audience: .everyone) { print(reason.what, reason.value) }
/// ```
public protocol ComparisonExplainer: PreferencePredictor {
    /// Why the first of one comparison is preferred, or not: parts that add up to the log-odds of `predict`.
    ///
    /// - Parameter pair: One comparison.
    /// - Throws: As `predict` does.
    func reasons(for pair: ComparisonSet, audience: Audience) throws -> [ComparisonReason]
}

/// One part of a preference.
public struct ComparisonReason: Sendable, Hashable, Codable {
    /// What kind of thing it is: "feature", "quality", "group of judges", "member".
    public var kind: String
    /// Its name.
    public var what: String
    /// What it adds to the log-odds of the first.
    public var value: Double
    /// What else is to be said of it, such as how much it counts here; nil for nothing.
    public var detail: String?

    /// Creates one.
    public init(kind: String, what: String, value: Double, detail: String? = nil) {
        self.kind = kind
        self.what = what
        self.value = value
        self.detail = detail
    }
}
