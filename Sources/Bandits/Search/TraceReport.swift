/// What came of one run of a traced computation: the record, and what is said about it.
public struct TraceReport: Sendable, Hashable, Codable {
    /// A word about one node.
    public enum Tag: Sendable, Hashable, Codable {
        /// Its value should be larger.
        case increase
        /// Its value should be smaller.
        case decrease
        /// It is wrong, for this reason.
        case error(String)
    }

    /// The record of the run.
    public var trace: Trace
    /// The node that the run is about.
    public var output: Int
    /// Words about nodes, by their numbers.
    public var tags: [Int: Tag]
    /// How good the run was; the larger the better.
    public var score: Double?
    /// Feedback in words.
    public var text: String

    /// Creates a report.
    ///
    /// Nodes that failed by themselves are tagged with their error unless something else is said about
    /// them.
    public init(trace: Trace, output: Int, tags: [Int: Tag] = [:], score: Double? = nil, text: String = "") {
        precondition(
            trace.nodes.indices.contains(output) && tags.keys.allSatisfy(trace.nodes.indices.contains),
            "a report is about nodes of its trace")
        self.trace = trace
        self.output = output
        self.tags = tags
        self.score = score
        self.text = text
        for node in trace.nodes
        where tags[node.id] == nil && !node.parents.contains(where: { trace.nodes[$0].value.isFailure }) {
            if case .failure(let reason) = node.value { self.tags[node.id] = .error(reason) }
        }
    }

    /// The tagged node that comes first: later ones may be wrong only because it is.
    public var earliest: Int? {
        tags.keys.min { (trace.nodes[$0].level, $0) < (trace.nodes[$1].level, $1) }
    }

    /// The parameters to blame for the earliest tag: those it depends on, without those of earlier nodes
    /// that nothing is said against.
    public var suspects: [Int] {
        guard let earliest else { return [] }
        let all = trace.responsible(for: earliest)
        let level = trace.nodes[earliest].level
        var cleared: Set<Int> = []
        for node in trace.nodes where node.operation != nil && node.level < level && tags[node.id] == nil {
            cleared.formUnion(trace.responsible(for: node.id))
        }
        let left = all.filter { !cleared.contains($0) }
        return left.isEmpty ? all : left
    }
}
