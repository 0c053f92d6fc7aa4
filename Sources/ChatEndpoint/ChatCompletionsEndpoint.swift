import AsyncHTTPClient
import Foundation
import Kernels
import NIOCore
import Preferences

/// A language model behind the chat-completions interface that most servers of models have.
///
/// ```swift
/// let model = try ChatCompletionsEndpoint(url: "http://127.0.0.1:8000/v1", model: "qwen", key: nil)
/// let reply = try await model.reply(to: [.user("Say yes.")])
/// try await model.close()
/// ```
///
/// What the server could not do for the moment (429, 5xx) and what a connection that broke took with it is asked again,
/// after a pause that grows or that the server names. The key is sent to this address and nowhere else, redirections
/// are not followed, and neither key nor messages are logged; a message of the server that repeats the key is shown
/// without it.
public final class ChatCompletionsEndpoint: ChatModel, CustomStringConvertible, CustomReflectable {
    /// How an endpoint behaves.
    public struct Options: Sendable, Hashable {
        /// How often a request is sent again at most.
        public var retries = 4
        /// The pause before the first repetition, in seconds; each further one is twice as long, with a random part.
        public var pause = 0.5
        /// The longest pause, in seconds; a server that asks for a longer one is not asked again.
        public var longestPause = 60.0
        /// How many seconds a request may take, without pauses.
        public var timeout = 120.0
        /// How many seconds a connection may take to open.
        public var connectTimeout = 10.0
        /// How many requests are under way at a time; others wait.
        public var concurrency = 8
        /// The largest answer that is read, in bytes.
        public var largestAnswer = 8 << 20
        /// What the server calls the most tokens of an answer: `max_tokens`, or `max_completion_tokens`.
        public var tokensField = "max_tokens"
        /// The seed of the pauses' random part.
        public var seed: UInt64 = 1

        /// Creates the options that do for a beginning.
        public init() {}
    }

    public let name: String
    /// Where it is.
    public let url: String
    private let key: String?
    private let options: Options
    private let http: HTTPClient
    private let gate: RequestGate

    /// Creates an endpoint; nothing is asked yet.
    ///
    /// - Parameters:
    ///   - url: where the interface is, without `/chat/completions`, such as `https://models.example/v1`.
    ///   - model: which of the server's models.
    ///   - key: what the server knows the caller by; nil for servers that do not ask.
    /// - Throws: `ChatError.setting`.
    public init(url: String, model: String, key: String?, options: Options = Options()) throws {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.host?.isEmpty == false, parts.query == nil,
            parts.fragment == nil, parts.user == nil, parts.password == nil
        else {
            throw ChatError.setting("\(url.debugDescription) is no address such as https://models.example/v1")
        }
        guard !model.isEmpty else { throw ChatError.setting("the model has no name") }
        guard key?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else {
            throw ChatError.setting("the key holds characters that no key has")
        }
        guard options.retries >= 0, options.concurrency > 0, options.timeout > 0, options.connectTimeout > 0,
            options.largestAnswer > 0, options.pause >= 0, options.longestPause >= 0
        else {
            throw ChatError.setting("time-outs, limits and the number of requests at a time are positive")
        }
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        name = model
        self.key = key?.isEmpty == true ? nil : key
        self.options = options
        var configuration = HTTPClient.Configuration()
        configuration.timeout.connect = .nanoseconds(Int64(min(options.connectTimeout, 1e6) * 1e9))
        configuration.redirectConfiguration = .disallow
        // Refused connections come back at once; repeating is done here.
        configuration.connectionPool.retryConnectionEstablishment = false
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        gate = RequestGate(places: options.concurrency, seed: options.seed)
    }

    deinit { http.shutdown(queue: .global()) { _ in } }

    /// Lets go of the connections; nothing may be asked after it.
    public func close() async throws { try await http.shutdown() }

    public var description: String { "\(name) at \(url)" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name, "url": url]) }

    public func reply(to messages: [ChatMessage], options chat: ChatOptions) async throws -> String {
        let body = try ChatWire.request(
            model: name, messages: messages, options: chat, tokensField: options.tokensField)
        try await gate.enter()
        do {
            let text = try await ask(body)
            await gate.leave()
            return text
        } catch {
            await gate.leave()
            if Task.isCancelled { throw CancellationError() }
            throw error
        }
    }

    /// Asks, and asks again where that may help.
    private func ask(_ body: Data) async throws -> String {
        var attempt = 0
        while true {
            try Task.checkCancellation()
            let (failure, wanted): (ChatError, Double?)
            switch try await outcome(body) {
            case .success(let answer):
                if (200...299).contains(answer.status) { return try text(answer.body) }
                failure = .refused(status: answer.status, message: message(answer))
                guard answer.status == 429 || answer.status >= 500 else { throw failure }
                wanted = answer.retryAfter
            case .failure(let broken):
                (failure, wanted) = (.connection(hidingKey(broken.reason)), nil)
            }
            guard attempt < options.retries, wanted ?? 0 <= options.longestPause else { throw failure }
            let growing = min(options.longestPause, options.pause * pow(2, Double(attempt)))
            let pause = max(wanted ?? 0, growing * (await gate.share()))
            try await Task.sleep(nanoseconds: UInt64(min(pause, 1e6) * 1e9))
            attempt += 1
        }
    }

    /// An answer, or that the connection broke; what asking again does not help is thrown.
    private func outcome(_ body: Data) async throws -> Result<WireAnswer, BrokenConnection> {
        do { return .success(try await limited { try await self.once(body) }) } catch let error
            as BrokenConnection
        {
            return .failure(error)
        }
    }

    /// Ends what takes longer than a request may.
    private func limited(_ body: @escaping @Sendable () async throws -> WireAnswer) async throws -> WireAnswer
    {
        let seconds = options.timeout
        return try await withThrowingTaskGroup(of: WireAnswer.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(nanoseconds: UInt64(min(seconds, 1e6) * 1e9))
                throw ChatError.timedOut(seconds: seconds)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private func once(_ body: Data) async throws -> WireAnswer {
        var request = HTTPClientRequest(url: url + "/chat/completions")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "Accept", value: "application/json")
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        request.body = .bytes(ByteBuffer(bytes: body))
        do {
            let response = try await http.execute(request, deadline: .distantFuture)
            let bytes = try await response.body.collect(upTo: options.largestAnswer)
            return WireAnswer(
                status: Int(response.status.code),
                retryAfter: response.headers.first(name: "Retry-After").flatMap(RetryAfter.seconds),
                body: Data(bytes.readableBytesView))
        } catch is NIOTooManyBytesError {
            throw ChatError.tooLarge(limit: options.largestAnswer)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw BrokenConnection(reason: "\(error)")
        }
    }

    /// The text of an answer; where there is none, why, without the key.
    private func text(_ body: Data) throws -> String {
        do { return try ChatWire.text(body) } catch {
            _ = try ChatWire.text(hidingKey(body))
            throw error
        }
    }

    private func message(_ answer: WireAnswer) -> String {
        hidingKey(ChatWire.message(hidingKey(answer.body)) ?? "no message")
    }

    /// What a server said, without the key, before it is cut to a length that could cut the key too.
    private func hidingKey(_ body: Data) -> Data {
        guard let key else { return body }
        return Data(String(decoding: body, as: UTF8.self).replacingOccurrences(of: key, with: "***").utf8)
    }

    private func hidingKey(_ text: String) -> String {
        String((key.map { text.replacingOccurrences(of: $0, with: "***") } ?? text).prefix(500))
    }
}

/// An answer before it is looked into.
struct WireAnswer: Sendable {
    var status: Int
    var retryAfter: Double?
    var body: Data
}

/// A request may have come to nothing; asking again may help.
struct BrokenConnection: Error {
    var reason: String
}
