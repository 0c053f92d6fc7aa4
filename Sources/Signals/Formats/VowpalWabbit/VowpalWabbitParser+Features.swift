/// What stands behind the first bar: namespaces and features.
extension VowpalWabbitParser {
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// Flags the first byte of a word that ends a name: a blank or control character, `:` or `|`. What is flagged
    /// above the first may be wrong.
    @inline(__always)
    private static func ends(in word: UInt64) -> UInt64 {
        let low = (word &- ones &* 0x21) & ~word
        let colon = word ^ (ones &* 0x3A)
        let bar = word ^ (ones &* 0x7C)
        return (low | ((colon &- ones) & ~colon) | ((bar &- ones) & ~bar)) & (ones &* 0x80)
    }

    /// Reads the namespaces of a line up to its end, with the first bar at hand.
    mutating func parseFeatures() throws(Fault) {
        while byte(at) == UInt8(ascii: "|") {
            at += 1
            var space: UInt32 = 0
            var scale = 1.0
            let first = byte(at)
            if first > 0x20, first != UInt8(ascii: "|") {
                let start = at
                at = wordEnd(start, colon: true)
                guard at > start else {
                    throw Fault(
                        field: "namespace", reason: "the name of a namespace is expected before the colon",
                        start: start, end: wordEnd(start))
                }
                space = 1 + part.spaces.intern(UnsafeBufferPointer(start: base + start, count: at - start))
                if byte(at) == UInt8(ascii: ":") {
                    at += 1
                    let place = at
                    guard let number = number(), byte(at) != UInt8(ascii: ":") else {
                        throw Fault(
                            field: "namespace", reason: "the scale of a namespace is a number", start: place,
                            end: wordEnd(place))
                    }
                    scale = number
                }
            }
            try parseList(space, scale)
        }
    }

    /// Reads features up to the next bar or the end of the line.
    @inline(__always)
    private mutating func parseList(_ space: UInt32, _ scale: Double) throws(Fault) {
        var nameless = 0
        while true {
            var next = byte(at)
            while next <= 0x20 {
                if isLineEnd(next) { return }
                at += 1
                next = byte(at)
            }
            if next == UInt8(ascii: "|") { return }
            let start = at
            var word: UInt64 = 0
            var length = 0
            var flags: UInt64 = 0
            if at + 8 <= count {
                word = UInt64(littleEndian: UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self))
                flags = Self.ends(in: word)
            }
            if flags != 0 {
                length = flags.trailingZeroBitCount >> 3
                word &= (1 << UInt64(8 * length)) &- 1
            } else {
                length = wordEnd(start, colon: true) - start
                word = firstWord(start, length)
            }
            at = start + length
            guard byte(at) == UInt8(ascii: ":") else {
                if scale != 0 { rows.append(code(start, length, word, space), scale) }
                continue
            }
            at += 1
            if let number = number() {
                if byte(at) == UInt8(ascii: ":") { throw valueFault(start) }
                let value = scale * number
                guard value.isFinite else { throw valueFault(start) }
                if length == 0 {
                    if value != 0 { rows.append(numberedCode(nameless, space), value) }
                    nameless += 1
                } else if value != 0 {
                    rows.append(code(start, length, word, space), value)
                }
            } else {
                try parseText(start, space)
            }
        }
    }

    /// A name's first eight bytes, or all of them and zeros.
    @inline(__always)
    private func firstWord(_ start: Int, _ length: Int) -> UInt64 {
        if length >= 8 {
            return UInt64(littleEndian: UnsafeRawPointer(base + start).loadUnaligned(as: UInt64.self))
        }
        var word: UInt64 = 0
        for index in 0..<length { word |= UInt64(base[start + index]) << UInt64(8 * index) }
        return word
    }

    @inline(__always)
    private mutating func code(_ start: Int, _ length: Int, _ word: UInt64, _ space: UInt32) -> Int32 {
        let hash = TokenTable.hash(base + start, count: length, word: word, space: space)
        return tokens.intern(base + start, count: length, word: word, hash: hash, space: space)
    }

    /// Reads a feature whose value is a text, `city:paris`, which is a feature of its own with the value 1.
    @inline(never)
    private mutating func parseText(_ start: Int, _ space: UInt32) throws(Fault) {
        let end = wordEnd(at)
        let text = UnsafeBufferPointer(start: base + at, count: end - at)
        let lower = String(decoding: text.prefix(12), as: UTF8.self).lowercased().drop {
            $0 == "-" || $0 == "+"
        }
        guard let first = lower.utf8.first, !text.contains(UInt8(ascii: ":")), !(first &- 48 < 10),
            first != UInt8(ascii: "."), !["nan", "inf", "infinity"].contains(String(lower))
        else { throw valueFault(start) }
        rows.append(code(start, end - start, firstWord(start, end - start), space), 1)
        at = end
    }

    private func valueFault(_ start: Int) -> Fault {
        Fault(
            field: "feature", reason: "a name and a finite number, or a name and a text, are expected",
            start: start, end: wordEnd(start))
    }

    /// The code of a feature without a name: its number in its namespace, which is how Vowpal Wabbit places it.
    @inline(never)
    private mutating func numberedCode(_ number: Int, _ space: UInt32) -> Int32 {
        let digits = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 20)
        let length = digits.initialize(fromContentsOf: Array(String(number).utf8))
        var word: UInt64 = 0
        for index in 0..<min(8, length) { word |= UInt64(digits[index]) << UInt64(8 * index) }
        let known = tokens.tokens.count
        let start = UnsafePointer(digits.baseAddress!)
        let hash = TokenTable.hash(start, count: length, word: word, space: space)
        let code = tokens.intern(start, count: length, word: word, hash: hash, space: space)
        if tokens.tokens.count > known { part.numbers.append(digits) } else { digits.deallocate() }
        return code
    }

    /// Reads the number that begins here and ends before a blank, a colon or a bar; stays where it is where there
    /// is none.
    @inline(__always)
    mutating func number() -> Double? {
        var place = at
        var next = byte(place)
        let isNegative = next == UInt8(ascii: "-")
        if isNegative {
            place += 1
            next = byte(place)
        }
        var mantissa: UInt64 = 0
        var digits = 0
        while next &- 48 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(next &- 48)
            digits += 1
            place += 1
            next = byte(place)
        }
        var decimals = 0
        if next == UInt8(ascii: ".") {
            place += 1
            next = byte(place)
            while next &- 48 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(next &- 48)
                decimals += 1
                place += 1
                next = byte(place)
            }
            digits += decimals
        }
        // Up to here digits and power of ten are exact, so that one rounding gives the nearest double.
        let ends = next <= 0x20 || next == UInt8(ascii: ":") || next == UInt8(ascii: "|")
        guard ends, digits > 0, digits <= 15 else { return slowNumber() }
        at = place
        var value = Double(Int64(truncatingIfNeeded: mantissa))
        if decimals > 0 { value /= powers[decimals] }
        return isNegative ? -value : value
    }

    @inline(never)
    private mutating func slowNumber() -> Double? {
        let end = wordEnd(at, colon: true)
        guard let value = DecimalNumber.value(UnsafeBufferPointer(start: base + at, count: end - at)) else {
            return nil
        }
        at = end
        return value
    }
}
