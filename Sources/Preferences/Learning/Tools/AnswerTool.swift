/// Something that can be asked for a fact while an answer is judged: a calculator, a calendar, a table.
///
/// Tools answer at once and without side effects; what takes a network belongs behind a table that was filled before.
///
/// ```swift
/// print(try CalculatorTool().call("0.1 + 0.2"))   // 0.3
/// ```
public protocol AnswerTool: Sendable {
    /// Its name, which calls are recorded under.
    var name: String { get }
    /// What it does and what its input looks like, in a sentence that a language model is shown.
    var usage: String { get }
    /// What it finds.
    ///
    /// - Throws: `ToolError`; an error is an observation like any other and stops nothing.
    func call(_ input: String) throws -> String
    /// What a question asks of it; nil where nothing in the question is for it.
    func input(for question: String) -> String?
}

/// Why a tool has no answer.
public enum ToolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The input is not what it reads.
    case unreadable(String)
    /// The input cannot be worked out, such as a division by zero.
    case impossible(String)
    /// It takes too many steps, or numbers that are too large.
    case limit(String)
    /// There is no such tool or entry.
    case unknown(String)

    public var description: String {
        switch self {
        case .unreadable(let what): "cannot read \(what.debugDescription)"
        case .impossible(let what), .limit(let what): what
        case .unknown(let what): "there is no \(what)"
        }
    }
}

/// One call of a tool as it happened, so that a reward can be traced to what it rests on.
public struct ToolCall: Sendable, Hashable, Codable {
    /// The tool.
    public var tool: String
    /// What it was asked.
    public var input: String
    /// What it found, or why it found nothing.
    public var observation: String
    /// Whether it found something.
    public var succeeded: Bool

    /// Asks a tool; an error becomes the observation.
    public init(_ tool: some AnswerTool, input: String) {
        self.tool = tool.name
        self.input = input
        do {
            observation = try tool.call(input)
            succeeded = true
        } catch {
            observation = "error: \(error)"
            succeeded = false
        }
    }

    /// A call that failed before any tool was asked.
    init(tool: String, input: String, error: ToolError) {
        (self.tool, self.input, observation, succeeded) = (tool, input, "error: \(error)", false)
    }
}

/// The tools there are.
public enum AnswerTools {
    /// A calculator, a calendar, units and a stack machine.
    public static let standard: [any AnswerTool] = [
        CalculatorTool(), CalendarTool(), UnitTool(), StackMachine(),
    ]
}
