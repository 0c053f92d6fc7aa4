import Foundation
import GRDB

/// A file that is made beside its place and gets its name in one step, so that it is there whole or not at all. What
/// is left of a draft goes with the value.
package final class StoreDraft {
    /// Where the file is to be.
    package let path: String
    /// Where it is made.
    package let draft: String

    /// Makes an empty draft that only its owner may read.
    ///
    /// - Throws: `StoreError` where the folder takes no file.
    package init(for path: String) throws {
        self.path = path
        draft = "\(path).new-\(UInt64.random(in: 0...UInt64.max))"
        let file = open(draft, O_CREAT | O_EXCL | O_WRONLY, 0o600)
        guard file >= 0 else {
            let problem: StoreError.Problem = errno == ENOSPC ? .full : .readOnly
            throw StoreError(
                problem, path: path, what: "no file can be made here (\(String(cString: strerror(errno))))",
                advice: "See that the folder exists, may be written, and has room")
        }
        _ = close(file)
    }

    deinit {
        for suffix in ["", "-wal", "-shm", "-journal"] { _ = unlink(draft + suffix) }
    }

    /// Puts the file in its place, durably.
    ///
    /// - Parameter replacing: whether another file may be there, which is then gone.
    package func place(replacing: Bool) throws {
        Self.synchronise(draft)
        let isPlaced = replacing ? rename(draft, path) == 0 : link(draft, path) == 0
        guard isPlaced else {
            let reason = errno
            throw StoreError(
                reason == EEXIST ? .occupied : .failed, path: path,
                what: reason == EEXIST
                    ? "there is a file here already"
                    : "the new file could not be put in place (\(String(cString: strerror(reason))))",
                advice: reason == EEXIST ? "Name another file" : "Check the folder")
        }
        Self.synchronise(URL(fileURLWithPath: path).deletingLastPathComponent().path)
    }

    /// Waits until a file or folder is on the disk.
    private static func synchronise(_ path: String) {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return }
        _ = fsync(file)
        _ = close(file)
    }
}

extension FeedbackStore {
    /// Copies the whole store, all its spaces, as it is at this moment into a file, while others go on writing.
    ///
    /// - Parameter progress: called with the part that is done, 0 to 1; to throw stops the copy.
    package func copy(to draft: StoreDraft, progress: (Double) throws -> Void = { _ in }) throws {
        try Self.copy(pool, to: draft, path: path, progress)
    }

    /// Copies a store that lies at a path without touching it.
    package static func copy(
        from path: String, to draft: StoreDraft, progress: (Double) throws -> Void = { _ in }
    ) throws {
        try StoreFile(path: path).prepare(create: false)
        try StoreError.reading(path) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            let entry = OpenStores.Entry(path)
            defer { entry.close() }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            try copy(queue, to: draft, path: path, progress)
        }
    }

    private static func copy(
        _ reader: any DatabaseReader, to draft: StoreDraft, path: String, _ progress: (Double) throws -> Void
    ) throws {
        try StoreError.reading(draft.path) {
            let target = try DatabaseQueue(path: draft.draft)
            try withoutActuallyEscaping(progress) { progress in
                try reader.backup(to: target, pagesPerStep: 32) { state in
                    try progress(Double(state.completedPageCount) / Double(max(1, state.totalPageCount)))
                }
            }
            try target.close()
        }
    }

    /// Makes sure that nobody has a store open, and leaves its file alone, without a log.
    package static func settle(_ path: String) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(3)
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            let mode = try queue.writeWithoutTransaction {
                try String.fetchOne($0, sql: "PRAGMA journal_mode = DELETE")
            }
            if mode == "delete" { return }
        } catch let error as DatabaseError where ![.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) {
            throw StoreError(error, path: path)
        } catch is DatabaseError {}
        throw StoreError(
            .busy, path: path, what: "another process has the store open",
            advice: "Stop it (heed serve, an import) and run this again")
    }
}
