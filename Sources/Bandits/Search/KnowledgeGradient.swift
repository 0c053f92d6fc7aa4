import Kernels

/// How much a measurement is expected to raise the largest mean among some points and the measured one.
///
/// Source: Frazier, "A Tutorial on Bayesian Optimization" (2018); Frazier, Powell and Dayanik (2009). A
/// value measured at x moves the means by
///
///     μ′(xᵢ) = μ(xᵢ) + σ̃(xᵢ, x) Z,   σ̃(xᵢ, x) = cov(xᵢ, x)/√(v(x) + s²),   Z ~ N(0, 1),
///
/// so that what it is worth, E max μ′ − max μ, is the expected maximum of lines. The maxima run over
/// `candidates` (and x after the measurement). With a fine set of candidates from the whole space this is
/// the knowledge gradient; with the measured points it is `NoisyExpectedImprovement`.
///
/// - Complexity: O(n m) for a value with m candidates.
public struct KnowledgeGradient: AcquisitionFunction {
    /// The surface.
    public let process: GaussianProcess
    /// The points among which the largest mean counts.
    public let candidates: [[Double]]

    private let means: [Double]
    private let bestMean: Double
    /// K⁻¹ k(X, candidate), one row for each candidate.
    private let solved: Matrix
    private let flat: [Double]

    /// Creates the acquisition.
    ///
    /// - Precondition: there is a candidate.
    public init(_ process: GaussianProcess, candidates: [[Double]]) {
        precondition(!candidates.isEmpty, "a knowledge gradient needs candidates")
        self.process = process
        self.candidates = candidates
        flat = candidates.flatMap { $0 }
        let covariances = candidates.map(process.covariances)
        means = covariances.map { process.mean + VectorMath.dot($0, process.weights) }
        bestMean = means.max() ?? 0
        solved = Matrix(
            rows: candidates.count, columns: process.count,
            values: covariances.flatMap { process.factor.solve($0) })
    }

    public func value(_ x: [Double]) -> Double {
        let k = process.covariances(x)
        let (maximum, _) = lines(x, k, variance(k, process.factor.solve(k)))
        return maximum.value
    }

    public func valueAndGradient(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        let k = process.covariances(x)
        let solvedHere = process.factor.solve(k)
        let v = variance(k, solvedHere)
        let (maximum, slopes) = lines(x, k, v)
        let m = candidates.count, n = process.count
        let deviation = (v + process.noise).squareRoot()
        var gradient = [Double](repeating: 0, count: process.dimension)
        guard deviation > 0 else { return (maximum.value, gradient) }
        // With σ̃ᵢ = cᵢ/τ: ∂σ̃ᵢ = ∂cᵢ/τ − σ̃ᵢ ∂v/(2τ²), and for x itself σ̃ = v/τ.
        var byCovariance = [Double](repeating: 0, count: n)
        var byMean = 0.0, byVariance = 0.0
        let all = maximum.lines.derivatives()
        gradient.withUnsafeMutableBufferPointer { out in
            x.withUnsafeBufferPointer { x in
                flat.withUnsafeBufferPointer { flat in
                    for (line, derivative) in zip(maximum.lines.envelope, all) {
                        let weight = derivative.bySlope / deviation
                        byVariance -= derivative.bySlope * slopes[line] / (2 * deviation * deviation)
                        if line == m {
                            byMean = derivative.byIntercept
                            byVariance += weight
                        } else {
                            process.kernel.addGradient(
                                x.baseAddress!, flat.baseAddress! + line * process.dimension, weight: weight,
                                to: out.baseAddress!)
                            for i in 0..<n { byCovariance[i] -= weight * solved.values[line * n + i] }
                        }
                    }
                }
            }
        }
        for i in 0..<n { byCovariance[i] += byMean * process.weights[i] - 2 * byVariance * solvedHere[i] }
        let rest = process.kernelGradient(x, byCovariance)
        for j in gradient.indices { gradient[j] += rest[j] }
        return (maximum.value, gradient)
    }

    private func variance(_ k: [Double], _ solved: [Double]) -> Double {
        max(0, process.kernel.amplitude - VectorMath.dot(k, solved))
    }

    /// The lines of the candidates and, last, of the point itself.
    private func lines(_ x: [Double], _ k: [Double], _ v: Double) -> (
        (value: Double, lines: ExpectedMaximum), slopes: [Double]
    ) {
        let deviation = (v + process.noise).squareRoot()
        let m = candidates.count
        var slopes = [Double](repeating: 0, count: m + 1)
        if deviation > 0 {
            let shared = solved.multiply(k)
            x.withUnsafeBufferPointer { x in
                flat.withUnsafeBufferPointer { flat in
                    for i in 0..<m {
                        let prior = process.kernel.value(
                            x.baseAddress!, flat.baseAddress! + i * process.dimension)
                        slopes[i] = (prior - shared[i]) / deviation
                    }
                }
            }
            slopes[m] = v / deviation
        }
        let mean = process.mean + VectorMath.dot(k, process.weights)
        let found = ExpectedMaximum(intercepts: means + [mean], slopes: slopes)
        return ((found.gain + max(0, mean - bestMean), found), slopes)
    }
}
