import Foundation

/// Where a database is and who asks: a URL such as `postgres://heed:secret@db.example/heed?sslmode=require`, or
/// libpq's own `host=… dbname=…`.
///
/// It describes itself without the password.
public struct PostgresAddress: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The address with its password, for libpq alone.
    let text: String
    let password: String?
    /// The address without its password.
    public let description: String

    public var debugDescription: String { description }

    /// Reads an address.
    ///
    /// - Throws: `PostgresError`, which does not repeat the address.
    public init(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0), Self.isUnambiguous(text) else { throw Self.unreadable }
        let library = try PostgresLibrary.shared()
        var message: UnsafeMutablePointer<CChar>?
        let parsed = text.withCString { library.parse($0, &message) }
        library.freeMemory(message)
        guard let parsed else { throw Self.unreadable }
        defer { library.freeParsed(parsed) }
        let options = Self.options(parsed)
        if let ports = options["port"], ports.contains(where: { !$0.isWholeNumber && $0 != "," }) {
            throw Self.unreadable
        }
        self.text = text
        password = options["password"]
        description = Self.describe(options)
    }

    private static let unreadable = PostgresError(
        .address,
        "the address of the database cannot be read; expected postgres://USER:PASSWORD@HOST:PORT/DATABASE, "
            + "in which / : @ % and ? within a name or password are written as %2F %3A %40 %25 and %3F")

    /// Whether a URL cannot be taken for one whose password reaches into the host or the path, which messages show.
    private static func isUnambiguous(_ text: String) -> Bool {
        guard let scheme = text.range(of: "://") else { return text.contains("=") }
        guard ["postgres", "postgresql"].contains(text[..<scheme.lowerBound]) else { return false }
        let rest = text[scheme.upperBound...].prefix { $0 != "?" }
        let user = rest.prefix { $0 != "@" }
        return user.count == rest.count
            || !(user.contains("/") || rest.dropFirst(user.count + 1).contains("@"))
    }

    /// libpq's array of options: each six pointers (the keyword first, the value fourth) and a number.
    private static func options(_ parsed: UnsafeMutableRawPointer) -> [String: String] {
        let word = MemoryLayout<UnsafePointer<CChar>?>.stride
        var options: [String: String] = [:]
        var at = UnsafeRawPointer(parsed)
        while let keyword = at.load(as: UnsafePointer<CChar>?.self) {
            if let value = at.load(fromByteOffset: 3 * word, as: UnsafePointer<CChar>?.self) {
                options[String(cString: keyword)] = String(cString: value)
            }
            at += 7 * word
        }
        return options
    }

    private static func describe(_ options: [String: String]) -> String {
        let user = options["user"].map { "\(escape($0))@" } ?? ""
        let host = options["host"] ?? options["hostaddr"] ?? ""
        let place = host.hasPrefix("/") ? escape(host) : host
        let port = options["port"].map { ":\($0)" } ?? ""
        let database = options["dbname"].map { "/\(escape($0))" } ?? ""
        return "postgres://\(user)\(place)\(port)\(database)"
    }

    private static func escape(_ text: String) -> String {
        text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-_.")))
            ?? ""
    }

    /// A message of libpq's, without the password should it ever stand in it.
    func clean(_ message: String) -> String {
        let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard let password, password.utf8.count > 2 else { return line }
        return line.replacingOccurrences(of: password, with: "…")
    }
}
