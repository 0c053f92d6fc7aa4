import Foundation
import GRDB

/// A store's file before it is opened: looks without touching, and makes a new one so that it is either whole
/// or not there.
package struct StoreFile {
    package let path: String

    package init(path: String) { self.path = path }

    /// Makes sure that a sound store of this or an older version lies at the path.
    func prepare(create: Bool) throws {
        switch try OpenStores.shared.unlessOpen(path, look) ?? .store {
        case .store: try refuseNewer()
        case .nothing, .empty:
            guard create else {
                throw StoreError(
                    .missing, path: path, what: "there is no store here",
                    advice: "Check the name, or make one with heed import")
            }
            try make()
        }
    }

    private enum Finding { case nothing, empty, store }

    /// Says what lies at the path from its first 100 bytes.
    private func look() throws -> Finding {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .nothing }
        if isFolder.boolValue { throw notAStore("it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw StoreError(
                .readOnly, path: path, what: "the file may not be read",
                advice: "Give read and write permission to it")
        }
        defer { try? handle.close() }
        let header: [UInt8]
        do { header = Array(try handle.read(upToCount: 100) ?? Data()) } catch {
            throw StoreError(
                .failed, path: path, what: "the file could not be read (\(error))", advice: "Check the disk")
        }
        if header.isEmpty { return .empty }
        guard header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw notAStore(Self.guess(header))
        }
        guard header.count == 100 else { throw StoreError.corrupt(path, "the file ends within its header") }
        let application = header[68..<72].reduce(Int32(0)) { $0 << 8 | Int32($1) }
        if application != StoreSchema.applicationID {
            throw notAStore("it is a SQLite database of another program")
        }
        return .store
    }

    private func notAStore(_ why: String) -> StoreError {
        StoreError(
            .notAStore, path: path, what: "not a Heed store: \(why)",
            advice: "Nothing was changed; name a store, or a file that does not exist yet to make one")
    }

    /// Says what the beginning of a file looks like.
    private static func guess(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0x1F, 0x8B]) { return "it looks like a gzip file" }
        if bytes.starts(with: Array("PK".utf8)) { return "it looks like a zip archive" }
        let isText = bytes.allSatisfy { $0 >= 0x20 || $0 == 9 || $0 == 10 || $0 == 13 }
        guard isText else { return "it is a binary file of another kind" }
        let first = bytes.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
            ? "it looks like JSON; heed import reads that into a store"
            : "it is a text file; heed import reads feedback files into a store"
    }

    /// Refuses a store of a newer version, which this one could only misread.
    private func refuseNewer() throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let newer = try StoreError.reading(path) {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                let migrator = StoreSchema.migrator
                let known = Set(migrator.migrations)
                return try migrator.appliedIdentifiers(db).filter { !known.contains($0) }
                    .max { (Int($0) ?? 0) < (Int($1) ?? 0) }
            }
        }
        if let newer {
            let known = StoreSchema.migrator.migrations.last ?? "0"
            throw StoreError(
                .newer, path: path,
                what: "a newer Heed wrote this store (schema \(newer); this one knows up to \(known))",
                advice: "Nothing was changed; update Heed")
        }
    }

    /// Makes a new store beside the path, then gives it its name in one step.
    private func make() throws {
        try refuseOrphanedLog()
        let draft = try StoreDraft(for: path)
        try StoreError.reading(path) {
            let queue = try DatabaseQueue(path: draft.draft)
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
                try db.execute(sql: "PRAGMA fullfsync = ON")
            }
            try StoreSchema.migrator.migrate(queue)
            try queue.close()
        }
        if Self.size(path) == 0 { try? FileManager.default.removeItem(atPath: path) }
        do { try draft.place(replacing: false) } catch let error as StoreError {
            // Another process was first: its store does as well. Where files cannot be linked they are renamed.
            if error.problem != .occupied { try draft.place(replacing: true) }
        }
    }

    /// Refuses a place where the log of a store lies without the store.
    package func refuseOrphanedLog() throws {
        for suffix in ["-wal", "-journal"] where Self.size(path + suffix) > 0 {
            throw StoreError(
                .orphanedLog, path: path,
                what:
                    "there is no store here, but the log of one (\(path)\(suffix)), with events of its own",
                advice: "Put the store back beside it, or remove the log if the store was deleted on purpose")
        }
    }

    /// The size of a file in bytes, -1 where there is none.
    private static func size(_ path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? -1
    }
}
