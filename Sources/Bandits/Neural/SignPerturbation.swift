import Kernels

/// Random signs ε that shift a network's output by c·Σ εⱼ(θ − θ₀)ⱼ/m^{1/4}.
///
/// On average over the signs a squared error gains c²/√m·|θ − θ₀|²: a ridge around the start.
struct SignPerturbation {
    /// A bit for each parameter, 64 to a word; set for +1.
    private let words: [UInt64]
    /// c/m^{1/4}.
    private let scale: Double

    /// Draws signs.
    init(_ network: TanhNetwork, scale: Double, random: inout CounterRandom) {
        words = (0..<(network.parameters.count + 63) / 64).map { _ in random.next() }
        self.scale = scale / Double(network.width).squareRoot().squareRoot()
    }

    /// Uses the signs in `words`.
    init(_ network: TanhNetwork, scale: Double, words: [UInt64]) {
        self.words = words
        self.scale = scale / Double(network.width).squareRoot().squareRoot()
    }

    @inline(__always)
    private func sign(_ j: Int) -> Double { words[j &>> 6] &>> UInt64(j & 63) & 1 == 1 ? 1 : -1 }

    /// What is added to the output.
    func shift(_ network: TanhNetwork) -> Double {
        var sum = 0.0
        for j in network.parameters.indices { sum += sign(j) * (network.parameters[j] - network.start[j]) }
        return scale * sum
    }

    /// Adds `factor` times the gradient of the shift.
    func addGradient(_ factor: Double, to gradient: inout [Double]) {
        let step = factor * scale
        for j in gradient.indices { gradient[j] += step * sign(j) }
    }
}
