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
    /// How the models' fits ended.
    public var certificate: FitCertificate

    /// Creates strengths.
    public init(
        means: [Double], deviations: [Double], noise: Double,
        certificate: FitCertificate = FitCertificate(converged: true, steps: 0, loss: .nan)
    ) {
        precondition(means.count == deviations.count, "a deviation for each strength")
        self.means = means
        self.deviations = deviations
        self.noise = noise
        self.certificate = certificate
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
    static func noise(_ means: [Double], weights: [Double]) -> Double {
        guard weights.contains(where: { $0 > 0 }) else { return 0 }
        func loss(_ rho: Double) -> Double {
            let loss = FlippedLoss(rho)
            return Minimize.brent(lower: -3, upper: 4, tolerance: 1e-3) { b in
                let scale = exp(b)
                return zip(means, weights).reduce(0) { $0 + $1.1 * loss.value(scale * $1.0, label: 1) }
            }.value
        }
        let best = Minimize.brent(lower: 0, upper: 0.45, tolerance: 1e-3, loss)
        // Twice the gain in log-likelihood, half of whose distribution is at 0.
        return 2 * (loss(0) - best.value) > 2.706 ? best.x : 0
    }
}
