import Foundation

/// What a load measured.
struct LoadResult: Codable {
    /// Requests that were asked for per second.
    var asked: Double
    /// Requests answered 2xx per second.
    var answered: Double
    /// Answers by status; 0 for broken connections.
    var statuses: [String: Int]
    /// Milliseconds from when a request was due to its answer: the median.
    var p50: Double
    var p90: Double
    var p99: Double
    var max: Double
    /// Milliseconds from when a request was sent to its answer, 99 of 100.
    var answer99: Double
    /// The same of the answers that turned a request away (429, 503).
    var refusal99: Double?
}

/// Sends requests at a steady rate over several connections.
///
/// Latency counts from the moment at which a request was due, so that a server which stalls does not look quick by being asked
/// less.
struct Load {
    var port: Int
    var connections: Int
    /// Requests a second over all connections.
    var rate: Double
    var seconds: Double
    /// The bytes of request `i` of a connection.
    var request: @Sendable (_ connection: Int, _ index: Int) -> Data

    func run() -> LoadResult {
        final class Tally: @unchecked Sendable {
            var latencies: [Double] = []
            var answers: [Double] = []
            var refusals: [Double] = []
            var statuses: [Int: Int] = [:]
            var good = 0
        }
        let tallies = (0..<connections).map { _ in Tally() }
        let start = Self.clock() + 0.2
        let gap = Double(connections) / rate
        let group = DispatchGroup()
        for number in 0..<connections {
            group.enter()
            let thread = Thread {
                defer { group.leave() }
                let tally = tallies[number]
                var connection = try? HTTPConnection(port: port)
                var index = 0
                var due = start + gap * Double(number) / Double(connections)
                while due < start + seconds {
                    let wait = due - Self.clock()
                    if wait > 0 { usleep(UInt32(wait * 1e6)) }
                    do {
                        if connection == nil { connection = try HTTPConnection(port: port) }
                        let sent = Self.clock()
                        try connection!.send(request(number, index))
                        let answer = try connection!.receive()
                        tally.answers.append(Self.clock() - sent)
                        if answer.status == 429 || answer.status == 503 {
                            tally.refusals.append(Self.clock() - sent)
                        }
                        tally.statuses[answer.status, default: 0] += 1
                        if answer.status / 100 == 2 { tally.good += 1 }
                        if answer.headers["connection"] == "close" { connection = nil }
                    } catch {
                        tally.statuses[0, default: 0] += 1
                        connection = nil
                    }
                    tally.latencies.append(Self.clock() - due)
                    index += 1
                    due += gap
                    // What could not be asked in time any more is not asked: the load is bounded.
                    if due < Self.clock() - 5 { due = Self.clock() }
                }
            }
            thread.stackSize = 1 << 19
            thread.start()
        }
        group.wait()
        let spent = max(Self.clock() - start, seconds)
        let latencies = tallies.flatMap(\.latencies).sorted()
        let answers = tallies.flatMap(\.answers).sorted()
        let refusals = tallies.flatMap(\.refusals).sorted()
        func quantile(_ q: Double, of sorted: [Double]) -> Double {
            sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * q))] * 1000
        }
        var statuses: [String: Int] = [:]
        for tally in tallies {
            for (status, count) in tally.statuses { statuses["\(status)", default: 0] += count }
        }
        return LoadResult(
            asked: rate, answered: Double(tallies.reduce(0) { $0 + $1.good }) / spent, statuses: statuses,
            p50: quantile(0.5, of: latencies), p90: quantile(0.9, of: latencies),
            p99: quantile(0.99, of: latencies),
            max: quantile(1, of: latencies), answer99: quantile(0.99, of: answers),
            refusal99: refusals.isEmpty ? nil : quantile(0.99, of: refusals))
    }

    /// Seconds of a clock that never jumps.
    static func clock() -> Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
