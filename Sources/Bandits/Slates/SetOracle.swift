/// Finds the best set of items when the weight of each is known.
public protocol SetOracle: Sendable, Hashable, Codable {
    /// The items of the set whose weights have the largest sum, in the order in which they are to be used.
    func best(_ weights: [Double], among items: ArmChoices) -> [Int]
}

/// The items of the largest weights, in falling order; of equal ones the lower number comes first.
public struct TopItems: SetOracle {
    /// The size of the set.
    public let size: Int

    /// Creates an oracle.
    public init(_ size: Int) {
        precondition(size > 0, "a set has at least one item")
        self.size = size
    }

    public func best(_ weights: [Double], among items: ArmChoices) -> [Int] {
        let order = items.sorted { weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1 }
        return Array(order.prefix(size))
    }
}

/// The items of the largest weights with at most a number of each kind, such as two of each brand.
public struct TopOfKinds: SetOracle {
    /// The size of the set.
    public let size: Int
    /// The kind of each item.
    public let kinds: [Int]
    /// The number of items that may be of one kind.
    public let limit: Int

    /// Creates an oracle.
    public init(_ size: Int, kinds: [Int], limit: Int = 1) {
        precondition(size > 0 && limit > 0, "a set has at least one item, and one of each kind")
        self.size = size
        self.kinds = kinds
        self.limit = limit
    }

    public func best(_ weights: [Double], among items: ArmChoices) -> [Int] {
        var used: [Int: Int] = [:]
        var set: [Int] = []
        for item in TopItems(weights.count).best(weights, among: items) where set.count < size {
            guard used[kinds[item], default: 0] < limit else { continue }
            used[kinds[item], default: 0] += 1
            set.append(item)
        }
        return set
    }
}
