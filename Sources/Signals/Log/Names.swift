/// A table of names: each different name gets a small number, in order of first appearance.
///
/// Names are kept and compared as the UTF-8 bytes they came in, without Unicode normalisation, so that a
/// composed and a decomposed "é" are two names (Swift's `==` on strings would merge them); `heed audit` reports
/// names that look alike. Look-up is by open addressing over the bytes: no `String` is made to find a code.
///
/// Complexity: `intern` and `code(of:)` are O(length) on average; memory is the bytes plus 20 bytes a name.
public struct Names: Sendable {
    /// The code that stands for "no name".
    public static let none = UInt32.max

    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    private var slots: [UInt32] = []

    /// Creates an empty table.
    public init() {}

    /// Creates a table of these names, in this order; a repeated name keeps its first code.
    public init(_ names: some Sequence<String>) {
        for name in names { intern(name) }
    }

    /// The number of names.
    public var count: Int { ends.count }

    /// Whether there is no name.
    public var isEmpty: Bool { ends.isEmpty }

    /// The name with this code.
    public subscript(code: UInt32) -> String {
        String(decoding: bytes[range(code)], as: UTF8.self)
    }

    /// All names, in the order of their codes.
    public var all: [String] { (0..<count).map { self[UInt32($0)] } }

    /// The bytes of the name with this code.
    public func withBytes<R>(of code: UInt32, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R
    {
        let range = range(code)
        return try bytes.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    /// The code of a name, new or known.
    @discardableResult
    public mutating func intern(_ name: String) -> UInt32 {
        var name = name
        return name.withUTF8 { intern($0) }
    }

    /// The code of a name given by its bytes, new or known.
    public mutating func intern(_ name: UnsafeBufferPointer<UInt8>) -> UInt32 {
        if 2 * (ends.count + 1) > slots.count { grow() }
        let hash = Self.hash(name)
        let (slot, known) = find(name, hash)
        if known != Self.none { return known }
        precondition(ends.count < Int(Names.none), "a table of names holds at most 2^32 - 1 names")
        let code = UInt32(ends.count)
        bytes.append(contentsOf: name)
        ends.append(bytes.count)
        hashes.append(hash)
        slots[slot] = code
        return code
    }

    /// The code of a name, or `nil` where it is not in the table.
    public func code(of name: String) -> UInt32? {
        guard !slots.isEmpty else { return nil }
        var name = name
        return name.withUTF8 { name in
            let code = find(name, Self.hash(name)).code
            return code == Self.none ? nil : code
        }
    }

    /// Removes all names, keeping the memory.
    ///
    /// - Complexity: O(names), however large the table once was.
    mutating func removeAll() {
        let mask = slots.count - 1
        if count < slots.count / 8 {
            for (code, hash) in hashes.enumerated() {
                var slot = Int(truncatingIfNeeded: hash) & mask
                while slots[slot] != UInt32(code) { slot = (slot + 1) & mask }
                slots[slot] = Self.none
            }
        } else {
            for slot in slots.indices { slots[slot] = Self.none }
        }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        hashes.removeAll(keepingCapacity: true)
    }

    /// The codes in the order of their names' bytes: an order that does not depend on which came first.
    public var sortedCodes: [UInt32] {
        (0..<UInt32(count)).sorted { a, b in
            withBytes(of: a) { x in withBytes(of: b) { y in x.lexicographicallyPrecedes(y) } }
        }
    }

    private func range(_ code: UInt32) -> Range<Int> {
        let index = Int(code)
        return (index == 0 ? 0 : ends[index - 1])..<ends[index]
    }

    /// Where a name stands in `slots` with its code, or where it would stand.
    @inline(__always)
    private func find(_ name: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> (slot: Int, code: UInt32) {
        slots.withUnsafeBufferPointer { slots in
            hashes.withUnsafeBufferPointer { hashes in
                let mask = slots.count - 1
                var slot = Int(truncatingIfNeeded: hash) & mask
                while true {
                    let code = slots[slot]
                    if code == Self.none || (hashes[Int(code)] == hash && equals(code, name)) {
                        return (slot, code)
                    }
                    slot = (slot + 1) & mask
                }
            }
        }
    }

    @inline(__always)
    private func equals(_ code: UInt32, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let range = range(code)
        guard range.count == name.count else { return false }
        return bytes.withUnsafeBytes { mine in
            let other = UnsafeRawBufferPointer(name)
            let start = range.lowerBound
            let count = other.count
            // The last four or eight bytes may overlap those before, so that no byte needs a step of its own.
            if count >= 8 {
                var at = 0
                while at + 8 <= count {
                    let a = mine.loadUnaligned(fromByteOffset: start + at, as: UInt64.self)
                    if a != other.loadUnaligned(fromByteOffset: at, as: UInt64.self) { return false }
                    at += 8
                }
                return mine.loadUnaligned(fromByteOffset: start + count - 8, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            }
            if count >= 4 {
                return mine.loadUnaligned(fromByteOffset: start, as: UInt32.self)
                    == other.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
                    && mine.loadUnaligned(fromByteOffset: start + count - 4, as: UInt32.self)
                        == other.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            }
            for at in 0..<count where mine[start + at] != other[at] { return false }
            return true
        }
    }

    private mutating func grow() {
        let capacity = max(16, slots.count * 2)
        slots = [UInt32](repeating: Self.none, count: capacity)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (capacity - 1)
            while slots[slot] != Self.none { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt32(code)
        }
    }

    /// Eight bytes at a time: multiply, fold the high half in, repeat; the last eight may overlap the ones before.
    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(name)
        let count = raw.count
        var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
        if count >= 8 {
            var index = 0
            while index + 8 <= count {
                hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index += 8
            }
            return index == count
                ? hash : mix(hash ^ raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        }
        if count >= 4 {
            let low = UInt64(raw.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
            let high = UInt64(raw.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            return mix(hash ^ low ^ high << 32)
        }
        if count == 0 { return mix(hash) }
        return mix(hash ^ UInt64(raw[0]) ^ UInt64(raw[count / 2]) << 8 ^ UInt64(raw[count - 1]) << 16)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }
}

extension Names: Equatable {
    public static func == (a: Names, b: Names) -> Bool { a.bytes == b.bytes && a.ends == b.ends }
}
