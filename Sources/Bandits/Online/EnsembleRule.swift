import Foundation

/// How strategies with multiplicative pay-offs are combined.
public enum EnsembleRule: Sendable, Hashable, Codable {
    /// Capital spread over many constant combinations: the safest.
    case universal(particles: Int = 500)
    /// Weights that are multiplied by exp(ηₜ rₐ/⟨λ, r⟩), ηₜ = scale·√(8 log K/t): the cheapest.
    case exponentiatedGradient(scale: Double = 1)
    /// The combination that was best so far, found anew every so many periods.
    case bestCombination(every: Int = 20)
    /// The combination that was best of late: a period counts by this factor less than the next.
    case accelerated(discount: Double = 0.99, every: Int = 20)

    func check() {
        switch self {
        case .universal(let particles): precondition(particles >= 0, "particles must not be negative")
        case .exponentiatedGradient(let scale):
            precondition(scale > 0 && scale.isFinite, "scale must be positive")
        case .bestCombination(let every): precondition(every > 0, "every must be positive")
        case .accelerated(let discount, let every):
            precondition(discount > 0 && discount < 1, "discount must lie in (0, 1)")
            precondition(every > 0, "every must be positive")
        }
    }

    /// The number of periods worth remembering; `nil` for all.
    var memory: Int? {
        switch self {
        case .universal, .exponentiatedGradient: return 0
        case .bestCombination: return nil
        // What is older weighs less than 10⁻⁶ of the last period.
        case .accelerated(let discount, _): return Int((-6 * log(10) / log(discount)).rounded(.up))
        }
    }
}
