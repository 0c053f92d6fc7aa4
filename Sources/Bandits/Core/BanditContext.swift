/// What is known when one of several arms is to be chosen.
///
/// ```swift
/// BanditContext()                                      // nothing but the arms' numbers
/// BanditContext(features: [1, 0.3])                    // the user, the hour
/// BanditContext(armFeatures: [[1, 0], [0, 1]])         // what the two offers are like
/// BanditContext(features: [1, 0.3], available: [0, 2]) // arm 1 is sold out
/// ```
public struct BanditContext: Sendable, Hashable, Codable {
    /// Numbers that describe the occasion, the same for all arms.
    public var features: FeatureVector
    /// Numbers that describe each arm, one vector for each; empty where arms are known by their number alone.
    public var armFeatures: [FeatureVector]
    /// The arms that can be chosen, each once; `nil` for all.
    public var available: [Int]?

    /// Creates a context.
    public init(
        features: FeatureVector = FeatureVector(), armFeatures: [FeatureVector] = [], available: [Int]? = nil
    ) {
        self.features = features
        self.armFeatures = armFeatures
        self.available = available
    }

    /// The arms that can be chosen out of `count`.
    public func choices(of count: Int) -> ArmChoices { ArmChoices(count: count, listed: available) }
}

/// The numbers of the arms that can be chosen, without an array where that is all of them.
public struct ArmChoices: RandomAccessCollection, Sendable {
    let listed: [Int]?
    let all: Int

    init(count: Int, listed: [Int]?) {
        if let listed {
            precondition(!listed.isEmpty, "no arm is available")
            precondition(
                listed.allSatisfy { $0 >= 0 && $0 < count }, "an available arm is not one of \(count)")
        }
        self.listed = listed
        all = count
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { listed?.count ?? all }
    public subscript(position: Int) -> Int { listed?[position] ?? position }
}
