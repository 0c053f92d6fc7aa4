/// Remembers the codes of short names by their bytes as one number, so that a name seen lately needs no look-up.
///
/// Direct-mapped: a slot holds the last name that fell into it. It belongs to one `Names` and must be emptied with it.
struct ShortNameCache {
    private var keys = [UInt64](repeating: 0, count: 4096)
    private var codes = [UInt32](repeating: 0, count: 4096)

    /// The code of a name, new or known.
    @inline(__always)
    mutating func intern(_ name: UnsafeBufferPointer<UInt8>, in names: inout Names) -> UInt32 {
        if name.count > 7 { return names.intern(name) }
        // The length in front keeps "a" apart from "a" and a NUL, and every key from 0.
        var key = UInt64(name.count)
        for byte in name { key = key << 8 | UInt64(byte) }
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        let slot = Int(truncatingIfNeeded: (product.high ^ product.low) & 4095)
        if keys[slot] == key { return codes[slot] }
        let code = names.intern(name)
        keys[slot] = key
        codes[slot] = code
        return code
    }

    /// Forgets everything.
    mutating func removeAll() {
        for slot in keys.indices { keys[slot] = 0 }
    }
}
