import Foundation
import HeedAPI
import Serving
import Testing

@testable import HeedServer

/// Requests that mean harm: none may stop the server or keep it from serving others.
@Suite struct HostileTests {
    /// A corpus of requests, most of them wrong, over raw connections.
    static func corpus(_ key: String) -> [String] {
        let auth = "Host: h\r\nAuthorization: Bearer \(key)\r\n"
        let post = "POST /v1/spaces/a/events HTTP/1.1\r\n\(auth)Content-Type: application/json\r\n"
        let decide = "POST /v1/spaces/a/decide HTTP/1.1\r\n\(auth)Content-Type: application/json\r\n"
        let deep = String(repeating: "[", count: 100_000)
        let objects = String(repeating: "{\"a\":", count: 50_000)
        func with(_ head: String, _ body: String) -> String {
            "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        return [
            "", "\r\n\r\n", "GET", "GET / HTTP/9.9\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "GET /healthz HTTP/1.1\r\n\r\n", "GET  /healthz  HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET http://[ HTTP/1.1\r\nHost: h\r\n\r\n", "GET %%% HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /v1/spaces/%ff%fe HTTP/1.1\r\n\(auth)\r\n", "GET /v1/spaces/%00 HTTP/1.1\r\n\(auth)\r\n",
            "GET /v1/spaces/..%2f..%2fetc HTTP/1.1\r\n\(auth)\r\n",
            "GET /v1/spaces/a/../../.. HTTP/1.1\r\n\(auth)\r\n",
            "GET /v1/spaces/a/refusals?limit=99999999999999999999 HTTP/1.1\r\n\(auth)\r\n",
            "GET /v1/spaces/a/refusals?limit=-1&&&=&limit HTTP/1.1\r\n\(auth)\r\n",
            "GET /v1/spaces/a/export?kind=%zz HTTP/1.1\r\n\(auth)\r\n",
            "GET /healthz?\(String(repeating: "a=b&", count: 3_000)) HTTP/1.1\r\n\(auth)\r\n",
            "GET /\(String(repeating: "a/", count: 20_000)) HTTP/1.1\r\n\(auth)\r\n",
            "GET /healthz HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X-A: b\r\n", count: 5_000))\r\n",
            "GET /healthz HTTP/1.1\r\nHost: h\r\nX-Long: \(String(repeating: "x", count: 200_000))\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: h\r\nbroken header\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: h\r\nX: a\u{0}b\r\n\r\n",
            "FOO /healthz HTTP/1.1\r\nHost: h\r\n\r\n", "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\(post)Content-Length: -5\r\n\r\n",
            "\(post)Content-Length: 5\r\nContent-Length: 6\r\n\r\n123456",
            "\(post)Content-Length: 99999999999999999999999\r\n\r\n",
            "\(post)Content-Length: 9000000\r\n\r\n",
            "\(post)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "\(post)Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
            "\(post)Transfer-Encoding: gzip\r\n\r\nabc", "\(post)Content-Length: 50\r\n\r\n{\"events\":[",
            "\(post)Expect: 100-continue\r\nContent-Length: 13\r\n\r\n{\"events\":[]}",
            "\(post)Expect: nonsense\r\nContent-Length: 13\r\n\r\n{\"events\":[]}",
            with(post, deep), with(post, "{\"events\":\(deep)"), with(post, "{\"events\":[\(objects)"),
            with(post, "{\"events\":[" + String(repeating: "1,", count: 500_000) + "1]}"),
            with(post, "{\"events\":[\"" + String(repeating: "\\u0000", count: 10_000) + "\"]}"),
            with(decide, deep), with(decide, objects), with(decide, "{}{}"),
            with(decide, "{\"slate\":1e400}"),
            with(decide, "{\"slate\":-9223372036854775809}"),
            with(decide, "{\"features\":{\"a\":1,\"a\":2}}"),
            with(decide, "{\"actions\":[1]}"), with(decide, "{\"id\":\"\\ud800\"}"),
            "GET /v1/spaces HTTP/1.1\r\nHost: h\r\nAuthorization: \(String(repeating: "B", count: 10_000))\r\n\r\n",
            "GET /v1/spaces HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer\r\n\r\n",
            "GET /v1/spaces HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer hk_.\r\n\r\n",
            "GET /v1/spaces HTTP/1.1\r\nHost: h\r\nAuthorization: Basic \(key)\r\n\r\n",
            String(repeating: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n", count: 200),
            "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGARBAGE GARBAGE",
        ]
    }

    @Test func theCorpusHarmsNobody() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            for request in Self.corpus(server.admin) { try await Self.fire(server, Array(request.utf8)) }
            try await Self.fire(server, [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
            try await Self.expectSound(server)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func fuzzedRequestsHarmNobody(_ seed: UInt64) async throws {
        try await TestServer.with { server in
            try await server.space("a")
            var random = SeededGenerator(seed: seed)
            let corpus = Self.corpus(server.admin).map { Array($0.utf8) }.filter { $0.count < 20_000 }
            let good =
                "POST /v1/spaces/a/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(server.admin)\r\n"
                + "Content-Type: application/x-ndjson\r\nContent-Length: 40\r\n\r\n"
                + "{\"kind\":\"thumb\",\"item\":\"x\",\"up\":true}\n\n\n"
            for _ in 0..<60 {
                var bytes =
                    Bool.random(using: &random) ? Array(good.utf8) : corpus.randomElement(using: &random)!
                for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                    let at = Int.random(in: bytes.indices, using: &random)
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: at)
                    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                    case 3: bytes.removeSubrange(at...)
                    default: bytes += bytes[at...].prefix(500)
                    }
                }
                try await Self.fire(server, bytes)
            }
            try await Self.expectSound(server)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInTheirOrder() async throws {
        try await TestServer.with { server in
            let (port, key) = (server.port, server.admin)
            let statuses = try await offPool {
                let socket = try RawSocket(port: port)
                let auth = "Host: h\r\nAuthorization: Bearer \(key)\r\n\r\n"
                try socket.send(
                    "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\n"
                        + "GET /v1/spaces HTTP/1.1\r\n\(auth)GET /v1/spaces HTTP/1.1\r\nHost: h\r\n\r\n")
                return try (0..<4).map { _ in try socket.answer().status }
            }
            #expect(statuses == [200, 404, 200, 401])
        }
    }

    /// Clients that are slow to send are cut off, and hold nobody up until then.
    @Test func slowClientsAreCutOff() async throws {
        try await TestServer.with {
            $0.limits.headSeconds = 0.4
            $0.limits.requestSeconds = 0.4
        } _: { server in
            try await server.space("a")
            let (port, key) = (server.port, server.admin)
            let starts = [
                "", "GET /hea", "GET /healthz HTTP/1.1\r\nHost: h\r\nX-",
                "POST /v1/spaces/a/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(key)\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"eve",
            ]
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for start in starts {
                    group.addTask {
                        try await offPool {
                            let socket = try RawSocket(port: port)
                            try socket.send(start)
                            return socket.isEnded()
                        }
                    }
                }
                try await Self.expectSound(server)
                for try await isEnded in group { #expect(isEnded) }
            }
        }
    }

    /// A client that sends byte by byte is cut off all the same: the time is for the whole request.
    @Test func drippingClientsAreCutOff() async throws {
        try await TestServer.with {
            $0.limits.requestSeconds = 0.4
        } _: { server in
            try await server.space("a")
            let (port, key) = (server.port, server.admin)
            let isEnded = try await offPool {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "POST /v1/spaces/a/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(key)\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
                for _ in 0..<200 {
                    do { try socket.send(" ") } catch { return true }
                    usleep(20_000)
                }
                return false
            }
            #expect(isEnded)
        }
    }

    /// A client that asks for much and reads nothing of it is cut off.
    @Test func unreadAnswersAreGivenUp() async throws {
        try await TestServer.with {
            $0.limits.writeSeconds = 0.3
        } _: { server in
            try await server.space("a")
            let text = String(repeating: "x", count: 4_000)
            let lines = (0..<1_500).map { "{\"kind\":\"critique\",\"item\":\"i\($0)\",\"text\":\"\(text)\"}" }
            let type = "application/x-ndjson"
            for _ in 0..<3 {
                let sent = try await server.ask(
                    "POST", "/v1/spaces/a/events", key: server.admin, body: lines.joined(separator: "\n"),
                    type: type)
                #expect(sent.status == 200)
            }
            let (port, key) = (server.port, server.admin)
            let isEnded = try await offPool {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "GET /v1/spaces/a/export HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer \(key)\r\n\r\n")
                for _ in 0..<500 {
                    do { try socket.send("\r\n") } catch { return true }
                    usleep(20_000)
                }
                return false
            }
            #expect(isEnded)
            try await Self.expectSound(server)
        }
    }

    /// Sends something and reads what comes, for a moment.
    private static func fire(_ server: TestServer, _ bytes: [UInt8]) async throws {
        let port = server.port
        try await offPool {
            let socket = try RawSocket(port: port, timeout: 5)
            try? socket.send(bytes)
            socket.finish()
            _ = socket.drain()
        }
    }

    private static func expectSound(_ server: TestServer) async throws {
        #expect(try await server.ask("GET", "/readyz").status == 200)
        let body = #"{"events":[{"kind":"thumb","item":"x","up":true}]}"#
        let kept = try await server.ask("POST", "/v1/spaces/a/events", key: server.admin, body: body)
        #expect(kept.status == 200 && kept.body.contains("\"kept\":1"))
        #expect(try await server.service.ledger("a").addsUp)
    }
}
