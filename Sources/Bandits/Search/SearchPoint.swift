/// A point of a search space: a value for each of its parameters, in their order.
///
/// ```swift
/// point["lr"]            // .real(0.001)
/// point.number("lr")     // 0.001
/// print(point)           // lr=0.001 layers=3 act=relu
/// ```
public struct SearchPoint: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The parameters' names.
    public let names: [String]
    /// The parameters' values.
    public let values: [SearchValue]

    /// Creates a point.
    ///
    /// - Precondition: as many names as values.
    public init(names: [String], values: [SearchValue]) {
        precondition(names.count == values.count, "a point needs one value for each name")
        self.names = names
        self.values = values
    }

    /// The value of a parameter; `nil` where there is none of this name.
    public subscript(name: String) -> SearchValue? { names.firstIndex(of: name).map { values[$0] } }

    /// The value of a parameter as a number; `nil` where it is a name or there is none.
    public func number(_ name: String) -> Double? { self[name]?.number }

    public var description: String {
        zip(names, values).map { "\($0)=\($1)" }.joined(separator: " ")
    }
}
