import Foundation
import Signals

/// Where a store is: a file, or a PostgreSQL database.
public struct StoreLocation: Sendable, Hashable, CustomStringConvertible {
    /// The file's path; `nil` for a database.
    public let path: String?
    private let url: String

    /// Reads what a person wrote: `postgres://…` is a database, anything else a file.
    public init(_ text: String) {
        url = text
        path = ["postgres://", "postgresql://"].contains(where: text.hasPrefix) ? nil : text
    }

    /// Opens the store.
    ///
    /// - Parameter create: whether to make a file where there is none.
    /// - Throws: `StoreError`.
    public func open(create: Bool = true) throws -> any ServiceStore {
        guard let path else { return try PostgresServiceStore(url: url) }
        return try SQLiteServiceStore(path: path, create: create)
    }

    /// The location without a password.
    public var description: String {
        if let path { return path }
        guard var parts = URLComponents(string: url) else { return "postgres://…" }
        parts.password = nil
        parts.query = nil
        return parts.string ?? "postgres://…"
    }
}
