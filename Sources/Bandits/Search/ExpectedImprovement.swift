import Kernels

/// How far a measurement is expected to exceed the best value so far.
///
/// Source: Jones, Schonlau and Welch, "Efficient Global Optimization of Expensive Black-Box Functions"
/// (1998). With Δ = μ(x) − f* and σ = √v(x),
///
///     EI(x) = Δ Φ(Δ/σ) + σ φ(Δ/σ),   max(Δ, 0) where σ = 0.
///
/// It takes f* for exact; with noisy values `NoisyExpectedImprovement` is the one to use.
public struct ExpectedImprovement: AcquisitionFunction {
    /// The surface.
    public let process: GaussianProcess
    /// The best value f*.
    public let best: Double

    /// Creates the acquisition.
    public init(_ process: GaussianProcess, best: Double) {
        self.process = process
        self.best = best
    }

    /// EI from the gap Δ and the standard deviation σ.
    public static func value(gap: Double, deviation: Double) -> Double {
        guard deviation > 0 else { return max(gap, 0) }
        let z = gap / deviation
        return max(max(gap, 0), gap * Special.normalCDF(z) + deviation * Special.normalPDF(z))
    }

    public func value(_ x: [Double]) -> Double {
        let (mean, variance) = process.predict(x)
        return Self.value(gap: mean - best, deviation: variance.squareRoot())
    }

    public func valueAndGradient(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        let p = process.predictWithGradients(x)
        let deviation = p.variance.squareRoot()
        let value = Self.value(gap: p.mean - best, deviation: deviation)
        guard deviation > 0 else {
            return (value, p.mean > best ? p.meanGradient : p.meanGradient.map { _ in 0 })
        }
        let z = (p.mean - best) / deviation
        let (byMean, byVariance) = (Special.normalCDF(z), Special.normalPDF(z) / (2 * deviation))
        return (value, zip(p.meanGradient, p.varianceGradient).map { byMean * $0 + byVariance * $1 })
    }
}
