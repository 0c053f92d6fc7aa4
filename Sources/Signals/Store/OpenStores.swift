import Foundation

/// The store files that this process has open.
///
/// When a process closes any descriptor of a file, POSIX drops every lock that it holds on the file, SQLite's with them:
/// another process could then take the log away from under an open store. So a file is looked at only while nothing
/// here has it open.
final class OpenStores: @unchecked Sendable {
    static let shared = OpenStores()

    /// What a file is, whatever it is called.
    private struct Identity: Hashable {
        var device: UInt64
        var number: UInt64

        init?(_ path: String) {
            var found = stat()
            guard stat(path, &found) == 0 else { return nil }
            device = UInt64(truncatingIfNeeded: found.st_dev)
            number = UInt64(truncatingIfNeeded: found.st_ino)
        }
    }

    private let lock = NSLock()
    private var counts: [Identity: Int] = [:]

    /// Runs something while no store can be opened here; not at all, and gives `nil`, where the file is open.
    func unlessOpen<R>(_ path: String, _ body: () throws -> R) rethrows -> R? {
        try lock.withLock {
            if let file = Identity(path), counts[file] != nil { return nil }
            return try body()
        }
    }

    /// A file that is open until this is closed, or gone.
    final class Entry: @unchecked Sendable {
        private var file: Identity?

        /// Enters a file that is about to be opened.
        init(_ path: String) {
            OpenStores.shared.lock.withLock {
                file = Identity(path)
                if let file { OpenStores.shared.counts[file, default: 0] += 1 }
            }
        }

        deinit { close() }

        /// Strikes out the file, which is closed.
        func close() {
            OpenStores.shared.lock.withLock {
                guard let file, let count = OpenStores.shared.counts[file] else { return }
                OpenStores.shared.counts[file] = count > 1 ? count - 1 : nil
                self.file = nil
            }
        }
    }
}
