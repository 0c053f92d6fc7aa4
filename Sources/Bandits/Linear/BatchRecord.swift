/// A reward in a batch, with the decision that led to it.
struct BatchRecord: Sendable, Hashable, Codable {
    var context: BanditContext
    var arm: Int
    var propensity: Double
    /// Whether the arm came from a uniform draw.
    var isUniform: Bool
    var reward: Double
}
