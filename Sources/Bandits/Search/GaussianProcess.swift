import Foundation
import Kernels

/// A smooth random surface through measured points: at every other point it says what to expect and how
/// sure that is.
///
/// Source: Rasmussen and Williams, "Gaussian Processes for Machine Learning" (2006); Frazier, "A Tutorial
/// on Bayesian Optimization" (2018). With values y at the points X, noise variance s², K = k(X, X) + s²I
/// and the constant mean m that fits best,
///
///     μ(x) = m + k(x, X) K⁻¹ (y − m),   v(x) = k(x, x) − k(x, X) K⁻¹ k(X, x).
///
/// v is the variance of the surface itself, without the noise of a new measurement. `fit` finds the
/// kernel's numbers and the noise from the data. Not for more than some hundred points or some twenty
/// coordinates.
///
/// - Complexity: O(n³) to build, O(n) for a mean, O(n²) for a variance.
public struct GaussianProcess: Sendable {
    /// The covariance.
    public let kernel: Matern52
    /// The variance s² of the noise.
    public let noise: Double
    /// The constant mean m.
    public let mean: Double
    /// The number of measured points.
    public let count: Int
    /// The number of coordinates.
    public let dimension: Int

    let points: [Double]
    let factor: Cholesky
    let weights: [Double]

    /// Creates a surface through values at points.
    ///
    /// Where points (nearly) coincide and there is no noise, a little is added until the covariance can
    /// be factored.
    ///
    /// - Parameter mean: The constant mean; `nil` for the one that fits best.
    /// - Precondition: as many values as points, at least one, all of the kernel's dimension, `noise >= 0`.
    public init(
        points: [[Double]], values: [Double], kernel: Matern52, noise: Double, mean: Double? = nil
    ) {
        precondition(points.count == values.count && !points.isEmpty, "a surface needs values at points")
        precondition(
            points.allSatisfy { $0.count == kernel.lengthScales.count }, "a point has the wrong dimension")
        precondition(noise >= 0, "a variance is not negative")
        self.kernel = kernel
        self.noise = noise
        count = points.count
        dimension = kernel.lengthScales.count
        self.points = points.flatMap { $0 }
        factor = Self.factored(Self.covariance(self.points, count: count, kernel), kernel.amplitude, noise)
        let ones = factor.solve([Double](repeating: 1, count: count))
        let solved = factor.solve(values)
        let m = mean ?? solved.reduce(0, +) / ones.reduce(0, +)
        self.mean = m
        weights = zip(solved, ones).map { $0 - m * $1 }
    }

    /// k(X, X), the lower triangle.
    static func covariance(_ points: [Double], count: Int, _ kernel: Matern52) -> Matrix {
        let d = kernel.lengthScales.count
        var k = Matrix(rows: count, columns: count)
        k.values.withUnsafeMutableBufferPointer { k in
            points.withUnsafeBufferPointer { x in
                for i in 0..<count {
                    for j in 0..<i {
                        k[i * count + j] = kernel.value(
                            x.baseAddress! + i * d, x.baseAddress! + j * d)
                    }
                    k[i * count + i] = kernel.amplitude
                }
            }
        }
        return k
    }

    static func factored(_ covariance: Matrix, _ amplitude: Double, _ noise: Double) -> Cholesky {
        var jitter = max(noise, 1e-8 * amplitude)
        while true {
            var k = covariance
            for i in 0..<k.rows { k[i, i] += jitter }
            if let factor = Cholesky(k) { return factor }
            precondition(jitter < 1e6 * amplitude, "a covariance is not finite")
            jitter = max(jitter * 10, 1e-7 * amplitude)
        }
    }

    /// The covariances k(X, x).
    func covariances(_ x: [Double]) -> [Double] {
        precondition(x.count == dimension, "a point has the wrong dimension")
        return [Double](unsafeUninitializedCapacity: count) { out, initialized in
            points.withUnsafeBufferPointer { all in
                x.withUnsafeBufferPointer { x in
                    for i in 0..<count {
                        out[i] = kernel.value(all.baseAddress! + i * dimension, x.baseAddress!)
                    }
                }
            }
            initialized = count
        }
    }

    /// What is expected at a point.
    public func mean(at x: [Double]) -> Double { mean + VectorMath.dot(covariances(x), weights) }

    /// The mean and the variance of the surface at a point.
    public func predict(_ x: [Double]) -> (mean: Double, variance: Double) {
        let k = covariances(x)
        var half = k
        half.withUnsafeMutableBufferPointer { factor.solveLower(inPlace: $0) }
        return (mean + VectorMath.dot(k, weights), max(0, kernel.amplitude - VectorMath.dot(half, half)))
    }

    /// The covariance of the surface at two points.
    public func covariance(_ x: [Double], _ y: [Double]) -> Double {
        kernel(x, y) - VectorMath.dot(covariances(x), factor.solve(covariances(y)))
    }

    /// The mean and the variance at a point and their gradients.
    func predictWithGradients(_ x: [Double]) -> (
        mean: Double, variance: Double, meanGradient: [Double], varianceGradient: [Double]
    ) {
        let k = covariances(x)
        let solved = factor.solve(k)
        return (
            mean + VectorMath.dot(k, weights), max(0, kernel.amplitude - VectorMath.dot(k, solved)),
            kernelGradient(x, weights), kernelGradient(x, solved.map { -2 * $0 })
        )
    }

    /// The gradient of Σᵢ weightᵢ k(xᵢ, x) by x.
    func kernelGradient(_ x: [Double], _ weights: [Double]) -> [Double] {
        var gradient = [Double](repeating: 0, count: dimension)
        gradient.withUnsafeMutableBufferPointer { out in
            points.withUnsafeBufferPointer { all in
                x.withUnsafeBufferPointer { x in
                    for i in 0..<count {
                        kernel.addGradient(
                            x.baseAddress!, all.baseAddress! + i * dimension, weight: weights[i],
                            to: out.baseAddress!)
                    }
                }
            }
        }
        return gradient
    }
}
