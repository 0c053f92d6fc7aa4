/// A step of a computation that can be traced: a function with a name and a description.
public struct TraceOperation: Sendable {
    /// Its name.
    public let name: String
    /// What it does, for whoever proposes values.
    public let purpose: String
    /// The function.
    public let evaluate: @Sendable ([TraceValue]) throws -> TraceValue
    /// The derivatives by the inputs; `nil` where there are none.
    public let derivatives: (@Sendable ([Double]) -> [Double])?

    /// Creates an operation on values of any kind.
    public init(
        _ name: String, purpose: String = "",
        _ evaluate: @escaping @Sendable ([TraceValue]) throws -> TraceValue
    ) {
        self.name = name
        self.purpose = purpose
        self.evaluate = evaluate
        derivatives = nil
    }

    /// Creates an operation on numbers.
    ///
    /// - Parameter derivatives: The derivatives by the inputs, one for each; `nil` where they are not
    ///   known.
    public init(
        _ name: String, purpose: String = "", numbers: @escaping @Sendable ([Double]) -> Double,
        derivatives: (@Sendable ([Double]) -> [Double])? = nil
    ) {
        self.name = name
        self.purpose = purpose
        self.derivatives = derivatives
        evaluate = { values in
            let inputs = values.compactMap(\.number)
            guard inputs.count == values.count else { throw BanditError.data("\(name) needs numbers") }
            return .number(numbers(inputs))
        }
    }
}
