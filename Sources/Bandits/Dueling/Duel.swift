/// Two things to be held against each other; the outcome is 1 where the first wins, 0 where the second
/// does, and 0.5 for a tie.
public struct Duel<Item: Sendable>: Sendable {
    /// The one that an outcome of 1 stands for.
    public var first: Item
    /// The one that an outcome of 0 stands for.
    public var second: Item

    /// Creates a duel.
    public init(_ first: Item, _ second: Item) {
        self.first = first
        self.second = second
    }
}

extension Duel: Equatable where Item: Equatable {}
extension Duel: Hashable where Item: Hashable {}
extension Duel: Encodable where Item: Encodable {}
extension Duel: Decodable where Item: Decodable {}
