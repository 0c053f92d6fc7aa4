import Foundation

/// Sums over vectors.
enum VectorMath {
    /// The inner product.
    @inline(__always)
    static func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in 0..<min(a.count, b.count) { sum += a[i] * b[i] }
        return sum
    }

    /// The Euclidean length.
    @inline(__always)
    static func length(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

    /// The square of the Euclidean distance.
    @inline(__always)
    static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in 0..<min(a.count, b.count) { sum += (a[i] - b[i]) * (a[i] - b[i]) }
        return sum
    }

    /// The Euclidean distance.
    @inline(__always)
    static func distance(_ a: [Double], _ b: [Double]) -> Double { squaredDistance(a, b).squareRoot() }

    /// The largest element less the smallest.
    static func range(_ a: [Double]) -> Double { (a.max() ?? 0) - (a.min() ?? 0) }

    /// The distribution with logarithms `scores`, up to a constant.
    ///
    /// Scores of minus infinity get no probability; where all are, the distribution is uniform.
    static func softmax(_ scores: [Double]) -> [Double] {
        let top = scores.max() ?? 0
        guard top > -.infinity else {
            return [Double](repeating: 1 / Double(scores.count), count: scores.count)
        }
        var p = scores.map { exp($0 - top) }
        let sum = p.reduce(0, +)
        for i in p.indices { p[i] /= sum }
        return p
    }
}
