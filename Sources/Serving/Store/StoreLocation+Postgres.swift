import Signals

extension StoreLocation {
    /// Opens a PostgreSQL database. The only place that knows its store.
    static func openDatabase(_ url: String) throws -> any ServiceStore {
        throw StoreError(
            .failed, path: "postgres://", what: "this build has no PostgreSQL store",
            advice: "Name a file, or use a build that has one")
    }
}
