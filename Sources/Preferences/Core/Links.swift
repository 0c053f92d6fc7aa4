import Foundation
import Kernels

/// The log-probability of one outcome of a comparison, with its first and second derivatives with respect to
/// the linear predictor η and the tie parameter λ.
struct LinkTerms {
    var value = 0.0
    var eta = 0.0
    var tie = 0.0
    var etaEta = 0.0
    var etaTie = 0.0
    var tieTie = 0.0
}

/// How a linear predictor η (left minus right) becomes probabilities of left, tie and right.
///
/// Each link is log-concave in (η, λ), so that the likelihood has one maximum.
enum LinkKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// P(left) = σ(η). Ties count as half of each.
    case logistic
    /// Davidson: P(left) : P(tie) : P(right) = e^{η/2} : e^λ : e^{−η/2}.
    case davidson
    /// Rao and Kupper: P(left) = σ(η − κ), P(right) = σ(−η − κ), with κ = e^λ.
    case raoKupper
    /// Thurstone and Mosteller (case V): P(left) = Φ(η/s), with s = 4φ(0) so that η is in log-odds near 0;
    /// with ties P(left) = Φ((η − κ)/s), P(right) = Φ((−η − κ)/s), κ = e^λ.
    case probit

    /// What the outcome codes of pair terms mean.
    static let left = 0
    static let tie = 1
    static let right = 2

    /// 4φ(0): what a probit unit is worth in log-odds at equal strength.
    static let probitScale = 1.595_769_121_605_730_7

    /// Whether the link has a tie parameter of its own.
    var hasTies: Bool { self != .logistic }

    /// The three probabilities. `tie` is λ; −∞ where the fit knows no ties.
    func probability(_ eta: Double, tie lambda: Double) -> OutcomeProbability {
        switch self {
        case .logistic:
            return OutcomeProbability(win: Special.logistic(eta), tie: 0, loss: Special.logistic(-eta))
        case .davidson:
            let top = max(abs(eta) / 2, lambda)
            let a = exp(eta / 2 - top), t = exp(lambda - top), b = exp(-eta / 2 - top)
            let sum = a + t + b
            return OutcomeProbability(win: a / sum, tie: t / sum, loss: b / sum)
        case .raoKupper:
            let kappa = exp(lambda)
            let a = Special.logistic(eta - kappa), b = Special.logistic(-eta - kappa)
            return OutcomeProbability(win: a, tie: max(0, 1 - a - b), loss: b)
        case .probit:
            let kappa = exp(lambda)
            let a = Special.normalCDF((eta - kappa) / Self.probitScale)
            let b = Special.normalCDF((-eta - kappa) / Self.probitScale)
            return OutcomeProbability(win: a, tie: max(0, 1 - a - b), loss: b)
        }
    }

    /// The log-probability of an outcome and its derivatives.
    @inline(__always)
    func terms(_ outcome: Int, _ eta: Double, tie lambda: Double) -> LinkTerms {
        switch self {
        case .logistic: Self.logisticTerms(outcome, eta)
        case .davidson: Self.davidsonTerms(outcome, eta, lambda)
        case .raoKupper: Self.thresholdTerms(outcome, eta, lambda, LogisticCurve.self)
        case .probit: Self.thresholdTerms(outcome, eta, lambda, NormalCurve.self)
        }
    }

    @inline(__always)
    private static func logisticTerms(_ outcome: Int, _ eta: Double) -> LinkTerms {
        // e = exp(−|η|) gives both tails without overflow.
        let e = exp(-abs(eta))
        let small = e / (1 + e)
        let p = eta >= 0 ? 1 - small : small
        let softplus = log1p(e)
        let logLeft = (eta >= 0 ? 0 : eta) - softplus
        let logRight = (eta >= 0 ? -eta : 0) - softplus
        var t = LinkTerms()
        t.etaEta = -e / ((1 + e) * (1 + e))
        switch outcome {
        case left:
            t.value = logLeft
            t.eta = eta >= 0 ? small : 1 - small
        case right:
            t.value = logRight
            t.eta = -p
        default:
            t.value = 0.5 * (logLeft + logRight)
            t.eta = 0.5 - p
        }
        return t
    }

    @inline(__always)
    private static func davidsonTerms(_ outcome: Int, _ eta: Double, _ lambda: Double) -> LinkTerms {
        let top = max(abs(eta) / 2, lambda)
        let a = exp(eta / 2 - top), n = exp(lambda - top), b = exp(-eta / 2 - top)
        let sum = a + n + b
        let pa = a / sum, pn = n / sum, pb = b / sum
        let logSum = top + log(sum)
        let mean = 0.5 * (pa - pb)
        var t = LinkTerms()
        t.etaEta = -(0.25 * (pa + pb) - mean * mean)
        t.etaTie = mean * pn
        t.tieTie = -pn * (1 - pn)
        switch outcome {
        case left:
            t.value = eta / 2 - logSum
            t.eta = 0.5 - mean
            t.tie = -pn
        case right:
            t.value = -eta / 2 - logSum
            t.eta = -0.5 - mean
            t.tie = -pn
        default:
            t.value = lambda - logSum
            t.eta = -mean
            t.tie = 1 - pn
        }
        return t
    }

    /// P(left) = F(η − κ), P(right) = F(−η − κ), P(tie) the rest, with κ = e^λ > 0.
    @inline(__always)
    private static func thresholdTerms<C: Curve>(
        _ outcome: Int, _ eta: Double, _ lambda: Double, _ curve: C.Type
    ) -> LinkTerms {
        let kappa = exp(lambda)
        var t = LinkTerms()
        switch outcome {
        case left, right:
            let sign = outcome == left ? 1.0 : -1.0
            let (value, first, second) = C.logCDF(sign * eta - kappa)
            t.value = value
            t.eta = sign * first
            t.etaEta = second
            t.tie = -kappa * first
            t.etaTie = -sign * kappa * second
            t.tieTie = -kappa * first + kappa * kappa * second
        default:
            // P(tie) = F(κ + η) − F(η − κ), both upper and lower end as x = |η| by symmetry.
            let flip = eta < 0 ? -1.0 : 1.0
            let x = abs(eta)
            let p = max(C.upperTail(x - kappa) - C.upperTail(x + kappa), 1e-300)
            let low = C.density(x - kappa), high = C.density(x + kappa)
            let lowSlope = C.densitySlope(x - kappa), highSlope = C.densitySlope(x + kappa)
            let dEta = (high - low) / p
            let dKappa = (high + low) / p
            let dEtaEta = (highSlope - lowSlope) / p - dEta * dEta
            let dEtaKappa = (highSlope + lowSlope) / p - dEta * dKappa
            let dKappaKappa = (highSlope - lowSlope) / p - dKappa * dKappa
            t.value = log(p)
            t.eta = flip * dEta
            t.etaEta = dEtaEta
            t.tie = kappa * dKappa
            t.etaTie = flip * kappa * dEtaKappa
            t.tieTie = kappa * dKappa + kappa * kappa * dKappaKappa
        }
        return t
    }
}

/// A symmetric distribution on the line.
private protocol Curve {
    /// log F(x) and its first two derivatives.
    static func logCDF(_ x: Double) -> (Double, Double, Double)
    static func upperTail(_ x: Double) -> Double
    static func density(_ x: Double) -> Double
    static func densitySlope(_ x: Double) -> Double
}

private enum LogisticCurve: Curve {
    @inline(__always)
    static func logCDF(_ x: Double) -> (Double, Double, Double) {
        let q = Special.logistic(-x)
        return (-Special.log1pExp(-x), q, -q * (1 - q))
    }
    @inline(__always)
    static func upperTail(_ x: Double) -> Double { Special.logistic(-x) }
    @inline(__always)
    static func density(_ x: Double) -> Double {
        let p = Special.logistic(-abs(x))
        return p * (1 - p)
    }
    @inline(__always)
    static func densitySlope(_ x: Double) -> Double { density(x) * (1 - 2 * Special.logistic(x)) }
}

/// Φ(x / s), with s = 4φ(0) so that its slope at 0 is the logistic's and scores stay in log-odds.
private enum NormalCurve: Curve {
    private static let scale = 1 / LinkKind.probitScale

    @inline(__always)
    static func logCDF(_ argument: Double) -> (Double, Double, Double) {
        let x = argument * scale
        let value = Special.logNormalCDF(x)
        // The inverse Mills ratio φ/Φ; for very negative x it is −x(1 + 1/x² − 2/x⁴ …) by its expansion.
        let ratio: Double
        if x < -30 {
            let inverse = 1 / (x * x)
            ratio = -x * (1 + inverse - 2 * inverse * inverse)
        } else {
            ratio = exp(-0.5 * x * x - 0.918_938_533_204_672_8 - value)
        }
        return (value, scale * ratio, -scale * scale * ratio * (x + ratio))
    }
    @inline(__always)
    static func upperTail(_ x: Double) -> Double { Special.normalCDF(-x * scale) }
    @inline(__always)
    static func density(_ x: Double) -> Double { scale * Special.normalPDF(x * scale) }
    @inline(__always)
    static func densitySlope(_ x: Double) -> Double { -scale * scale * x * density(x) }
}
