import Foundation

/// Linear regressions of one number for each of several arms on the same features, learnt one example at a time.
///
/// Source: Ross, Mineiro and Langford, "Normalized Online Learning" (2013), with the importance-aware step of Karampatziakis and
/// Langford, "Online Importance Weight Aware Updates" (2011). Features may have any scale and most of them may be zero. With sᵢ the largest
/// |xᵢ| so far, Gᵢ the sum of squared gradients of weight i, N = Σ Σᵢ xᵢ²/sᵢ² and t the number of examples,
///
///     ρᵢ = η √(t/N) / (sᵢ √Gᵢ),   q = Σᵢ ρᵢ xᵢ²,   wᵢ ← wᵢ + ρᵢ xᵢ (y − ŷ) (1 − e^(−h q))/q,
///
/// which never steps past y, however large the importance h. Weights of one feature stand side by side, so that one pass
/// over the features scores all arms.
///
/// - Complexity: O(features present × arms) for a prediction, O(features present) for an example.
public struct SparseRegression: Sendable, Hashable, Codable {
    /// The number of regressions.
    public let arms: Int
    /// The learning rate η.
    public let eta: Double
    /// The number of examples t.
    public private(set) var examples = 0.0

    /// The distance from one feature's weights to the next: `arms` rounded up to a multiple of four.
    private let stride: Int
    /// The weights, feature by feature; row 0 is the intercept's.
    private var weights: [Double]
    /// The squared gradients, in the same order.
    private var squares: [Double]
    /// One over the largest absolute value of each feature; 0 for one that was never seen.
    private var inverses: [Double]
    private var normalizer = 0.0

    /// Creates regressions that predict 0.
    ///
    /// - Parameters:
    ///   - arms: The number of regressions, at least 1.
    ///   - eta: The learning rate.
    public init(arms: Int, eta: Double = 0.2) {
        precondition(arms > 0, "a regression for each arm needs at least one arm")
        precondition(eta > 0 && eta.isFinite, "eta is a positive step")
        self.arms = arms
        self.eta = eta
        stride = (arms + 3) & ~3
        weights = [Double](repeating: 0, count: stride)
        squares = weights
        inverses = [1]
    }

    /// The intercept of an arm.
    public func intercept(arm: Int) -> Double { weights[arm] }

    /// The weight of a feature for an arm; 0 for a feature that was never seen.
    public func weight(feature: Int, arm: Int) -> Double {
        feature + 1 < inverses.count ? weights[(feature + 1) * stride + arm] : 0
    }

    /// Writes the prediction of every arm.
    public func predict(_ x: FeatureVector, into scores: inout [Double]) {
        weights.withUnsafeBufferPointer { weights in
            for lane in Swift.stride(from: 0, to: stride, by: 4) {
                var sum = SIMD4<Double>(
                    weights[lane], weights[lane + 1], weights[lane + 2], weights[lane + 3])
                x.forEach { feature, value in
                    guard feature + 1 < inverses.count else { return }
                    let at = UnsafeRawPointer(weights.baseAddress! + (feature + 1) * stride + lane)
                    sum += value * at.loadUnaligned(as: SIMD4<Double>.self)
                }
                for i in 0..<min(4, arms - lane) { scores[lane + i] = sum[i] }
            }
        }
    }

    /// The prediction of one arm.
    public func predict(_ x: FeatureVector, arm: Int) -> Double {
        var sum = weights[arm]
        x.forEach { feature, value in
            if feature + 1 < inverses.count { sum += value * weights[(feature + 1) * stride + arm] }
        }
        return sum
    }

    /// Learns that the arm's number was y.
    ///
    /// - Parameter importance: How much the example counts, h.
    public mutating func learn(_ x: FeatureVector, arm: Int, _ y: Double, importance: Double = 1) {
        precondition(y.isFinite, "an outcome must be a finite number")
        guard importance > 0 else { return }
        grow(to: x.dimension + 1)
        examples += 1
        rescale(x)
        let gap = y - predict(x, arm: arm)
        guard gap != 0 else { return }
        // Rates once, for q and for the step.
        let pace = eta * (examples / normalizer).squareRoot()
        let stride = stride
        withUnsafeTemporaryAllocation(of: Double.self, capacity: x.values.count) { rates in
            squares[arm] += gap * gap
            let first = pace / squares[arm].squareRoot()
            var q = first
            var next = 0
            squares.withUnsafeMutableBufferPointer { squares in
                inverses.withUnsafeBufferPointer { inverses in
                    x.forEach { feature, value in
                        let i = (feature + 1) * stride + arm
                        let slope = gap * value
                        squares[i] += slope * slope
                        rates[next] =
                            squares[i] > 0
                            ? pace * value * inverses[feature + 1] / squares[i].squareRoot() : 0
                        q += rates[next] * value
                        next += 1
                    }
                }
            }
            let step = gap * (1 - exp(-importance * q)) / q
            weights[arm] += step * first
            next = 0
            weights.withUnsafeMutableBufferPointer { weights in
                x.forEach { feature, _ in
                    weights[(feature + 1) * stride + arm] += step * rates[next]
                    next += 1
                }
            }
        }
    }

    /// Makes room for features.
    private mutating func grow(to rows: Int) {
        guard rows > inverses.count else { return }
        let more = (rows - inverses.count) * stride
        weights.append(contentsOf: repeatElement(0, count: more))
        squares.append(contentsOf: repeatElement(0, count: more))
        inverses.append(contentsOf: repeatElement(0, count: rows - inverses.count))
    }

    /// Takes note of the features' scales: a value larger than any before shrinks the feature's weights accordingly.
    private mutating func rescale(_ x: FeatureVector) {
        var sum = 1.0
        inverses.withUnsafeMutableBufferPointer { inverses in
            x.forEach { feature, value in
                let size = abs(value)
                let ratio = size * inverses[feature + 1]
                if ratio <= 1, ratio > 0 {
                    sum += ratio * ratio
                } else if size > 0 {
                    if ratio > 0 {
                        for i in (feature + 1) * stride..<(feature + 2) * stride { weights[i] /= ratio }
                    }
                    inverses[feature + 1] = 1 / size
                    sum += 1
                }
            }
        }
        normalizer += sum
    }
}
