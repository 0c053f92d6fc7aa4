import Foundation
import Kernels

/// How strongly each comparison is borne out by models that have not seen it.
public struct PairStrengths: Sendable, Hashable, Codable {
    /// μ, towards the side that was chosen, where 1 is the root mean square of a model's differences: below 0 the models
    /// would have chosen the other side, near 0 they cannot tell. 0 for a tie.
    public var means: [Double]
    /// s, the standard deviation over the models; 0 where there was one.
    public var deviations: [Double]
    /// ρ̂, the estimated share of labels that are the wrong way round beyond what close calls explain.
    public var noise: Double
    /// b, how many log-odds a strength of 1 is worth.
    public var steepness: Double
    /// How the models' fits ended.
    public var certificate: FitCertificate

    /// Creates strengths.
    public init(
        means: [Double], deviations: [Double], noise: Double = 0, steepness: Double = 1,
        certificate: FitCertificate = FitCertificate(converged: true, steps: 0, loss: .nan)
    ) {
        precondition(means.count == deviations.count, "a deviation for each strength")
        self.means = means
        self.deviations = deviations
        self.noise = noise
        self.steepness = steepness
        self.certificate = certificate
    }

    /// For each comparison the probability that its label is the wrong way round: ρ̂ σ(−b μ) over what was seen, with
    /// (1 − ρ̂) σ(b μ) + ρ̂ σ(−b μ); 0 for all where ρ̂ = 0.
    public var doubts: [Double] {
        means.map { mean in
            let wrong = noise * Special.logistic(-steepness * mean)
            let right = (1 - noise) * Special.logistic(steepness * mean)
            return noise == 0 ? 0 : wrong / (wrong + right)
        }
    }

    /// The places of the comparisons by rising strength, ties left out.
    func order(_ data: ComparisonSet) -> [Int] {
        means.indices.filter { data.labels[$0] != 0.5 }.sorted { (means[$0], $0) < (means[$1], $1) }
    }

    /// The maximum-likelihood ρ of P(chosen) = (1 − ρ) σ(b μ) + ρ σ(−b μ) over ρ in 0...0.45 and b > 0; 0 where that
    /// explains the labels no better than ρ = 0 does at a level of 5%.
    ///
    /// Close calls are lost at any ρ; what tells ρ is how often clear ones are, and this levels off at ρ only where flips
    /// do not depend on how close the call is.
    static func noise(_ means: [Double], weights: [Double]) -> (rate: Double, steepness: Double) {
        guard weights.contains(where: { $0 > 0 }) else { return (0, 1) }
        func fit(_ rate: Double) -> Minimize.Point {
            let loss = FlippedLoss(rate)
            return Minimize.brent(lower: -3, upper: 4, tolerance: 1e-3) { b in
                let scale = exp(b)
                return zip(means, weights).reduce(0) { $0 + $1.1 * loss.value(scale * $1.0, label: 1) }
            }
        }
        let best = Minimize.brent(lower: 0, upper: 0.45, tolerance: 1e-3) { fit($0).value }
        // Twice the gain in log-likelihood, half of whose distribution is at 0.
        let rate = 2 * (fit(0).value - best.value) > 2.706 ? best.x : 0
        return (rate, exp(fit(rate).x))
    }
}
