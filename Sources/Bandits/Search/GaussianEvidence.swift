import Foundation
import Kernels

/// The negative log posterior of a kernel's numbers: log ℓ for each group, log a, and log s² where it is
/// fitted.
struct GaussianEvidence {
    let points: [Double]
    let values: [Double]
    let scale: Double
    let groups: [Int]
    let noise: GaussianProcess.Noise
    let groupCount: Int
    var dimension: Int { groups.count }

    init(points: [[Double]], values: [Double], noise: GaussianProcess.Noise, groups: [Int]?) {
        self.points = points.flatMap { $0 }
        self.groups = groups ?? Array((points.first ?? []).indices)
        self.noise = noise
        groupCount = (self.groups.max() ?? -1) + 1
        let mean = Statistics.mean(values)
        let spread = Statistics.variance(values, degreesRemoved: 0).squareRoot()
        let scale = spread > 1e-12 * max(1, abs(mean)) ? spread : 1
        self.scale = scale
        self.values = values.map { ($0 - mean) / scale }
    }

    func start(lengthScale: Double) -> [Double] {
        [Double](repeating: log(lengthScale), count: groupCount) + [0] + (noise == .fitted ? [log(0.05)] : [])
    }

    func kernel(_ x: [Double]) -> (Matern52, noise: Double) {
        let scales = groups.map { exp(min(max(x[$0], -7), 7)) }
        let s2: Double =
            switch noise {
            case .fitted: exp(min(max(x[groupCount + 1], -16), 7))
            case .known(let variance): variance / (scale * scale)
            }
        return (Matern52(amplitude: exp(min(max(x[groupCount], -12), 12)), lengthScales: scales), s2)
    }

    /// Half the deviation from the prior's mean in standard deviations, squared.
    private static func penalty(_ x: Double, _ mean: Double, _ sd: Double, _ slope: inout Double) -> Double {
        let z = (x - mean) / sd
        slope += z / sd
        return 0.5 * z * z
    }

    func loss(_ x: [Double], _ gradient: inout [Double]) -> Double {
        let n = values.count
        let (kernel, s2) = kernel(x)
        for k in gradient.indices { gradient[k] = 0 }
        let covariance = GaussianProcess.covariance(points, count: n, kernel)
        var full = covariance
        for i in 0..<n { full[i, i] += max(s2, 1e-8 * kernel.amplitude) }
        guard let factor = Cholesky(full) else { return .infinity }
        let inverse = factor.inverse()
        let ones = inverse.multiply([Double](repeating: 1, count: n))
        let solved = inverse.multiply(values)
        let m = solved.reduce(0, +) / ones.reduce(0, +)
        let alpha = zip(solved, ones).map { $0 - m * $1 }
        var loss = 0.5 * factor.logDeterminant
        for i in 0..<n { loss += 0.5 * alpha[i] * (values[i] - m) }
        // ½ tr((K⁻¹ − ααᵀ) ∂K): pairs once, since both are symmetric.
        var trace = 0.0, noiseTrace = 0.0
        points.withUnsafeBufferPointer { all in
            let p = all.baseAddress!
            for i in 0..<n {
                for j in 0..<i {
                    let w = inverse.values[i * n + j] - alpha[i] * alpha[j]
                    let (a, b) = (p + i * dimension, p + j * dimension)
                    let slope = kernel.valueAndSlope(a, b).slope
                    trace += w * covariance.values[i * n + j]
                    for c in 0..<dimension {
                        let gap = (a[c] - b[c]) / kernel.lengthScales[c]
                        gradient[groups[c]] -= 2 * w * slope * gap * gap
                    }
                }
                let w = inverse.values[i * n + i] - alpha[i] * alpha[i]
                trace += 0.5 * w * kernel.amplitude
                noiseTrace += 0.5 * w
            }
        }
        gradient[groupCount] += trace
        if s2 <= 1e-8 * kernel.amplitude { gradient[groupCount] += noiseTrace * 1e-8 * kernel.amplitude }
        for k in 0..<groupCount { loss += Self.penalty(x[k], log(0.4), 1, &gradient[k]) }
        loss += Self.penalty(x[groupCount], 0, 1, &gradient[groupCount])
        if noise == .fitted {
            let k = groupCount + 1
            if s2 > 1e-8 * kernel.amplitude { gradient[k] += noiseTrace * s2 }
            loss += Self.penalty(x[k], log(0.05), 2, &gradient[k])
        }
        return loss
    }
}
