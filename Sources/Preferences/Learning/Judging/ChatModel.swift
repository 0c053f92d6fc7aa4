/// A language model that answers messages: what the methods that judge by language ask, wherever it runs.
///
/// `ChatCompletionsEndpoint` in the module ChatEndpoint asks a server over HTTP; `ScriptedChat` answers from a closure.
///
/// ```swift
/// let reply = try await model.reply(to: [.user("Which is longer, a mile or a kilometre?")])
/// ```
public protocol ChatModel: Sendable {
    /// Which model answers, for provenance.
    var name: String { get }

    /// The model's answer.
    ///
    /// - Throws: `ChatError`, or `CancellationError` where the task was cancelled.
    func reply(to messages: [ChatMessage], options: ChatOptions) async throws -> String
}

extension ChatModel {
    /// The model's answer with the default options.
    public func reply(to messages: [ChatMessage]) async throws -> String {
        try await reply(to: messages, options: ChatOptions())
    }
}

/// One message of a conversation.
public struct ChatMessage: Sendable, Hashable, Codable {
    /// Who speaks.
    public enum Role: String, Sendable, Hashable, Codable {
        /// Whoever set the model up.
        case system
        /// Whoever asks.
        case user
        /// The model.
        case assistant
    }

    /// Who speaks.
    public var role: Role
    /// What is said.
    public var text: String

    /// Creates a message.
    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }

    /// A message that sets the model up.
    public static func system(_ text: String) -> ChatMessage { ChatMessage(.system, text) }
    /// A question.
    public static func user(_ text: String) -> ChatMessage { ChatMessage(.user, text) }
    /// An answer.
    public static func assistant(_ text: String) -> ChatMessage { ChatMessage(.assistant, text) }
}

/// How a language model is to answer.
public struct ChatOptions: Sendable, Hashable, Codable {
    /// How much chance plays in: 0 for the likeliest answer.
    public var temperature: Double
    /// The seed of that chance, for servers that take one.
    public var seed: UInt64?
    /// The longest answer, in tokens.
    public var maximumTokens: Int

    /// Creates the options.
    public init(temperature: Double = 0, seed: UInt64? = nil, maximumTokens: Int = 1024) {
        precondition(temperature >= 0 && temperature.isFinite, "a temperature is not negative")
        precondition(maximumTokens > 0, "an answer has at least one token")
        self.temperature = temperature
        self.seed = seed
        self.maximumTokens = maximumTokens
    }
}

/// Why a language model gave no answer that can be used.
public enum ChatError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It was set up wrongly.
    case setting(String)
    /// The server said no: its status, and its message where it gave one.
    case refused(status: Int, message: String)
    /// The server cannot be reached, or the connection broke.
    case connection(String)
    /// Nothing came within so many seconds.
    case timedOut(seconds: Double)
    /// The answer is larger than so many bytes.
    case tooLarge(limit: Int)
    /// An answer came that is not what was asked for.
    case unreadable(String)

    public var description: String {
        switch self {
        case .setting(let what): what
        case .refused(let status, let message): "the model's server said \(status): \(message)"
        case .connection(let what): "no connection to the model's server: \(what)"
        case .timedOut(let seconds): "the model gave no answer within \(seconds) seconds"
        case .tooLarge(let limit): "the model's answer is larger than \(limit) bytes"
        case .unreadable(let what): "the model's answer cannot be read: \(what)"
        }
    }
}

/// A language model that is a closure: for tests, and for rules that stand in for a model.
///
/// ```swift
/// let model = ScriptedChat { messages, _ in "You said: \(messages.last?.text ?? "")" }
/// ```
public struct ScriptedChat: ChatModel {
    public let name: String
    private let answer: @Sendable ([ChatMessage], ChatOptions) async throws -> String

    /// Creates it.
    public init(
        name: String = "scripted",
        answer: @escaping @Sendable ([ChatMessage], ChatOptions) async throws -> String
    ) {
        self.name = name
        self.answer = answer
    }

    public func reply(to messages: [ChatMessage], options: ChatOptions) async throws -> String {
        try Task.checkCancellation()
        return try await answer(messages, options)
    }
}
