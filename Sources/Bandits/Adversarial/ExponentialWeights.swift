import Foundation

/// Weights that fall exponentially with a loss.
enum ExponentialWeights {
    /// Writes e^(−η·Lᵢ), normalised over `choices`, into `p`.
    static func write(_ losses: [Double], eta: Double, _ choices: some Sequence<Int>, into p: inout [Double])
    {
        var least = Double.infinity
        for i in choices { least = min(least, losses[i]) }
        var sum = 0.0
        for i in choices {
            p[i] = exp(-eta * (losses[i] - least))
            sum += p[i]
        }
        for i in choices { p[i] /= sum }
    }

    /// e^(−η·Lᵢ), normalised.
    static func distribution(_ losses: [Double], eta: Double) -> [Double] {
        var p = [Double](repeating: 0, count: losses.count)
        write(losses, eta: eta, losses.indices, into: &p)
        return p
    }
}
