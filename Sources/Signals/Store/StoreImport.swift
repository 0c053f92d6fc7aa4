import Foundation
import GRDB

/// What an import did.
public struct ImportReport: Sendable, Hashable {
    /// How an imported source relates to what the store had.
    public enum Relation: String, Sendable, Hashable {
        /// Nothing of it was there.
        case new
        /// Its beginning was there; only what follows was added.
        case grown
        /// An earlier import of it was cut short; this one went on.
        case resumed
        /// All of it was there; nothing changed.
        case known
    }

    /// How the source relates to what the store had.
    public var relation: Relation
    /// The source's number.
    public var source: Int
    /// How many records were read, those included that the store had.
    public var records = 0
    /// How many records of the source are acknowledged in all.
    public var acknowledged: Int
    /// What this import added to the ledger.
    public var counts = Ledger()
    /// How the source was read; `nil` where it was not, or by something else than a `FeedbackReader`.
    public var reading: ReadReport?
}

/// Takes the events of one source and puts them into a store, batch by batch.
///
/// Each batch is one transaction that also moves the source's count of acknowledged records, so an import
/// that was stopped at any moment goes on exactly where it stopped when the same source is imported again.
/// Records that are acknowledged already are compared with what the store has: where the end of a source was
/// torn, or more lines change what an earlier one means, the difference is counted and never lost in silence.
/// Get an import from `FeedbackStore.importing(_:name:batch:progress:feed:)`.
public final class StoreImport: FeedbackSink {
    private let store: FeedbackStore
    private let start: ImportStart
    private let batch: Int
    private let name: String
    private let progress: (ImportReport) throws -> Void
    private var waiting: [Delivery] = []

    /// What this import did so far, as far as it is acknowledged.
    public private(set) var report: ImportReport

    init(
        _ store: FeedbackStore, start: ImportStart, name: String, batch: Int,
        progress: @escaping (ImportReport) throws -> Void
    ) {
        self.store = store
        self.start = start
        self.name = name
        self.batch = max(1, batch)
        self.progress = progress
        report = ImportReport(relation: start.relation, source: start.source, acknowledged: start.records)
    }

    public func receive(_ event: FeedbackEvent, line: Int) throws {
        try take(line) { .event(Delivery.Row(event)) }
    }

    public func reject(_ line: BadLine) throws {
        try take(line.line) { .bad(line) }
    }

    private func take(_ line: Int, _ content: () -> Delivery.Content) throws {
        report.records += 1
        waiting.append(Delivery(record: report.records, line: line, content: content()))
        if waiting.count >= batch { try flush(isLast: false) }
    }

    /// Commits what is waiting.
    func flush(isLast: Bool) throws {
        try Task.checkCancellation()
        let last = max(report.acknowledged, waiting.last?.record ?? 0)
        let counts = try store.write { db in
            let acknowledged = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT records FROM source WHERE id = ?"), arguments: [start.source])
            guard acknowledged == report.acknowledged else { throw StoreError.contested(store.path, name) }
            let numbers = try EventNumbers(db)
            var writer = try DeliveryWriter(
                db, space: start.space, source: start.source, numbers: numbers,
                arrived: Date().timeIntervalSince1970)
            for delivery in waiting {
                _ =
                    delivery.record <= start.records
                    ? try writer.reconsider(delivery, from: start.origin) : try writer.write(delivery)
            }
            try writer.finish(record: last)
            try numbers.finish()
            if isLast && start.isLatest {
                try db.execute(sql: "UPDATE source SET finished = 1 WHERE id = ?", arguments: [start.source])
            }
            return writer.counts
        }
        waiting.removeAll(keepingCapacity: true)
        report.acknowledged = last
        report.counts += counts
        try progress(report)
    }
}

extension FeedbackStore {
    /// Imports a source exactly once.
    ///
    /// A source that the store knows changes nothing, and `feed` is not called; of one that has grown only
    /// what is new is added; an import that was cut short goes on. An event with an id that the store has is
    /// refused as a duplicate, or as a conflict where it says something else.
    ///
    /// - Parameters:
    ///   - content: the source's fingerprint, from `fingerprinting()`.
    ///   - name: what to call the source.
    ///   - batch: how many records make a transaction.
    ///   - progress: called after each batch that is acknowledged; to throw stops the import there.
    ///   - feed: reads the whole source into the sink, from its beginning and in its order.
    /// - Returns: what was done.
    /// - Throws: `StoreError`; `CancellationError` where the task was cancelled; what `feed` or `progress`
    ///   throws. The batches acknowledged until then stay.
    @discardableResult
    public func importing(
        _ content: SourceFingerprint, name: String, batch: Int = 50_000,
        progress: @escaping (ImportReport) throws -> Void = { _ in },
        feed: (inout StoreImport) throws -> Void
    ) throws -> ImportReport {
        let start = try write { db in
            try ImportStart(
                content, name: name, path: path, space: StoreSpace(making: space, in: db).number, in: db)
        }
        var sink = StoreImport(self, start: start, name: name, batch: batch, progress: progress)
        if start.relation == .known { return sink.report }
        try feed(&sink)
        try sink.flush(isLast: true)
        return sink.report
    }
}
