import Foundation
import Postgres
import Signals

extension StoreError {
    /// Reads an error of the database.
    init(_ error: PostgresError, path: String) {
        switch error.problem {
        case .library:
            self.init(
                .failed, path: path, what: "PostgreSQL cannot be used: \(error.message)",
                advice: "Or use a store in a file: --db heed.db")
        case .address:
            self.init(.failed, path: path, what: error.message, advice: "Correct the address")
        case .unreachable:
            self.init(
                .busy, path: path, what: "the database does not answer (\(error))",
                advice: "See that the server runs and can be reached, and try again")
        case .rejected:
            self.init(
                .failed, path: path, what: "the database does not let Heed in (\(error))",
                advice: "See that the user, the password and the name of the database are right")
        case .exhausted:
            self.init(.busy, path: path, what: error.message, advice: "Try again, or allow more connections")
        case .unexpected:
            self.init(
                .failed, path: path, what: error.message, advice: "See that this is a PostgreSQL server")
        case .statement: self.init(statement: error, path: path)
        }
    }

    private init(statement error: PostgresError, path: String) {
        let what = "the database refused (\(error))"
        switch error.state ?? "" {
        case "40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03":
            self.init(.busy, path: path, what: what, advice: "Others kept it busy; try again")
        case "53100":
            self.init(
                .full, path: path, what: "the database's disk is full; what was acknowledged is safe",
                advice: "Make room on it and try again")
        case "25006":
            self.init(
                .readOnly, path: path, what: what,
                advice: "Name the primary server: this one is a copy to read from")
        case "42501":
            self.init(
                .readOnly, path: path, what: what,
                advice: "Give the user the right to create in this database: GRANT CREATE ON DATABASE … TO …")
        case "42P07", "42703", "42P01":
            self.init(
                .notAStore, path: path,
                what: "the schema heed of this database holds something else (\(error))",
                advice: "Use another database, or restore this one")
        case "XX001", "XX002":
            self.init(
                .corrupt, path: path, what: "the database is damaged (\(error))",
                advice: "Restore a backup; docs/postgres.md says how")
        default:
            self.init(
                .failed, path: path, what: what,
                advice: "What was acknowledged is safe; try again, and see the server's log if it repeats")
        }
    }
}
