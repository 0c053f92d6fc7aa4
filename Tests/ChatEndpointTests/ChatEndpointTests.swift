import Foundation
import Preferences
import Testing

@testable import ChatEndpoint

@Suite struct ChatEndpointTests {
    static let key = "sk-secret-123"

    /// Asks an endpoint of a server that answers as told.
    @discardableResult
    static func with<T>(
        _ options: ChatCompletionsEndpoint.Options = quick(), key: String? = ChatEndpointTests.key,
        answer: @escaping @Sendable (StubServer.Request, Int) -> StubServer.Reply,
        _ body: (ChatCompletionsEndpoint, StubServer) async throws -> T
    ) async throws -> T {
        let server = try StubServer(answer)
        defer { server.stop() }
        let endpoint = try ChatCompletionsEndpoint(
            url: server.url + "/", model: "small", key: key, options: options)
        do {
            let result = try await body(endpoint, server)
            try await endpoint.close()
            return result
        } catch {
            try await endpoint.close()
            throw error
        }
    }

    static func quick(retries: Int = 2) -> ChatCompletionsEndpoint.Options {
        var options = ChatCompletionsEndpoint.Options()
        options.retries = retries
        options.pause = 0.01
        options.timeout = 20
        return options
    }

    @Test func theRequest() async throws {
        try await Self.with(answer: { _, _ in .text("yes") }) { endpoint, server in
            let reply = try await endpoint.reply(
                to: [.system("Be short."), .user("Say \"yes\"\n\u{1F600}"), .assistant("?")],
                options: ChatOptions(temperature: 0.5, seed: .max, maximumTokens: 7))
            #expect(reply == "yes")
            let request = try #require(server.requests.first)
            #expect(request.head.hasPrefix("POST /v1/chat/completions HTTP/1.1"))
            #expect(request.header("Authorization") == "Bearer \(Self.key)")
            #expect(request.header("Content-Type") == "application/json")
            #expect(
                String(decoding: request.body, as: UTF8.self)
                    == #"{"max_tokens":7,"messages":[{"content":"Be short.","role":"system"},"#
                    + #"{"content":"Say \"yes\"\n\#u{1F600}","role":"user"},{"content":"?","role":"assistant"}],"#
                    + #""model":"small","seed":9223372036854775807,"temperature":0.5}"#)
            #expect(endpoint.name == "small")
        }
    }

    @Test func withoutKeyOrSeed() async throws {
        var options = Self.quick()
        options.tokensField = "max_completion_tokens"
        try await Self.with(options, key: nil, answer: { _, _ in .text("") }) { endpoint, server in
            let reply = try await endpoint.reply(to: [.user("x")])
            #expect(reply.isEmpty)
            let request = try #require(server.requests.first)
            #expect(request.header("Authorization") == nil)
            let body = String(decoding: request.body, as: UTF8.self)
            #expect(body.contains("\"max_completion_tokens\":1024") && !body.contains("seed"))
        }
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"too long"}}"#, "too long"), (401, #"{"error":"who?"}"#, "who?"),
        (404, #"{"message":"no model"}"#, "no model"), (422, #"{"detail":"bad"}"#, "bad"),
        (403, "<html>", "<html>"), (400, "", "no message"), (301, "", "no message"),
    ])
    func whatIsRefusedIsNotAskedAgain(_ status: Int, _ body: String, _ message: String) async throws {
        try await Self.with(answer: { _, _ in .json(status, body, headers: "Location: /elsewhere\r\n") }) {
            endpoint, server in
            await #expect(throws: ChatError.refused(status: status, message: message)) {
                try await endpoint.reply(to: [.user("x")])
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func theKeyIsNotRepeated() async throws {
        let body = #"{"error":{"message":"wrong key \#(Self.key)!"}}"#
        try await Self.with(answer: { _, _ in .json(401, body) }) { endpoint, _ in
            await #expect(throws: ChatError.refused(status: 401, message: "wrong key ***!")) {
                try await endpoint.reply(to: [.user("x")])
            }
            var text = "\(endpoint) \(String(reflecting: endpoint))"
            dump(endpoint, to: &text)
            #expect(!text.contains(Self.key) && text.contains("small"))
        }
    }

    @Test(arguments: [429, 500, 502, 503])
    func whatIsTemporaryIsAskedAgain(_ status: Int) async throws {
        let refusal = StubServer.Reply.json(
            status, #"{"error":{"message":"later"}}"#, headers: "Retry-After: 0\r\n")
        try await Self.with(answer: { _, number in number < 2 ? refusal : .text("done") }) {
            endpoint, server in
            let reply = try await endpoint.reply(to: [.user("x")])
            #expect(reply == "done")
            #expect(server.requests.count == 3)
            #expect(Set(server.requests.map(\.body)).count == 1)
        }
        try await Self.with(answer: { _, _ in refusal }) { endpoint, server in
            await #expect(throws: ChatError.refused(status: status, message: "later")) {
                try await endpoint.reply(to: [.user("x")])
            }
            #expect(server.requests.count == 3)
        }
    }

    @Test func theServerNamesThePause() async throws {
        try await Self.with(answer: { _, number in
            number == 0 ? .json(429, "{}", headers: "Retry-After: 0.4\r\n") : .text("done")
        }) { endpoint, _ in
            let clock = ContinuousClock()
            let start = clock.now
            let reply = try await endpoint.reply(to: [.user("x")])
            #expect(reply == "done")
            #expect(clock.now - start >= .milliseconds(390))
        }
        try await Self.with(answer: { _, _ in .json(429, "{}", headers: "Retry-After: 3600\r\n") }) {
            endpoint, server in
            await #expect(throws: ChatError.self) { try await endpoint.reply(to: [.user("x")]) }
            #expect(server.requests.count == 1)
        }
        let now = Date(timeIntervalSince1970: 784_111_777)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:47 GMT", now: now) == 10)
        #expect(RetryAfter.seconds("Sun, 06 Nov 1994 08:49:27 GMT", now: now) == 0)
        #expect(RetryAfter.seconds(" 7 ") == 7 && RetryAfter.seconds("-7") == 0)
        #expect(RetryAfter.seconds("soon") == nil && RetryAfter.seconds("inf") == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"choices\":[]}", "{\"choices\":[{\"message\":{\"content\":null}}]}",
        "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"no\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":5}}]}",
        "{\"choices\":[{\"message\":", "\u{0}\u{1}",
    ])
    func malformedAnswers(_ body: String) async throws {
        try await Self.with(answer: { _, _ in .json(200, body) }) { endpoint, server in
            await #expect {
                try await endpoint.reply(to: [.user("x")])
            } throws: { if case ChatError.unreadable = $0 { true } else { false } }
            #expect(server.requests.count == 1)
        }
    }

    @Test func hugeAnswers() async throws {
        var options = Self.quick()
        options.largestAnswer = 100_000
        let long = String(repeating: "x", count: 300_000)
        let endless = "HTTP/1.1 200 X\r\nConnection: close\r\n\r\n" + long
        for reply in [StubServer.Reply.text(long), .raw(endless)] {
            try await Self.with(options, answer: { _, _ in reply }) { endpoint, _ in
                await #expect(throws: ChatError.tooLarge(limit: 100_000)) {
                    try await endpoint.reply(to: [.user("x")])
                }
            }
        }
        try await Self.with(answer: { _, _ in .text(long) }) { endpoint, _ in
            let reply = try await endpoint.reply(to: [.user("x")])
            #expect(reply == long)
        }
    }

    @Test func timeOut() async throws {
        var options = Self.quick()
        options.timeout = 0.3
        try await Self.with(options, answer: { _, _ in .silence(120) }) { endpoint, server in
            await #expect(throws: ChatError.timedOut(seconds: 0.3)) {
                try await endpoint.reply(to: [.user("x")])
            }
            #expect(server.requests.count == 1)
        }
    }

    @Test func brokenConnections() async throws {
        let torn = "HTTP/1.1 200 X\r\nContent-Length: 500\r\n\r\n{\"choices\":"
        for reply in [StubServer.Reply.cut, .raw(torn), .raw("nonsense\r\n\r\n")] {
            try await Self.with(answer: { _, number in number == 0 ? reply : .text("done") }) {
                endpoint, server in
                let reply = try await endpoint.reply(to: [.user("x")])
                #expect(reply == "done")
                #expect(server.requests.count >= 2)
            }
        }
        let server = try StubServer { _, _ in .cut }
        server.stop()
        let endpoint = try ChatCompletionsEndpoint(
            url: server.url, model: "m", key: nil, options: Self.quick(retries: 0))
        await #expect {
            try await endpoint.reply(to: [.user("x")])
        } throws: { if case ChatError.connection = $0 { true } else { false } }
        try await endpoint.close()
    }

    @Test func cancellation() async throws {
        var options = Self.quick()
        options.concurrency = 1
        try await Self.with(options, answer: { _, _ in .silence(120) }) { endpoint, server in
            let first = Task { try await endpoint.reply(to: [.user("x")]) }
            while server.requests.isEmpty { try await Task.sleep(nanoseconds: 5_000_000) }
            let second = Task { try await endpoint.reply(to: [.user("y")]) }
            try await Task.sleep(nanoseconds: 50_000_000)
            second.cancel()
            await #expect(throws: CancellationError.self) { try await second.value }
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            #expect(server.requests.count == 1)
        }
        try await Self.with(answer: { _, _ in .json(429, "{}", headers: "Retry-After: 30\r\n") }) {
            endpoint, server in
            let task = Task { try await endpoint.reply(to: [.user("x")]) }
            while server.requests.isEmpty { try await Task.sleep(nanoseconds: 5_000_000) }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func soManyAtATime() async throws {
        var options = Self.quick()
        options.concurrency = 2
        let underway = Guarded((now: 0, most: 0))
        try await Self.with(
            options,
            answer: { request, _ in
                underway.with {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                Thread.sleep(forTimeInterval: 0.03)
                underway.with { $0.now -= 1 }
                return .text("ok")
            }
        ) { endpoint, server in
            let replies = try await withThrowingTaskGroup(of: String.self) { group in
                for number in 0..<10 { group.addTask { try await endpoint.reply(to: [.user("\(number)")]) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies == [String](repeating: "ok", count: 10))
            #expect(server.requests.count == 10 && underway.with { $0.most } <= 2)
        }
    }

    @Test(arguments: [
        "", "models.example", "ftp://x/v1", "http://", "http://x/v1?a=b", "http://user:pw@x/v1",
    ])
    func settings(_ url: String) {
        #expect(throws: ChatError.self) { try ChatCompletionsEndpoint(url: url, model: "m", key: nil) }
    }

    @Test func moreSettings() {
        #expect(throws: ChatError.self) { try ChatCompletionsEndpoint(url: "http://x", model: "", key: nil) }
        #expect(throws: ChatError.self) {
            try ChatCompletionsEndpoint(url: "http://x", model: "m", key: "a\r\nb")
        }
        var options = ChatCompletionsEndpoint.Options()
        options.concurrency = 0
        #expect(throws: ChatError.self) {
            try ChatCompletionsEndpoint(url: "http://x", model: "m", key: nil, options: options)
        }
    }

    /// A method that judges by language works over the wire.
    @Test func aConstitutionJudges() async throws {
        try await Self.with(answer: { request, _ in
            String(decoding: request.body, as: UTF8.self).contains("Answer A:\\nlonger text")
                ? .text("A") : .text("B")
        }) { endpoint, server in
            let constitution = WrittenConstitution(
                articles: [.init(text: "The better answer is longer", counts: PrincipleCounts(supports: 9))],
                model: "small", comparisons: 9, proposals: 1)
            let pair = TextPair(prompt: "p", chosen: "longer text", rejected: "text")
            let choice = try await constitution.choice(pair, asking: endpoint)
            #expect(choice == 1)
            #expect(server.requests.count == 2)
        }
    }
}
