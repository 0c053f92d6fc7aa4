/// Looks names up in a table.
///
/// ```swift
/// let capitals = LookupTool(name: "capitals", entries: ["France": "Paris"])
/// print(try capitals.call("france"))   // Paris
/// ```
public struct LookupTool: AnswerTool {
    public let name: String
    public let usage: String
    private let entries: [String: String]
    private let longest: Int

    /// Creates a table; names are found in upper and lower case. Of names that differ by that alone the last in order
    /// counts.
    public init(name: String = "lookup", usage: String? = nil, entries: [String: String]) {
        self.name = name
        self.usage =
            usage ?? "gives the entry of a table (\(entries.count) names) under the name that is its input"
        var table: [String: String] = [:]
        for key in entries.keys.sorted() {
            table[TextTokens.words(key).joined(separator: " ")] = entries[key]
        }
        self.entries = table
        longest = table.keys.map { $0.split(separator: " ").count }.max() ?? 0
    }

    public func call(_ input: String) throws -> String {
        guard let entry = entries[TextTokens.words(input).joined(separator: " ")] else {
            throw ToolError.unknown("entry \(String(input.prefix(80)).debugDescription)")
        }
        return entry
    }

    /// The longest name in the question.
    public func input(for question: String) -> String? {
        let words = TextTokens.words(question)
        for length in stride(from: min(longest, words.count), to: 0, by: -1) {
            for start in 0...(words.count - length) {
                let name = words[start..<start + length].joined(separator: " ")
                if entries[name] != nil { return name }
            }
        }
        return nil
    }
}
