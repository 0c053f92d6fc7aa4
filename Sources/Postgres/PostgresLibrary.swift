import Foundation

/// libpq's functions, looked up at run time, so that Heed builds and runs where there is none.
struct PostgresLibrary: @unchecked Sendable {
    typealias Text = UnsafePointer<CChar>
    typealias Texts = UnsafePointer<UnsafePointer<CChar>?>

    let connect: @convention(c) (Texts?, Texts?, CInt) -> OpaquePointer?
    let ping: @convention(c) (Texts?, Texts?, CInt) -> CInt
    let finish: @convention(c) (OpaquePointer?) -> Void
    let status: @convention(c) (OpaquePointer?) -> CInt
    let transactionStatus: @convention(c) (OpaquePointer?) -> CInt
    let errorMessage: @convention(c) (OpaquePointer?) -> Text?
    let serverVersion: @convention(c) (OpaquePointer?) -> CInt
    let parse:
        @convention(c) (Text?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) ->
            UnsafeMutableRawPointer?
    let freeParsed: @convention(c) (UnsafeMutableRawPointer?) -> Void
    let freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Void
    let onNotice:
        @convention(c) (
            OpaquePointer?, (@convention(c) (UnsafeMutableRawPointer?, Text?) -> Void)?,
            UnsafeMutableRawPointer?
        ) -> UnsafeMutableRawPointer?

    let exec: @convention(c) (OpaquePointer?, Text?) -> OpaquePointer?
    let execParams:
        @convention(c) (
            OpaquePointer?, Text?, CInt, UnsafePointer<UInt32>?, Texts?, UnsafePointer<CInt>?,
            UnsafePointer<CInt>?, CInt
        ) -> OpaquePointer?
    let prepare: @convention(c) (OpaquePointer?, Text?, Text?, CInt, UnsafePointer<UInt32>?) -> OpaquePointer?
    let execPrepared:
        @convention(c) (
            OpaquePointer?, Text?, CInt, Texts?, UnsafePointer<CInt>?, UnsafePointer<CInt>?, CInt
        ) -> OpaquePointer?
    let nextResult: @convention(c) (OpaquePointer?) -> OpaquePointer?
    let putCopyData: @convention(c) (OpaquePointer?, Text?, CInt) -> CInt
    let putCopyEnd: @convention(c) (OpaquePointer?, Text?) -> CInt

    let resultStatus: @convention(c) (OpaquePointer?) -> CInt
    let errorField: @convention(c) (OpaquePointer?, CInt) -> Text?
    let command: @convention(c) (OpaquePointer?) -> Text?
    let affected: @convention(c) (OpaquePointer?) -> Text?
    let rows: @convention(c) (OpaquePointer?) -> CInt
    let columns: @convention(c) (OpaquePointer?) -> CInt
    let value: @convention(c) (OpaquePointer?, CInt, CInt) -> Text?
    let length: @convention(c) (OpaquePointer?, CInt, CInt) -> CInt
    let isNull: @convention(c) (OpaquePointer?, CInt, CInt) -> CInt
    let clear: @convention(c) (OpaquePointer?) -> Void

    /// The library, opened once.
    static func shared() throws(PostgresError) -> PostgresLibrary { try opened.get() }

    private static let opened = open(ProcessInfo.processInfo.environment["HEED_LIBPQ"])

    /// Opens the library.
    ///
    /// - Parameter wanted: which file; `nil` for the one that is installed.
    static func open(_ wanted: String?) -> Result<PostgresLibrary, PostgresError> {
        var reasons: [String] = []
        let names = wanted.flatMap { $0.isEmpty ? nil : [$0] } ?? usual
        for name in names {
            guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
                reasons.append(dlerror().map { String(cString: $0) } ?? name)
                continue
            }
            do throws(PostgresError) { return .success(try PostgresLibrary(handle, name)) } catch {
                dlclose(handle)
                return .failure(error)
            }
        }
        let reason = reasons.first ?? "no name"
        return .failure(
            PostgresError(.library, "PostgreSQL's client library libpq cannot be opened (\(reason)). \(hint)")
        )
    }

    private static let hint =
        "Install it (Debian and Ubuntu: apt-get install libpq5; Fedora: dnf install libpq; macOS: brew install libpq), "
        + "or name its file in HEED_LIBPQ"

    private static var usual: [String] {
        #if os(macOS)
            let folders = ["/opt/homebrew/opt", "/usr/local/opt"].flatMap { root in
                [
                    "libpq/lib", "postgresql@15/lib", "postgresql@15/lib/postgresql",
                    "postgresql@16/lib/postgresql",
                ]
                .map { "\(root)/\($0)" }
            }
            return ["libpq.5.dylib"] + folders.map { "\($0)/libpq.5.dylib" }
                + ["/Applications/Postgres.app/Contents/Versions/latest/lib/libpq.5.dylib"]
        #else
            return ["libpq.so.5"]
        #endif
    }

    private init(_ handle: UnsafeMutableRawPointer, _ file: String) throws(PostgresError) {
        func find<T>(_ name: String, as type: T.Type = T.self) throws(PostgresError) -> T {
            guard let symbol = dlsym(handle, name) else {
                throw PostgresError(.library, "\(file) is not libpq: it has no \(name). \(Self.hint)")
            }
            return unsafeBitCast(symbol, to: T.self)
        }
        connect = try find("PQconnectdbParams")
        ping = try find("PQpingParams")
        finish = try find("PQfinish")
        status = try find("PQstatus")
        transactionStatus = try find("PQtransactionStatus")
        errorMessage = try find("PQerrorMessage")
        serverVersion = try find("PQserverVersion")
        parse = try find("PQconninfoParse")
        freeParsed = try find("PQconninfoFree")
        freeMemory = try find("PQfreemem")
        onNotice = try find("PQsetNoticeProcessor")
        exec = try find("PQexec")
        execParams = try find("PQexecParams")
        prepare = try find("PQprepare")
        execPrepared = try find("PQexecPrepared")
        nextResult = try find("PQgetResult")
        putCopyData = try find("PQputCopyData")
        putCopyEnd = try find("PQputCopyEnd")
        resultStatus = try find("PQresultStatus")
        errorField = try find("PQresultErrorField")
        command = try find("PQcmdStatus")
        affected = try find("PQcmdTuples")
        rows = try find("PQntuples")
        columns = try find("PQnfields")
        value = try find("PQgetvalue")
        length = try find("PQgetlength")
        isNull = try find("PQgetisnull")
        clear = try find("PQclear")
    }
}
