/// The Philox4x32 block cipher with ten rounds, the core of ``CounterRandom``.
enum Philox {
    /// Encrypts one 128-bit counter under a 64-bit key.
    ///
    /// Each round multiplies two of the four words by odd constants, swaps halves and mixes in a round key
    /// that advances by a Weyl sequence.
    @inline(__always)
    static func encrypt(
        _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
    ) -> (UInt32, UInt32, UInt32, UInt32) {
        var (c0, c1, c2, c3) = counter
        var (k0, k1) = key
        for _ in 0..<10 {
            let first = UInt64(0xD251_1F53) &* UInt64(c0)
            let second = UInt64(0xCD9E_8D57) &* UInt64(c2)
            c0 = UInt32(truncatingIfNeeded: second &>> 32) ^ c1 ^ k0
            c1 = UInt32(truncatingIfNeeded: second)
            c2 = UInt32(truncatingIfNeeded: first &>> 32) ^ c3 ^ k1
            c3 = UInt32(truncatingIfNeeded: first)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return (c0, c1, c2, c3)
    }

    /// Encrypts a counter given as two 64-bit halves and returns two 64-bit halves.
    @inline(__always)
    static func encrypt(low: UInt64, high: UInt64, key: UInt64) -> (UInt64, UInt64) {
        let out = encrypt(
            (
                UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low &>> 32),
                UInt32(truncatingIfNeeded: high), UInt32(truncatingIfNeeded: high &>> 32)
            ),
            key: (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key &>> 32)))
        return (UInt64(out.0) | UInt64(out.1) &<< 32, UInt64(out.2) | UInt64(out.3) &<< 32)
    }
}
