/// A rule by which feedback at an output becomes a message for every node that it came from.
public protocol TracePropagator {
    /// What is carried.
    associatedtype Message
    /// The message at the output.
    func start(_ output: Trace.Node) -> Message
    /// The message of a node, from what its children passed.
    func combine(_ messages: [Message], at node: Trace.Node) -> Message
    /// What a node passes to one of its parents.
    func pass(_ message: Message, from node: Trace.Node, toParent place: Int) -> Message
}

/// Tells every node through which nodes it reaches the output: itself and all that follow, in the order
/// recorded.
public struct MinimalTrace: TracePropagator {
    /// Creates the rule.
    public init() {}

    public func start(_ output: Trace.Node) -> [Int] { [] }

    public func combine(_ messages: [[Int]], at node: Trace.Node) -> [Int] {
        Array(Set(messages.joined()).union([node.id])).sorted()
    }

    public func pass(_ message: [Int], from node: Trace.Node, toParent place: Int) -> [Int] { message }
}

/// Automatic differentiation: the derivative of the output by every node, `nil` where an operation has
/// none.
public struct VectorJacobian: TracePropagator {
    /// Creates the rule.
    public init() {}

    public func start(_ output: Trace.Node) -> Double? { 1 }

    public func combine(_ messages: [Double?], at node: Trace.Node) -> Double? {
        messages.reduce(0) { sum, part in sum.flatMap { sum in part.map { sum + $0 } } }
    }

    public func pass(_ message: Double?, from node: Trace.Node, toParent place: Int) -> Double? {
        guard let message, let derivatives = node.derivatives else { return nil }
        return message * derivatives[place]
    }
}

/// Tells whether there is a way to the output.
struct Reach: TracePropagator {
    func start(_ output: Trace.Node) {}
    func combine(_ messages: [Void], at node: Trace.Node) {}
    func pass(_ message: Void, from node: Trace.Node, toParent place: Int) {}
}
