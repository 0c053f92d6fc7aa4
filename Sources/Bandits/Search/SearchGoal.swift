/// Whether a search is for large or for small numbers.
public enum SearchGoal: String, Sendable, Hashable, Codable, CaseIterable {
    /// The larger the better.
    case maximize
    /// The smaller the better.
    case minimize

    /// The factor that makes larger numbers the better ones.
    var sign: Double { self == .maximize ? 1 : -1 }
}
