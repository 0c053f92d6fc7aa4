import Foundation
import GRDB

/// An open store file, which the stores of its spaces share; it closes itself with the last of them.
final class StoreConnection: Sendable {
    let path: String
    let pool: DatabasePool
    private let entry: OpenStores.Entry

    /// Opens a store's file, which lies there and is sound, and brings it up to this version's schema.
    init(path: String) throws {
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
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        self.path = path
        entry = OpenStores.Entry(path)
        pool = try StoreError.reading(path) {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB lowers this to NORMAL when it switches the log on, with which a power cut may undo a
            // commit.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try Self.migrate(pool)
            return pool
        }
    }

    /// Brings the tables up to this version.
    ///
    /// Each step is a transaction. One that fails because another process has made it meanwhile is done.
    private static func migrate(_ pool: DatabasePool) throws {
        do { try StoreSchema.migrator.migrate(pool) } catch {
            guard try pool.read(StoreSchema.migrator.hasCompletedMigrations) else { throw error }
        }
    }

    deinit { try? close() }

    func close() throws {
        try StoreError.reading(path) {
            // The connection that closes last moves the log, and one that only reads cannot.
            pool.invalidateReadOnlyConnections()
            try pool.close()
            entry.close()
        }
    }
}
