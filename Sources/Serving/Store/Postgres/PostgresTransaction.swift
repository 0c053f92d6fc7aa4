import Foundation
import Postgres
import Signals

extension PostgresServiceStore {
    /// Makes changes in one transaction, durable when this returns, and made once even where the connection is lost while
    /// the server commits.
    ///
    /// Each transaction leaves a mark. When the answer to a commit is lost, the next attempt first takes the same locks, for
    /// which it has to wait until the server is done with the lost transaction, and then looks for the mark: if it is there
    /// the changes are made, and if not they never will be.
    ///
    /// - Parameters:
    ///   - locks: whom to take turns with; at least one.
    ///   - body: makes the changes; may be run several times.
    func transact<R>(_ locks: [Int64], _ body: (PostgresConnection) throws -> R) throws -> R {
        let locks = Set(locks).sorted()
        var doubt: (mark: TransactionMark, result: R)?
        do {
            return try patiently { connection in
                try connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
                // One after the other in the order of their numbers, as everyone does, so that nobody waits in a ring.
                try connection.prepared(
                    "SELECT pg_advisory_xact_lock(number) FROM unnest($1::int8[]) AS number", [.ints(locks)])
                if let lost = doubt {
                    if try lost.mark.isThere(connection) { return lost.result }
                    doubt = nil
                }
                let result = try body(connection)
                let mark = try TransactionMark(leaving: connection)
                doubt = (mark, result)
                do {
                    try connection.commit()
                } catch {
                    if !connection.isBroken { doubt = nil }
                    throw error
                }
                return result
            }
        } catch var error as StoreError {
            if doubt != nil {
                error.problem = .busy
                error.what += ", and it is not known whether the last changes were made"
                error.advice += "; to send feedback with an id again is harmless"
            }
            throw error
        }
    }
}

/// What a transaction is known by once its connection is lost.
private struct TransactionMark {
    let writer: [UInt8]
    let number: Int64

    /// Leaves the mark of the transaction that is under way, in the row of its connection.
    init(leaving connection: PostgresConnection) throws {
        writer = connection.id
        number = connection.nextTransaction()
        try connection.prepared(
            """
            INSERT INTO heed.writer (id, number, at) VALUES ($1, $2, now())
            ON CONFLICT (id) DO UPDATE SET number = excluded.number, at = excluded.at
            """, [.bytes(writer), .int(number)])
    }

    /// Whether the transaction was committed. Its connection is gone, so that no later one took its place.
    func isThere(_ connection: PostgresConnection) throws -> Bool {
        try connection.prepared(
            "SELECT 1 FROM heed.writer WHERE id = $1 AND number = $2", [.bytes(writer), .int(number)]
        ).count > 0
    }
}

extension PostgresConnection {
    /// Commits, and makes sure that the server did.
    fileprivate func commit() throws {
        guard try execute("COMMIT").command == "COMMIT" else {
            throw PostgresError(.unexpected, "the server took the transaction back")
        }
    }
}
