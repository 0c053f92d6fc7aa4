import Foundation

/// A bounded set of connections that threads borrow one at a time.
///
/// Connections are made when they are needed. One that broke is not lent again.
public final class PostgresPool: @unchecked Sendable {
    /// Where the connections lead.
    public let address: PostgresAddress
    private let size: Int
    private let prepare: @Sendable (PostgresConnection) throws -> Void

    // Guarded by `condition`.
    private let condition = NSCondition()
    private var idle: [PostgresConnection] = []
    private var lent = 0
    private var isClosed = false

    /// Creates a pool, without a connection yet.
    ///
    /// - Parameters:
    ///   - size: how many connections there are at most.
    ///   - prepare: called with each new connection.
    public init(
        _ address: PostgresAddress, size: Int,
        prepare: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) {
        self.address = address
        self.size = max(1, size)
        self.prepare = prepare
    }

    /// Runs something on a connection that nobody else uses meanwhile.
    ///
    /// A transaction that is left open is rolled back.
    ///
    /// - Parameter deadline: until when to wait for one to be free.
    public func withConnection<R>(until deadline: Date, _ body: (PostgresConnection) throws -> R) throws -> R
    {
        let connection = try borrow(until: deadline)
        do {
            let result = try body(connection)
            giveBack(connection)
            return result
        } catch {
            giveBack(connection)
            throw error
        }
    }

    /// Ends all connections; those in use when they are given back.
    public func close() {
        condition.lock()
        isClosed = true
        idle.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    private func borrow(until deadline: Date) throws -> PostgresConnection {
        condition.lock()
        while !isClosed && idle.isEmpty && lent >= size {
            if !condition.wait(until: deadline) {
                condition.unlock()
                throw PostgresError(.exhausted, "all \(size) connections are in use")
            }
        }
        if isClosed {
            condition.unlock()
            throw PostgresError(.exhausted, "the store is closed")
        }
        lent += 1
        let ready = idle.popLast()
        condition.unlock()
        if let ready { return ready }
        do {
            let connection = try PostgresConnection(address)
            try prepare(connection)
            return connection
        } catch {
            release(nil)
            throw error
        }
    }

    private func giveBack(_ connection: PostgresConnection) {
        if !connection.isBroken && !connection.isIdle { _ = try? connection.execute("ROLLBACK") }
        release(connection)
    }

    private func release(_ connection: PostgresConnection?) {
        condition.lock()
        lent -= 1
        if let connection {
            if connection.isBroken {
                // What broke one, such as a restart, broke them all.
                idle.removeAll()
            } else if connection.isIdle && !isClosed {
                idle.append(connection)
            }
        }
        condition.signal()
        condition.unlock()
    }
}
