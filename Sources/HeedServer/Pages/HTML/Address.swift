/// Where a link, a form or an image points: a path of this server, or a checked address elsewhere.
struct Address: Sendable, Hashable {
    /// As it stands in an attribute, not yet escaped for it.
    let text: String

    private init(written text: String) { self.text = text }

    /// A path of this server; its parts may be any text.
    static func path(_ parts: String..., query: [(String, String)] = [], section: String? = nil) -> Address {
        var text = "/" + parts.map(encoded).joined(separator: "/")
        if !query.isEmpty {
            text += "?" + query.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
        }
        if let section { text += "#\(encoded(section))" }
        return Address(written: text)
    }

    /// A place on the same page.
    static func section(_ id: String) -> Address { Address(written: "#\(encoded(id))") }

    /// A path that the service made, such as that of an invitation; `nil` for anything but a plain path of this server.
    static func local(_ path: String) -> Address? {
        let bytes = Array(path.utf8)
        guard bytes.first == 0x2F, bytes.count == 1 || (bytes[1] != 0x2F && bytes[1] != 0x5C),
            bytes.count <= 4_000,
            bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C })
        else { return nil }
        return Address(written: path)
    }

    /// An address elsewhere; `nil` unless it is http or https with a host.
    static func web(_ text: String) -> Address? {
        guard text.utf8.count <= 2_000 else { return nil }
        let lower = text.prefix(8).lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            rest = text.dropFirst(8)
        } else if lower.hasPrefix("http://") {
            rest = text.dropFirst(7)
        } else {
            return nil
        }
        guard let first = rest.unicodeScalars.first, first != "/", first != "?", first != "#",
            text.unicodeScalars.allSatisfy({
                $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" && $0 != "<" && $0 != "\""
            })
        else { return nil }
        return Address(written: text)
    }

    /// A text as one part of a path or query.
    static func encoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%" + hex[Int(byte >> 4)] + hex[Int(byte & 15)]
            }
        }
        return out
    }

    private static let hex = "0123456789ABCDEF".map(String.init)
}
