import Foundation

/// The Matérn-5/2 covariance with a length scale for each coordinate: surfaces that are smooth, but not
/// analytic.
///
///     k(x, x′) = a·(1 + √5 r + 5r²/3)·exp(−√5 r),   r² = Σⱼ ((xⱼ − x′ⱼ)/ℓⱼ)²
///
/// with a the variance of the surface and ℓⱼ how far one must go in coordinate j for it to change.
public struct Matern52: Sendable, Hashable, Codable {
    /// The variance a.
    public let amplitude: Double
    /// The length scales ℓ, one for each coordinate.
    public let lengthScales: [Double]
    private let inverse: [Double]

    /// Creates a covariance.
    ///
    /// - Precondition: all numbers are positive.
    public init(amplitude: Double, lengthScales: [Double]) {
        precondition(
            amplitude > 0 && lengthScales.allSatisfy { $0 > 0 }, "a kernel's numbers are positive")
        self.amplitude = amplitude
        self.lengthScales = lengthScales
        inverse = lengthScales.map { 1 / $0 }
    }

    /// The covariance of the surface at two points.
    public func callAsFunction(_ x: [Double], _ y: [Double]) -> Double {
        x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { value(x.baseAddress!, $0.baseAddress!) }
        }
    }

    @inline(__always)
    func value(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
        let s = (5 * squaredDistance(x, y)).squareRoot()
        return amplitude * (1 + s + s * s / 3) * exp(-s)
    }

    /// The covariance and its derivative by r².
    @inline(__always)
    func valueAndSlope(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> (
        value: Double, slope: Double
    ) {
        let s = (5 * squaredDistance(x, y)).squareRoot()
        let decay = amplitude * exp(-s)
        return (decay * (1 + s + s * s / 3), -decay * (1 + s) * (5.0 / 6))
    }

    @inline(__always)
    private func squaredDistance(_ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
        inverse.withUnsafeBufferPointer { inverse in
            var sum = 0.0
            for j in 0..<inverse.count {
                let gap = (x[j] - y[j]) * inverse[j]
                sum += gap * gap
            }
            return sum
        }
    }

    /// Adds `weight` times the gradient of k(x, y) by x.
    @inline(__always)
    func addGradient(
        _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, weight: Double,
        to gradient: UnsafeMutablePointer<Double>
    ) {
        let factor = 2 * weight * valueAndSlope(x, y).slope
        inverse.withUnsafeBufferPointer { inverse in
            for j in 0..<inverse.count { gradient[j] += factor * (x[j] - y[j]) * inverse[j] * inverse[j] }
        }
    }
}
