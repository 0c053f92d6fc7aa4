import Kernels

/// How much an agent values each outcome, with standard errors.
public struct UtilityModel: Sendable, Hashable {
    /// The outcomes, in words.
    public let outcomes: [String]
    /// μ, of mean 0 and variance 1 unless all are equal.
    public let means: [Double]
    /// s, the deviations, in the same unit.
    public let deviations: [Double]
    /// The covariance of the errors of μ; nil where it was not computed.
    public let covariance: Matrix?
    /// How the fit ended.
    public let certificate: FitCertificate

    /// Brings utilities to mean 0 and variance 1, with all that goes with them; probabilities stay as they
    /// are.
    ///
    /// Utilities that are all equal are only centred.
    public init(
        _ outcomes: [String], means: [Double], deviations: [Double], covariance: Matrix? = nil,
        certificate: FitCertificate = FitCertificate(converged: true, steps: 0, loss: .nan)
    ) {
        precondition(
            outcomes.count == means.count && means.count == deviations.count,
            "a mean and a deviation for each outcome")
        let n = means.count
        let middle = means.reduce(0, +) / Double(max(n, 1))
        let centred = means.map { $0 - middle }
        let spread = (centred.reduce(0) { $0 + $1 * $1 } / Double(max(n, 1))).squareRoot()
        let unit = spread < 1e-6 ? 1 : spread
        let z = centred.map { $0 / unit }
        self.outcomes = outcomes
        self.means = z
        self.deviations = deviations.map { $0 / unit }
        self.certificate = certificate
        // ∂z/∂μ = (I − 11ᵀ/n − zzᵀ/n) / unit; the last term only where the unit is estimated.
        self.covariance = covariance.map { covariance in
            precondition(covariance.rows == n && covariance.columns == n, "a row for each outcome")
            let change = Matrix(rows: n, columns: n) { row, column in
                let same = row == column ? 1.0 : 0
                let scaled = spread < 1e-6 ? 0 : z[row] * z[column]
                return (same - (1 + scaled) / Double(n)) / unit
            }
            return change.multiply(covariance).multiplyTransposed(change)
        }
    }

    /// The place of an outcome.
    ///
    /// - Throws: `LearningError.unknown`.
    public func place(of outcome: String) throws -> Int {
        guard let place = outcomes.firstIndex(of: outcome) else {
            throw LearningError.unknown(kind: "outcome", name: outcome, known: outcomes)
        }
        return place
    }

    /// The standard error of each mean; nil where it was not computed.
    public var errors: [Double]? {
        covariance.map { covariance in means.indices.map { max(0, covariance[$0, $0]).squareRoot() } }
    }

    /// The probability that one outcome is chosen over another: Φ((μ₁ − μ₂) / √(s₁² + s₂²)).
    public func probability(_ first: Int, over second: Int) -> Double {
        let (a, b) = (deviations[first], deviations[second])
        let scale = (a * a + b * b).squareRoot()
        let lead = means[first] - means[second]
        if scale == 0 { return lead == 0 ? 0.5 : lead > 0 ? 1 : 0 }
        return Special.normalCDF(lead / scale)
    }

    /// μ₁ − μ₂ with its standard error, in units of the spread of utilities.
    public func difference(_ first: Int, _ second: Int) -> Prediction {
        Prediction(
            means[first] - means[second],
            deviation: covariance.map {
                max(0, $0[first, first] + $0[second, second] - 2 * $0[first, second]).squareRoot()
            })
    }

    /// The outcomes, the most valued first.
    public var ranking: [String] {
        means.indices.sorted { (means[$1], $0) < (means[$0], $1) }.map { outcomes[$0] }
    }

    /// The share of decisions in which an agent, free to do as it liked, did what its utilities say is best.
    ///
    /// - Parameter decisions: The options of each, by place, and the place that was chosen.
    /// - Precondition: each chosen place is among its options.
    public func choiceUse(_ decisions: [(options: [Int], chosen: Int)]) -> Double {
        precondition(
            decisions.allSatisfy { $0.options.contains($0.chosen) }, "what was chosen is among the options")
        guard !decisions.isEmpty else { return .nan }
        let best = decisions.count { decision in
            decision.options.allSatisfy { means[$0] <= means[decision.chosen] }
        }
        return Double(best) / Double(decisions.count)
    }

    /// All that is needed to make it again.
    public var state: ModelState {
        var state = ModelState()
        state.lists["outcomes"] = outcomes
        state["means"] = .init(means)
        state["deviations"] = .init(deviations)
        if let covariance {
            state["covariance"] = .init(covariance)
        }
        state.keep(certificate)
        return state
    }

    /// Makes it again, bit for bit.
    ///
    /// - Throws: `LearningError.data` where something is missing.
    public init(_ state: ModelState) throws {
        outcomes = state.lists["outcomes"] ?? []
        means = try state.vector("means")
        deviations = try state.vector("deviations")
        covariance = state["covariance"] == nil ? nil : try state.matrix("covariance")
        certificate = try state.certificate
        let n = outcomes.count
        guard means.count == n, deviations.count == n,
            covariance.map({ $0.rows == n && $0.columns == n }) ?? true
        else { throw LearningError.data("the utilities do not fit the \(n) outcomes") }
    }
}
