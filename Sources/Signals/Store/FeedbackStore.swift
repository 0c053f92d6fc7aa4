import Foundation
import GRDB

/// Feedback on disk, in one SQLite file: what was acknowledged stays, once, whatever happens.
///
/// - **Durable.** A call that returns has its events on the disk: each batch is one transaction, and the log
///   is synchronised before the commit returns (write-ahead log with `synchronous = FULL`, and `fullfsync` on
///   Apple's systems), so that neither a crash nor a power cut takes them back or leaves half of one.
/// - **Exactly once.** An event with an id is kept once; a source is known by its content, so that importing
///   a file again, under whatever name, adds only what is new in it.
/// - **Accounted for.** `ledger` says what became of everything delivered, and `verify()` proves it.
///
/// Many readers and one writer work side by side, in one process and in several. `docs/store.md` describes
/// the tables and the rules.
///
/// ```swift
/// let store = try FeedbackStore(path: "heed.db")
/// try store.append([FeedbackEvent(.thumb(Thumb("tea", up: true)), id: "t1", judge: "ann")])
/// let log = try store.log()
/// ```
public final class FeedbackStore: Sendable {
    /// The store's file.
    public let path: String

    /// The space that this store reads and writes. A store may hold several, each with its own events, ids,
    /// sources and ledger.
    public let space: String

    private let connection: StoreConnection

    var pool: DatabasePool { connection.pool }

    /// Opens a space of a store, and makes the store where there is none.
    ///
    /// An older store is brought up to this version's schema. A file that is anything but a sound store is
    /// refused and left as it is.
    ///
    /// - Parameters:
    ///   - path: the file. SQLite keeps two more beside it while the store is in use, `-wal` and `-shm`.
    ///   - space: the space; it is made when something is first written to it.
    ///   - create: whether to make a store where there is none.
    /// - Throws: `StoreError`.
    public init(path: String, space: String = "default", create: Bool = true) throws {
        let path = URL(fileURLWithPath: path).path
        try StoreFile(path: path).prepare(create: create)
        self.path = path
        self.space = space
        connection = try StoreConnection(path: path)
        for space in try spaces() where !space.ledger.addsUp {
            throw StoreError.corrupt(path, "the ledger of the space \(space.name) does not add up")
        }
    }

    private init(_ store: FeedbackStore, space: String) {
        path = store.path
        connection = store.connection
        self.space = space
    }

    /// Another space of the same store, over the same connections.
    public func inSpace(_ name: String) -> FeedbackStore { FeedbackStore(self, space: name) }

    /// Closes the store, all its spaces with it, so that it cannot be used any more. Where nothing else has
    /// it open, this also moves SQLite's log into the file and leaves the file alone, fit to be copied.
    ///
    /// A store that is no longer referred to closes itself.
    ///
    /// - Throws: `StoreError` where something still reads from it.
    public func close() throws { try connection.close() }

    /// What became of everything that was ever delivered to the space.
    ///
    /// - Complexity: O(1): the counts are kept.
    public func ledger() throws -> Ledger {
        try read { try Ledger(of: try number(in: $0), in: $0) }
    }

    /// Runs something on a consistent picture of the store.
    package func read<R>(_ body: (Database) throws -> R) throws -> R {
        try StoreError.reading(path) { try pool.read(body) }
    }

    /// Runs something in one transaction, durable when this returns.
    package func write<R>(_ body: (Database) throws -> R) throws -> R {
        try StoreError.reading(path) { try pool.write(body) }
    }
}

extension Ledger {
    /// The names under which a store keeps its counts.
    static let entries =
        ["received", "kept", "pending", "removed"] + Refusal.Reason.allCases.map(\.rawValue)

    /// Reads the counts that a store keeps of a space.
    init(of space: Int64, in db: Database) throws {
        self.init()
        let rows = try GRDB.Row.fetchCursor(
            db.cachedStatement(sql: "SELECT entry, count FROM ledger WHERE space = ?"), arguments: [space])
        while let row = try rows.next() {
            let entry: String = row[0]
            let count: Int = row[1]
            switch entry {
            case "received": received = count
            case "kept": kept = count
            case "pending": pending = count
            case "removed": removed = count
            default: if let reason = Refusal.Reason(rawValue: entry), count > 0 { refused[reason] = count }
            }
        }
    }

    /// Adds these counts to those that a store keeps of a space.
    func add(to space: Int64, in db: Database) throws {
        var entries = [("received", received), ("kept", kept), ("pending", pending), ("removed", removed)]
        for (reason, count) in refused { entries.append((reason.rawValue, count)) }
        for (entry, count) in entries where count != 0 {
            try db.cachedStatement(sql: "UPDATE ledger SET count = count + ? WHERE space = ? AND entry = ?")
                .execute(arguments: [count, space, entry])
        }
    }
}
