/// Gives each different pair of codes a small number, in order of first appearance.
struct CodeTable {
    /// The pairs, by number.
    private(set) var keys: [UInt64] = []
    private var slots: [UInt32] = []

    /// The number of different pairs.
    var count: Int { keys.count }

    init(capacity: Int = 0) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        slots = [UInt32](repeating: .max, count: size)
    }

    /// The number of a pair, new or known.
    mutating func intern(_ high: UInt32, _ low: UInt32) -> UInt32 { intern(UInt64(high) << 32 | UInt64(low)) }

    /// The number of a key, new or known.
    mutating func intern(_ key: UInt64) -> UInt32 {
        if 2 * (keys.count + 1) > slots.count { grow() }
        var slot = place(key)
        let mask = slots.count - 1
        while slots[slot] != .max {
            if keys[Int(slots[slot])] == key { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let code = UInt32(keys.count)
        slots[slot] = code
        keys.append(key)
        return code
    }

    private func place(_ key: UInt64) -> Int {
        let product = (key ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return Int(truncatingIfNeeded: product.high ^ product.low) & (slots.count - 1)
    }

    private mutating func grow() {
        let mask = slots.count * 2 - 1
        slots = [UInt32](repeating: .max, count: mask + 1)
        for (code, key) in keys.enumerated() {
            var slot = place(key)
            while slots[slot] != .max { slot = (slot + 1) & mask }
            slots[slot] = UInt32(code)
        }
    }
}
