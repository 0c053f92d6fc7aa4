import Evaluation
import Foundation
import Kernels

/// Says how far an off-policy estimate moves if something unseen shifted the odds of the actions.
///
/// Sources: Tan, "A distributional approach for causal inference using propensity scores" (2006), the marginal
/// sensitivity model; Zhao, Small and Bhattacharya, "Sensitivity analysis for inverse probability weighting estimators
/// via the percentile bootstrap" (2019), the bounds. Let the odds π₀(a|x, u)/(1 − π₀(a|x, u)) of the action taken, with
/// whatever u moved it, lie within a factor Γ ≥ 1 of those stated, either way. Then the true weight of a row lies in
///
///     wᵢ ∈ π(aᵢ|xᵢ) · [1 + (1/pᵢ − 1)/Γ, 1 + (1/pᵢ − 1) Γ],
///
/// and the self-normalised estimate V̂ = B + Σ wᵢ eᵢ / Σ wᵢ in the range between its extremes over all such weights,
/// where e = r and B = 0, or, with a reward model, e = r − q̂(x, a) and B the mean of Σₐ π(a|x) q̂(x, a). At the upper
/// extreme the rows with the largest e have their upper and all others their lower weights: after one sort, one pass
/// finds it exactly. For the estimate these bounds are sharp; for more than two actions the truth may be confined more
/// closely.
///
/// The interval at Γ adds chance: the extreme has the contributions B + (eᵢ − ē) wᵢ/w̄ + ē at its own weights (their
/// choice adds nothing to first order), and its outer end comes from the interval that is asked for.
///
/// - Complexity: O(n log n) once, then O(n) for each Γ.
///
/// ```swift
/// let analysis = try SensitivityAnalysis(sample)
/// print(try analysis.bounds(gamma: 1.5))
/// ```
public struct SensitivityAnalysis: Sendable {
    private let sample: OffPolicySample
    private let residual: [Double]
    private let modelled: [Double]
    /// Rows with a positive target probability, the largest residual first.
    private let order: [Int]

    /// Prepares the analysis of a log.
    ///
    /// - Parameter usesPredictions: Whether to start from the predicted rewards of the sample.
    /// - Throws: `BanditError.data` where predictions are asked for and there are none, or all weights are zero.
    public init(_ sample: OffPolicySample, usesPredictions: Bool = false) throws(BanditError) {
        let k = sample.actionCount
        self.sample = sample
        if usesPredictions {
            guard !sample.predicted.isEmpty else { throw .data("the sample has no predicted rewards") }
            residual = (0..<sample.count).map {
                sample.reward[$0] - sample.predicted[$0 * k + Int(sample.action[$0])]
            }
            modelled = (0..<sample.count).map { row in
                var sum = 0.0
                for a in row * k..<(row + 1) * k { sum += sample.target[a] * sample.predicted[a] }
                return sum
            }
        } else {
            residual = sample.reward
            modelled = []
        }
        let residual = residual
        let used = (0..<sample.count).filter { sample.weight($0) > 0 }
        guard !used.isEmpty else {
            throw .data("the policy would have taken none of the actions that were taken")
        }
        order = used.sorted { residual[$0] != residual[$1] ? residual[$0] > residual[$1] : $0 < $1 }
    }

    /// The smallest and largest self-normalised estimate with odds within a factor Γ of those stated.
    ///
    /// - Precondition: gamma ≥ 1.
    public func bounds(gamma: Double) -> ClosedRange<Double> {
        let low = extreme(gamma: gamma, upper: false).value
        return low...max(low, extreme(gamma: gamma, upper: true).value)
    }

    /// The contributions of each row to one of the extremes.
    public func estimate(gamma: Double, upper: Bool) -> ValueEstimate {
        let found = extreme(gamma: gamma, upper: upper)
        let base = modelled.isEmpty ? 0 : Statistics.mean(modelled)
        let ratio = found.value - base
        let mean = found.weights.reduce(0, +) / Double(sample.count)
        let contributions = (0..<sample.count).map { row in
            (modelled.isEmpty ? 0 : modelled[row]) + ratio + (residual[row] - ratio) * found.weights[row]
                / mean
        }
        return ValueEstimate(
            estimator: "sensitivity", value: found.value, contributions: contributions)
    }

    /// The interval of the policy's gain over the logging policy with odds within a factor Γ of those stated: from the
    /// lower end at the lower extreme to the upper end at the upper one.
    public func difference(
        gamma: Double, interval: any ValueInterval, level: Double
    ) throws(BanditError) -> Interval {
        let low = try Contributions.difference(estimate(gamma: gamma, upper: false), sample)
        let high = try Contributions.difference(estimate(gamma: gamma, upper: true), sample)
        return Interval(
            lower: try interval.interval(low, level: level).lower,
            upper: try interval.interval(high, level: level).upper, level: level)
    }

    /// The extreme estimate, and the weights that attain it.
    private func extreme(gamma: Double, upper: Bool) -> (value: Double, weights: [Double]) {
        precondition(gamma >= 1, "gamma is at least 1")
        let count = order.count
        let at = { (place: Int) -> Int in upper ? order[place] : order[count - 1 - place] }
        let range = { (row: Int) -> (least: Double, most: Double) in
            let target = sample.target[row * sample.actionCount + Int(sample.action[row])]
            let odds = 1 / sample.propensity[row] - 1
            return (target * (1 + odds / gamma), target * (1 + odds * gamma))
        }
        var weight = 0.0
        var sum = 0.0
        for place in 0..<count {
            let row = at(place)
            let least = range(row).least
            weight += least
            sum += least * residual[row]
        }
        var best = (value: sum / weight, places: 0)
        for place in 0..<count {
            let row = at(place)
            let (least, most) = range(row)
            weight += most - least
            sum += (most - least) * residual[row]
            let value = sum / weight
            if upper ? value > best.value : value < best.value { best = (value, place + 1) }
        }
        var weights = [Double](repeating: 0, count: sample.count)
        var total = 0.0
        var weighted = 0.0
        for place in 0..<count {
            let row = at(place)
            let (least, most) = range(row)
            weights[row] = place < best.places ? most : least
            total += weights[row]
            weighted += weights[row] * residual[row]
        }
        let base = modelled.isEmpty ? 0 : Statistics.mean(modelled)
        return (base + weighted / total, weights)
    }
}
