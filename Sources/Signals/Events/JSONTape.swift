/// Why a text is not JSON, and at which byte.
package struct JSONError: Error, Sendable {
    /// The offending byte, counted from 0.
    package var offset: Int
    /// What is wrong there.
    package var reason: String
}

/// A JSON text, checked and laid out as a flat list of nodes over the bytes it came in.
///
/// The grammar is RFC 8259 without exceptions: no comments, no trailing commas, no `NaN`, numbers as the
/// standard writes them, surrogates in pairs, strings in valid UTF-8. Nothing recurses, nesting is limited, and
/// a tape that is used again keeps its memory, so that lines of a file are parsed without an allocation each.
package struct JSONTape {
    /// The deepest nesting that is read where nothing else is said.
    static let maximumDepth = 256
    /// The deepest nesting that is read.
    private let depth: Int
    /// The most values and keys that are read.
    private let limit: Int

    /// Creates a tape that reads no deeper and no more than this.
    package init(depth: Int = Self.maximumDepth, limit: Int = .max) {
        self.depth = depth
        self.limit = limit
    }

    package enum Kind: UInt8 { case null, bool, number, string, array, object }

    struct Node {
        /// Where the value begins; inside the quotes for a string.
        var start: Int32
        /// Where it ends, exclusive.
        var end: Int32
        /// The node after this one and everything in it.
        var next: Int32
        var kind: Kind
        /// Whether a string holds escapes.
        var escaped = false
    }

    private var nodes: [Node] = []
    private var open: [Int32] = []

    /// Parses one JSON text and hands its root to the closure; the root is valid only inside it.
    package mutating func parse<R>(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (JSONValue) throws -> R)
        throws -> R
    {
        guard bytes.count < Int(Int32.max) else {
            throw JSONError(offset: 0, reason: "a JSON text of 2 GiB or more is not read")
        }
        nodes.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        try lay(bytes)
        return try nodes.withUnsafeBufferPointer { try body(JSONValue(nodes: $0, bytes: bytes, index: 0)) }
    }

    private mutating func lay(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        var at = 0
        while true {
            // A value begins here.
            Self.skipBlanks(bytes, &at)
            guard at < bytes.count else { throw JSONError(offset: at, reason: "a value is missing") }
            guard nodes.count < limit else {
                throw JSONError(offset: at, reason: "more than \(limit) values")
            }
            let byte = bytes[at]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard open.count < depth else {
                    throw JSONError(offset: at, reason: "nested more than \(depth) deep")
                }
                let isObject = byte == UInt8(ascii: "{")
                open.append(Int32(nodes.count))
                nodes.append(Node(start: Int32(at), end: 0, next: 0, kind: isObject ? .object : .array))
                at += 1
                Self.skipBlanks(bytes, &at)
                if at < bytes.count, bytes[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    at += 1
                    close(at)
                } else {
                    if isObject { try key(bytes, &at) }
                    continue
                }
            } else {
                try scalar(bytes, &at)
            }
            // A value has ended: what follows decides.
            var next = false
            while !next {
                guard let container = open.last else {
                    Self.skipBlanks(bytes, &at)
                    if at < bytes.count {
                        throw JSONError(offset: at, reason: "text after the end of the value")
                    }
                    return
                }
                let isObject = nodes[Int(container)].kind == .object
                Self.skipBlanks(bytes, &at)
                guard at < bytes.count else {
                    throw JSONError(offset: at, reason: isObject ? "a } is missing" : "a ] is missing")
                }
                switch bytes[at] {
                case UInt8(ascii: ","):
                    at += 1
                    if isObject { try key(bytes, &at) }
                    next = true
                case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
                    at += 1
                    close(at)
                default:
                    throw JSONError(offset: at, reason: isObject ? "expected , or }" : "expected , or ]")
                }
            }
        }
    }

    private mutating func close(_ end: Int) {
        let index = Int(open.removeLast())
        nodes[index].end = Int32(end)
        nodes[index].next = Int32(nodes.count)
    }

    private mutating func key(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONError) {
        Self.skipBlanks(bytes, &at)
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            throw JSONError(offset: at, reason: "a key in double quotes is expected")
        }
        try string(bytes, &at)
        Self.skipBlanks(bytes, &at)
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else {
            throw JSONError(offset: at, reason: "a : is expected after the key")
        }
        at += 1
    }

    private mutating func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONError) {
        switch bytes[at] {
        case UInt8(ascii: "\""): try string(bytes, &at)
        case UInt8(ascii: "t"): try word("true", .bool, bytes, &at)
        case UInt8(ascii: "f"): try word("false", .bool, bytes, &at)
        case UInt8(ascii: "n"): try word("null", .null, bytes, &at)
        default: try number(bytes, &at)
        }
    }

    private mutating func leaf(_ kind: Kind, _ start: Int, _ end: Int, escaped: Bool = false) {
        nodes.append(
            Node(
                start: Int32(start), end: Int32(end), next: Int32(nodes.count + 1), kind: kind,
                escaped: escaped))
    }

    private mutating func word(
        _ text: StaticString, _ kind: Kind, _ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int
    ) throws(JSONError) {
        let length = text.utf8CodeUnitCount
        let matches =
            at + length <= bytes.count && (0..<length).allSatisfy { bytes[at + $0] == text.utf8Start[$0] }
        guard matches else { throw JSONError(offset: at, reason: "not a JSON value") }
        leaf(kind, at, at + length)
        at += length
    }

    private mutating func number(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at
        func digits() -> Int {
            let from = at
            while at < bytes.count, bytes[at] &- 48 < 10 { at += 1 }
            return at - from
        }
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let leading = at
        let whole = digits()
        if whole == 0 {
            throw JSONError(
                offset: start, reason: at == start ? "not a JSON value" : "a digit is expected after -")
        }
        if whole > 1, bytes[leading] == UInt8(ascii: "0") {
            throw JSONError(offset: start, reason: "a JSON number does not begin with 0")
        }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            if digits() == 0 { throw JSONError(offset: at, reason: "a digit is expected after the point") }
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            if digits() == 0 { throw JSONError(offset: at, reason: "a digit is expected in the exponent") }
        }
        leaf(.number, start, at)
    }

    private mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at + 1
        at = start
        var escaped = false
        var all: UInt8 = 0
        while at < bytes.count {
            let byte = bytes[at]
            all |= byte
            if byte == UInt8(ascii: "\"") {
                if all >= 0x80 {
                    let text = UnsafeBufferPointer(rebasing: bytes[start..<at])
                    if let bad = UTF8Check.firstInvalid(text) {
                        throw JSONError(offset: start + bad, reason: "not valid UTF-8")
                    }
                }
                leaf(.string, start, at, escaped: escaped)
                at += 1
                return
            }
            if byte < 0x20 {
                throw JSONError(offset: at, reason: "a control character in a string must be escaped")
            }
            if byte == UInt8(ascii: "\\") {
                escaped = true
                try Self.escape(bytes, &at)
            } else {
                at += 1
            }
        }
        throw JSONError(offset: start - 1, reason: "the string that begins here has no end")
    }

    private static func escape(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(JSONError) {
        let start = at
        guard at + 1 < bytes.count else {
            throw JSONError(offset: at, reason: "an escape without its letter")
        }
        switch bytes[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            guard let unit = hex4(bytes, at + 2) else {
                throw JSONError(offset: start, reason: "\\u needs four hexadecimal digits")
            }
            at += 6
            if unit & 0xFC00 == 0xDC00 {
                throw JSONError(offset: start, reason: "a low surrogate without its high one")
            }
            if unit & 0xFC00 == 0xD800 {
                guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                    bytes[at + 1] == UInt8(ascii: "u"),
                    let low = hex4(bytes, at + 2), low & 0xFC00 == 0xDC00
                else { throw JSONError(offset: start, reason: "a high surrogate without its low one") }
                at += 6
            }
        default: throw JSONError(offset: start, reason: "an escape that JSON does not know")
        }
    }

    static func hex4(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[at + offset]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - 48
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - 87
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - 55
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    @inline(__always)
    static func skipBlanks(_ bytes: UnsafeBufferPointer<UInt8>, _ at: inout Int) {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }
}
