import GRDB

/// What became of events that were appended, in their order.
public struct AppendResult: Sendable, Hashable {
    /// What became of one event.
    public enum Outcome: Sendable, Hashable {
        /// It is in the store.
        case kept
        /// It is in the store, and counts as soon as the decision that it answers arrives.
        case pending
        /// The store had it already.
        case duplicate
        /// The store has an event with its id that says something else, and keeps that one.
        case conflict
        /// It says nothing usable.
        case malformed(FeedbackEvent.Flaw)
    }

    /// What became of each event.
    public var outcomes: [Outcome] = []
    /// What the events added to the ledger.
    public var counts = Ledger()

    /// Creates the result of an empty batch.
    public init() {}
}

extension FeedbackStore {
    /// Adds events in one transaction, durable when this returns.
    ///
    /// To send an event with an id again is harmless. One without an id is taken as new each time.
    ///
    /// - Throws: `StoreError`; then none of the events was added.
    @discardableResult
    public func append(_ events: [FeedbackEvent]) throws -> AppendResult {
        var result = AppendResult()
        if events.isEmpty { return result }
        let flaws = events.map(\.flaw)
        let contents = zip(events, flaws).map { event, flaw in
            flaw.map { Delivery.Content.bad(BadLine($0, of: event)) } ?? .event(Delivery.Row(event))
        }
        result.outcomes.reserveCapacity(events.count)
        result.counts = try write { db in
            let source = StoreSchema.appendSource
            var record =
                try Int.fetchOne(
                    db.cachedStatement(sql: "SELECT records FROM source WHERE id = ?"), arguments: [source])
                ?? 0
            var writer = try DeliveryWriter(db, source: source)
            for (content, flaw) in zip(contents, flaws) {
                record += 1
                let verdict = try writer.write(Delivery(record: record, line: record, content: content))
                result.outcomes.append(flaw.map { .malformed($0) } ?? AppendResult.Outcome(verdict))
            }
            try writer.finish(record: record)
            return writer.counts
        }
        return result
    }
}

extension AppendResult.Outcome {
    fileprivate init(_ verdict: Verdict) {
        switch verdict {
        case .pending: self = .pending
        case .refused(.conflict): self = .conflict
        case .refused: self = .duplicate
        case .kept, .known: self = .kept
        }
    }
}

extension BadLine {
    /// The report of an event that did not come from a file.
    fileprivate init(_ flaw: FeedbackEvent.Flaw, of event: FeedbackEvent) {
        self.init(
            file: "append", line: 0, column: 0, field: flaw.field, value: flaw.value, reason: flaw.reason,
            text: event.jsonLine())
    }
}
