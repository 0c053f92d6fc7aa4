import Foundation
import Kernels

/// Keeps a weighted sum of features able to tell apart answers that nobody has compared yet, such as those of a newer model.
///
/// Source: Wang et al., "Secrets of RLHF in Large Language Models Part II: Reward Modeling" (2024), the meta step. For prompts
/// with k unjudged answers each, sᵢ, and r(x) = w·x, the spread is
///
///     J(w) = mean over prompts of (2/k²) Σ_{i<j} σ(|r(sᵢ) − r(sⱼ)|)
///
/// from (k − 1)/(2k) where all answers tie to (k − 1)/k where they are far apart. One step of learning goes
///
///     w′ = w + a ∇J(w),   w ← w − η ∇L(w′)
///
/// with L the loss of judged comparisons: first the answers are drawn apart, then the gradient is taken there. a = 0 is an
/// ordinary step. A weighted sum mostly moves along itself by the first half, so that no better accuracy is to be expected
/// of it; what is sure is that J rises. Nothing here says which of two unjudged answers is better.
///
/// - Complexity: O(answers · (d + k)) for a value or a gradient.
///
/// ```swift
/// let spread = ResponseSpread(features: shifted, prompts: [0, 0, 0, 1, 1, 1])
/// weights = spread.step(weights, ascent: 0.01, learningRate: 0.1) { gradient($0) }
/// ```
public struct ResponseSpread: Sendable {
    /// One row for each answer.
    public let features: FeatureMatrix
    /// The answers of each prompt that has two or more.
    private let answers: [[Int]]

    /// Creates it of answers and the number of each one's prompt.
    public init(features: FeatureMatrix, prompts: [Int]) {
        precondition(features.rows == prompts.count, "a prompt for each answer")
        precondition(prompts.allSatisfy { $0 >= 0 }, "prompts are numbered from 0")
        self.features = features
        var answers = [[Int]](repeating: [], count: (prompts.max() ?? -1) + 1)
        for (answer, prompt) in prompts.enumerated() { answers[prompt].append(answer) }
        self.answers = answers.filter { $0.count > 1 }
        precondition(!self.answers.isEmpty, "a prompt has at least two answers")
    }

    /// J(w).
    public func value(_ weights: [Double]) -> Double {
        let scores = features.product(weights)
        let sum = answers.reduce(0.0) { total, group in
            var sum = 0.0
            for (place, i) in group.enumerated() {
                for j in group.dropFirst(place + 1) { sum += Special.logistic(abs(scores[i] - scores[j])) }
            }
            return total + 2 * sum / Double(group.count * group.count)
        }
        return sum / Double(answers.count)
    }

    /// ∇J(w); answers that tie push neither way.
    public func gradient(_ weights: [Double]) -> [Double] {
        let scores = features.product(weights)
        var slopes = [Double](repeating: 0, count: scores.count)
        for group in answers {
            let scale = 2 / Double(group.count * group.count * answers.count)
            for (place, i) in group.enumerated() {
                for j in group.dropFirst(place + 1) where scores[i] != scores[j] {
                    let p = Special.logistic(abs(scores[i] - scores[j]))
                    let push = scale * p * (1 - p) * (scores[i] > scores[j] ? 1 : -1)
                    slopes[i] += push
                    slopes[j] -= push
                }
            }
        }
        return features.transposedProduct(slopes)
    }

    /// One step: the gradient of the loss is taken a ∇J away and applied here.
    public func step(
        _ weights: [Double], ascent: Double, learningRate: Double, lossGradient: ([Double]) throws -> [Double]
    ) rethrows -> [Double] {
        let away =
            ascent == 0 ? weights : zip(weights, gradient(weights)).map { $0 + ascent * $1 }
        return zip(weights, try lossGradient(away)).map { $0 - learningRate * $1 }
    }
}

extension FeatureMatrix {
    /// Xᵀ v: the rows added up, each times its number.
    func transposedProduct(_ v: [Double]) -> [Double] {
        precondition(v.count == rows, "a number for each row")
        var sum = [Double](repeating: 0, count: columns)
        switch storage {
        case .dense(let values):
            for row in 0..<rows where v[row] != 0 {
                for column in 0..<columns { sum[column] += v[row] * values[row * columns + column] }
            }
        case .sparse(let sparse):
            for row in 0..<rows where v[row] != 0 {
                for place in sparse.range(row) {
                    sum[Int(sparse.columns[place])] += v[row] * sparse.values[place]
                }
            }
        }
        return sum
    }
}
