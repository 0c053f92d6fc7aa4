import Foundation
import HeedAPI
import HeedClient
import Signals
import TestPostgres
import Testing

@Suite("heed serve, from the first start to a restart")
struct ServeStoryTests {
    @Test("The whole loop on SQLite")
    func onSQLite() async throws {
        let folder = try Scratch()
        try await Story(arguments: ["--db", folder.path("heed.db")]).run()
        // What the service kept is a store as all commands read it.
        let ranked = try HeedProcess.run(["rank", "heed.db", "--space", "offers", "--json"], in: folder)
        #expect(ranked.code == 0 && ranked.text.contains("\"tea\""))
    }

    @Test("The whole loop on PostgreSQL", .enabled(if: PostgresServer.isWanted))
    func onPostgreSQL() async throws {
        let server = try PostgresServer.shared()
        try await Story(arguments: ["--store", try server.database()]).run()
    }

    @Test(
        "Two servers on one PostgreSQL share keys, feedback, models and work",
        .enabled(if: PostgresServer.isWanted))
    func twoServers() async throws {
        let url = try PostgresServer.shared().database()
        let first = try ServeProcess(["--store", url])
        let key = try #require(first.firstKey)
        let second = try ServeProcess(["--store", url])
        #expect(second.firstKey == nil)
        try await withClient(first.url, key) { a in
            try await withClient(second.url, key) { b in
                _ = try await a.createSpace("offers", Story.settings)
                _ = try await eventually("the space on the other server") { try? await b.overview("offers") }

                // The same decisions are asked for on both at once: each is made once.
                try await Story.decideAndReward(a, b, count: 1200)
                let ledger = try #require(try await b.status().ledgers["offers"])
                #expect(ledger.addsUp && ledger.kept == 2400)

                // A training that one is asked for is there for both, and so is its model.
                let job = try await b.train("offers", TrainRequest(kind: .policy))
                let done = try await eventually("the training") {
                    let now = try await a.job("offers", job.id)
                    return now.state.isFinal ? now : nil
                }
                #expect(done.state == .done, "\(done.message)")
                let model = try #require(done.model)
                _ = try await a.promote("offers", model: model)
                _ = try await eventually("the model on the other server") {
                    try await b.decide("offers").model == model ? true : nil
                }
                #expect(try await a.models("offers").map(\.id) == b.models("offers").map(\.id))

                // A key that was revoked on one is refused by the other.
                let helper = try await a.createKey(KeyRequest(name: "helper", roles: [.read]))
                _ = try await eventually("the key on the other server") {
                    try await withClient(second.url, helper.secret) { try? await $0.overview("offers") }
                }
                try await b.revokeKey(helper.key.id)
                _ = try await eventually("the end of the key") {
                    let overview = try await withClient(first.url, helper.secret) {
                        try? await $0.overview("offers")
                    }
                    return overview == nil ? true : nil
                }
            }
        }
        #expect(first.stop() == 0)
        // The other goes on alone.
        try await withClient(second.url, key) { _ = try await $0.decide("offers") }
        #expect(second.stop() == 0)
    }
}

/// One product question from its first request to a restart.
struct Story {
    var arguments: [String]

    static let settings: SpaceSettings = {
        var settings = SpaceSettings()
        settings.actions = ["a", "b", "c"]
        settings.retrainAfter = 0
        settings.promotion = .manual
        return settings
    }()

    func run() async throws {
        var server = try ServeProcess(arguments)
        let key = try #require(server.firstKey)
        var decided: [String: DecideResponse] = [:]
        var before: LedgerReport?

        try await withClient(server.url, key) { client in
            _ = try await client.createSpace("offers", Self.settings)

            // Decide by chance, and say what it paid off.
            decided = try await Self.decideAndReward(client, client, count: 1500)
            let provenance = try await client.decision("offers", "d7")
            #expect(
                provenance.version == "uniform" && provenance.model == nil && provenance.rewards.count == 1)

            // Learn. Nothing takes over by itself here.
            let model = try await train(client)
            #expect(try await client.decide("offers").model == "uniform")

            // Is it better? The log tells, before it is put to work.
            let estimate = try await client.compare("offers", model, "uniform")
            #expect(try #require(estimate.difference.low) > 0, "\(estimate.verdict)")
            #expect(
                abs(estimate.valueA.value - 0.7) < 0.12, "worth 0.7 in truth, estimated \(estimate.valueA)")

            _ = try await client.promote("offers", model: model)
            let good = try await client.decide(
                "offers", DecideRequest(id: "after", features: ["evening": 1, "morning": 0]))
            #expect(good.model == model)
            #expect(try #require(good.propensities["a"]) > 0.5)
            let source = try #require(try await client.decision("offers", "after").model)
            #expect(source.id == model && source.learned.learned > 1000 && source.learned.last > 0)

            // A second version, and back to the first.
            let next = try await train(client)
            _ = try await client.promote("offers", model: next)
            #expect(try await client.decide("offers").model == next)
            #expect(try await client.rollBack("offers", .policy)?.id == model)
            #expect(try await client.decide("offers").model == model)

            // Votes, and the ranking that they make.
            let receipt = try await client.send("offers", Self.votes(), idempotencyKey: "votes")
            #expect(receipt.kept == receipt.received)
            let again = try await client.send("offers", Self.votes(), idempotencyKey: "votes")
            #expect(again.duplicate == again.received)
            let ranking = try await eventually("the ranking") {
                let ranking = try await client.ranking("offers")
                return ranking?.votes == receipt.kept ? ranking : nil
            }
            #expect(ranking.items.map(\.item) == ["tea", "coffee", "water"])

            before = try await client.status().ledgers["offers"]
        }
        #expect(server.stop() == 0)

        // Nothing is lost by a restart, nor by a crash.
        for crash in [false, true] {
            server = try ServeProcess(arguments)
            #expect(server.firstKey == nil)
            try await withClient(server.url, key) { client in
                let ledger = try #require(try await client.status().ledgers["offers"])
                #expect(ledger.addsUp && ledger == before)
                #expect(try await client.decide("offers").model == "p1")
                let same = try await client.decide("offers", Self.request(7))
                #expect(same == decided["d7"], "the same id gets the same answer")
                #expect(try await client.models("offers").count == 2)
                let ranking = try await eventually("the ranking after the restart") {
                    try await client.ranking("offers")
                }
                #expect(ranking.items.first?.item == "tea")
                before = try await client.status().ledgers["offers"]
            }
            if crash { server.crash() } else { #expect(server.stop() == 0) }
        }
    }

    private func train(_ client: HeedClient) async throws -> String {
        let job = try await client.train("offers", TrainRequest(kind: .policy))
        let done = try await eventually("the training") {
            let now = try await client.job("offers", job.id)
            return now.state.isFinal ? now : nil
        }
        #expect(done.state == .done, "\(done.message)")
        return try #require(done.model)
    }

    static func request(_ i: Int) -> DecideRequest {
        let evening = (i / 3) % 2
        return DecideRequest(
            id: "d\(i)", features: ["evening": Double(evening), "morning": Double(1 - evening)],
            judge: "user \(i % 50)")
    }

    /// In the evening `a` pays off, in the morning `b`: in 7 of 10 cases, all else in 2 of 10.
    @discardableResult
    static func decideAndReward(_ a: HeedClient, _ b: HeedClient, count: Int) async throws -> [String:
        DecideResponse]
    {
        var answers: [String: DecideResponse] = [:]
        var rewards: [FeedbackEvent] = []
        for i in 0..<count {
            let request = request(i)
            let answer = try await a.decide("offers", request)
            if i % 10 == 0 { #expect(try await b.decide("offers", request) == answer) }
            answers[answer.decision] = answer
            let best = request.features?["evening"] == 1 ? "a" : "b"
            let draw = (i &* 7_919 &+ i / 10) % 10
            let pays = draw < (answer.action == best ? 7 : 2)
            rewards.append(
                FeedbackEvent(
                    .reward(Reward(value: pays ? 1 : 0)), judge: request.judge, decision: answer.decision))
        }
        let receipt = try await b.send("offers", rewards, idempotencyKey: "rewards")
        #expect(receipt.kept == count)
        return answers
    }

    private static func votes() -> [FeedbackEvent] {
        let order = ["tea", "coffee", "water"]
        return (0..<240).map { i in
            let (left, right) = [(0, 1), (1, 2), (2, 0), (1, 0)][i % 4]
            let surprise = i % 5 == 0
            let leftIsBetter = (left < right) != surprise
            return FeedbackEvent(
                .comparison(
                    Comparison(left: order[left], right: order[right], outcome: leftIsBetter ? .left : .right)
                ),
                judge: "judge \(i % 12)", prompt: "p\(i)", time: 1_700_000_000 + Double(i) * 60)
        }
    }
}
