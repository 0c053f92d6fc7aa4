import Foundation
import HeedAPI
import HeedClient
import Serving
import Signals
import Testing

@testable import HeedServer

@Suite struct ClientTests {
    private static let receipt =
        #"{"received":1,"kept":1,"pending":0,"duplicate":0,"conflict":0,"malformed":0,"refused":[]}"#
    private static let event = FeedbackEvent(.thumb(Thumb("x", up: true)))

    private static func client(_ port: Int, key: String = "hk_a.b", retries: Int = 5) throws -> HeedClient {
        var options = HeedClient.Options()
        options.pause = 0.005
        options.retries = retries
        return try HeedClient(url: "http://127.0.0.1:\(port)/", key: key, options: options)
    }

    private static func keys(_ requests: [String]) -> Set<String> {
        Set(
            requests.compactMap { request in
                request.components(separatedBy: "\r\n").first {
                    $0.lowercased().hasPrefix("idempotency-key:")
                }
            })
    }

    @Test func theWholeOfTheAPI() async throws {
        try await TestServer.with { server in
            let client = try Self.client(server.port, key: server.admin)
            var settings = SpaceSettings()
            settings.actions = ["a", "b"]
            let space = try await client.createSpace("shop", settings)
            #expect(space.settings == settings && space.created > 0)
            settings.question = "Which?"
            #expect(try await client.changeSpace("shop", settings).settings.question == "Which?")
            #expect(try await client.spaces().map(\.name) == ["shop"])
            let key = try await client.createKey(KeyRequest(name: "app", roles: [.send], space: "shop"))
            #expect(try await client.keys().count == 2)
            let app = try Self.client(server.port, key: key.secret)
            let sent = try await app.send("shop", [Self.event, Self.event], idempotencyKey: "one")
            #expect(sent.kept == 2)
            #expect(
                try await app.send("shop", lines: Array("x\n".utf8), idempotencyKey: "two").malformed == 1)
            #expect(try await client.refusals("shop").first?.text == "x")
            let exported = try await client.export("shop", kinds: [.thumb])
            #expect(exported.split(separator: 0x0A).count == 2)
            #expect(try await client.status().ledgers["shop"]?.kept == 2)
            #expect(try await client.metrics().contains("heed_events_total{outcome=\"kept\"} 2"))
            #expect(try await client.overview("shop").space.name == "shop")
            _ = try await client.ranking("shop")
            _ = try await client.models("shop")
            _ = try await client.jobs("shop")
            _ = try await client.judges("shop")
            _ = try await client.invitations("shop")
            try await client.revokeKey(key.key.id)
            await #expect {
                try await app.send("shop", [Self.event])
            } throws: { error in
                guard case HeedClientError.refused(let refusal) = error else { return false }
                return refusal.status == 401 && refusal.code == "unauthenticated"
            }
            try await client.removeSpace("shop")
            await #expect {
                try await client.overview("shop")
            } throws: { ($0 as? HeedClientError)?.description == "404 not_found: there is no space shop" }
            try await app.close()
            try await client.close()
        }
    }

    /// The same batch under the same key, until it is taken.
    @Test func sendingGoesOnUnderOneKey() async throws {
        let busy = FakeServer.json(
            503, #"{"error":{"code":"overloaded","message":"later"}}"#, "Retry-After: 0\r\n")
        let limited = FakeServer.json(429, #"{"error":{"code":"too_many","message":"later"}}"#)
        let server = try FakeServer([busy, nil, limited, FakeServer.json(200, Self.receipt)])
        defer { server.stop() }
        let client = try Self.client(server.port)
        #expect(try await client.send("a", [Self.event]).kept == 1)
        let requests = server.requests
        #expect(requests.count >= 4 && Self.keys(requests).count == 1)
        #expect(Set(requests.map { $0.components(separatedBy: "\r\n\r\n").last }).count == 1)
        try await client.close()
    }

    @Test func whatIsRefusedForGoodIsNotSentAgain() async throws {
        let server = try FakeServer([
            FakeServer.json(403, #"{"error":{"code":"forbidden","message":"no","field":"f"}}"#)
        ])
        defer { server.stop() }
        let client = try Self.client(server.port)
        await #expect {
            try await client.send("a", [Self.event])
        } throws: { error in
            guard case HeedClientError.refused(let refusal) = error else { return false }
            return refusal.status == 403 && refusal.field == "f"
        }
        #expect(server.requests.count == 1)
        try await client.close()
    }

    /// A training that may have begun is not asked for a second time.
    @Test func whatMayHaveHappenedIsNotAskedForAgain() async throws {
        let server = try FakeServer([nil])
        defer { server.stop() }
        let client = try Self.client(server.port)
        await #expect(throws: HeedClientError.self) { try await client.train("a") }
        #expect(server.requests.count <= 2)
        await #expect(throws: HeedClientError.self) { try await client.spaces() }
        #expect(server.requests.count >= 6)
        try await client.close()
    }

    @Test func addressesAndKeysThatCannotBe() {
        for url in ["", "localhost:80", "ftp://a", "http://", "http://a?b=c"] {
            #expect(throws: HeedClientError.self) { try HeedClient(url: url, key: "k") }
        }
        #expect(throws: HeedClientError.self) { try HeedClient(url: "http://a", key: "a\r\nX: b") }
    }

    @Test func aBufferDeliversAllInBatches() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let client = try Self.client(server.port, key: server.admin)
            let buffer = FeedbackBuffer(client, space: "a", batch: 40, interval: 0.01)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<250 {
                            try await buffer.add(
                                FeedbackEvent(.thumb(Thumb("i\(number)", up: true)), id: "\(task):\(number)"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await buffer.close()
            #expect(
                await buffer.counts == FeedbackBuffer.Counts(added: 1_000, sent: 1_000, dropped: 0, lost: 0))
            #expect(try await server.service.ledger("a").kept == 1_000)
            await #expect(throws: HeedClientError.self) { try await buffer.add(Self.event) }
            try await client.close()
        }
    }

    @Test func aFullBufferDoesAsItsPolicySays() async throws {
        let server = try FakeServer([nil])
        defer { server.stop() }
        let client = try Self.client(server.port, retries: 0)
        let refusing = FeedbackBuffer(
            client, space: "a", capacity: 3, batch: 3, interval: 3_600, policy: .refuse)
        let dropping = FeedbackBuffer(
            client, space: "a", capacity: 3, batch: 3, interval: 3_600, policy: .dropOldest)
        var refused = 0
        for _ in 0..<5 {
            do { try await refusing.add(Self.event) } catch { refused += 1 }
            try await dropping.add(Self.event)
        }
        #expect(refused == 2)
        #expect(await refusing.counts.dropped == 2)
        #expect(await refusing.count == 3)
        #expect(await dropping.counts.dropped == 2)
        // What cannot be delivered stays.
        await #expect(throws: HeedClientError.self) { try await refusing.flush() }
        #expect(await refusing.count == 3)
        try await client.close()
    }

    @Test func aBufferTriesAgainUnderOneKeyAndTellsWhatIsLost() async throws {
        let server = try FakeServer([
            nil, nil, FakeServer.json(200, Self.receipt),
            FakeServer.json(422, #"{"error":{"code":"invalid","message":"no"}}"#),
        ])
        defer { server.stop() }
        let client = try Self.client(server.port, retries: 0)
        let lost = Locked(0)
        let buffer = FeedbackBuffer(client, space: "a", capacity: 10, batch: 10, interval: 3_600) {
            events, _ in
            lost.withLock { $0 += events.count }
        }
        try await buffer.add(Self.event)
        try await eventually {
            do { try await buffer.flush() } catch { return false }
            return true
        }
        #expect(Self.keys(server.requests).count == 1)
        try await buffer.add(Self.event)
        try await buffer.flush()
        #expect(lost.withLock { $0 } == 1)
        #expect(await buffer.counts.lost == 1)
        try await client.close()
    }

    @Test func aBufferWithoutRoomLetsItsCallersWait() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let client = try Self.client(server.port, key: server.admin)
            let buffer = FeedbackBuffer(
                client, space: "a", capacity: 5, batch: 5, interval: 0.01, policy: .wait)
            for number in 0..<60 {
                try await buffer.add(FeedbackEvent(.thumb(Thumb("x", up: true)), id: "\(number)"))
            }
            try await buffer.close()
            #expect(await buffer.counts.sent == 60)
            #expect(try await server.service.ledger("a").kept == 60)
            try await client.close()
        }
    }
}
