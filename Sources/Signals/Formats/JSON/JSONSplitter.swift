/// Finds where the records of a JSON file begin and end, without parsing them: lines, or the elements of one
/// array, or values one after the other.
struct JSONSplitter {
    enum Mode { case lines, array, values }

    enum Step {
        /// A record from `start` to `end`; `length` bytes are then used.
        case record(start: Int, end: Int, length: Int)
        /// The window ends inside a record.
        case more
        /// Nothing follows.
        case finished
        /// The text between records is not as it should be. Reading goes on after `length` bytes, or not at all.
        case bad(start: Int, end: Int, length: Int, reason: String, fatal: Bool)
    }

    let mode: Mode
    private enum Place { case opening, first, element, after, closed }
    private var place: Place

    init(_ mode: Mode) {
        self.mode = mode
        place = mode == .array ? .opening : .element
    }

    /// Finds the record at the beginning of the bytes.
    mutating func step(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Step {
        mode == .lines ? lineStep(bytes, isLast: isLast) : elementStep(bytes, isLast: isLast)
    }

    private func lineStep(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Step {
        if bytes.isEmpty { return isLast ? .finished : .more }
        var end = 0
        while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
        if end == bytes.count { return isLast ? .record(start: 0, end: end, length: end) : .more }
        if bytes[end] == 0x0D {
            if end + 1 == bytes.count, !isLast { return .more }
            let two = end + 1 < bytes.count && bytes[end + 1] == 0x0A
            return .record(start: 0, end: end, length: end + (two ? 2 : 1))
        }
        return .record(start: 0, end: end, length: end + 1)
    }

    private mutating func elementStep(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> Step {
        var at = 0
        while true {
            JSONTape.skipBlanks(bytes, &at)
            guard at < bytes.count else {
                if !isLast { return .more }
                if mode == .values || place == .closed { return .finished }
                place = .closed
                return .bad(
                    start: at, end: at, length: at, reason: "the array has no ] at its end", fatal: false)
            }
            let byte = bytes[at]
            switch place {
            case .opening:
                at += 1
                place = .first
                continue
            case .first where byte == UInt8(ascii: "]"), .after where byte == UInt8(ascii: "]"):
                at += 1
                place = .closed
                continue
            case .after where byte == UInt8(ascii: ","):
                at += 1
                place = .element
                continue
            case .after:
                place = .element
                return .bad(
                    start: at, end: min(bytes.count, at + 1), length: at, reason: "expected , or ]",
                    fatal: false)
            case .closed:
                return .bad(
                    start: at, end: bytes.count, length: bytes.count,
                    reason: "text after the end of the array",
                    fatal: true)
            case .first, .element:
                guard let end = Self.end(of: bytes, from: at) else {
                    return isLast ? .record(start: at, end: bytes.count, length: bytes.count) : .more
                }
                if end == bytes.count, !isLast { return .more }
                if mode == .array { place = .after }
                return .record(start: at, end: end, length: end)
            }
        }
    }

    /// Whether these bytes hold at least one whole value.
    static func isWhole(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { end(of: bytes, from: 0) != nil }

    /// Where the value that begins here ends; `nil` where it does not end in these bytes.
    private static func end(of bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        var depth = 0
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\""):
                at += 1
                while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
                    at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard at < bytes.count else { return nil }
                at += 1
                if depth == 0 { return at }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return max(at, start + 1) }
                depth -= 1
                at += 1
                if depth == 0 { return at }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return max(at, start + 1) }
                at += 1
            default: at += 1
            }
        }
        return depth == 0 ? at : nil
    }
}
