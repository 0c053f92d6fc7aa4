import Kernels

/// Makes one score of the scores that several models give to one thing: by their mean, or by less where they disagree.
///
/// Source: Coste, Anwar, Kirk and Krueger, "Reward Model Ensembles Help Mitigate Overoptimization" (2024). With the scores
/// r₁ … r_k of one thing and their mean r̄,
///
///     mean                  R = r̄
///     worst case            R = minᵢ rᵢ
///     uncertainty-weighted  R = r̄ − λ · (1/k) Σᵢ (rᵢ − r̄)²
///
/// so that neither conservative score is above the mean, and all are equal where the members agree. The variance is in squared
/// units of the scores: λ means something only for scores that were standardised, as `RewardEnsembleModel` does.
///
/// ```swift
/// EnsembleAggregate.uncertaintyWeighted(lambda: 0.5)([1, 2, 3])   // 1.667
/// ```
public enum EnsembleAggregate: Sendable, Hashable, Codable {
    /// r̄.
    case mean
    /// The lowest score that any member gives.
    case worstCase
    /// The mean less λ times the variance.
    case uncertaintyWeighted(lambda: Double)

    /// The score that stands for all.
    public func callAsFunction(_ scores: [Double]) -> Double {
        precondition(!scores.isEmpty, "an ensemble has a member")
        let mean = scores.reduce(0, +) / Double(scores.count)
        switch self {
        case .mean: return mean
        // Rounding can put a mean of equal numbers a bit below them.
        case .worstCase: return min(scores.min()!, mean)
        case .uncertaintyWeighted(let lambda):
            let squares = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return mean - lambda * squares / Double(scores.count)
        }
    }

    /// The score that stands for all, for each column of (members, things).
    public func callAsFunction(_ scores: Matrix) -> [Double] {
        var column = [Double](repeating: 0, count: scores.rows)
        return (0..<scores.columns).map { place in
            for member in column.indices { column[member] = scores[member, place] }
            return self(column)
        }
    }

    /// As saved in a model.
    var text: String {
        switch self {
        case .mean: "mean"
        case .worstCase: "worst case"
        case .uncertaintyWeighted(let lambda): "uncertainty \(lambda)"
        }
    }

    init(text: String?) throws {
        let words = (text ?? "").split(separator: " ")
        if text == "mean" {
            self = .mean
        } else if text == "worst case" {
            self = .worstCase
        } else if words.count == 2, words[0] == "uncertainty", let lambda = Double(words[1]),
            lambda.isFinite
        {
            self = .uncertaintyWeighted(lambda: lambda)
        } else {
            throw LearningError.data("the ensemble's aggregate is not known; its file is damaged")
        }
    }
}
