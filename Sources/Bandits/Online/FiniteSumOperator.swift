/// The mean F(u) = (1/n) Σ Fᵢ(u) of many operators that can be evaluated one by one.
///
/// ```swift
/// struct Games: FiniteSumOperator {        // minₓ max_y of the mean of aᵢ·x·y
///     let a: [Double]
///     var components: Int { a.count }
///     var dimension: Int { 2 }
///     func add(_ component: Int, at u: [Double], times scale: Double, to sum: inout [Double]) {
///         sum[0] += scale * a[component] * u[1]
///         sum[1] -= scale * a[component] * u[0]
///     }
/// }
/// ```
public protocol FiniteSumOperator {
    /// The number n of operators.
    var components: Int { get }
    /// The number of coordinates.
    var dimension: Int { get }
    /// Adds scale·Fᵢ(u) to `sum`.
    func add(_ component: Int, at u: [Double], times scale: Double, to sum: inout [Double])
}

extension FiniteSumOperator {
    /// The mean of all operators at a point: n evaluations.
    public func mean(at u: [Double]) -> [Double] {
        var sum = [Double](repeating: 0, count: dimension)
        for component in 0..<components { add(component, at: u, times: 1, to: &sum) }
        for i in sum.indices { sum[i] /= Double(components) }
        return sum
    }
}
