import Foundation

/// The figures of one run.
struct MeasureResult: Codable {
    /// Events acknowledged a second in batches of 100, asked for 20,000.
    var ingestion: LoadResult
    /// Decisions while 1,000 events a second come in and models are trained.
    var decisions: LoadResult
    /// The events that came in meanwhile.
    var meanwhile: LoadResult
    /// Trainings that ended meanwhile.
    var trainings: Int
    /// The dashboard's pages with many events in the store.
    var page: LoadResult
    /// Events in the store then.
    var events: Int
    /// Ingestion at ten times the rate.
    var overload: LoadResult
    /// A plain request right after the overload, in milliseconds.
    var recovery: Double
    /// Memory at the end, in MB.
    var memory: Double
}

/// Measures loads on a running server.
struct MeasureRun {
    var server: ServerProcess
    var key: String
    var seconds: Double
    var million: Int

    func run() throws -> MeasureResult {
        let connection = try HTTPConnection(port: server.port, timeout: 120)
        try space(connection, #"{"name":"votes"}"#)
        try space(
            connection,
            #"{"name":"offers","settings":{"actions":["a","b","c","d","e"],"retrainAfter":2000,"retrainPause":1}}"#
        )
        let port = server.port, key = key
        let ingest = { (name: String, rate: Double, connections: Int, space: String) -> Load in
            Load(port: port, connections: connections, rate: rate, seconds: seconds) { connection, index in
                HTTPConnection.request(
                    "POST", "/v1/spaces/\(space)/events", key: key,
                    body: Bodies.votes(100, name: "\(name)\(connection)", from: index * 100))
            }
        }
        let ingestion = ingest("i", 200, 8, "votes").run()

        try learnSomething(connection)
        let decide = Load(port: port, connections: 24, rate: 5000, seconds: seconds) { connection, index in
            HTTPConnection.request(
                "POST", "/v1/spaces/offers/decide", key: key,
                body: Bodies.decide("m\(connection)-\(index)", connection * 1_000_003 + index))
        }
        let rewards = Load(port: port, connections: 2, rate: 10, seconds: seconds) { connection, index in
            let rows = (0..<100).map { offset in
                let i = index * 100 + offset
                return Bodies.reward("m\(i % 24)-\(connection + 2 * (i / 24))", Double(i % 3 == 0 ? 1 : 0))
            }
            return HTTPConnection.request(
                "POST", "/v1/spaces/offers/events", key: key,
                body: Data((#"{"events":["# + rows.joined(separator: ",") + "]}").utf8))
        }
        let before = try trainings(connection)
        var meanwhile: LoadResult?
        let group = DispatchGroup()
        group.enter()
        let box = Box()
        Thread {
            box.result = rewards.run()
            group.leave()
        }.start()
        let decisions = decide.run()
        group.wait()
        meanwhile = box.result
        let trained = try trainings(connection) - before

        try fill(connection)
        let page = Load(port: port, connections: 2, rate: 20, seconds: min(seconds, 10)) { _, index in
            HTTPConnection.request(
                "GET", index % 2 == 0 ? "/v1/spaces/votes" : "/v1/spaces/votes/ranking", key: key)
        }.run()
        let overload = ingest("o", 2000, 600, "votes").run()
        let start = Load.clock()
        _ = try HTTPConnection(port: port).ask("GET", "/status", key: key)
        let recovery = (Load.clock() - start) * 1000
        return MeasureResult(
            ingestion: ingestion, decisions: decisions, meanwhile: meanwhile ?? decisions, trainings: trained,
            page: page, events: million, overload: overload, recovery: recovery,
            memory: Double(server.memory) / 1e6)
    }

    private final class Box: @unchecked Sendable { var result: LoadResult? }

    private func space(_ connection: HTTPConnection, _ body: String) throws {
        let answer = try connection.ask("POST", "/v1/spaces", key: key, body: Data(body.utf8))
        guard answer.status / 100 == 2 else {
            throw ConnectionError(description: "no space: \(String(decoding: answer.body, as: UTF8.self))")
        }
    }

    /// Decides and rewards enough for a first model.
    private func learnSomething(_ connection: HTTPConnection) throws {
        struct Answer: Decodable { var decision: String, action: String }
        var rows: [String] = []
        for i in 0..<4000 {
            let answer = try connection.ask(
                "POST", "/v1/spaces/offers/decide", key: key, body: Bodies.decide("first-\(i)", i))
            let decided = try JSONDecoder().decode(Answer.self, from: answer.body)
            let isGood = (decided.action == "a") == (i % 2 == 0)
            rows.append(Bodies.reward(decided.decision, isGood ? 1 : 0))
        }
        _ = try connection.ask(
            "POST", "/v1/spaces/offers/events", key: key,
            body: Data((#"{"events":["# + rows.joined(separator: ",") + "]}").utf8))
    }

    private func trainings(_ connection: HTTPConnection) throws -> Int {
        struct Model: Decodable { var id: String }
        let answer = try connection.ask("GET", "/v1/spaces/offers/models", key: key)
        return try JSONDecoder().decode([Model].self, from: answer.body).count
    }

    /// Fills the space of votes up to the number that the page is measured with.
    private func fill(_ connection: HTTPConnection) throws {
        for first in stride(from: 0, to: million, by: 5000) {
            let answer = try connection.ask(
                "POST", "/v1/spaces/votes/events", key: key, body: Bodies.votes(5000, name: "f", from: first))
            if answer.status == 429 || answer.status == 503 { usleep(200_000) }
        }
    }
}
