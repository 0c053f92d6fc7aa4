import CoreMetrics
import HTTPTypes
import HeedAPI
import Serving

/// The figures that a server keeps of itself.
final class ServerMetrics: Sendable {
    private struct Answer: Hashable {
        var method: String
        var route: String
        var status: Int
    }
    private struct Known {
        var answers: [Answer: Counter] = [:]
        var times: [String: CoreMetrics.Timer] = [:]
        var underway = 0
    }

    let registry: PrometheusRegistry
    private let known = Locked(Known())
    private let underway: Meter
    private let queued: Meter
    private let uptime: Meter
    private let memory: Meter
    private let decisions: Counter
    private let events: [Counter]

    init(_ registry: PrometheusRegistry) {
        self.registry = registry
        underway = Meter(label: "heed_http_requests_in_flight", factory: registry)
        queued = Meter(label: "heed_queue_events", factory: registry)
        uptime = Meter(label: "heed_uptime_seconds", factory: registry)
        memory = Meter(label: "process_resident_memory_bytes", factory: registry)
        decisions = Counter(label: "heed_decisions_total", factory: registry)
        events = ["kept", "pending", "duplicate", "conflict", "malformed"].map {
            Counter(label: "heed_events_total", dimensions: [("outcome", $0)], factory: registry)
        }
    }

    /// A request has come in.
    ///
    /// - Returns: how many are worked on now.
    func begin() -> Int {
        known.withLock {
            $0.underway += 1
            return $0.underway
        }
    }

    /// A request was answered.
    func end() { known.withLock { $0.underway -= 1 } }

    /// A request was answered; routes and methods are those of the table, so that nobody can make up series.
    func note(_ method: HTTPRequest.Method, route: String, status: Int, elapsed: Duration) {
        let usual: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .patch, .delete, .options]
        let name = usual.contains(method) ? method.rawValue : "OTHER"
        let answer = Answer(method: name, route: route, status: status)
        let (counter, timer) = known.withLock { known in
            let counter =
                known.answers[answer]
                ?? Counter(
                    label: "heed_http_requests_total",
                    dimensions: [("method", name), ("route", route), ("status", "\(status)")],
                    factory: registry)
            known.answers[answer] = counter
            let timer =
                known.times[route]
                ?? CoreMetrics.Timer(
                    label: "heed_http_request_seconds", dimensions: [("route", route)], factory: registry)
            known.times[route] = timer
            return (counter, timer)
        }
        counter.increment()
        timer.recordNanoseconds(Int64(elapsed.seconds * 1e9))
    }

    /// A batch was kept.
    func note(_ receipt: IngestReceipt) {
        let counts = [receipt.kept, receipt.pending, receipt.duplicate, receipt.conflict, receipt.malformed]
        for (counter, count) in zip(events, counts) where count > 0 { counter.increment(by: Int64(count)) }
    }

    /// A decision was made.
    func noteDecision() { decisions.increment() }

    /// Sets what is looked up when somebody asks for the figures.
    func note(queued waiting: Int, uptime seconds: Double, memory bytes: Int) {
        queued.set(waiting)
        uptime.set(seconds)
        memory.set(bytes)
        underway.set(known.withLock { $0.underway })
    }
}
