/// Someone to make a prediction for: features, and the groups that he belongs to.
public struct GroupExample: Sendable, Hashable, Codable {
    /// The features, without a constant.
    public var features: [Double]
    /// The groups, each once; they may overlap, and there may be none.
    public var groups: [Int]

    /// Creates an example.
    public init(features: [Double], groups: [Int] = []) {
        self.features = features
        self.groups = groups
    }
}
