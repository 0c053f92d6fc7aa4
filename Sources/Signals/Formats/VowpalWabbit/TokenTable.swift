/// Gives the names of features codes, by their namespace and their bytes, which stay where they stand in the text.
///
/// Open addressing; a name of at most eight bytes is compared as one number.
struct TokenTable {
    /// A name that was met: its namespace and where it stands.
    struct Token {
        let space: UInt32
        let count: UInt32
        let start: UnsafePointer<UInt8>

        var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: Int(count)) }
    }

    private struct Slot {
        var word: UInt64
        var start: UnsafePointer<UInt8>?
        var space: UInt32
        var count: UInt32
        var code: Int32
    }

    private(set) var tokens: [Token] = []
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int

    init() {
        mask = 1023
        slots = Self.empty(mask + 1)
    }

    func deallocate() { slots.deallocate() }

    private static func empty(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
        slots.initialize(repeating: Slot(word: 0, start: nil, space: 0, count: 0, code: -1), count: capacity)
        return slots
    }

    /// The code of a name, new or known; `word` holds its first eight bytes, or all of them and zeros.
    @inline(__always)
    mutating func intern(_ start: UnsafePointer<UInt8>, count: Int, word: UInt64, hash: UInt64, space: UInt32)
        -> Int32
    {
        var slot = Int(truncatingIfNeeded: hash) & mask
        let length = UInt32(truncatingIfNeeded: count)
        while slots[slot].code >= 0 {
            if slots[slot].word == word, slots[slot].count == length, slots[slot].space == space,
                count <= 8 || Self.equal(start, slots[slot].start!, count)
            {
                return slots[slot].code
            }
            slot = (slot + 1) & mask
        }
        return add(start, length, word, space, slot)
    }

    @inline(never)
    private mutating func add(
        _ start: UnsafePointer<UInt8>, _ count: UInt32, _ word: UInt64, _ space: UInt32, _ slot: Int
    ) -> Int32 {
        let code = Int32(tokens.count)
        tokens.append(Token(space: space, count: count, start: start))
        slots[slot] = Slot(word: word, start: start, space: space, count: count, code: code)
        if 2 * tokens.count > mask { grow() }
        return code
    }

    private mutating func grow() {
        let old = UnsafeMutableBufferPointer(start: slots, count: mask + 1)
        mask = 2 * (mask + 1) - 1
        slots = Self.empty(mask + 1)
        for entry in old where entry.code >= 0 {
            let hash = Self.hash(entry.start!, count: Int(entry.count), word: entry.word, space: entry.space)
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot].code >= 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
        old.deallocate()
    }

    @inline(__always)
    static func hash(_ start: UnsafePointer<UInt8>, count: Int, word: UInt64, space: UInt32) -> UInt64 {
        let seed = UInt64(space) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count) << 56
        var hash = mix(word ^ seed)
        if count > 8 {
            var at = 8
            while at + 8 <= count {
                hash = mix(hash ^ load(start + at))
                at += 8
            }
            if at < count { hash = mix(hash ^ load(start + count - 8)) }
        }
        return hash
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    @inline(__always)
    private static func load(_ start: UnsafePointer<UInt8>) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var at = 0
        while at + 8 <= count {
            if load(a + at) != load(b + at) { return false }
            at += 8
        }
        return at == count || load(a + count - 8) == load(b + count - 8)
    }
}
