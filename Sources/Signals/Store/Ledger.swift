/// What became of everything that was ever delivered to a store.
///
/// It always adds up: `received == kept + pending + refused + removed`. The counts are written in the same transaction
/// as the rows that they count; `FeedbackStore.verify()` counts the rows again.
public struct Ledger: Sendable, Hashable, CustomStringConvertible {
    /// Events and lines that were delivered.
    public var received = 0
    /// Events that are in the store and count.
    public var kept = 0
    /// Events that are in the store and wait for the decision that they answer.
    public var pending = 0
    /// Events and lines that were refused, by reason.
    public var refused: [Refusal.Reason: Int] = [:]
    /// Events that were in the store and were removed, because a person asked or because of their age.
    public var removed = 0

    /// Creates a ledger without entries.
    public init() {}

    /// Whether everything received is accounted for.
    public var addsUp: Bool { received == kept + pending + refusedInAll + removed }

    /// How many were refused, for whatever reason.
    public var refusedInAll: Int { refused.values.reduce(0, +) }

    public var description: String {
        let reasons = Refusal.Reason.allCases.compactMap { reason in
            refused[reason].map { "\($0) \(reason.rawValue)" }
        }
        let detail = reasons.isEmpty ? "" : " (\(reasons.joined(separator: ", ")))"
        let gone = removed == 0 ? "" : " + removed \(removed)"
        return
            "received \(received) = kept \(kept) + refused \(refusedInAll)\(detail) + pending \(pending)\(gone)"
    }

    /// Adds the counts of another ledger.
    public static func += (a: inout Ledger, b: Ledger) {
        a.received += b.received
        a.kept += b.kept
        a.pending += b.pending
        a.removed += b.removed
        a.refused.merge(b.refused) { $0 + $1 }
    }
}

/// Something that was delivered and is not in the store: where it stood, and why it was refused.
public struct Refusal: Sendable, Hashable {
    /// Why something was refused.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// It says nothing usable.
        case malformed
        /// The store has this very event.
        case duplicate
        /// The store has an event with this id that says something else; that one stays.
        case conflict
    }

    /// Why.
    public var reason: Reason
    /// The source it came from.
    public var source: Int
    /// Which record of the source it was, counted from 1.
    public var record: Int
    /// The line, counted from 1.
    public var line: Int
    /// The column of the offending value, counted in bytes from 1; 0 where the whole line is at fault.
    public var column: Int
    /// The field, where one is at fault.
    public var field: String?
    /// The offending value, shortened if it is long; for a duplicate or a conflict the event's id.
    public var value: String
    /// What is wrong with it.
    public var explanation: String
    /// The line itself for a malformed one (at most 64 KiB of it), the event refused for a conflict, and
    /// `nil` for a duplicate, which the store has.
    public var text: String?
    /// The sequence number of the event in the store that this repeats or contradicts.
    public var existing: Int64?

    /// Creates a refusal.
    public init(
        reason: Reason, source: Int, record: Int, line: Int, column: Int, field: String?, value: String,
        explanation: String, text: String?, existing: Int64?
    ) {
        self.reason = reason
        self.source = source
        self.record = record
        self.line = line
        self.column = column
        self.field = field
        self.value = value
        self.explanation = explanation
        self.text = text
        self.existing = existing
    }
}
