/// Why PostgreSQL did not do what it was asked: what, and where it is known the SQLSTATE.
///
/// It never holds a password or the values that were bound to a statement.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public enum Problem: String, Sendable, Hashable {
        /// libpq is not installed, or is not libpq.
        case library
        /// The address is not one of a database.
        case address
        /// Nobody answers there, or the connection was lost. It may work later.
        case unreachable
        /// The server answers and does not let us in: user, password, database.
        case rejected
        /// The server refused a statement; `state` says why.
        case statement
        /// All connections are in use.
        case exhausted
        /// An answer does not have the form that was asked for.
        case unexpected
    }

    /// What kind of trouble it is.
    public var problem: Problem
    /// PostgreSQL's five letters for what went wrong, where the server gave them.
    public var state: String?
    /// What went wrong, in words.
    public var message: String

    /// Creates an error.
    public init(_ problem: Problem, _ message: String, state: String? = nil) {
        self.problem = problem
        self.message = message
        self.state = state
    }

    public var description: String { state.map { "\(message) (SQLSTATE \($0))" } ?? message }

    /// Whether the same may succeed a little later: a deadlock, a server that restarts, all connections taken.
    public var isTransient: Bool {
        if problem == .unreachable { return true }
        guard let state else { return false }
        return state.hasPrefix("08") || Self.transient.contains(state)
    }

    /// Serialisation failure, deadlock, too many connections, lock not available, shutdown by an administrator,
    /// shutdown after a crash, cannot connect now.
    private static let transient: Set = ["40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03"]
}
