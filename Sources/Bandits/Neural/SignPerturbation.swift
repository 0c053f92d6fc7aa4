import Kernels

/// Random signs ε that shift a network's output by c·Σ εⱼ(θ − θ₀)ⱼ/m^{1/4}.
///
/// On average over the signs a squared error gains c²/√m·|θ − θ₀|²: a ridge around the start.
struct SignPerturbation {
    /// A bit for each parameter, set for −1: with W words, parameter j is bit j/W of word j mod W, so that neighbours are
    /// shifted alike.
    private let words: [UInt64]
    /// c/m^{1/4}.
    private let scale: Double

    /// Uses the signs in `words`, one word for every 64 parameters.
    init(_ network: TanhNetwork, scale: Double, words: [UInt64]) {
        precondition(words.count == (network.parameters.count + 63) / 64, "one bit for each parameter")
        self.words = words
        self.scale = scale / Double(network.width).squareRoot().squareRoot()
    }

    /// Draws signs.
    init(_ network: TanhNetwork, scale: Double, random: inout CounterRandom) {
        let count = (network.parameters.count + 63) / 64
        self.init(network, scale: scale, words: (0..<count).map { _ in random.next() })
    }

    /// What is added to the output.
    ///
    /// - Parameter deviations: θ − θ₀.
    func shift(_ deviations: [Double]) -> Double {
        var sums = SIMD4<Double>.zero, rest = 0.0
        words.withUnsafeBytes { words in
            deviations.withUnsafeBytes { deviations in
                let count = words.count / 8, total = deviations.count / 8
                for bit in 0..<64 {
                    let base = bit * count, end = min(count, total - base), up = UInt64(63 - bit)
                    var w = 0
                    while w + 4 <= end {
                        let flips = words.loadUnaligned(fromByteOffset: 8 * w, as: SIMD4<UInt64>.self)
                        let values = deviations.loadUnaligned(
                            fromByteOffset: 8 * (base + w), as: SIMD4<UInt64>.self)
                        let signs = (flips &<< SIMD4(repeating: up)) & SIMD4(repeating: 1 << 63)
                        sums += unsafeBitCast(values ^ signs, to: SIMD4<Double>.self)
                        w += 4
                    }
                    while w < end {
                        let flip = words.load(fromByteOffset: 8 * w, as: UInt64.self) &<< up & (1 << 63)
                        let value = deviations.load(fromByteOffset: 8 * (base + w), as: UInt64.self)
                        rest += Double(bitPattern: value ^ flip)
                        w += 1
                    }
                }
            }
        }
        return scale * (sums.sum() + rest)
    }

    /// Adds `factor` times the gradient of the shift.
    func addGradient(_ factor: Double, to gradient: inout [Double]) {
        let step = (factor * scale).bitPattern
        words.withUnsafeBufferPointer { words in
            gradient.withUnsafeMutableBufferPointer { gradient in
                for bit in 0..<64 {
                    let base = bit * words.count, up = UInt64(63 - bit)
                    for w in 0..<max(0, min(words.count, gradient.count - base)) {
                        gradient[base &+ w] += Double(bitPattern: step ^ (words[w] &<< up & (1 << 63)))
                    }
                }
            }
        }
    }
}
