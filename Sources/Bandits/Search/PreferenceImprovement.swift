import Kernels

/// How far a point's utility is expected to exceed that of another point, by what duels tell about their
/// difference.
public struct PreferenceImprovement: AcquisitionFunction {
    /// The utility.
    public let process: PreferenceProcess
    /// The point to be exceeded.
    public let incumbent: [Double]

    private let covariances: [Double]
    private let mean: Double

    /// Creates the acquisition.
    public init(_ process: PreferenceProcess, incumbent: [Double]) {
        self.process = process
        self.incumbent = incumbent
        covariances = process.duels.covariances(incumbent, process.kernel)
        mean = VectorMath.dot(covariances, process.slopes)
    }

    public func value(_ x: [Double]) -> Double {
        let q = process.duels.covariances(x, process.kernel)
        let gap = zip(q, covariances).map { $0 - $1 }
        let prior = 2 * (process.kernel.amplitude - process.kernel(x, incumbent))
        let variance = prior - VectorMath.dot(gap, process.resolvent.multiply(gap))
        return ExpectedImprovement.value(
            gap: VectorMath.dot(q, process.slopes) - mean, deviation: max(0, variance).squareRoot())
    }

    public func valueAndGradient(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        let q = process.duels.covariances(x, process.kernel)
        let gap = zip(q, covariances).map { $0 - $1 }
        let solved = process.resolvent.multiply(gap)
        let prior = 2 * (process.kernel.amplitude - process.kernel(x, incumbent))
        let deviation = max(0, prior - VectorMath.dot(gap, solved)).squareRoot()
        let improvement = VectorMath.dot(q, process.slopes) - mean
        let value = ExpectedImprovement.value(gap: improvement, deviation: deviation)
        guard deviation > 0 else { return (value, [Double](repeating: 0, count: x.count)) }
        let z = improvement / deviation
        let (byMean, byVariance) = (Special.normalCDF(z), Special.normalPDF(z) / (2 * deviation))
        let weights = zip(process.slopes, solved).map { byMean * $0 - 2 * byVariance * $1 }
        var gradient = process.duels.gradient(x, weights, process.kernel)
        gradient.withUnsafeMutableBufferPointer { out in
            x.withUnsafeBufferPointer { x in
                incumbent.withUnsafeBufferPointer {
                    process.kernel.addGradient(
                        x.baseAddress!, $0.baseAddress!, weight: -2 * byVariance, to: out.baseAddress!)
                }
            }
        }
        return (value, gradient)
    }
}
