import Foundation

/// What a run of kills found.
struct KillResult: Codable {
    var kills: Int
    var acknowledged: Int
    var stored: Int
    /// What is wrong, in words; empty where every acknowledged event is there once and the ledger adds up.
    var problems: [String]
    var seconds: Double
}

/// Kills a server again and again while several senders send, and looks whether anything acknowledged is missing, twice or torn.
///
/// A sender whose connection breaks does not know what became of its batch: it sends the same batch again, as a client would.
/// Batches hold what counts, what is malformed, and rewards of decisions that come later.
final class KillRun: @unchecked Sendable {
    let heed: String
    let arguments: [String]
    let senders: Int
    private let lock = NSLock()
    private var port: Int?
    private var key = ""
    private var isOver = false
    private var acknowledged: [String] = []
    private var problems: [String] = []

    init(heed: String, arguments: [String], senders: Int = 4) {
        self.heed = heed
        self.arguments = arguments
        self.senders = senders
    }

    /// - Parameters:
    ///   - between: What to do instead of killing the server, such as restarting the database.
    func run(kills: Int, seed: UInt64, between: (() throws -> Void)? = nil) throws -> KillResult {
        let start = Date()
        var random = Mixer(state: seed)
        var server = try ServerProcess(heed: heed, arguments: arguments)
        key = server.key ?? ""
        guard !key.isEmpty else {
            throw ConnectionError(description: "the store is not new: no key was printed")
        }
        let made = try HTTPConnection(port: server.port)
            .ask("POST", "/v1/spaces", key: key, body: Data(#"{"name":"kills"}"#.utf8))
        guard made.status / 100 == 2 else { throw ConnectionError(description: "no space: \(made.status)") }
        let group = DispatchGroup()
        for number in 0..<senders {
            group.enter()
            Thread {
                self.send(number)
                group.leave()
            }.start()
        }
        set(port: server.port)
        for kill in 1...max(1, kills) {
            usleep(20_000 + UInt32(random.next() % 120_000))
            if let between {
                try between()
                continue
            }
            set(port: nil)
            server.kill()
            server = try ServerProcess(heed: heed, arguments: arguments)
            try look(server.port, "after kill \(kill)")
            set(port: server.port)
        }
        usleep(100_000)
        lock.withLock { isOver = true }
        group.wait()
        try look(server.port, "at the end")
        let stored = try count(server.port)
        let drained = server.stop()
        if drained > 5 { note("the last server took \(drained) s to end") }
        return KillResult(
            kills: kills, acknowledged: acknowledged.count, stored: stored, problems: problems,
            seconds: Date().timeIntervalSince(start))
    }

    private func set(port: Int?) { lock.withLock { self.port = port } }

    private func note(_ problem: String) {
        lock.withLock { if problems.count < 50 { problems.append(problem) } }
    }

    private func send(_ number: Int) {
        var connection: HTTPConnection?
        var batch = 0
        while !lock.withLock({ isOver }) {
            let ids = (0..<20).map { "s\(number)-b\(batch)-\($0)" }
            let body = Self.batch(ids)
            while true {
                guard let port = lock.withLock({ port }) else {
                    usleep(2_000)
                    continue
                }
                do {
                    if connection == nil { connection = try HTTPConnection(port: port) }
                    let answer = try connection!.ask(
                        "POST", "/v1/spaces/kills/events", key: key,
                        headers: ["Idempotency-Key": "s\(number)-b\(batch)"], body: body)
                    if answer.status == 503 || answer.status == 429 {
                        usleep(20_000)
                        continue
                    }
                    guard answer.status / 100 == 2 else {
                        note(
                            "a batch was answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))"
                        )
                        break
                    }
                    // The last of them is malformed.
                    lock.withLock { acknowledged += ids.dropLast() }
                    break
                } catch {
                    connection = nil
                    usleep(3_000)
                }
            }
            batch += 1
        }
    }

    private static func batch(_ ids: [String]) -> Data {
        let lines = ids.enumerated().map { place, id in
            switch place {
            case ids.count - 1: #"{"kind":"thumb","item":"","up":true,"id":"\#(id)"}"#
            case ids.count - 2: #"{"kind":"decision","decisionId":"d\#(id)","action":"a","id":"\#(id)"}"#
            case 0: #"{"kind":"reward","value":1,"decision":"d\#(ids[ids.count - 2])","id":"\#(id)"}"#
            case 1: #"{"kind":"reward","value":1,"decision":"never-\#(id)","id":"\#(id)"}"#
            default: #"{"kind":"thumb","item":"tea","up":true,"id":"\#(id)"}"#
            }
        }
        return Data((#"{"events":["# + lines.joined(separator: ",") + "]}").utf8)
    }

    /// Looks whether the ledger adds up.
    private func look(_ port: Int, _ when: String) throws {
        struct Status: Decodable {
            struct Entry: Decodable {
                var received: Int, kept: Int, pending: Int, refused: [String: Int], removed: Int
                var addsUp: Bool
            }
            var ledgers: [String: Entry]
        }
        let answer = try HTTPConnection(port: port).ask("GET", "/status", key: key)
        guard answer.status == 200,
            let ledger = try JSONDecoder().decode(Status.self, from: answer.body).ledgers["kills"]
        else { return note("\(when): /status answered \(answer.status)") }
        let sum = ledger.kept + ledger.pending + ledger.removed + ledger.refused.values.reduce(0, +)
        if sum != ledger.received || !ledger.addsUp {
            note("\(when): received \(ledger.received), accounted for \(sum)")
        }
    }

    /// Looks whether everything acknowledged is there once; how many events there are.
    private func count(_ port: Int) throws -> Int {
        let answer = try HTTPConnection(port: port, timeout: 120).ask(
            "GET", "/v1/spaces/kills/export", key: key)
        guard answer.status == 200 else {
            note("the export answered \(answer.status)")
            return 0
        }
        struct Line: Decodable { var id: String? }
        var times: [String: Int] = [:]
        for line in answer.body.split(separator: 10) {
            guard let id = (try? JSONDecoder().decode(Line.self, from: Data(line)))?.id else {
                note("a torn line: \(String(decoding: line.prefix(100), as: UTF8.self))")
                continue
            }
            times[id, default: 0] += 1
        }
        // Rewards of decisions that never come wait, and are not exported.
        for id in acknowledged where times[id] != 1 && !id.hasSuffix("-1") {
            note("\(id) was acknowledged and is there \(times[id] ?? 0) times")
        }
        for (id, count) in times where count > 1 { note("\(id) is there \(count) times") }
        return times.count
    }
}

/// A small stream of numbers from a seed (SplitMix64).
struct Mixer {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
