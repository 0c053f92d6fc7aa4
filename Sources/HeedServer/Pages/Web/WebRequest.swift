import Foundation

/// A request to a page, apart from the server that brings it.
struct WebRequest: Sendable {
    var method = "GET"
    /// The parts of the path, decoded.
    var path: [String] = []
    var query: [String: String] = [:]
    /// The fields of the form that was sent.
    var form = FormData()
    /// The headers that pages look at, by name in small letters.
    var headers: [String: String] = [:]
    /// Whether the connection to the reader is encrypted.
    var isSecure = false
    /// Where the request comes from.
    var client = ""

    /// A cookie by its name.
    func cookie(_ name: String) -> String? {
        for pair in (headers["cookie"] ?? "").split(separator: ";").prefix(100) {
            let parts = pair.split(separator: "=", maxSplits: 1)
            if parts.count == 2, parts[0].trimmingPrefix(while: { $0 == " " }) == name {
                return String(parts[1])
            }
        }
        return nil
    }

    /// The address of this server as the reader wrote it, for links to copy.
    var origin: String {
        let host = headers["host"] ?? ""
        let isGood =
            !host.isEmpty && host.utf8.count <= 260
            && host.utf8.allSatisfy {
                (0x30...0x3A).contains($0) || (0x41...0x5B).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == 0x2D || $0 == 0x2E || $0 == 0x5D
            }
        return "\(isSecure ? "https" : "http")://\(isGood ? host : "localhost:8080")"
    }

    /// Whether the request comes from a page of this server, as far as the browser tells.
    ///
    /// Browsers send `Sec-Fetch-Site` or at least `Origin` with what changes something; what is no browser sends neither, and
    /// needs the token all the same.
    var isFromHere: Bool {
        if let site = headers["sec-fetch-site"] { return site == "same-origin" }
        guard let origin = headers["origin"] else { return true }
        guard let host = headers["host"], let mark = origin.range(of: "://") else { return false }
        return origin[mark.upperBound...].lowercased() == host.lowercased()
    }

    /// Whether a script of our own pages asks, for a part of a page.
    var wantsFragment: Bool { headers["x-heed-part"] != nil }
}

/// The fields of a form.
struct FormData: Sendable {
    private var fields: [(name: String, value: String)] = []

    /// No fields.
    init() {}

    /// Fields by name, for tests and for building forms.
    init(_ fields: [(String, String)]) { self.fields = fields.map { ($0.0, $0.1) } }

    /// Reads a body in the usual encoding of forms; `nil` where it is none or has too many fields.
    init?(urlEncoded body: [UInt8]) {
        for pair in body.split(separator: 0x26, omittingEmptySubsequences: true) {
            guard fields.count < 200 else { return nil }
            let mark = pair.firstIndex(of: 0x3D) ?? pair.endIndex
            guard let name = Self.decoded(pair[..<mark]), let value = Self.decoded(pair[mark...].dropFirst())
            else {
                return nil
            }
            fields.append((name, value))
        }
    }

    /// The first field of a name.
    subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The first field of each name.
    var byName: [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// All fields of a name.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Undoes the encoding; `nil` for what is no UTF-8 or no encoding. Line ends become `\n`.
    static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case 0x2B: out.append(0x20)
            case 0x25:
                guard index + 2 < bytes.endIndex, let high = digit(bytes[index + 1]),
                    let low = digit(bytes[index + 2])
                else { return nil }
                out.append(high << 4 | low)
                index += 2
            default: out.append(bytes[index])
            }
            index += 1
        }
        guard let text = String(validating: out, as: UTF8.self) else { return nil }
        return text.replacing("\r\n", with: "\n")
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
