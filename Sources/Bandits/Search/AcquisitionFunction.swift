/// What a measurement at a point promises; the next one is made where it promises most.
public protocol AcquisitionFunction: Sendable {
    /// The promise of a point, never negative.
    func value(_ x: [Double]) -> Double
    /// The promise of a point and its gradient.
    func valueAndGradient(_ x: [Double]) -> (value: Double, gradient: [Double])
}
