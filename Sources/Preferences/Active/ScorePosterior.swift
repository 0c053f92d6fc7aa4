import Foundation
import Kernels

/// What is believed about the scores: normal, with a mean for each and a variance for each difference.
///
/// Two kinds: `DensePosterior` keeps the whole covariance, `SampledPosterior` serves tens of thousands of
/// items.
protocol ScorePosterior: Sendable {
    /// The mean of each score.
    var means: [Double] { get }
    /// How a difference becomes an answer.
    var answers: AnswerModel { get }
    /// The variance of θ_i − θ_j.
    func variance(_ i: Int, _ j: Int) -> Double
    /// Takes in what observing θ_i − θ_j with this precision does to the covariance, leaving the means alone.
    mutating func expect(_ i: Int, _ j: Int, information: Double)
    /// Takes in an observation of θ_i − θ_j: the mean of the difference moves by `shift`, and its precision
    /// grows by `information`.
    mutating func update(_ i: Int, _ j: Int, shift: Double, information: Double)
    /// Scores drawn from what is believed (of very many items, nearly normal).
    func draw(_ random: inout CounterRandom) -> [Double]
}

/// How answers depend on the difference of two scores, with the parameters that are not scores.
struct AnswerModel: Sendable, Hashable {
    var link = LinkKind.logistic
    /// λ of the link; what stands for "no ties" where there is none.
    var tie = -700.0
    /// The log-odds that the side with the advantage of place gains.
    var home = 0.0
}

extension ScorePosterior {
    /// Learns one answer: assumed-density filtering with a Laplace step.
    ///
    /// For a normal prior on the scores and a likelihood of d = θ_i − θ_j alone, the posterior mode lies on
    /// the line through the mean along Σ(e_i − e_j), so that the step is a search in one unknown: δ* = argmax
    /// w ℓ(δ + h·place) − (δ − μ)²/(2v), and the precision of d grows by −w ℓ″(δ*).
    ///
    /// - Complexity: that of `update`.
    mutating func observe(_ i: Int, _ j: Int, code: Int, weight: Double, place: Double) {
        let mean = means[i] - means[j]
        let variance = variance(i, j)
        if !(variance > 0) || weight == 0 { return }
        let offset = place * answers.home
        // The slope of every link is at most 1 in size, which brackets the mode.
        var low = mean - weight * variance, high = mean + weight * variance
        var delta = mean
        for _ in 0..<60 {
            let t = answers.link.terms(code, delta + offset, tie: answers.tie)
            let slope = weight * t.eta - (delta - mean) / variance
            if slope > 0 { low = delta } else { high = delta }
            var next = delta - slope / (weight * t.etaEta - 1 / variance)
            if !(next > low && next < high) { next = 0.5 * (low + high) }
            let moved = abs(next - delta)
            delta = next
            if moved < 1e-12 * max(1, abs(delta)) { break }
        }
        let curvature = -weight * answers.link.terms(code, delta + offset, tie: answers.tie).etaEta
        update(i, j, shift: delta - mean, information: max(0, curvature))
    }

    /// Takes in what an answer of this expected gain does to the covariance: as much as a measurement of the
    /// difference that teaches as many nats, ½ log(1 + h v) = gain.
    mutating func expect(_ i: Int, _ j: Int, gain: Double) {
        let variance = variance(i, j)
        if variance > 0, gain > 0 { expect(i, j, information: expm1(2 * gain) / variance) }
    }
}
