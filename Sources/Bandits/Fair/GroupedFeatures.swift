/// An example of a stream that must treat groups alike.
public struct GroupedFeatures: Sendable, Hashable, Codable {
    /// The numbers that describe the example; the group is one of them only if you put it there.
    public var features: [Double]
    /// The group that it belongs to, counted from 0.
    public var group: Int

    /// Creates an example.
    public init(features: [Double], group: Int) {
        self.features = features
        self.group = group
    }
}
