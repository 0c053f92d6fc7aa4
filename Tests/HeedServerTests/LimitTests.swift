import Foundation
import HeedAPI
import Serving
import Signals
import Testing

@testable import HeedServer

@Suite struct LimitTests {
    @Test func aKeyHasSoManyRequestsASecond() async throws {
        try await TestServer.with(now: 1e9) {
            $0.limits.requestsPerSecond = 2
        } _: { server in
            let other = try await server.key([.read])
            var statuses: [Int] = []
            for _ in 0..<6 {
                statuses.append(try await server.ask("GET", "/v1/spaces", key: server.admin).status)
            }
            #expect(statuses == [200, 200, 200, 200, 429, 429])
            let refused = try await server.ask("GET", "/v1/spaces", key: server.admin)
            #expect(refused.code == "too_many" && refused.headers["retry-after"] == "1")
            // Another key has its own.
            #expect(try await server.ask("GET", "/v1/spaces", key: other.secret).status == 200)
        }
    }

    @Test func aKeyHasSoManyEventsASecond() async throws {
        try await TestServer.with(now: 1e9) {
            $0.limits.eventsPerSecond = 10
        } _: { server in
            try await server.space("a")
            let events = (0..<15).map { "{\"kind\":\"thumb\",\"item\":\"i\($0)\",\"up\":true}" }
            let body = "{\"events\":[\(events.joined(separator: ","))]}"
            var statuses: [Int] = []
            for _ in 0..<3 {
                statuses.append(
                    try await server.ask("POST", "/v1/spaces/a/events", key: server.admin, body: body).status)
            }
            #expect(statuses == [200, 200, 429])
            #expect(try await server.service.ledger("a").received == 30)
        }
    }

    @Test func anAddressWithoutAKeyHasSoManyRequestsASecond() async throws {
        try await TestServer.with(now: 1e9) {
            $0.limits.anonymousPerSecond = 1
        } _: { server in
            var statuses: [Int] = []
            for _ in 0..<4 { statuses.append(try await server.ask("GET", "/v1/spaces").status) }
            #expect(statuses == [401, 401, 429, 429])
            #expect(try await server.ask("GET", "/v1/spaces", key: server.admin).status == 200)
        }
    }

    /// Token buckets against their closed form: after t seconds there is room for rate·t more, never for more
    /// than two seconds'.
    @Test func bucketsFillAtTheirRate() throws {
        let limiter = RateLimiter()
        func taken(at time: Double) -> Int {
            var count = 0
            while count < 1_000, (try? limiter.takeRequest(key: "k", perSecond: 5, now: time)) != nil {
                count += 1
            }
            return count
        }
        #expect(taken(at: 0) == 10)
        #expect(taken(at: 0) == 0)
        #expect(taken(at: 1) == 5)
        #expect(taken(at: 1.5) == 2)
        #expect(taken(at: 1_000) == 10)
        // A clock that goes back gives nothing.
        #expect(taken(at: 500) == 0)
    }

    @Test func bodiesThatAreHeldAreBounded() throws {
        let budget = BodyBudget(limit: 100)
        try budget.take(60)
        #expect(throws: APIError.self) { try budget.take(41) }
        try budget.take(40)
        budget.give(100)
        try budget.take(100)
    }

    @Test func aFullQueueIsSaidAtOnce() async throws {
        let store = StuckStore()
        try await TestServer.with(store: store) { server in
            try await server.space("a")
            store.isStuck.withLock { $0 = true }
            let events = (0..<9_000).map { "{\"kind\":\"thumb\",\"item\":\"i\($0)\",\"up\":true}" }
            let body = "{\"events\":[\(events.joined(separator: ","))]}"
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await server.ask("POST", "/v1/spaces/a/events", key: server.admin, body: body)
                            .status
                    }
                }
                // Those that find no room are answered while the others wait.
                var statuses: [Int] = []
                while let status = try await group.next() {
                    statuses.append(status)
                    if status == 503 { store.isStuck.withLock { $0 = false } }
                }
                #expect(statuses.contains(503) && statuses.contains(200))
            }
            let ledger = try await server.service.ledger("a")
            #expect(ledger.addsUp && ledger.received % 9_000 == 0)
            #expect(try await server.ask("GET", "/readyz").status == 200)
        }
    }

    @Test func aFailingStoreIsNoCrashAndTellsNoPaths() async throws {
        let store = StuckStore()
        try await TestServer.with(store: store) { server in
            try await server.space("a")
            store.isFailing.withLock { $0 = true }
            let body = #"{"events":[{"kind":"thumb","item":"x","up":true}]}"#
            let answer = try await server.ask("POST", "/v1/spaces/a/events", key: server.admin, body: body)
            #expect(answer.status == 503 && answer.headers["retry-after"] == "30")
            #expect(!answer.body.contains("/secret/place"))
            #expect(try await server.ask("GET", "/readyz").status == 503)
            #expect(try await server.ask("GET", "/healthz").status == 200)
            store.isFailing.withLock { $0 = false }
            let later = try await server.ask("POST", "/v1/spaces/a/events", key: server.admin, body: body)
            #expect(later.status == 200)
        }
    }
}
