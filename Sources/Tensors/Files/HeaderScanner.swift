/// Reads the JSON of a safetensors header: strict, without recursion that a file could drive, and naming the byte where
/// something is wrong.
struct HeaderScanner {
    /// The bytes of the header.
    let bytes: [UInt8]
    /// Where they stand in the file.
    let offset: Int
    /// The file, for messages.
    let source: String
    private var place = 0

    init(_ bytes: [UInt8], offset: Int, source: String) {
        self.bytes = bytes
        self.offset = offset
        self.source = source
    }

    /// How deep values may be nested that are skipped.
    private static let deepest = 64

    /// An error at the current byte.
    func failed(_ reason: String) -> TensorError {
        .format(source: source, reason: "at byte \(offset + place) of the header, \(reason)")
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    /// Whether the next byte after white space is this one, which is then taken.
    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard next == byte.asciiValue else { return false }
        place += 1
        return true
    }

    private mutating func expect(_ byte: Character, _ what: String) throws(TensorError) {
        if !take(byte) {
            throw failed(
                place < bytes.count ? "\(what) should stand" : "the header ends where \(what) should")
        }
    }

    /// Requires that only white space is left.
    mutating func expectEnd() throws(TensorError) {
        skipSpace()
        if next != nil { throw failed("something follows the end of the JSON") }
    }

    /// Reads an object; names may not occur twice unless it is said.
    ///
    /// - Parameter field: Reads the value of the field whose name it gets.
    mutating func object(
        allowingRepeats: Bool = false,
        _ field: (inout HeaderScanner, String) throws(TensorError) -> Void
    ) throws(TensorError) {
        try expect("{", "an object")
        if take("}") { return }
        var names: Set<String> = []
        repeat {
            skipSpace()
            let name = try string()
            guard allowingRepeats || names.insert(name).inserted else {
                throw failed("the name \(quoted(name)) stands twice")
            }
            try expect(":", "a colon")
            try field(&self, name)
        } while take(",")
        try expect("}", "a comma or the end of the object")
    }

    /// Reads an array of whole numbers.
    mutating func wholeNumbers(atMost limit: Int) throws(TensorError) -> [Int] {
        try expect("[", "an array of whole numbers")
        if take("]") { return [] }
        var numbers: [Int] = []
        repeat {
            guard numbers.count < limit else { throw failed("there are more than \(limit) numbers") }
            numbers.append(try wholeNumber())
        } while take(",")
        try expect("]", "a comma or the end of the array")
        return numbers
    }

    /// Reads a whole number, zero or more.
    mutating func wholeNumber() throws(TensorError) -> Int {
        skipSpace()
        let start = place
        var value = 0
        while let byte = next, (0x30...0x39).contains(byte) {
            let (ten, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = ten.addingReportingOverflow(Int(byte - 0x30))
            guard !overflow, !carry else { throw failed("the number is too large") }
            value = sum
            place += 1
        }
        guard place > start else { throw failed("a whole number, zero or more, should stand") }
        guard place == start + 1 || bytes[start] != 0x30 else { throw failed("the number begins with 0") }
        if let byte = next, byte == 0x2E || byte | 0x20 == 0x65 { throw failed("the number is not whole") }
        return value
    }

    /// Reads a string.
    mutating func string() throws(TensorError) -> String {
        try expect("\"", "a string")
        var text: [UInt8] = []
        var start = place
        while let byte = next {
            switch byte {
            case 0x22:
                text += bytes[start..<place]
                let result = String(decoding: text, as: UTF8.self)
                guard result.utf8.elementsEqual(text) else { throw failed("the string is not UTF-8") }
                place += 1
                return result
            case 0x5C:
                text += bytes[start..<place]
                place += 1
                text += Array(String(try escaped()).utf8)
                start = place
            case 0..<0x20: throw failed("the string holds a control character")
            default: place += 1
            }
        }
        throw failed("the header ends within a string")
    }

    /// Reads what follows a backslash.
    private mutating func escaped() throws(TensorError) -> Unicode.Scalar {
        guard let byte = next else { throw failed("the header ends within a string") }
        place += 1
        switch byte {
        case 0x22, 0x2F, 0x5C: return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xDC00, next == 0x5C, place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u")
            else { throw failed("half of a pair of surrogates stands alone") }
            place += 2
            let second = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(second) else {
                throw failed("half of a pair of surrogates stands alone")
            }
            return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!
        default: throw failed("there is no such escape in JSON")
        }
    }

    private mutating func hexadecimal() throws(TensorError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80
            else {
                throw failed("four hexadecimal digits should stand")
            }
            value = value << 4 | UInt32(digit)
            place += 1
        }
        return value
    }

    /// Passes over a value of any kind.
    mutating func skipValue(depth: Int = 0) throws(TensorError) {
        guard depth < Self.deepest else { throw failed("values are nested too deeply") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(TensorError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            place += 1
            if take("]") { return }
            repeat { try skipValue(depth: depth + 1) } while take(",")
            try expect("]", "a comma or the end of the array")
        case UInt8(ascii: "\""): _ = try string()
        default:
            let start = place
            while let byte = next,
                byte == 0x2B || byte == 0x2D || byte == 0x2E || (0x30...0x39).contains(byte)
                    || (0x61...0x7A).contains(byte | 0x20)
            {
                place += 1
            }
            let word = String(decoding: bytes[start..<place], as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || (word.first != "+" && Double(word) != nil)
            else {
                throw failed("a value should stand")
            }
        }
    }
}

/// A name in quotation marks, cut where it is long.
func quoted(_ name: String) -> String {
    name.count > 200 ? "\"\(name.prefix(200))…\"" : "\"\(name)\""
}
