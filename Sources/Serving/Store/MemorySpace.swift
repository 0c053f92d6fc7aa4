import Foundation
import Signals

/// The feedback of one space in memory, by the rules of every store: ids once, events that wait for their decision, and a
/// ledger that adds up. Names are compared by their bytes.
struct MemorySpace {
    private(set) var events: [StoredEvent] = []
    private(set) var ledger = Ledger()
    private(set) var refusals: [Refusal] = []
    private var ids: [Data: Int] = [:]
    private var decisions: [Data: Int] = [:]
    private var next: Int64 = 1

    func decision(_ id: String) -> StoredEvent? { decisions[Data(id.utf8)].map { events[$0] } }

    func answers(_ decision: String) -> [StoredEvent] { events.filter { $0.answers == Data(decision.utf8) } }

    mutating func append(_ entries: [Submission.Entry], arrived: Double, stamp: Double?) -> AppendResult {
        var result = AppendResult()
        let before = ledger
        for var entry in entries {
            ledger.received += 1
            var isStamped = false
            if case .event(var event) = entry {
                isStamped = event.stamp(stamp)
                entry = .event(event)
            }
            let outcome = place(entry, arrived, isStamped)
            switch outcome {
            case .kept: ledger.kept += 1
            case .pending: ledger.pending += 1
            case .duplicate: refuse(.duplicate, entry)
            case .conflict: refuse(.conflict, entry)
            case .malformed(let flaw): refuse(.malformed, entry, flaw)
            }
            result.outcomes.append(outcome)
        }
        result.counts.received = ledger.received - before.received
        result.counts.kept = ledger.kept - before.kept
        result.counts.pending = ledger.pending - before.pending
        for (reason, count) in ledger.refused where count > before.refused[reason, default: 0] {
            result.counts.refused[reason] = count - before.refused[reason, default: 0]
        }
        return result
    }

    private mutating func place(
        _ entry: Submission.Entry, _ arrived: Double, _ isStamped: Bool
    ) -> AppendResult.Outcome {
        let event: FeedbackEvent
        switch entry {
        case .malformed(let bad):
            return .malformed(FeedbackEvent.Flaw(bad.field ?? "", bad.value, bad.reason))
        case .event(let it): event = it
        }
        if let flaw = event.flaw { return .malformed(flaw) }
        var stored = StoredEvent(
            sequence: next, source: 1, record: Int(next), line: Int(next), isPending: false, arrived: arrived,
            event: event)
        let id = event.id.map { Data($0.utf8) }
        if let old = stored.decides.flatMap({ decisions[$0] }) ?? id.flatMap({ ids[$0] }) {
            var known = events[old].event
            if isStamped { known.time = event.time }
            return known.jsonLine().utf8.elementsEqual(event.jsonLine().utf8) ? .duplicate : .conflict
        }
        if let answers = stored.answers {
            stored.isPending = decisions[answers].map { events[$0].isPending } ?? true
        }
        next += 1
        events.append(stored)
        if let id { ids[id] = events.count - 1 }
        if let decides = stored.decides {
            decisions[decides] = events.count - 1
            if !stored.isPending { settle(decides) }
        }
        return stored.isPending ? .pending : .kept
    }

    /// Lets the events count that waited for a decision, and those that waited for the decisions among them.
    private mutating func settle(_ decision: Data) {
        var arrived = [decision]
        while let decision = arrived.popLast() {
            for index in events.indices where events[index].isPending && events[index].answers == decision {
                events[index].isPending = false
                ledger.pending -= 1
                ledger.kept += 1
                if let decides = events[index].decides { arrived.append(decides) }
            }
        }
    }

    private mutating func refuse(
        _ reason: Refusal.Reason, _ entry: Submission.Entry, _ flaw: FeedbackEvent.Flaw? = nil
    ) {
        ledger.refused[reason, default: 0] += 1
        var refusal = Refusal(
            reason: reason, source: 1, record: ledger.received, line: ledger.received, column: 0,
            field: flaw?.field,
            value: flaw?.value ?? "", explanation: flaw?.reason ?? "", text: nil, existing: nil)
        switch entry {
        case .event(let event):
            if flaw == nil {
                refusal.field = "id"
                refusal.value = event.id ?? ""
                refusal.explanation =
                    reason == .duplicate
                    ? "the store has this event"
                    : "the store has an event with this id that says something else"
            }
            if reason != .duplicate { refusal.text = event.jsonLine() }
        case .malformed(let bad):
            refusal.line = bad.line
            refusal.column = bad.column
            refusal.field = bad.field
            refusal.text = bad.text
        }
        refusals.append(refusal)
    }
}

// Removing.
extension MemorySpace {
    /// Removes the events that something holds for, and those that answer the decisions among them.
    mutating func remove(_ isGone: (StoredEvent) -> Bool) -> (events: Int, range: ClosedRange<Int64>?) {
        var gone = Set(events.indices.filter { isGone(events[$0]) })
        var decided = Set(gone.compactMap { events[$0].decides })
        while !decided.isEmpty {
            let more = events.indices.filter {
                !gone.contains($0) && events[$0].answers.map(decided.contains) ?? false
            }
            gone.formUnion(more)
            decided = Set(more.compactMap { events[$0].decides })
        }
        guard let first = gone.min(), let last = gone.max() else { return (0, nil) }
        let range = events[first].sequence...events[last].sequence
        for index in gone {
            if events[index].isPending { ledger.pending -= 1 } else { ledger.kept -= 1 }
            ledger.removed += 1
        }
        events = events.indices.filter { !gone.contains($0) }.map { events[$0] }
        ids = [:]
        decisions = [:]
        for (place, event) in events.enumerated() {
            if let id = event.event.id { ids[Data(id.utf8)] = place }
            if let decides = event.decides { decisions[decides] = place }
        }
        return (gone.count, range)
    }

    /// Forgets what refusals quote of a judge.
    mutating func forget(_ judge: String) {
        for index in refusals.indices {
            guard let text = refusals[index].text, text.contains(judge) else { continue }
            if let event = try? FeedbackEvent(jsonLine: text), event.judge != judge { continue }
            refusals[index].text = nil
            refusals[index].value = ""
            refusals[index].field = nil
            refusals[index].explanation = "erased"
        }
    }
}

extension StoredEvent {
    /// The id of the decision that it answers.
    fileprivate var answers: Data? { event.decision.map { Data($0.utf8) } }

    /// The id of the decision that it is.
    fileprivate var decides: Data? {
        if case .decision(let decision) = event.feedback { Data(decision.id.utf8) } else { nil }
    }
}
