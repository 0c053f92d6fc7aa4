import Foundation

/// The stake to put on the next value, fixed before it is seen.
///
/// λₜ = √(2 ln(1/α′) / (σ̂²ₜ₋₁ · hₜ)), with hₜ = n where the number of values is known and t ln(1 + t) where one
/// watches, and μ̂ₜ = (½ + Σ x)/(t + 1), σ̂²ₜ = (¼ + Σ (xᵢ − μ̂ᵢ)²)/(t + 1).
struct StakePlan: Sendable, Hashable, Codable {
    private let evidence: Double
    private let horizon: Double?
    private var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    /// Creates a plan to bet at miss probability `alpha` on one side.
    init(alpha: Double, horizon: Int? = nil) {
        evidence = -log(alpha)
        self.horizon = horizon.map(Double.init)
    }

    /// The stake λₜ on the next value.
    var stake: Double {
        let t = count + 1
        let variance = (0.25 + squares) / t
        return (2 * evidence / (variance * (horizon ?? t * log1p(t)))).squareRoot()
    }

    /// Takes in the value.
    mutating func add(_ value: Double) {
        count += 1
        sum += value
        let gap = value - (0.5 + sum) / (count + 1)
        squares += gap * gap
    }
}
