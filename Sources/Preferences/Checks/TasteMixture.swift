import Foundation
import Kernels

/// A mixture of Bradley–Terry models with a sharpness for each judge; see `JudgeMap`.
///
/// E-step: for each judge and group the sharpness γ that fits best under a N(0, 2²) prior, and the group's
/// probability with γ integrated out by Laplace's method. M-step: one Newton step for each group's scores
/// under a N(0, 1) prior, solved by conjugate gradients on the pairs.
struct TasteMixture: Sendable {
    /// How a judge stands to a group.
    struct Standing: Sendable {
        /// The sharpness γ and its standard error.
        var sharpness = 0.0
        var error = 0.0
        /// The log-likelihood of its answers, γ integrated out.
        var logLikelihood = 0.0
        /// The log-likelihood that γ gains over 0.
        var gain = 0.0
        /// The probability that the judge belongs to the group.
        var probability = 0.0
    }

    let items: Int
    private(set) var groups: Int
    /// The scores of each group.
    private(set) var scores: [[Double]] = []
    /// The share of judges in each group.
    private(set) var shares: [Double] = []
    /// Each judge's standing to each group.
    private(set) var standings: [[Standing]] = []
    private(set) var logLikelihood = -Double.infinity

    /// The precision of the prior on γ.
    private static let sharpnessPrecision = 0.25
    /// The precision of the prior on scores.
    private static let scorePrecision = 1.0
    private static let maxSteps = 60

    init(items: Int, groups: Int) {
        self.items = items
        self.groups = groups
    }

    /// Fits the mixture by EM from lines through the map.
    mutating func fit(_ data: JudgeAnswers, _ space: TasteSpace, seed: UInt64) {
        let lines = TasteLines(space.coordinates, groups: groups, seed: seed)
        scores = [[Double]](repeating: [Double](repeating: 0, count: items), count: groups)
        shares = [Double](repeating: 1 / Double(groups), count: groups)
        standings = data.judges.indices.map { judge in
            (0..<groups).map { group in
                Standing(
                    sharpness: lines.position(judge, group),
                    probability: lines.label[judge] == group ? 1 : 0)
            }
        }
        // From zero scores a few steps are needed before responsibilities mean anything.
        for _ in 0..<4 { improveScores(data) }
        var last = -Double.infinity
        for _ in 0..<Self.maxSteps {
            standings = standings(data)
            mix()
            improveScores(data)
            if logLikelihood - last < 1e-3 { break }
            last = logLikelihood
        }
        standings = standings(data)
        mix()
    }

    /// Sets probabilities, shares and the log-likelihood from each judge's likelihoods.
    private mutating func mix() {
        logLikelihood = 0
        for judge in standings.indices {
            let terms = (0..<groups).map { log(max(shares[$0], 1e-12)) + standings[judge][$0].logLikelihood }
            let sum = Special.logSumExp(terms)
            logLikelihood += sum
            for group in 0..<groups { standings[judge][group].probability = exp(terms[group] - sum) }
        }
        for group in 0..<groups {
            // One judge's worth of prior keeps a group from vanishing for good.
            let sum = standings.reduce(1 / Double(groups)) { $0 + $1[group].probability }
            shares[group] = sum / Double(standings.count + 1)
        }
    }

    private func standings(_ data: JudgeAnswers) -> [[Standing]] {
        Parallel.map(data.judges.count) { judge in
            (0..<groups).map { group in
                standing(data.judges[judge].answers, group, from: standings[judge][group].sharpness)
            }
        }
    }

    private func standing(_ answers: [JudgeAnswers.Answer], _ group: Int, from start: Double) -> Standing {
        let theta = scores[group]
        var sharpness = start
        var result = Standing()
        for _ in 0..<30 {
            var slope = -Self.sharpnessPrecision * sharpness, curvature = Self.sharpnessPrecision
            for answer in answers {
                let d = theta[Int(answer.first)] - theta[Int(answer.second)]
                let p = Special.logistic(answer.offset + sharpness * d)
                slope += answer.weight * (answer.share - p) * d
                curvature += answer.weight * p * (1 - p) * d * d
            }
            let step = max(-2, min(2, slope / curvature))
            sharpness += step
            result.error = 1 / curvature.squareRoot()
            if abs(step) < 1e-6 { break }
        }
        let fitted = logLikelihood(answers, theta, sharpness)
        result.sharpness = sharpness
        result.gain = fitted - logLikelihood(answers, theta, 0)
        result.logLikelihood =
            fitted - 0.5 * Self.sharpnessPrecision * sharpness * sharpness
            + 0.5 * log(Self.sharpnessPrecision) + log(result.error)
        return result
    }

    private func logLikelihood(_ answers: [JudgeAnswers.Answer], _ theta: [Double], _ sharpness: Double)
        -> Double
    {
        var sum = 0.0
        for answer in answers {
            let eta = answer.offset + sharpness * (theta[Int(answer.first)] - theta[Int(answer.second)])
            sum += answer.weight * (answer.share * eta - Special.log1pExp(eta))
        }
        return sum
    }

    /// The log-likelihood of other answers of each judge, predicted from its standing.
    func predict(_ data: JudgeAnswers) -> [Double] {
        data.judges.indices.map { judge in
            Special.logSumExp(
                (0..<groups).map { group in
                    let standing = standings[judge][group]
                    return log(max(standing.probability, 1e-12))
                        + logLikelihood(data.judges[judge].answers, scores[group], standing.sharpness)
                })
        }
    }

    private mutating func improveScores(_ data: JudgeAnswers) {
        let current = self
        scores = Parallel.map(groups) { current.improvedScores(data, $0) }
    }

    private func improvedScores(_ data: JudgeAnswers, _ group: Int) -> [Double] {
        var theta = scores[group]
        let pairs = data.first.count
        var slope = [Double](repeating: 0, count: pairs), curvature = slope
        for (judge, standing) in standings.enumerated() {
            let r = standing[group].probability, sharpness = standing[group].sharpness
            if r < 1e-6 { continue }
            for answer in data.judges[judge].answers {
                let d = theta[Int(answer.first)] - theta[Int(answer.second)]
                let p = Special.logistic(answer.offset + sharpness * d)
                slope[Int(answer.pair)] += r * answer.weight * sharpness * (answer.share - p)
                curvature[Int(answer.pair)] += r * answer.weight * sharpness * sharpness * p * (1 - p)
            }
        }
        var gradient = theta.map { -Self.scorePrecision * $0 }
        var diagonal = [Double](repeating: Self.scorePrecision, count: items)
        for pair in 0..<pairs {
            let i = Int(data.first[pair]), j = Int(data.second[pair])
            gradient[i] += slope[pair]
            gradient[j] -= slope[pair]
            diagonal[i] += curvature[pair]
            diagonal[j] += curvature[pair]
        }
        let step = ConjugateGradient(tolerance: 1e-6, maxIterations: 300).solve(
            count: items,
            apply: { x, y in
                for i in 0..<x.count { y[i] = Self.scorePrecision * x[i] }
                for pair in 0..<pairs where curvature[pair] > 0 {
                    let i = Int(data.first[pair]), j = Int(data.second[pair])
                    let flow = curvature[pair] * (x[i] - x[j])
                    y[i] += flow
                    y[j] -= flow
                }
            },
            preconditioner: diagonal, rhs: gradient
        ).x
        let damping = min(1, 2 / max(step.reduce(0) { max($0, abs($1)) }, 1e-300))
        for i in theta.indices { theta[i] += damping * step[i] }
        return theta
    }

    /// The group that a judge most likely belongs to.
    func group(_ judge: Int) -> Int {
        var best = 0
        for group in 1..<max(1, groups)
        where standings[judge][group].probability > standings[judge][best].probability {
            best = group
        }
        return best
    }

    /// Turns groups so that most of their judges follow them, and makes a quarter that clearly reverses one a
    /// group of its own.
    mutating func splitCamps(_ data: JudgeAnswers) {
        for group in 0..<groups {
            let lean = standings.reduce(0) { $0 + $1[group].probability * $1[group].sharpness }
            if lean < 0 {
                scores[group] = scores[group].map { -$0 }
                for judge in standings.indices { standings[judge][group].sharpness.negate() }
            }
        }
        for group in 0..<groups {
            let members = standings.indices.filter { self.group($0) == group }
            let along = members.filter { standings[$0][group].sharpness > 2 * standings[$0][group].error }
            let against = members.filter { standings[$0][group].sharpness < -2 * standings[$0][group].error }
            if against.count < 3 || 3 * against.count < along.count { continue }
            scores.append(scores[group].map { -$0 })
            for judge in standings.indices {
                var mirrored = standings[judge][group]
                mirrored.sharpness.negate()
                var own = standings[judge][group]
                if own.sharpness < 0 { own.probability = 0 } else { mirrored.probability = 0 }
                standings[judge][group] = own
                standings[judge].append(mirrored)
            }
            let moved = shares[group] * Double(against.count) / Double(max(1, against.count + along.count))
            shares[group] -= moved
            shares.append(moved)
        }
        groups = scores.count
    }
}
