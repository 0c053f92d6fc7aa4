import Foundation
import HeedAPI
import Serving
import Signals
import Testing

@testable import HeedServer

@Suite struct IngestTests {
    private static let events = "/v1/spaces/a/events"

    private static func receipt(_ answer: RawAnswer) throws -> IngestReceipt {
        try JSONDecoder().decode(IngestReceipt.self, from: Data(answer.body.utf8))
    }

    private static func vote(_ number: Int, more: String = "") -> String {
        #"{"kind":"comparison","left":"x","right":"y\#(number)","outcome":"left"\#(more)}"#
    }

    @Test func aBatchSentTwiceCountsOnce() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let lines = (0..<50).map { Self.vote($0) }
            let forms = [
                ("application/json", "{\"events\":[\(lines.joined(separator: ","))]}"),
                ("application/x-ndjson", lines.joined(separator: "\n")),
            ]
            for (number, (type, body)) in forms.enumerated() {
                let headers = ["Idempotency-Key": "batch \(number)"]
                let first = try await server.ask(
                    "POST", Self.events, key: server.admin, headers: headers, body: body, type: type)
                let again = try await server.ask(
                    "POST", Self.events, key: server.admin, headers: headers, body: body, type: type)
                #expect(try Self.receipt(first).kept == 50)
                #expect(try Self.receipt(again).duplicate == 50)
            }
            let ledger = try await server.service.ledger("a")
            #expect(ledger.kept == 100 && ledger.received == 200 && ledger.addsUp)
        }
    }

    /// The server remembers nothing of a batch but what it keeps.
    @Test func aBatchSentAgainAfterARestartCountsOnce() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("heed-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("heed.db").path
        let body = "{\"events\":[\((0..<50).map { Self.vote($0) }.joined(separator: ","))]}"
        @Sendable func send(_ server: TestServer, _ key: String) async throws -> IngestReceipt {
            try Self.receipt(
                try await server.ask(
                    "POST", Self.events, key: key, headers: ["Idempotency-Key": "batch"], body: body))
        }
        let (admin, before) = try await TestServer.with(
            store: SQLiteServiceStore(path: path), now: 1_000
        ) { server in
            try await server.space("a")
            #expect(try await send(server, server.admin).kept == 50)
            #expect(try await send(server, server.admin).duplicate == 50)
            let export = try await server.ask("GET", "/v1/spaces/a/export", key: server.admin)
            return (server.admin, export.body)
        }
        try await TestServer.with(store: SQLiteServiceStore(path: path), now: 2_000) { server in
            let receipt = try await send(server, admin)
            #expect(receipt.duplicate == 50 && receipt.conflict == 0 && receipt.kept == 0)
            let export = try await server.ask("GET", "/v1/spaces/a/export", key: admin)
            #expect(export.body == before && before.contains("\"time\":1000"))
            let ledger = try await server.service.ledger("a")
            #expect(ledger.kept == 50 && ledger.refused == ["duplicate": 100] && ledger.addsUp)
        }
    }

    @Test func whatIsNoEventIsRefusedAloneAndKeptInTheLedger() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let body = """
                {"events":[\(Self.vote(1)), 7, {"kind":"thing"}, \(Self.vote(2, more: #","odd":1"#)), [], \(Self.vote(3))]}
                """
            let receipt = try Self.receipt(
                try await server.ask("POST", Self.events, key: server.admin, body: body))
            #expect(receipt.received == 6 && receipt.kept == 2 && receipt.malformed == 4)
            #expect(receipt.refused.map(\.index) == [1, 2, 3, 4])
            #expect(receipt.refused[1].field == "kind")
            let lines = "\(Self.vote(4))\nnot json\n\n{\"kind\":\n\(Self.vote(5))\r\n"
            let other = try Self.receipt(
                try await server.ask(
                    "POST", Self.events, key: server.admin, body: lines, type: "application/x-ndjson"))
            #expect(other.received == 4 && other.kept == 2 && other.refused.map(\.index) == [1, 2])
            let ledger = try await server.service.ledger("a")
            #expect(ledger.kept == 4 && ledger.refused["malformed"] == 6 && ledger.addsUp)
            let refusals = try await server.ask("GET", "/v1/spaces/a/refusals?limit=1", key: server.admin)
            #expect(refusals.status == 200 && refusals.body.contains("malformed"))
        }
    }

    @Test(arguments: [
        "", "{", "[1", "null", "3", #""events""#, #"{"events":3}"#, #"{"events":null}"#, #"{}"#,
        #"{"event":[]}"#,
        #"{"events":[]}x"#, #"{"events":[],"events":[]}"#, #"{"events":[{]}"#, "{\"events\":[\"\u{1}\"]}",
        #"{"events":[\ud800]}"#, #"{"events":["\ud800"]}"#, #"{"events":[01]}"#, #"{"events":[NaN]}"#,
    ])
    func aBodyThatIsNoBatchStoresNothing(_ body: String) async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let answer = try await server.ask("POST", Self.events, key: server.admin, body: body)
            #expect(answer.status == 400 && answer.code == "bad_json")
            #expect(try await server.service.ledger("a").received == 0)
        }
    }

    @Test func eventsWithoutATimeGetTheServers() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let body = "{\"events\":[\(Self.vote(1)),\(Self.vote(2, more: #","time":5"#))]}"
            _ = try await server.ask("POST", Self.events, key: server.admin, body: body)
            let export = try await server.ask("GET", "/v1/spaces/a/export?kind=comparison", key: server.admin)
            let times = try export.body.split(separator: "\n").map {
                try FeedbackEvent(jsonLine: String($0)).time
            }
            #expect(times.count == 2 && times[1] == 5)
            #expect(abs((times[0] ?? 0) - Date().timeIntervalSince1970) < 60)
            #expect(export.headers["content-type"] == "application/x-ndjson")
        }
    }

    /// What comes out is what went in, whatever the text and the numbers.
    @Test func exportedEventsAreThoseThatWereSent() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            var random = SeededGenerator(seed: 4)
            let alphabet = Array("abc \"\\/\u{8}\n\té漢🎈\u{301}{}[],:")
            var sent: [FeedbackEvent] = []
            for number in 0..<300 {
                let text = String(
                    (0..<Int.random(in: 1...12, using: &random)).map { _ in
                        alphabet.randomElement(using: &random)!
                    })
                let value = Double.random(in: -1e6...1e6, using: &random)
                let event = FeedbackEvent(
                    .critique(Critique("i\(number)", text: "x" + text)), id: "e\(number)", judge: "j" + text,
                    time: Double(number), features: ["f" + text: value])
                if event.flaw == nil { sent.append(event) }
            }
            let body = "{ \"events\" : [\n\(sent.map { $0.jsonLine() }.joined(separator: " ,\t"))] }\n"
            let receipt = try Self.receipt(
                try await server.ask("POST", Self.events, key: server.admin, body: body))
            #expect(receipt.kept == sent.count && sent.count > 200)
            let export = try await server.ask("GET", "/v1/spaces/a/export", key: server.admin)
            let back = try export.body.split(separator: "\n").map { try FeedbackEvent(jsonLine: String($0)) }
            #expect(back == sent)
        }
    }

    @Test func limitsOfABatch() async throws {
        try await TestServer.with {
            $0.limits.batch = 3
            $0.limits.nesting = 8
            $0.limits.body = 4_000
        } _: { server in
            try await server.space("a")
            func send(_ body: String, _ type: String = "application/json") async throws -> RawAnswer {
                try await server.ask("POST", Self.events, key: server.admin, body: body, type: type)
            }
            #expect(try await send(#"{"events":[1,2,3]}"#).status == 200)
            #expect(try await send(#"{"events":[1,2,3,4]}"#).status == 413)
            #expect(try await send("1\n2\n3\n4", "application/x-ndjson").status == 413)
            #expect(try await send("1\n\n2\n3\n\n", "application/x-ndjson").status == 200)
            let deep = String(repeating: "[", count: 11) + String(repeating: "]", count: 11)
            #expect(try await send("{\"events\":[\(deep)]}").status == 400)
            #expect(
                try await send("{\"events\":[\"\(String(repeating: "a", count: 4_000))\"]}").status == 413)
        }
    }
}
