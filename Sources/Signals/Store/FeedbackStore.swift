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

    let pool: DatabasePool

    /// Opens a store, and makes it where there is none.
    ///
    /// An older store is brought up to this version's schema. A file that is anything but a sound store is
    /// refused and left as it is.
    ///
    /// - Parameters:
    ///   - path: the file. SQLite keeps two more beside it while the store is in use, `-wal` and `-shm`.
    ///   - create: whether to make a store where there is none.
    /// - Throws: `StoreError`.
    public init(path: String, create: Bool = true) throws {
        let path = URL(fileURLWithPath: path).path
        try StoreFile(path: path).prepare(create: create)
        var configuration = Configuration()
        configuration.busyMode = .timeout(30)
        configuration.label = "heed.store"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -65536")
            guard !db.configuration.readonly else { return }
            try db.execute(sql: "PRAGMA fullfsync = ON")
            try db.execute(sql: "PRAGMA checkpoint_fullfsync = ON")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 16384")
            try db.execute(sql: "PRAGMA journal_size_limit = 67108864")
        }
        self.path = path
        pool = try StoreError.reading(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB lowers this to NORMAL when it switches the log on, with which a power cut may undo a
            // commit.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try StoreSchema.migrator.migrate(pool)
            return pool
        }
        guard try ledger().addsUp else { throw StoreError.corrupt(path, "the ledger does not add up") }
    }

    deinit { try? close() }

    /// Closes the store, so that it cannot be used any more. Where nothing else has it open, this also moves
    /// SQLite's log into the file and leaves the file alone, fit to be copied.
    ///
    /// A store that is no longer referred to closes itself.
    ///
    /// - Throws: `StoreError` where something still reads from it.
    public func close() throws {
        try StoreError.reading(path) {
            // The connection that closes last moves the log, and one that only reads cannot.
            pool.invalidateReadOnlyConnections()
            try pool.close()
        }
    }

    /// What became of everything that was ever delivered.
    ///
    /// - Complexity: O(1): the counts are kept.
    public func ledger() throws -> Ledger {
        try read { try Ledger(in: $0) }
    }

    /// Runs something on a consistent picture of the store.
    func read<R>(_ body: (Database) throws -> R) throws -> R {
        try StoreError.reading(path) { try pool.read(body) }
    }

    /// Runs something in one transaction, durable when this returns.
    func write<R>(_ body: (Database) throws -> R) throws -> R {
        try StoreError.reading(path) { try pool.write(body) }
    }
}

extension Ledger {
    /// Reads the counts that a store keeps.
    init(in db: Database) throws {
        self.init()
        let rows = try GRDB.Row.fetchCursor(db, sql: "SELECT entry, count FROM ledger")
        while let row = try rows.next() {
            let entry: String = row[0]
            let count: Int = row[1]
            switch entry {
            case "received": received = count
            case "kept": kept = count
            case "pending": pending = count
            default: if let reason = Refusal.Reason(rawValue: entry), count > 0 { refused[reason] = count }
            }
        }
    }

    /// Adds these counts to those that a store keeps.
    func add(to db: Database) throws {
        var entries = [("received", received), ("kept", kept), ("pending", pending)]
        for (reason, count) in refused { entries.append((reason.rawValue, count)) }
        for (entry, count) in entries where count != 0 {
            try db.cachedStatement(sql: "UPDATE ledger SET count = count + ? WHERE entry = ?")
                .execute(arguments: [count, entry])
        }
    }
}
