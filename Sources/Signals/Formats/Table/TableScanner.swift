/// Splits delimited text into records and fields, as RFC 4180 describes it and as spreadsheets write it.
///
/// A field that begins with a double quote runs to the closing one; inside it, separators and line breaks are
/// text and a doubled quote is one quote. Anywhere else a quote is an ordinary character. Lines end with LF, CR LF
/// or CR. Blanks around an unquoted field are not part of it.
struct TableScanner {
    /// The byte between fields.
    let separator: UInt8

    /// What became of an attempt to read one record.
    enum Step {
        /// A record was read: the bytes it takes with its line break, without, and the number of line breaks in it.
        case record(length: Int, body: Int, lineBreaks: Int)
        /// The window ends inside the record.
        case more
        /// A quoted field is malformed: what to pass to reach the next line, and where the fault is (-1: further
        /// down).
        case bad(length: Int, body: Int, offset: Int, reason: String)
    }

    /// The most fields that a record may have.
    static let maximumFields = 8192

    /// Reads the record at the beginning of the bytes into `fields`.
    ///
    /// Each field is reported as its raw range, whether it was quoted, and whether it holds doubled quotes.
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool, into fields: inout [Field]) -> Step {
        fields.removeAll(keepingCapacity: true)
        var at = 0
        var lineBreaks = 0
        while true {
            // A field begins here.
            var start = at
            if separator != 0x20 { while start < bytes.count, bytes[start] == 0x20 { start += 1 } }
            if start < bytes.count, bytes[start] == UInt8(ascii: "\"") {
                let opening = start
                start += 1
                at = start
                var doubled = false
                while true {
                    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                        if bytes[at] == 0x0A
                            || (bytes[at] == 0x0D && !(at + 1 < bytes.count && bytes[at + 1] == 0x0A))
                        {
                            lineBreaks += 1
                        }
                        at += 1
                    }
                    guard at < bytes.count else {
                        return isLast
                            ? bad(bytes, opening, "the quote that opens here is never closed") : .more
                    }
                    if at + 1 == bytes.count, !isLast { return .more }
                    if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
                        doubled = true
                        at += 2
                        continue
                    }
                    break
                }
                fields.append(Field(start: start, end: at, quoted: true, doubled: doubled))
                at += 1
                while at < bytes.count, bytes[at] == 0x20 { at += 1 }
                if at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A, bytes[at] != 0x0D {
                    return bad(bytes, at, "text after the closing quote", from: opening)
                }
            } else {
                while at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A, bytes[at] != 0x0D {
                    at += 1
                }
                var end = at
                while start < end, isBlank(bytes[start]) { start += 1 }
                while end > start, isBlank(bytes[end - 1]) { end -= 1 }
                fields.append(Field(start: start, end: end, quoted: false, doubled: false))
            }
            if fields.count > Self.maximumFields {
                return bad(bytes, at, "more than \(Self.maximumFields) fields", from: at)
            }
            if at == bytes.count {
                return isLast ? .record(length: at, body: at, lineBreaks: lineBreaks) : .more
            }
            let byte = bytes[at]
            if byte == separator {
                at += 1
                continue
            }
            if byte == 0x0D {
                if at + 1 == bytes.count, !isLast { return .more }
                let two = at + 1 < bytes.count && bytes[at + 1] == 0x0A
                return .record(length: at + (two ? 2 : 1), body: at, lineBreaks: lineBreaks + 1)
            }
            return .record(length: at + 1, body: at, lineBreaks: lineBreaks + 1)
        }
    }

    /// One field's raw bytes, without its quotes.
    struct Field {
        var start: Int
        var end: Int
        var quoted: Bool
        var doubled: Bool
    }

    /// A fault: reading goes on after the line in which the faulty record began, so that a stray quote costs one
    /// line and not the rest of the file.
    private func bad(
        _ bytes: UnsafeBufferPointer<UInt8>, _ offset: Int, _ reason: String, from: Int? = nil
    ) -> Step {
        var end = 0
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        var length = end
        if length < bytes.count {
            length += bytes[length] == 0x0D && length + 1 < bytes.count && bytes[length + 1] == 0x0A ? 2 : 1
        }
        let fault = offset <= end ? offset : from.flatMap { $0 <= end ? $0 : nil } ?? -1
        return .bad(length: length, body: end, offset: fault, reason: reason)
    }

    @inline(__always)
    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte == 0x09 && separator != 0x09) }

    /// Fills a row's cells from the fields that were read.
    static func fill(_ row: Row, from fields: [Field]) {
        for (column, field) in fields.enumerated() where field.quoted || field.end > field.start {
            row.cells[column].kind = .text
            row.cells[column].offset = field.quoted ? field.start - 1 : field.start
            let raw = UnsafeBufferPointer(rebasing: row.record[field.start..<field.end])
            if !field.doubled {
                row.cells[column].bytes = raw
                continue
            }
            row.cells[column].bytes = row.unescaped { out in
                var count = 0
                var at = 0
                while at < raw.count {
                    out[count] = raw[at]
                    count += 1
                    at += raw[at] == UInt8(ascii: "\"") ? 2 : 1
                }
                return count
            }
        }
    }

    /// The separator of a table: of tab, comma and semicolon the one that the first line has most of outside
    /// quotes; in that order where they are equal.
    static func separator(of bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
        let candidates: [UInt8] = [0x09, UInt8(ascii: ","), UInt8(ascii: ";")]
        var counts = [0, 0, 0]
        var quoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if quoted { continue }
            if byte == 0x0A || byte == 0x0D { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        guard let most = counts.max(), most > 0 else { return UInt8(ascii: ",") }
        return candidates[counts.firstIndex(of: most)!]
    }
}
