import Foundation
import HeedAPI
import Signals

/// Copies a whole store into one file, and back.
///
/// From and to SQLite the copy is exact, made while serving goes on, and of one moment. Between other stores it goes through
/// what every store does: events and records are the same, with their arrival times, but refusals stay behind, the ledger
/// begins anew, and events get other numbers, wherefore models are marked for retraining.
public enum Backup {
    /// What was copied.
    public struct Report: Sendable, Hashable {
        /// The spaces that have feedback.
        public var spaces = 0
        /// The events, those included that wait for their decision.
        public var events = 0
        /// The records: settings, keys, models.
        public var records = 0

        init(_ store: any ServiceStore) throws {
            for space in try store.spaces() {
                let ledger = try store.ledger(space)
                spaces += 1
                events += ledger.kept + ledger.pending
            }
            for kind in try store.recordKinds() { records += try store.records(kind).count }
        }
    }

    /// Copies a store into a new file, which appears when it is whole and proven.
    ///
    /// - Parameters:
    ///   - path: the file; there must be none yet.
    ///   - progress: called with the part that is done, 0 to 1.
    /// - Throws: `StoreError`; then there is no file.
    @discardableResult
    public static func write(
        from store: any ServiceStore, to path: String, progress: @escaping (Double) throws -> Void = { _ in }
    ) throws -> Report {
        let path = URL(fileURLWithPath: path).path
        guard !FileManager.default.fileExists(atPath: path) else {
            throw StoreError(
                .occupied, path: path, what: "there is a file here already",
                advice: "Name a file that is not there")
        }
        let draft = try StoreDraft(for: path)
        if let store = store as? SQLiteServiceStore {
            try store.feedback.copy(to: draft, progress: progress)
        } else {
            let copy = try SQLiteServiceStore(path: draft.draft)
            try StoreCopy(from: store, to: copy, progress: progress).run()
            try copy.close()
        }
        let report = try proven(draft.draft, of: path)
        // Without a log of its own it can be read from where nothing can be written.
        try FeedbackStore.settle(draft.draft)
        try draft.place(replacing: false)
        return report
    }

    /// Fills a store with what a backup holds.
    ///
    /// - Parameters:
    ///   - path: the backup, which is not touched.
    ///   - target: the store. A file appears, or is replaced, when the copy is whole and proven; nobody else may have it open.
    ///   - replace: whether a target that has data may lose it.
    ///   - progress: called with the part that is done, 0 to 1.
    /// - Throws: `StoreError`; a file is then as it was before.
    @discardableResult
    public static func restore(
        _ path: String, into target: StoreLocation, replace: Bool = false,
        progress: @escaping (Double) throws -> Void = { _ in }
    ) throws -> Report {
        let path = URL(fileURLWithPath: path).path
        if let file = target.path {
            return try restore(path, intoFile: URL(fileURLWithPath: file).path, replace, progress)
        }
        let folder = try StoreDraft(for: NSTemporaryDirectory() + "heed-restore")
        try FeedbackStore.copy(from: path, to: folder)
        _ = try proven(folder.draft, of: path)
        let backup = try SQLiteServiceStore(path: folder.draft, create: false)
        let store = try target.open()
        defer { try? store.close() }
        try clear(store, "\(target)", replace)
        try StoreCopy(from: backup, to: store, progress: progress).run()
        try prove(store, of: "\(target)")
        return try Report(store)
    }

    private static func restore(
        _ path: String, intoFile target: String, _ replace: Bool, _ progress: (Double) throws -> Void
    ) throws -> Report {
        let isThere = FileManager.default.fileExists(atPath: target)
        if isThere {
            let store = try SQLiteServiceStore(path: target, create: false)
            defer { try? store.close() }
            if !replace { try refuseData(in: store, target) }
        } else {
            try StoreFile(path: target).refuseOrphanedLog()
        }
        let draft = try StoreDraft(for: target)
        try FeedbackStore.copy(from: path, to: draft, progress: progress)
        _ = try proven(draft.draft, of: path)
        if isThere { try FeedbackStore.settle(target) }
        try draft.place(replacing: isThere)
        return try proven(target, of: target)
    }

    /// Empties a store that is not a file, or refuses to.
    private static func clear(_ store: any ServiceStore, _ path: String, _ replace: Bool) throws {
        if !replace { return try refuseData(in: store, path) }
        for space in try store.spaces() { try store.drop(space) }
        for kind in try store.recordKinds() {
            _ = try store.write(
                try store.records(kind).map { RecordChange(kind: kind, id: $0.id, body: nil) })
        }
    }

    private static func refuseData(in store: any ServiceStore, _ path: String) throws {
        if try store.spaces().isEmpty && store.recordKinds().isEmpty { return }
        throw StoreError(
            .occupied, path: path, what: "the store has data",
            advice: "Restore into another one, or say --replace to lose what it has")
    }

    /// Opens a file, proves it, and leaves it closed.
    private static func proven(_ file: String, of path: String) throws -> Report {
        let store = try SQLiteServiceStore(path: file, create: false)
        defer { try? store.close() }
        try prove(store, of: path)
        return try Report(store)
    }

    private static func prove(_ store: any ServiceStore, of path: String) throws {
        let problems = try store.verify()
        guard problems.isEmpty else {
            throw StoreError(
                .corrupt, path: path,
                what: "the copy is not sound: \(problems.prefix(3).joined(separator: "; "))",
                advice: "Check the store that was copied with its own verify, and the disk")
        }
    }
}
