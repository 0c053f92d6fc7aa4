import Foundation
import HeedAPI
import Signals

/// Copies everything from one store into an empty one, through what every store does.
struct StoreCopy {
    let from: any ServiceStore
    let to: any ServiceStore
    let progress: (Double) throws -> Void

    /// How many events make a transaction.
    private let batch = 2_000

    init(from: any ServiceStore, to: any ServiceStore, progress: @escaping (Double) throws -> Void) {
        self.from = from
        self.to = to
        self.progress = progress
    }

    func run() throws {
        let spaces = try from.spaces()
        let total = try spaces.reduce(0) { try $0 + from.ledger($1).kept + from.ledger($1).pending }
        var done = 0
        for space in spaces {
            for isPending in [false, true] {
                var waiting: [StoredEvent] = []
                func flush() throws {
                    try append(waiting, to: space)
                    done += waiting.count
                    waiting.removeAll(keepingCapacity: true)
                    try progress(Double(done) / Double(max(1, total)))
                }
                try from.events(space, EventFilter(pending: isPending), limit: nil) { event in
                    waiting.append(event)
                    if waiting.count == batch { try flush() }
                }
                try flush()
            }
        }
        try copyRecords()
    }

    private func append(_ events: [StoredEvent], to space: String) throws {
        var submissions: [Submission] = []
        for event in events {
            if let last = submissions.indices.last, submissions[last].arrived == event.arrived {
                submissions[last].entries.append(.event(event.event))
            } else {
                submissions.append(Submission(space: space, events: [event.event], arrived: event.arrived))
            }
        }
        for (submission, result) in zip(submissions, try to.append(submissions)) {
            guard result.counts.refused.isEmpty else {
                throw StoreError(
                    .corrupt, path: space,
                    what:
                        "the copy refused \(result.counts.refusedInAll) of \(submission.entries.count) events",
                    advice: "Restore into a store that nothing else writes to")
            }
        }
    }

    private func copyRecords() throws {
        for kind in try from.recordKinds() {
            for record in try from.records(kind) {
                let body = kind == "model" ? try marked(record.body) : record.body
                _ = try to.write([RecordChange(kind: kind, id: record.id, body: body)])
            }
        }
    }

    /// A model that says that the feedback it learnt from has other numbers now.
    private func marked(_ model: Data) throws -> Data {
        guard var info = try? JSONDecoder().decode(ModelInfo.self, from: model) else { return model }
        info.stale = info.stale ?? "the feedback was copied into another store, which numbers it anew"
        return try RecordChange("model", "", info).body ?? model
    }
}
