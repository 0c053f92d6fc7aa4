/// How much a measurement is expected to raise the largest mean among the measured points: expected
/// improvement for noisy values.
///
/// Source: Frazier, "A Tutorial on Bayesian Optimization" (2018), Section 5.1; Scott, Frazier and Powell,
/// "The Correlated Knowledge Gradient for Simulation Optimization of Continuous Parameters using Gaussian
/// Process Regression" (2011).
///
///     a(x) = E[max_{i ≤ n+1} μₙ₊₁(xᵢ) | xₙ₊₁ = x] − max_{i ≤ n} μₙ(xᵢ)
///
/// Without noise it equals `ExpectedImprovement`.
public struct NoisyExpectedImprovement: AcquisitionFunction {
    private let gradient: KnowledgeGradient

    /// Creates the acquisition.
    public init(_ process: GaussianProcess) {
        gradient = KnowledgeGradient(process, candidates: process.rows)
    }

    public func value(_ x: [Double]) -> Double { gradient.value(x) }

    public func valueAndGradient(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        gradient.valueAndGradient(x)
    }
}

extension GaussianProcess {
    /// The measured points, one by one.
    var rows: [[Double]] {
        (0..<count).map { Array(points[$0 * dimension..<($0 + 1) * dimension]) }
    }
}
