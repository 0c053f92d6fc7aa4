import Foundation

/// One connection to a PostgreSQL server.
///
/// Not safe to share: one thread at a time. Values go to the server only as bound parameters, never as part of a statement.
public final class PostgresConnection {
    /// Where it leads.
    public let address: PostgresAddress
    /// Names this connection among all that ever were.
    public let id = (0..<16).map { _ in UInt8.random(in: 0...255) }
    /// How many transactions were numbered on it.
    private var transactions: Int64 = 0
    private let library: PostgresLibrary
    private let connection: OpaquePointer
    private var statements: [String: String] = [:]

    /// Connects.
    ///
    /// - Parameter timeout: how long to wait for each of the address's hosts, in seconds.
    /// - Throws: `PostgresError`: `unreachable` where nobody answers, `rejected` where the server does not let us in.
    public init(_ address: PostgresAddress, timeout: Int = 5) throws(PostgresError) {
        let library = try PostgresLibrary.shared()
        self.library = library
        self.address = address
        var attempt = 1
        while true {
            let opened = Self.open(library, address, timeout)
            if let opened, library.status(opened) == 0 {
                connection = opened
                break
            }
            let message = opened.flatMap { library.errorMessage($0) }.map { String(cString: $0) }
            library.finish(opened)
            let reason = address.clean(message ?? "out of memory")
            // libpq tells no SQLSTATE of a refused connection. A server that accepts connections and refuses ours
            // twice is one that will not let us in; any other may yet.
            let isAccepting = Self.arguments(address, timeout) { library.ping($0, $1, 1) } == 0
            if !isAccepting || reason.contains("too many clients") || reason.contains("connection slots") {
                throw PostgresError(.unreachable, reason)
            }
            if attempt == 2 { throw PostgresError(.rejected, reason) }
            attempt += 1
        }
        // Notices would go to standard error.
        _ = library.onNotice(connection, { _, _ in }, nil)
    }

    deinit { library.finish(connection) }

    /// The server's version, such as 150004.
    public var serverVersion: Int { Int(library.serverVersion(connection)) }

    /// Whether the connection was lost: it does not come back, make another.
    public var isBroken: Bool { library.status(connection) != 0 }

    /// Whether there is no transaction under way.
    public var isIdle: Bool { library.transactionStatus(connection) == 0 }

    /// A number that no transaction of this connection had before.
    public func nextTransaction() -> Int64 {
        transactions += 1
        return transactions
    }

    /// Runs statements without parameters, separated by semicolons.
    @discardableResult
    public func execute(_ statements: String) throws(PostgresError) -> PostgresResult {
        try result(library.exec(connection, statements))
    }

    /// Runs one statement with bound parameters (`$1`…) and gives its rows.
    @discardableResult
    public func query(_ statement: String, _ values: [PostgresValue] = []) throws(PostgresError)
        -> PostgresResult
    {
        let answer = Self.bind(values) { pointers, lengths, formats in
            values.map(\.type).withUnsafeBufferPointer { types in
                library.execParams(
                    connection, statement, CInt(values.count), types.baseAddress, pointers, lengths, formats,
                    1)
            }
        }
        return try result(answer)
    }

    /// Runs one statement as `query` does; the server reads and plans it once for this connection.
    @discardableResult
    public func prepared(_ statement: String, _ values: [PostgresValue]) throws(PostgresError)
        -> PostgresResult
    {
        let name: String
        if let known = statements[statement] {
            name = known
        } else {
            name = "heed\(statements.count)"
            let types = values.map(\.type)
            try result(
                types.withUnsafeBufferPointer {
                    library.prepare(connection, name, statement, CInt(values.count), $0.baseAddress)
                })
            statements[statement] = name
        }
        let answer = Self.bind(values) { pointers, lengths, formats in
            library.execPrepared(connection, name, CInt(values.count), pointers, lengths, formats, 1)
        }
        return try result(answer)
    }

    /// Copies rows into a table.
    ///
    /// - Parameter target: the table and its columns: `event (seq, id)`.
    public func copy(_ rows: PostgresRows, into target: String) throws(PostgresError) {
        let begun = library.exec(connection, "COPY \(target) FROM STDIN (FORMAT binary)")
        guard library.resultStatus(begun) == Self.copyIn else {
            try result(begun)
            throw PostgresError(.unexpected, "the server does not take rows")
        }
        library.clear(begun)
        let isSent = rows.finished().withUnsafeBytes { bytes in
            var at = 0
            while at < bytes.count {
                let piece = UnsafeRawBufferPointer(rebasing: bytes[at..<min(at + 1 << 20, bytes.count)])
                if library.putCopyData(
                    connection, piece.assumingMemoryBound(to: CChar.self).baseAddress, CInt(piece.count))
                    != 1
                {
                    return false
                }
                at += piece.count
            }
            return library.putCopyEnd(connection, nil) == 1
        }
        var failure: PostgresError?
        while let next = library.nextResult(connection) {
            do throws(PostgresError) { try result(next) } catch { failure = failure ?? error }
            // A connection that is lost answers for ever that a copy is under way.
            if isBroken { break }
        }
        if let failure { throw failure }
        if !isSent { throw lost() }
    }

    private static let copyIn: CInt = 4

    /// Takes over a result, or throws what it says went wrong.
    @discardableResult
    private func result(_ answer: OpaquePointer?) throws(PostgresError) -> PostgresResult {
        guard let answer else { throw lost() }
        switch library.resultStatus(answer) {
        case 1, 2: return PostgresResult(library, answer)
        default:
            defer { library.clear(answer) }
            // Only the first line: the details quote values.
            let message = library.errorField(answer, CInt(UInt8(ascii: "M"))).map { String(cString: $0) }
            let state = library.errorField(answer, CInt(UInt8(ascii: "C"))).map { String(cString: $0) }
            if isBroken { throw lost(message, state) }
            throw PostgresError(
                .statement, address.clean(message ?? "the server gave an answer that was not expected"),
                state: state)
        }
    }

    private func lost(_ message: String? = nil, _ state: String? = nil) -> PostgresError {
        let reason = message ?? library.errorMessage(connection).map { String(cString: $0) } ?? ""
        return PostgresError(.unreachable, "the connection was lost: \(address.clean(reason))", state: state)
    }

    private static func open(
        _ library: PostgresLibrary, _ address: PostgresAddress, _ timeout: Int
    ) -> OpaquePointer? {
        arguments(address, timeout) { library.connect($0, $1, 1) }
    }

    /// What comes later overrides what comes before: the address has the word over our habits, but not over the encoding.
    private static func arguments<R>(
        _ address: PostgresAddress, _ timeout: Int,
        _ body: (PostgresLibrary.Texts?, PostgresLibrary.Texts?) -> R
    ) -> R {
        let settings = [
            ("connect_timeout", "\(max(2, timeout))"), ("fallback_application_name", "heed"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"), ("dbname", address.text), ("client_encoding", "UTF8"),
        ]
        let names = settings.map { strdup($0.0) }
        let values = settings.map { strdup($0.1) }
        defer { for text in names + values { free(text) } }
        return (names.map { $0.map { UnsafePointer($0) } } + [nil]).withUnsafeBufferPointer { names in
            (values.map { $0.map { UnsafePointer($0) } } + [nil]).withUnsafeBufferPointer { values in
                body(names.baseAddress, values.baseAddress)
            }
        }
    }

    /// Lays out values as libpq takes them.
    private static func bind<R>(
        _ values: [PostgresValue],
        _ body: (PostgresLibrary.Texts?, UnsafePointer<CInt>?, UnsafePointer<CInt>?) -> R
    ) -> R {
        var bytes: [UInt8] = []
        var places: [Int?] = []
        var lengths: [CInt] = []
        for value in values {
            let start = bytes.count
            places.append(value.append(to: &bytes) ? start : nil)
            lengths.append(CInt(clamping: bytes.count - start))
        }
        // So that an empty value has an address.
        bytes.append(0)
        let formats = [CInt](repeating: 1, count: values.count)
        return bytes.withUnsafeBytes { raw in
            let base = raw.assumingMemoryBound(to: CChar.self).baseAddress
            let pointers = places.map { place in place.flatMap { base?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress, lengths, formats) }
        }
    }
}
