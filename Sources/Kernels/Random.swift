/// A counter-based random number generator built on Philox4x32-10.
///
/// Output block `i` is `E_seed(i, stream)`, where `E` is the Philox cipher; each block yields two 64-bit
/// words. The state is a plain value, so equal generators produce equal sequences on every platform and in
/// every thread. One stream repeats after 2⁶⁵ words; different streams of one seed never share a block.
public struct CounterRandom: RandomNumberGenerator, Sendable, Hashable {
    private let key: UInt64
    private let stream: UInt64
    private var block: UInt64 = 0
    private var spare: UInt64 = 0
    private var hasSpare = false

    /// Creates a generator at the start of one stream of a seed.
    ///
    /// - Parameters:
    ///   - seed: The cipher key.
    ///   - stream: The upper half of the counter; streams of one seed do not overlap.
    public init(seed: UInt64, stream: UInt64 = 0) {
        key = seed
        self.stream = stream
    }

    /// Returns the next 64 random bits.
    ///
    /// - Complexity: O(1); one cipher call for every two words.
    @inline(__always)
    public mutating func next() -> UInt64 {
        if hasSpare {
            hasSpare = false
            return spare
        }
        let out = Philox.encrypt(low: block, high: stream, key: key)
        block &+= 1
        spare = out.1
        hasSpare = true
        return out.0
    }

    /// Returns the child generator with the given index.
    ///
    /// The child's key and stream are the two halves of `E'_seed(index, stream)`, where `E'` uses a key that
    /// plain output never uses. The result depends on the seed, the stream and the index, and not on how many
    /// numbers were drawn before, so work items can be given their own randomness in any order.
    ///
    /// - Complexity: O(1).
    public func split(_ index: UInt64) -> CounterRandom {
        let out = Philox.encrypt(low: index, high: stream, key: key ^ 0x5A17_C0DE_9D2B_63F1)
        return CounterRandom(seed: out.0, stream: out.1)
    }

    /// Returns a number spread evenly over [0, 1), a multiple of 2⁻⁵³.
    @inline(__always)
    public mutating func uniform() -> Double {
        Double(next() &>> 11) * 0x1p-53
    }

    /// Returns a number spread evenly over the open interval (0, 1).
    ///
    /// The values are `(k + ½) · 2⁻⁵²`, all exactly representable, so that neither end can be returned.
    @inline(__always)
    public mutating func openUniform() -> Double {
        (Double(next() &>> 12) + 0.5) * 0x1p-52
    }

    /// Returns a whole number in `0..<n`, every one equally likely.
    ///
    /// Takes the upper half of a 64×64-bit product and rejects the few draws that would favour some results.
    ///
    /// - Precondition: `n > 0`.
    @inline(__always)
    public mutating func below(_ n: Int) -> Int {
        precondition(n > 0, "below(_:) needs a positive bound")
        let bound = UInt64(n)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold {
                product = next().multipliedFullWidth(by: bound)
            }
        }
        return Int(product.high)
    }

    /// Puts the elements of an array in a random order, every order equally likely.
    ///
    /// - Complexity: O(*n*).
    public mutating func shuffle<T>(_ array: inout [T]) {
        guard array.count > 1 else { return }
        for last in stride(from: array.count - 1, to: 0, by: -1) {
            let other = below(last + 1)
            if other != last { array.swapAt(last, other) }
        }
    }

    /// Returns the numbers `0..<n` in a random order.
    ///
    /// - Precondition: `n >= 0`.
    /// - Complexity: O(*n*).
    public mutating func permutation(_ n: Int) -> [Int] {
        var order = Array(0..<n)
        shuffle(&order)
        return order
    }
}
