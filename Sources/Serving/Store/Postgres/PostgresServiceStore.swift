import Foundation
import Postgres
import Signals

/// A store in a PostgreSQL database, which several processes on several machines may share.
///
/// - **Durable and exactly once**, as `FeedbackStore` is: each call of `append` is one transaction, and a commit whose
///   answer was lost is looked up, neither repeated nor forgotten.
/// - **In order.** Writers to a space take turns, so that events are numbered in the order in which they are committed:
///   who reads on after a number misses nothing.
/// - **Patient.** Deadlocks, restarts and failovers are waited out for a while before a call fails.
///
/// ```swift
/// let store = try PostgresServiceStore(url: "postgres://heed:secret@db.example/heed")
/// ```
public final class PostgresServiceStore: ServiceStore {
    /// The database, without the password.
    public let path: String
    let pool: PostgresPool
    /// How long a call waits for the database to come back, in seconds.
    let patience: Double

    /// Opens a store, and makes its tables where there are none.
    ///
    /// - Parameters:
    ///   - url: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or libpq's `host=… dbname=…`.
    ///   - connections: how many threads may use the database at once; others wait.
    ///   - patience: how long a call waits for the database to come back, in seconds.
    /// - Throws: `StoreError`, which never holds the password.
    public init(url: String, connections: Int = 8, patience: Double = 10) throws {
        let address: PostgresAddress
        do { address = try PostgresAddress(url) } catch {
            throw StoreError(error, path: "postgres://")
        }
        path = address.description
        self.patience = patience
        pool = PostgresPool(address, size: connections) { try Self.settle($0) }
        try patiently { try PostgresSchema.prepare($0, path: path) }
        // What connections of long ago left behind.
        _ = try patiently { try $0.execute("DELETE FROM heed.writer WHERE at < now() - interval '7 days'") }
    }

    deinit { pool.close() }

    public var kind: String { "postgres" }

    public func close() throws { pool.close() }

    /// Settings of every connection.
    ///
    /// A commit waits for the disk whatever the server's habit is. Plans go by indexes: a table that has just begun to grow
    /// has no statistics yet, and a plan made for an empty table would read all of it for each event.
    private static func settle(_ connection: PostgresConnection) throws {
        try connection.execute(
            """
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
            SET enable_seqscan = off; SET jit = off; SET lock_timeout = '10s';
            SET idle_in_transaction_session_timeout = '10min'; SET statement_timeout = 0;
            """)
    }

    /// Runs something on a connection, again where the trouble passes, until patience runs out.
    ///
    /// - Parameter isRepeatable: asked after a failure: whether it may be run again.
    func patiently<R>(
        isRepeatable: () -> Bool = { true }, _ body: (PostgresConnection) throws -> R
    ) throws -> R {
        let deadline = Date(timeIntervalSinceNow: patience)
        var pause = 0.005
        while true {
            do {
                return try pool.withConnection(until: deadline, body)
            } catch let error as PostgresError {
                guard error.isTransient, isRepeatable(), Date() < deadline else {
                    throw StoreError(error, path: path)
                }
                Thread.sleep(forTimeInterval: pause)
                pause = min(pause * 2, 0.25)
            }
        }
    }

    /// Runs something that only reads, on one picture of the database.
    func read<R>(isRepeatable: () -> Bool = { true }, _ body: (PostgresConnection) throws -> R) throws -> R {
        try patiently(isRepeatable: isRepeatable) { connection in
            try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            let result = try body(connection)
            try connection.execute("COMMIT")
            return result
        }
    }
}
