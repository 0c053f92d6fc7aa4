import Foundation
import Kernels

/// Finds how much an agent values each outcome, and how much that wavers, from how often it chose one over
/// another.
///
/// Source: Mazeika et al., "Utility Engineering: Analyzing and Controlling Emergent Value Systems in AIs"
/// (2025), after Thurstone, "A law of comparative judgment" (1927), with a deviation of its own for each
/// outcome:
///
///     U(o) ~ N(μₒ, sₒ²),   P(x ≻ y) = Φ((μₓ − μᵧ) / √(sₓ² + sᵧ²))
///     (μ, s) = argmin Σ −[P̂ log P + (1 − P̂) log(1 − P)] + ρ Σₒ (log sₒ)² + (λ/2) Σₒ μₒ²
///
/// P̂ is the share of choices for x over y and the first sum runs over the answered pairs, one term each:
/// answers about one pair hang together, and a pair that was asked oftener tells no more of the others. ρ
/// pulls deviations together; without it they follow the noise, and predictions get worse than with one
/// deviation for all. λ keeps utilities finite where an agent never errs. Afterwards utilities have mean 0
/// and variance 1, deviations the same unit.
///
/// What the data cannot say: utilities have no zero and no unit, so that those of two agents are compared
/// by correlation only. Nothing relates outcomes that no chain of answered pairs connects. Deviations of
/// outcomes that are far from all others are the pull's, not the data's.
///
/// Not for outcomes that are never asked about: for these learn a model of features.
///
/// - Complexity: O(pairs) for each of some hundred iterations, and O(outcomes³) for the standard errors.
///
/// ```swift
/// let utilities = try RandomUtility().fit(preferences)
/// print(utilities.ranking.first ?? "", utilities.probability(0, over: 1))
/// ```
public struct RandomUtility: Sendable, Hashable {
    /// The method's id.
    public static let id = "utility-engineering"

    /// ρ, the pull of the logarithms of deviations to 0.
    public var rho: Double
    /// λ, the pull of means to 0.
    public var ridge: Double
    /// Whether all outcomes waver alike (Thurstone's case V), which needs fewer answers.
    public var equalDeviations: Bool
    /// The largest component of the gradient of the mean loss at which the fit has converged.
    public var tolerance: Double
    /// With more outcomes than this the standard errors are left out.
    public var mostWithErrors: Int

    /// Creates the learner.
    public init(
        rho: Double = 0.3, ridge: Double = 0.03, equalDeviations: Bool = false, tolerance: Double = 1e-7,
        mostWithErrors: Int = 1500
    ) {
        precondition(
            rho > 0 && ridge > 0, "both pulls are positive: without them the optimum may be infinite")
        self.rho = rho
        self.ridge = ridge
        self.equalDeviations = equalDeviations
        self.tolerance = tolerance
        self.mostWithErrors = mostWithErrors
    }

    /// Fits utilities to answers.
    ///
    /// - Throws: `LearningError.data` where nothing was answered.
    public func fit(_ preferences: SoftPreferences, watch: FitWatch = FitWatch()) throws -> UtilityModel {
        let pairs = preferences.answered
        guard !pairs.isEmpty else {
            throw LearningError.data("\(Self.id) needs answered pairs; there are none")
        }
        let n = preferences.outcomes.count
        let start = [Double](repeating: 0, count: equalDeviations ? n : 2 * n)
        var calls = 0
        let result = try LBFGS(maxIterations: 1000, gradientTolerance: tolerance).minimize(from: start) {
            x, gradient in
            let value = loss(x, pairs, n, into: &gradient)
            calls += 1
            try watch.step(calls, of: 1000, loss: value)
            return value
        }
        guard result.value.isFinite else {
            throw LearningError.training(method: Self.id, reason: "the loss is \(result.value)")
        }
        let covariance = n <= mostWithErrors ? self.covariance(result.x, pairs, n) : nil
        return UtilityModel(
            preferences.outcomes, means: Array(result.x[..<n]),
            deviations: equalDeviations
                ? [Double](repeating: 1, count: n) : result.x[n...].map { exp($0) },
            covariance: covariance,
            certificate: FitCertificate(
                converged: result.converged, steps: result.iterations, loss: result.value,
                limits: Self.limits(preferences)))
    }

    /// The mean loss with its pulls at μ, and log s where deviations are free, and its gradient.
    func loss(
        _ x: [Double], _ pairs: [SoftPreferences.Pair], _ n: Int, into gradient: inout [Double]
    ) -> Double {
        for place in gradient.indices { gradient[place] = 0 }
        var value = 0.0
        for pair in pairs {
            let term = UtilityTerm(x, n, pair.first, pair.second)
            value += term.loss(pair.share)
            let slope = term.slope(pair.share)
            gradient[pair.first] += slope / term.scale
            gradient[pair.second] -= slope / term.scale
            if x.count > n {
                gradient[n + pair.first] -= slope * term.z * term.firstPart
                gradient[n + pair.second] -= slope * term.z * term.secondPart
            }
        }
        for place in 0..<n {
            value += ridge / 2 * x[place] * x[place]
            gradient[place] += ridge * x[place]
            guard x.count > n else { continue }
            value += rho * x[n + place] * x[n + place]
            gradient[n + place] += 2 * rho * x[n + place]
        }
        let count = Double(pairs.count)
        for place in gradient.indices { gradient[place] /= count }
        return value / count
    }

    /// H⁻¹ (Σ gᵢ gᵢᵀ / (1 − hᵢ)²) H⁻¹ of the means: what the fit would vary by if other pairs had been asked and
    /// other answers given. The leverages hᵢ make good that fitted answers are nearer to the data than new ones.
    private func covariance(_ x: [Double], _ pairs: [SoftPreferences.Pair], _ n: Int) -> Matrix? {
        let width = x.count
        func row(_ pair: SoftPreferences.Pair, _ term: UtilityTerm) -> [(place: Int, part: Double)] {
            var row = [(pair.first, 1 / term.scale), (pair.second, -1 / term.scale)]
            if width > n {
                row.append((n + pair.first, -term.z * term.firstPart))
                row.append((n + pair.second, -term.z * term.secondPart))
            }
            return row
        }
        var hessian = Matrix(rows: width, columns: width)
        for pair in pairs {
            let term = UtilityTerm(x, n, pair.first, pair.second)
            let (row, weight) = (row(pair, term), term.information)
            for a in row { for b in row { hessian[a.place, b.place] += weight * a.part * b.part } }
        }
        for place in 0..<width { hessian[place, place] += place < n ? ridge : 2 * rho }
        guard let inverse = Cholesky(hessian)?.inverse() else { return nil }
        var scores = Matrix(rows: width, columns: width)
        for pair in pairs {
            let term = UtilityTerm(x, n, pair.first, pair.second)
            let row = row(pair, term)
            var leverage = 0.0
            for a in row { for b in row { leverage += a.part * b.part * inverse[a.place, b.place] } }
            let slope = term.slope(pair.share) / max(0.1, 1 - term.information * leverage)
            for a in row { for b in row { scores[a.place, b.place] += slope * slope * a.part * b.part } }
        }
        let whole = inverse.multiply(scores).multiply(inverse)
        return Matrix(rows: n, columns: n) { whole[$0, $1] }
    }

    private static func limits(_ preferences: SoftPreferences) -> [String] {
        let n = preferences.outcomes.count
        var roots = Array(0..<n)
        func root(_ place: Int) -> Int {
            var place = place
            while roots[place] != place { place = roots[place] }
            return place
        }
        for pair in preferences.answered {
            let (a, b) = (root(pair.first), root(pair.second))
            roots[max(a, b)] = min(a, b)
        }
        let parts = (0..<n).count { roots[$0] == $0 }
        var limits = [
            "utilities have no zero and no unit of their own: only differences within one agent compare"
        ]
        if parts > 1 {
            limits.append(
                "no answers connect \(parts) parts of the outcomes: utilities of different parts do not compare"
            )
        }
        return limits
    }
}

/// One pair at one set of parameters (μ, then log s where it is free).
struct UtilityTerm {
    /// (μₓ − μᵧ) / √(sₓ² + sᵧ²).
    let z: Double
    /// √(sₓ² + sᵧ²).
    let scale: Double
    /// sₓ² / (sₓ² + sᵧ²), and the same for y.
    let firstPart: Double
    let secondPart: Double

    @inline(__always)
    init(_ x: [Double], _ n: Int, _ first: Int, _ second: Int) {
        let a = x.count > n ? exp(2 * x[n + first]) : 1
        let b = x.count > n ? exp(2 * x[n + second]) : 1
        scale = (a + b).squareRoot()
        z = (x[first] - x[second]) / scale
        firstPart = a / (a + b)
        secondPart = b / (a + b)
    }

    /// −P̂ log Φ(z) − (1 − P̂) log Φ(−z).
    func loss(_ share: Double) -> Double {
        -share * Special.logNormalCDF(z) - (1 - share) * Special.logNormalCDF(-z)
    }

    /// Its derivative by z.
    func slope(_ share: Double) -> Double {
        -share * Self.hazard(z) + (1 - share) * Self.hazard(-z)
    }

    /// φ² / (Φ (1 − Φ)).
    var information: Double { Self.hazard(z) * Self.hazard(-z) }

    /// φ(z) / Φ(z).
    private static func hazard(_ z: Double) -> Double {
        exp(-0.5 * z * z - 0.918938533204672742 - Special.logNormalCDF(z))
    }
}
