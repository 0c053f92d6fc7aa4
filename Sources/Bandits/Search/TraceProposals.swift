import Foundation

/// Improves a pipeline by showing its last run, as a program with feedback, to someone who proposes new
/// values.
///
/// Source: Cheng, Nie and Swaminathan, "Trace is the Next AutoDiff" (2024), OptoPrime. The problem shows
/// the operations, the run line by line, the parameters with their constraints, the other values, the
/// output and the feedback, and the last tries with what was said about them. The answer holds
/// `{"reasoning": …, "suggestion": {NAME: VALUE, …}}`; it is applied whole or, where a name is unknown or
/// a value not allowed, not at all.
public struct TraceProposals: Sendable, Hashable, Codable {
    /// A proposal and what came of it.
    private struct Memory: Sendable, Hashable, Codable {
        let values: [String]
        let feedback: String
    }

    /// The parameters with their present values.
    public private(set) var parameters: TraceParameters
    /// What the whole is about.
    public let objective: String
    /// The number of past tries that are shown.
    public let memorySize: Int
    private var memory: [Memory] = []

    /// Creates an optimiser.
    public init(_ parameters: TraceParameters, objective: String, memorySize: Int = 5) {
        precondition(memorySize >= 0, "a memory has no negative size")
        self.parameters = parameters
        self.objective = objective
        self.memorySize = memorySize
    }

    /// Asks for better values after a run with the present ones, and takes them over.
    ///
    /// - Returns: The names of the parameters that have a new value.
    /// - Throws: `BanditError` where the answer cannot be used; what the source throws. The parameters
    ///   are then as before.
    public mutating func step(_ report: TraceReport, _ source: some ProposalSource) throws -> [String] {
        let problem = problem(report)
        memory.append(
            Memory(
                values: parameters.all.map { "\($0.name) = \($0.value)" },
                feedback: Self.feedback(report).joined(separator: "; ")))
        memory.removeFirst(max(0, memory.count - memorySize))
        let before = parameters
        try parameters.apply(Self.suggestion(in: source.answer(to: problem)))
        return zip(before.all, parameters.all).filter { $0 != $1 }.map(\.0.name)
    }

    /// The text of a problem: only what the output depends on is shown.
    public func problem(_ report: TraceReport) -> String {
        let nodes = report.trace.nodes
        let reaches = report.trace.propagate(MinimalTrace(), from: report.output)
        var shown = nodes.filter { reaches[$0.id] != nil || report.tags[$0.id] != nil }
        shown.sort { $0.id < $1.id }
        func section(_ title: String, _ lines: [String]) -> String {
            "#\(title)\n" + (lines.isEmpty ? "(none)" : lines.joined(separator: "\n"))
        }
        var documented: [String] = []
        for node in shown {
            if let operation = node.operation, !documented.contains(where: { $0.hasPrefix("[\(operation)]") })
            {
                documented.append("[\(operation)] \(node.purpose)")
            }
        }
        func line(_ node: Trace.Node) -> String { "\(node.name) = \(node.value)" }
        let sections = [
            section("Objective", [objective]), section("Documentation", documented),
            section(
                "Code",
                shown.compactMap { node in
                    node.operation.map {
                        "\(node.name) = \($0)(\(node.parents.map { nodes[$0].name }.joined(separator: ", ")))"
                    }
                }),
            section(
                "Variables",
                shown.filter(\.isTrainable).map {
                    "\(line($0))  (\($0.constraint!)\($0.purpose.isEmpty ? "" : "; \($0.purpose)"))"
                }),
            section("Inputs", shown.filter { !$0.isTrainable && $0.operation == nil }.map(line)),
            section("Others", shown.filter { $0.operation != nil && $0.id != report.output }.map(line)),
            section("Outputs", [line(nodes[report.output])]), section("Feedback", Self.feedback(report)),
            section("Earlier tries", memory.map { "\($0.values.joined(separator: ", ")): \($0.feedback)" }),
            section(
                "Answer",
                [
                    "Change variables so that the feedback improves. Answer with one JSON object:",
                    #"{"reasoning": "...", "suggestion": {"NAME": VALUE}}"#,
                ]),
        ]
        return sections.joined(separator: "\n\n")
    }

    private static func feedback(_ report: TraceReport) -> [String] {
        var lines = report.tags.sorted { $0.key < $1.key }.map { id, tag in
            let name = report.trace.nodes[id].name
            return switch tag {
            case .increase: "\(name) should be larger"
            case .decrease: "\(name) should be smaller"
            case .error(let reason): "\(name) is wrong: \(reason)"
            }
        }
        if let score = report.score { lines.append("score \(score)") }
        if !report.text.isEmpty { lines.append(report.text) }
        return lines
    }

    /// The values proposed in an answer: those under "suggestion" of the first JSON object in it.
    ///
    /// - Throws: `BanditError.data` where there is no such object, or a value is neither a number nor a
    ///   text.
    public static func suggestion(in answer: String) throws -> [String: TraceValue] {
        guard let object = firstObject(in: answer), let all = object["suggestion"] as? [String: Any] else {
            throw BanditError.data(
                "the answer holds no JSON object with a \"suggestion\": \(answer.prefix(200))")
        }
        var values: [String: TraceValue] = [:]
        for (name, value) in all.sorted(by: { $0.key < $1.key }) {
            if let text = value as? String {
                values[name] = .text(text)
            } else if let number = value as? NSNumber, !isBoolean(number) {
                values[name] = .number(number.doubleValue)
            } else {
                throw BanditError.data("the suggestion for \(name) is neither a number nor a text")
            }
        }
        return values
    }

    private static func isBoolean(_ number: NSNumber) -> Bool {
        let kind = String(cString: number.objCType)
        return kind == "c" || kind == "B"
    }

    /// The first balanced {…} that is JSON.
    private static func firstObject(in text: String) -> [String: Any]? {
        let bytes = Array(text.utf8)
        var start = 0
        while let open = bytes[start...].firstIndex(of: UInt8(ascii: "{")) {
            var depth = 0, quoted = false, escaped = false
            for i in open..<bytes.count {
                let byte = bytes[i]
                if quoted {
                    if escaped {
                        escaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        escaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        quoted = false
                    }
                    continue
                }
                if byte == UInt8(ascii: "\"") { quoted = true }
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") {
                    depth -= 1
                    if depth == 0 {
                        if let object = try? JSONSerialization.jsonObject(with: Data(bytes[open...i])) {
                            return object as? [String: Any]
                        }
                        break
                    }
                }
            }
            start = open + 1
        }
        return nil
    }
}
