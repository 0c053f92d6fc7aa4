/// Numbers keys in the order of their first appearance, by open addressing: no allocation for each key.
struct KeyTable {
    private var cells: [Int32]
    private var keys: [UInt64]
    private(set) var count = 0

    init(capacity: Int = 1 << 12) {
        var size = 16
        while size < 2 * capacity { size *= 2 }
        cells = [Int32](repeating: -1, count: size)
        keys = [UInt64](repeating: 0, count: size)
    }

    /// The number of a key, and whether it is new.
    @inline(__always)
    mutating func number(_ key: UInt64) -> (number: Int, isNew: Bool) {
        if 2 * (count + 1) > cells.count { grow() }
        var slot = Self.slot(key, cells.count)
        while cells[slot] >= 0 {
            if keys[slot] == key { return (Int(cells[slot]), false) }
            slot = (slot + 1) & (cells.count - 1)
        }
        cells[slot] = Int32(count)
        keys[slot] = key
        count += 1
        return (count - 1, true)
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ capacity: Int) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & (capacity - 1)
    }

    private mutating func grow() {
        let oldCells = cells, oldKeys = keys
        cells = [Int32](repeating: -1, count: oldCells.count * 2)
        keys = [UInt64](repeating: 0, count: cells.count)
        for (index, cell) in oldCells.enumerated() where cell >= 0 {
            var slot = Self.slot(oldKeys[index], cells.count)
            while cells[slot] >= 0 { slot = (slot + 1) & (cells.count - 1) }
            cells[slot] = cell
            keys[slot] = oldKeys[index]
        }
    }
}
