import Foundation
import Kernels

/// The negative log posterior of a utility's kernel: log ℓ for each group, then log a.
struct PreferenceEvidence {
    let pairs: DuelPairs
    let outcomes: [Double]
    let groups: [Int]
    let groupCount: Int

    private static let centre = (scale: log(0.4), amplitude: log(10.0))

    init(_ pairs: DuelPairs, _ outcomes: [Double], _ groups: [Int]) {
        self.pairs = pairs
        self.outcomes = outcomes
        self.groups = groups
        groupCount = (groups.max() ?? -1) + 1
    }

    var start: [Double] {
        [Double](repeating: Self.centre.scale, count: groupCount) + [Self.centre.amplitude]
    }

    func kernel(_ x: [Double]) -> Matern52 {
        Matern52(
            amplitude: exp(min(max(x[groupCount], -9), 9)),
            lengthScales: groups.map { exp(min(max(x[$0], -5), 5)) })
    }

    func loss(_ x: [Double], _ gradient: inout [Double]) -> Double {
        let kernel = kernel(x)
        let process = PreferenceProcess(pairs: pairs, outcomes: outcomes, kernel: kernel)
        let (g, u) = (process.slopes, process.modeWeights)
        let m = pairs.count, d = pairs.dimension
        var slopes = [Double](repeating: 0, count: groupCount + 1)
        let inverse = kernel.lengthScales.map { 1 / ($0 * $0) }
        pairs.each { i, j, a, b, c, e in
            // ∂ log q = Σ M ∂Q with M = ½ggᵀ − ½R + ugᵀ; both triangles at once.
            var weight = 0.5 * (g[i] * g[j] - process.resolvent.values[i * m + j])
            weight += 0.5 * (u[i] * g[j] + u[j] * g[i])
            if i != j { weight *= 2 }
            for (sign, p, q) in [(1.0, a, c), (-1, a, e), (-1, b, c), (1, b, e)] {
                let (value, slope) = kernel.valueAndSlope(p, q)
                slopes[groupCount] += sign * weight * value
                for k in 0..<d {
                    let gap = p[k] - q[k]
                    slopes[groups[k]] -= 2 * sign * weight * slope * gap * gap * inverse[k]
                }
            }
        }
        var loss = -process.logEvidence
        for k in 0..<groupCount {
            let z = x[k] - Self.centre.scale
            loss += 0.5 * z * z
            gradient[k] = z - slopes[k]
        }
        let z = (x[groupCount] - Self.centre.amplitude) / 1.5
        gradient[groupCount] = z / 1.5 - slopes[groupCount]
        return loss + 0.5 * z * z
    }
}
