/// Hashes of bytes that are the same on every machine, in every release and every run: FNV-1a with 64 bits (offset basis
/// cbf29ce484222325, prime 100000001b3), mixed at the end as MurmurHash3 does, so that all bits depend on all bytes.
enum StableHash {
    static let basis: UInt64 = 0xcbf2_9ce4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01b3

    /// Takes in one byte.
    @inline(__always)
    static func adding(_ byte: UInt8, to hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* prime }

    /// The last step.
    @inline(__always)
    static func mixed(_ hash: UInt64) -> UInt64 {
        var hash = hash
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }

    /// Of all bytes, without the last step: plain FNV-1a.
    static func plain(_ bytes: some Sequence<UInt8>, from start: UInt64 = basis) -> UInt64 {
        bytes.reduce(start) { adding($1, to: $0) }
    }
}
