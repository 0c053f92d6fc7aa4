import Foundation
import Signals

/// Decides what becomes of the pieces delivered to one space, from what the store holds that they touch.
///
/// The rules are those of `FeedbackStore`, applied in memory, so that a batch takes the same few statements whatever its
/// length.
struct AppendPlan {
    /// An event in the store, or one that this plan puts there.
    struct Known {
        var sequence: Int64
        var payload: [UInt8]
        var isPending = false
    }
    /// An event in the store that waits for a decision.
    struct Waiting {
        var sequence: Int64
        var kind: Feedback.Kind
        var decides: [UInt8]?
    }
    /// An event to be added.
    struct Addition {
        var sequence: Int64
        var record: Int64
        var arrived: Double
        var isPending: Bool
        var row: EventRow
    }
    /// A refusal to be kept.
    struct Refused {
        var record: Int64
        var arrived: Double
        var reason: Refusal.Reason
        var column = 0
        var field: String?
        var value: [UInt8]
        var explanation: String
        var judge: [UInt8]?
        var text: [UInt8]?
        var existing: Int64?
    }

    /// The space's number in the database.
    let space: Int32
    /// The number of the last event.
    private(set) var last: Int64
    /// How many pieces were delivered.
    private var received: Int64
    /// When the pieces that are being added arrived.
    private var arrived = 0.0

    /// The store's events by id, and its decisions, as far as the pieces name them.
    var ids: [[UInt8]: Known] = [:]
    var decisions: [[UInt8]: Known] = [:]
    /// The store's events that wait, by the decision they wait for.
    var waiting: [[UInt8]: [Waiting]] = [:]

    private(set) var additions: [Addition] = []
    private(set) var refusals: [Refused] = []
    /// Events in the store that wait no longer.
    private(set) var settled: [Int64] = []
    /// What is added to the ledger, and to the number of events of each kind that count.
    private(set) var ledger = Ledger()
    private(set) var tally: [Feedback.Kind: Int] = [:]
    /// Which additions wait, by the decision they wait for.
    private var held: [[UInt8]: [Int]] = [:]

    init(space: Int32, last: Int64, received: Int64) {
        self.space = space
        self.last = last
        self.received = received
    }

    /// Decides about the pieces of one submission.
    ///
    /// - Parameter arrived: when they arrived, in seconds since 1970-01-01 UTC.
    mutating func add(_ entries: [AppendEntry], arrived: Double) -> AppendResult {
        self.arrived = arrived
        let before = ledger
        var result = AppendResult()
        result.outcomes.reserveCapacity(entries.count)
        for entry in entries {
            received += 1
            ledger.received += 1
            result.outcomes.append(place(entry))
        }
        result.counts.received = ledger.received - before.received
        result.counts.kept = ledger.kept - before.kept
        result.counts.pending = ledger.pending - before.pending
        for (reason, count) in ledger.refused where count > before.refused[reason, default: 0] {
            result.counts.refused[reason] = count - before.refused[reason, default: 0]
        }
        return result
    }

    private mutating func place(_ entry: AppendEntry) -> AppendResult.Outcome {
        switch entry {
        case .bad(let line, let flaw, let judge):
            ledger.refused[.malformed, default: 0] += 1
            refusals.append(
                Refused(
                    record: received, arrived: arrived, reason: .malformed, column: line.column,
                    field: line.field,
                    value: Self.shortened(line.value), explanation: line.reason, judge: judge,
                    text: Self.shortened(line.text)))
            return .malformed(flaw)
        case .event(let row):
            if let decides = row.decides, let existing = decisions[decides] { return refuse(row, existing) }
            let isPending = row.answers.map { decisions[$0].map(\.isPending) ?? true } ?? false
            if let id = row.id, let existing = ids[id] { return refuse(row, existing) }
            insert(row, isPending)
            return isPending ? .pending : .kept
        }
    }

    private mutating func insert(_ row: EventRow, _ isPending: Bool) {
        last += 1
        let known = Known(sequence: last, payload: row.payload, isPending: isPending)
        if let id = row.id { ids[id] = known }
        additions.append(
            Addition(sequence: last, record: received, arrived: arrived, isPending: isPending, row: row))
        if isPending, let answers = row.answers {
            ledger.pending += 1
            held[answers, default: []].append(additions.count - 1)
        } else {
            ledger.kept += 1
            tally[row.kind, default: 0] += 1
        }
        if let decides = row.decides {
            decisions[decides] = known
            if !isPending { settle(decides) }
        }
    }

    /// Lets the events count that waited for a decision, and those that waited for the decisions among them.
    private mutating func settle(_ decision: [UInt8]) {
        var arrived = [decision]
        while let decision = arrived.popLast() {
            decisions[decision]?.isPending = false
            for event in waiting.removeValue(forKey: decision) ?? [] {
                settled.append(event.sequence)
                count(event.kind)
                if let decides = event.decides { arrived.append(decides) }
            }
            for place in held.removeValue(forKey: decision) ?? [] {
                additions[place].isPending = false
                count(additions[place].row.kind)
                if let decides = additions[place].row.decides { arrived.append(decides) }
            }
        }
    }

    private mutating func count(_ kind: Feedback.Kind) {
        ledger.pending -= 1
        ledger.kept += 1
        tally[kind, default: 0] += 1
    }

    private mutating func refuse(_ row: EventRow, _ existing: Known) -> AppendResult.Outcome {
        let isSame = row.isSame(as: existing.payload)
        ledger.refused[isSame ? .duplicate : .conflict, default: 0] += 1
        refusals.append(
            Refused(
                record: received, arrived: arrived, reason: isSame ? .duplicate : .conflict, field: "id",
                value: row.name,
                explanation: isSame
                    ? "the store has this event"
                    : "the store has an event with this id that says something else",
                judge: row.judge, text: isSame ? nil : Array(row.payload.prefix(Self.longest)),
                existing: existing.sequence))
        return isSame ? .duplicate : .conflict
    }

    /// The longest text of a refusal that is kept, in bytes.
    private static let longest = 65_536

    private static func shortened(_ text: String) -> [UInt8] { Array(text.utf8.prefix(longest)) }
}
