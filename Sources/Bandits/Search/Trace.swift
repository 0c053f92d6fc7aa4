import Foundation

/// A record of one run of a computation: which values came from which others, by which operations.
///
/// Source: Cheng, Nie and Swaminathan, "Trace is the Next AutoDiff: Generative Optimization with Rich
/// Feedback, Execution Traces, and LLMs" (2024). A node is a value with its parents; a run appends nodes,
/// so that their order is a topological one, and a run that takes another branch is another trace. An
/// operation that fails becomes a node that says why, and so does everything that needs its value.
///
/// Feedback at one node is carried backwards by a `TracePropagator`: `MinimalTrace` tells every node
/// through which others it reaches the output, `VectorJacobian` is automatic differentiation.
///
/// - Complexity: O(parents) to append a node.
///
/// ```swift
/// var trace = Trace()
/// let a = trace.parameter(parameters["a"]!), x = trace.input("x", .number(2))
/// let y = trace.apply(TraceOperation("product", numbers: { $0[0] * $0[1] }), to: [a, x])
/// print(trace.minimalSubgraph(from: a, to: y))      // [0, 2]
/// ```
public struct Trace: Sendable, Hashable, Codable {
    /// A value and where it came from.
    public struct Node: Sendable, Hashable, Codable {
        /// The node's number.
        public let id: Int
        /// Its name: that of the parameter or the input, or the operation's with the node's number.
        public let name: String
        /// The value.
        public let value: TraceValue
        /// What it is, for whoever proposes values.
        public let purpose: String
        /// The values that it may have; `nil` for what is not trainable.
        public let constraint: TraceConstraint?
        /// The nodes that it was computed from.
        public let parents: [Int]
        /// The operation's name; `nil` for parameters and inputs.
        public let operation: String?
        /// The derivatives by the parents; `nil` where they are not known.
        public let derivatives: [Double]?
        /// The length of the longest way from a parameter or an input.
        public let level: Int

        /// Whether its value may be changed.
        public var isTrainable: Bool { constraint != nil }
    }

    /// The nodes, parents before children.
    public private(set) var nodes: [Node] = []

    /// Creates an empty record.
    public init() {}

    /// Records a trainable parameter.
    ///
    /// - Returns: The node's number.
    public mutating func parameter(_ parameter: TraceParameters.Parameter) -> Int {
        append(
            name: parameter.name, value: parameter.value, purpose: parameter.purpose,
            constraint: parameter.constraint)
    }

    /// Records a value that is given.
    ///
    /// - Returns: The node's number.
    public mutating func input(_ name: String, _ value: TraceValue, purpose: String = "") -> Int {
        append(name: name, value: value, purpose: purpose, constraint: nil)
    }

    /// Carries out an operation and records its value.
    ///
    /// - Returns: The node's number.
    /// - Precondition: the parents were recorded here.
    public mutating func apply(_ operation: TraceOperation, to parents: [Int]) -> Int {
        precondition(parents.allSatisfy { nodes.indices.contains($0) }, "a parent was not recorded here")
        let inputs = parents.map { nodes[$0].value }
        var value: TraceValue
        if let failed = inputs.first(where: \.isFailure) {
            value = failed
        } else {
            do {
                value = try operation.evaluate(inputs)
            } catch {
                value = .failure("\(error)")
            }
        }
        var derivatives: [Double]?
        let numbers = inputs.compactMap(\.number)
        if !value.isFailure, numbers.count == inputs.count, let partials = operation.derivatives {
            derivatives = partials(numbers)
            precondition(
                derivatives?.count == parents.count, "\(operation.name) needs one derivative for each input")
        }
        return append(
            name: "\(operation.name)\(nodes.count)", value: value, purpose: operation.purpose,
            constraint: nil,
            parents: parents, operation: operation.name, derivatives: derivatives)
    }

    private mutating func append(
        name: String, value: TraceValue, purpose: String, constraint: TraceConstraint?, parents: [Int] = [],
        operation: String? = nil, derivatives: [Double]? = nil
    ) -> Int {
        let level = parents.reduce(0) { max($0, nodes[$1].level + 1) }
        nodes.append(
            Node(
                id: nodes.count, name: name, value: value, purpose: purpose, constraint: constraint,
                parents: parents, operation: operation, derivatives: derivatives, level: level))
        return nodes.count - 1
    }

    /// Carries a message from a node backwards to all that it came from.
    ///
    /// Every node combines what its children passed to it before it passes its own on.
    ///
    /// - Returns: The message that arrived at each node; `nil` where there is no way to the output.
    /// - Complexity: one `pass` for each edge, one `combine` for each node.
    public func propagate<P: TracePropagator>(_ propagator: P, from output: Int) -> [P.Message?] {
        precondition(nodes.indices.contains(output), "the output was not recorded here")
        var arrived = [[P.Message]](repeating: [], count: nodes.count)
        var messages = [P.Message?](repeating: nil, count: nodes.count)
        arrived[output] = [propagator.start(nodes[output])]
        for id in (0...output).reversed() where !arrived[id].isEmpty {
            let message = propagator.combine(arrived[id], at: nodes[id])
            messages[id] = message
            for (place, parent) in nodes[id].parents.enumerated() {
                arrived[parent].append(propagator.pass(message, from: nodes[id], toParent: place))
            }
        }
        return messages
    }

    /// The nodes on the ways from a node to an output, in the order recorded; empty where there is none.
    public func minimalSubgraph(from node: Int, to output: Int) -> [Int] {
        propagate(MinimalTrace(), from: output)[node] ?? []
    }

    /// The trainable nodes that an output depends on, in the order recorded.
    public func responsible(for output: Int) -> [Int] {
        let reached = propagate(Reach(), from: output)
        return nodes.indices.filter { reached[$0] != nil && nodes[$0].isTrainable }
    }

    /// The derivatives of an output by every node; `nil` where some on the way are not known.
    public func derivatives(of output: Int) -> [Double?] {
        propagate(VectorJacobian(), from: output).map { $0.flatMap { $0 } }
    }
}
