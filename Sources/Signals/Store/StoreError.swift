import GRDB

/// Why a store could not be opened, read or written: what is wrong, where, and what to do about it.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Problem: String, Sendable, Hashable {
        /// There is no such file.
        case missing
        /// The file is something else.
        case notAStore
        /// A newer version of Heed wrote the file.
        case newer
        /// The file is damaged, or its counts contradict its rows.
        case corrupt
        /// The database's log is there, the database is not.
        case orphanedLog
        /// Another process kept the store locked.
        case busy
        /// Another process imports the same source.
        case contested
        /// An earlier import that this one builds on was cut short.
        case unfinished
        /// There is something where nothing may be.
        case occupied
        /// The disk is full.
        case full
        /// The file or its folder may not be written.
        case readOnly
        /// The operating system or the database engine failed.
        case failed
    }

    /// What is wrong.
    public var problem: Problem
    /// The store's file.
    public var path: String
    /// What was found, in words.
    public var what: String
    /// What to do.
    public var advice: String

    /// Creates an error.
    public init(_ problem: Problem, path: String, what: String, advice: String) {
        self.problem = problem
        self.path = path
        self.what = what
        self.advice = advice
    }

    public var description: String { "\(path): \(what). \(advice)." }
}

extension StoreError {
    /// Reads the error of the database engine.
    init(_ error: DatabaseError, path: String) {
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .corrupt(path, "the file is damaged (\(message))")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, path: path, what: "another process kept the store locked",
                advice: "Wait for it to finish and run this again")
        case .SQLITE_FULL:
            self.init(
                .full, path: path, what: "the disk is full; what was acknowledged is safe",
                advice: "Make room and run this again, it goes on where it stopped")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .readOnly, path: path, what: "the store cannot be written (\(message))",
                advice: "Give write permission to the file and to its folder, or copy the store elsewhere")
        case .SQLITE_CANTOPEN:
            self.init(
                .readOnly, path: path, what: "the store cannot be opened (\(message))",
                advice: "See that the folder exists and that the file and its folder may be read and written")
        default:
            self.init(
                .failed, path: path,
                what: "the database engine failed (\(message), code \(error.extendedResultCode.rawValue))",
                advice: "What was acknowledged is safe; run this again, and check the disk if it repeats")
        }
    }

    static func corrupt(_ path: String, _ what: String) -> StoreError {
        StoreError(
            .corrupt, path: path, what: what,
            advice: "Nothing was changed; restore a copy, or salvage the rows with sqlite3's .recover")
    }

    /// Runs something on a database and gives its failures as `StoreError`.
    static func reading<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as DatabaseError { throw StoreError(error, path: path) }
    }
}
