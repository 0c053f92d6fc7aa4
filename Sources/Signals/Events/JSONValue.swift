/// One value of a parsed JSON text; valid only while the tape and its bytes are.
package struct JSONValue {
    let nodes: UnsafeBufferPointer<JSONTape.Node>
    let bytes: UnsafeBufferPointer<UInt8>
    let index: Int

    private var node: JSONTape.Node { nodes[index] }

    package var kind: JSONTape.Kind { node.kind }

    package var isNull: Bool { node.kind == .null }

    /// Where the value begins in the text, its quote included.
    package var offset: Int { node.kind == .string ? Int(node.start) - 1 : Int(node.start) }

    /// The value as it stands in the text; a string without its quotes.
    package var raw: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(node.start)..<Int(node.end)])
    }

    /// Whether `raw` is not the text that a string stands for.
    var isEscaped: Bool { node.escaped }

    /// The value as it stands in the text, shortened, for messages.
    package var excerpt: String { Excerpt.of(raw) }

    /// The text of a string, `nil` for any other value.
    package var string: String? {
        guard node.kind == .string else { return nil }
        guard node.escaped else { return String(decoding: raw, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: raw.count) { Self.unescape(raw, into: $0) }
    }

    /// The number, `nil` for any other value and for one out of range.
    package var number: Double? { node.kind == .number ? DecimalNumber.value(raw) : nil }

    package var bool: Bool? { node.kind == .bool ? raw.count == 4 : nil }

    /// The elements of an array.
    package var elements: Children { Children(parent: self, isObject: false) }

    /// The members of an object: key and value.
    package var members: Members { Members(values: Children(parent: self, isObject: true)) }

    /// The value of the first member with this key.
    func member(_ key: StaticString) -> JSONValue? {
        for (name, value) in members where name.isText(key) { return value }
        return nil
    }

    /// Whether this is a string with exactly this text.
    package func isText(_ text: StaticString) -> Bool {
        if node.escaped { return string == String(describing: text) }
        let raw = raw
        guard node.kind == .string, raw.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<raw.count where raw[offset] != text.utf8Start[offset] { return false }
        return true
    }

    package struct Children: Sequence, IteratorProtocol {
        private let parent: JSONValue
        private var at: Int
        private let end: Int

        init(parent: JSONValue, isObject: Bool) {
            self.parent = parent
            let matches = parent.kind == (isObject ? .object : .array)
            at = parent.index + 1
            end = matches ? Int(parent.node.next) : at
        }

        package mutating func next() -> JSONValue? {
            guard at < end else { return nil }
            let value = JSONValue(nodes: parent.nodes, bytes: parent.bytes, index: at)
            at = Int(value.node.next)
            return value
        }
    }

    package struct Members: Sequence, IteratorProtocol {
        fileprivate var values: Children

        package mutating func next() -> (key: JSONValue, value: JSONValue)? {
            guard let key = values.next(), let value = values.next() else { return nil }
            return (key, value)
        }
    }

    /// Writes the text that an escaped string stands for and returns its length, which never exceeds the raw one.
    static func unescape(_ raw: UnsafeBufferPointer<UInt8>, into out: UnsafeMutableBufferPointer<UInt8>)
        -> Int
    {
        var at = 0
        var count = 0
        func put(_ byte: UInt8) {
            out[count] = byte
            count += 1
        }
        while at < raw.count {
            guard raw[at] == UInt8(ascii: "\\") else {
                put(raw[at])
                at += 1
                continue
            }
            let letter = raw[at + 1]
            at += 2
            switch letter {
            case UInt8(ascii: "b"): put(0x08)
            case UInt8(ascii: "f"): put(0x0C)
            case UInt8(ascii: "n"): put(0x0A)
            case UInt8(ascii: "r"): put(0x0D)
            case UInt8(ascii: "t"): put(0x09)
            case UInt8(ascii: "u"):
                var scalar = JSONTape.hex4(raw, at) ?? 0
                at += 4
                if scalar & 0xFC00 == 0xD800 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + ((JSONTape.hex4(raw, at + 2) ?? 0) & 0x3FF)
                    at += 6
                }
                for byte in UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}")! { put(byte) }
            default: put(letter)
            }
        }
        return count
    }
}

/// A value shortened for a message.
enum Excerpt {
    static let maximum = 80

    static func of(_ bytes: some Collection<UInt8>) -> String {
        let head = bytes.prefix(maximum + 1)
        guard head.count > maximum else { return String(decoding: head, as: UTF8.self) }
        // Do not cut inside a character.
        var short = Array(head.prefix(maximum))
        while let last = short.last, last & 0xC0 == 0x80 { short.removeLast() }
        if let last = short.last, last >= 0xC0 { short.removeLast() }
        return String(decoding: short, as: UTF8.self) + "…"
    }
}
