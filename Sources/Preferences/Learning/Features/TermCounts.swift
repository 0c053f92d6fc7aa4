/// How often each term occurs in a text, in the order of first occurrence; used again for the next text.
struct TermCounts {
    struct Entry {
        var hash: UInt64
        var count: Int
        /// Where it first stands in the words' buffer.
        var start: Int
        var end: Int
        fileprivate var slot: Int
    }

    private(set) var entries: [Entry] = []
    /// 1 + the place in `entries`, or 0; a power of two of them, at least twice the entries.
    private var slots = [Int32](repeating: 0, count: 1024)

    mutating func clear() {
        for entry in entries { slots[entry.slot] = 0 }
        entries.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func add(_ hash: UInt64, start: Int, end: Int) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if entries[place].hash == hash {
                entries[place].count += 1
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        entries.append(Entry(hash: hash, count: 1, start: start, end: end, slot: slot))
        slots[slot] = Int32(entries.count)
        if entries.count * 2 > slots.count { grow() }
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        for place in entries.indices {
            var slot = Int(truncatingIfNeeded: entries[place].hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(place + 1)
            entries[place].slot = slot
        }
    }

    /// Counts runs of words.
    mutating func addWords(_ words: TextWords, upTo longest: Int) {
        let start = StableHash.adding(UInt8(ascii: "w"), to: StableHash.basis)
        words.bytes.withUnsafeBufferPointer { bytes in
            for first in 0..<words.count {
                var hash = start
                var place = words.starts[first]
                for last in first..<min(first + longest, words.count) {
                    while place < words.ends[last] {
                        hash = StableHash.adding(bytes[place], to: hash)
                        place += 1
                    }
                    add(StableHash.mixed(hash), start: words.starts[first], end: place)
                }
            }
        }
    }

    /// Counts runs of characters of words, each word with a space before and after it.
    mutating func addCharacters(_ words: TextWords, _ lengths: ClosedRange<Int>) {
        let start = StableHash.adding(UInt8(ascii: "c"), to: StableHash.basis)
        words.bytes.withUnsafeBufferPointer { bytes in
            for word in 0..<words.count {
                let end = words.ends[word] + 1
                var first = words.starts[word] - 1
                while first < end {
                    var hash = start
                    var (place, length) = (first, 0)
                    while place < end, length < lengths.upperBound {
                        repeat {
                            hash = StableHash.adding(bytes[place], to: hash)
                            place += 1
                        } while place < end && bytes[place] & 0xC0 == 0x80
                        length += 1
                        if length >= lengths.lowerBound {
                            add(StableHash.mixed(hash), start: first, end: place)
                        }
                    }
                    repeat { first += 1 } while first < end && bytes[first] & 0xC0 == 0x80
                }
            }
        }
    }
}
