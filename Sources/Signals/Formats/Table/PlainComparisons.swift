/// The fast way through a table of plain comparisons: rows of unquoted fields of which only the items, the winner
/// and the judge count. Whatever is unusual about a row (a quote, a blank at the edge, a word that is not known, a
/// missing field) ends it, and the careful way reads that row.
struct PlainComparisons {
    private(set) var batch = ComparisonBatch()
    private let separator: UInt8
    private let columns: Int
    private let left: Int
    private let right: Int
    private let winner: Int
    private let judge: Int
    private let namesFirst: Bool
    private let numbers: Bool
    private var ends: [Int]
    private var cache = ShortNameCache()

    /// `nil` where the comparisons of this decoder are not plain.
    init?(_ decoder: ComparisonDecoder, separator: UInt8, columns: Int) {
        guard case .word(let winner, let namesFirst, let numbers) = decoder.verdict, decoder.extras.isEmpty,
            decoder.probability == nil, decoder.margin == nil
        else { return nil }
        let context = decoder.context
        guard context.prompt == nil, context.time == nil, context.seconds == nil, context.weight == nil,
            context.id == nil,
            context.decision == nil
        else { return nil }
        switch decoder.first {
        case .unknown: break
        case .always(let side): batch.first = side
        default: return nil
        }
        self.separator = separator
        self.columns = columns
        self.winner = winner
        self.namesFirst = namesFirst
        self.numbers = numbers
        left = decoder.left
        right = decoder.right
        judge = context.judge ?? -1
        ends = [Int](repeating: 0, count: columns + 1)
    }

    /// Reads rows from the beginning of the bytes into the batch, as far as they are plain and complete.
    mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, line: Int) -> (lines: Int, length: Int) {
        batch.removeAll(line: line)
        cache.removeAll()
        guard let base = bytes.baseAddress else { return (0, 0) }
        var length = 0
        var words = WordCache()
        let count = bytes.count
        // Separators, quotes and line breaks are all below this byte, and most of a name's bytes are not.
        let low = max(separator, UInt8(ascii: "\"")) + 1
        ends.withUnsafeMutableBufferPointer { ends in
            rows: while true {
                // Field k runs from ends[k] to ends[k + 1] - 1.
                var at = length
                ends[0] = at
                var field = 1
                while true {
                    at = Self.nextLow(base, at, count, below: low)
                    guard at < count else { break rows }
                    let byte = base[at]
                    at += 1
                    if byte == separator {
                        guard field < columns else { break rows }
                        ends[field] = at
                        field += 1
                    } else if byte == 0x0A {
                        ends[field] = at
                        break
                    } else if byte == UInt8(ascii: "\"") || byte == 0x0D {
                        // CR LF is the end of the row; a lone CR is left to the careful way.
                        guard byte == 0x0D, at < count, base[at] == 0x0A else { break rows }
                        ends[field] = at
                        at += 1
                        break
                    }
                }
                guard field == columns else { break rows }
                func slice(_ column: Int) -> UnsafeBufferPointer<UInt8> {
                    UnsafeBufferPointer(
                        start: base + ends[column], count: ends[column + 1] - 1 - ends[column])
                }
                let one = slice(left)
                let two = slice(right)
                let word = slice(winner)
                guard Self.isPlain(one), Self.isPlain(two), Self.isPlain(word), !Self.equal(one, two) else {
                    break rows
                }
                var outcome: Comparison.Outcome?
                if namesFirst {
                    outcome = Self.equal(word, one) ? .left : Self.equal(word, two) ? .right : nil
                }
                guard let outcome = outcome ?? words.outcome(word, numbers: numbers) else { break rows }
                if judge >= 0 {
                    let name = slice(judge)
                    guard Self.isPlain(name) else { break rows }
                    batch.judge.append(batch.judges.intern(name))
                }
                batch.left.append(cache.intern(one, in: &batch.items))
                batch.right.append(cache.intern(two, in: &batch.items))
                batch.outcome.append(outcome)
                length = at
            }
        }
        return (batch.count, length)
    }

    /// The place of the next byte below a bound, eight at a time; `count` where there is none.
    @inline(__always)
    static func nextLow(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int, below bound: UInt8)
        -> Int
    {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = UnsafeRawPointer(base)
        var at = start
        while at + 8 <= count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            // The lowest byte that is flagged is below the bound; borrows can only flag bytes above it.
            let flags = (word &- ones &* UInt64(bound)) & ~word & (ones &* 0x80)
            if flags != 0 { return at + flags.trailingZeroBitCount / 8 }
            at += 8
        }
        while at < count, base[at] >= bound { at += 1 }
        return at
    }

    /// Not empty and without blanks at its edges.
    @inline(__always)
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first else { return false }
        let last = text[text.count - 1]
        return first > 0x20 && last > 0x20
    }

    @inline(__always)
    private static func equal(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count where a[index] != b[index] { return false }
        return true
    }
}

/// The few words that a file uses for its outcomes, found by their bytes.
private struct WordCache {
    private var known: [(low: UInt64, high: UInt64, count: Int, outcome: Comparison.Outcome)] = []

    mutating func outcome(_ word: UnsafeBufferPointer<UInt8>, numbers: Bool) -> Comparison.Outcome? {
        let raw = UnsafeRawBufferPointer(word)
        let count = raw.count
        guard count >= 1, count <= 16 else { return OutcomeWords.outcome(word, numbers: numbers) }
        var low = UInt64(raw[0]) | UInt64(raw[count / 2]) << 8 | UInt64(raw[count - 1]) << 16
        var high: UInt64 = 0
        if count >= 8 {
            low = raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
            high = raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        } else if count >= 4 {
            low = UInt64(raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            low |= UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)) << 32
        }
        for entry in known where entry.low == low && entry.high == high && entry.count == count {
            return entry.outcome
        }
        guard let outcome = OutcomeWords.outcome(word, numbers: numbers) else { return nil }
        known.append((low, high, count, outcome))
        return outcome
    }
}
