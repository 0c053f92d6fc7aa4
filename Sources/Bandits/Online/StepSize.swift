/// How far an online learner moves along each gradient.
///
/// With gradients g₁, g₂, … and their norms in the learner's geometry, the step after gradient t is
///
///     fixed            ηₜ = η
///     decaying         ηₜ = η/√t
///     adaptive         ηₜ = c/√(Σₛ≤ₜ ‖gₛ‖²)
///     stronglyConvex   ηₜ = 1/(λt)
///
/// The adaptive step needs no bound on the gradients and no number of rounds; it does not change when all
/// losses are multiplied by one number. `stronglyConvex` is for losses that curve by at least λ everywhere
/// and pays with regret of log T.
public enum StepSize: Sendable, Hashable, Codable {
    /// The same step for ever; for streams whose best point moves.
    case fixed(Double)
    /// A step that falls with the square root of the rounds.
    case decaying(Double)
    /// A step that falls with the gradients seen; without a scale the learner takes the one its guarantee is
    /// proved with.
    case adaptive(scale: Double? = nil)
    /// The step for losses that curve by at least λ.
    case stronglyConvex(lambda: Double)

    /// The step after `rounds` gradients whose squared norms add up to `squaredNorms`.
    func value(rounds: Int, squaredNorms: Double, scale: Double) -> Double {
        switch self {
        case .fixed(let eta): eta
        case .decaying(let eta): eta / Double(rounds).squareRoot()
        case .adaptive(let own): squaredNorms > 0 ? (own ?? scale) / squaredNorms.squareRoot() : 0
        case .stronglyConvex(let lambda): 1 / (lambda * Double(rounds))
        }
    }

    /// Traps where a number of the step makes no sense.
    ///
    /// - Parameter scale: The scale that the learner would take.
    func check(scale: Double) {
        switch self {
        case .fixed(let eta), .decaying(let eta):
            precondition(eta > 0 && eta.isFinite, "a step must be positive")
        case .adaptive(let own):
            let used = own ?? scale
            precondition(
                used >= 0 && used.isFinite, "an adaptive step on an unbounded set needs a positive scale")
        case .stronglyConvex(let lambda):
            precondition(lambda > 0 && lambda.isFinite, "lambda must be positive")
        }
    }
}
