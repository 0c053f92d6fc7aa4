import Evaluation
import Foundation
import Kernels

/// Estimates how likely each action was from what was known at the time, for logs that did not write it down.
///
/// Sources: Rosenbaum and Rubin, "The central role of the propensity score in observational studies for causal effects"
/// (1983); cross-fitting as in Chernozhukov and others, "Double/debiased machine learning for treatment and structural
/// parameters" (2018); calibration by one exponent, after Guo, Pleiss, Sun and Weinberger, "On calibration of modern
/// neural networks" (2017).
///
/// Units are dealt into K folds at random. Rows of a fold get p̂(a|x) of a multinomial logistic regression on the other
/// folds, with the penalty λ that predicts unseen rows best. It is then drawn towards the frequencies m(a) of the other
/// folds,
///
///     p̃(a|x) ∝ m(a)^(1−s) p̂(a|x)^s,
///
/// with the s in [0, 1.5] that fits the other folds' unseen rows best: s < 1 where the model is too sure. At last
/// probabilities are raised to `minimum` and the row is made to add up to one again.
///
/// Estimated propensities are right only if nothing else than the contexts moved both the choice and the reward. No
/// number computed from the log can show that: see `SensitivityAnalysis`. Do not use the model where propensities were
/// logged.
///
/// - Complexity: O(folds · lambdas · iterations · nonzeros · K), in parallel over folds. The same bits on any number of
///   threads.
///
/// ```swift
/// let model = try PropensityModel().fit(actions: actions, actionCount: 3, features: contexts, unit: people)
/// let sample = try OffPolicySample(
///     actionCount: 3, action: actions, reward: rewards, propensity: model.taken, target: policy, unit: people)
/// print(model.fit.sentence)
/// ```
public struct PropensityModel: Sendable, Hashable {
    /// The number of folds.
    public var folds: Int
    /// The penalties λ to choose from, for features of root mean square one.
    public var lambdas: [Double]
    /// The least probability of an action.
    public var minimum: Double
    /// The replicates behind the calibration error's interval and its chance level.
    public var replicates: Int
    /// The seed of the folds.
    public var seed: UInt64

    /// Creates a model.
    ///
    /// - Precondition: at least two folds, penalties that are not negative, and a minimum in (0, 1).
    public init(
        folds: Int = 5, lambdas: [Double] = [1, 0.1, 0.01, 0.001, 0.0001], minimum: Double = 0.01,
        replicates: Int = 100, seed: UInt64 = 1
    ) {
        precondition(folds >= 2, "at least two folds are needed")
        precondition(!lambdas.isEmpty && lambdas.allSatisfy { $0 >= 0 }, "penalties are not negative")
        precondition(minimum > 0 && minimum < 1, "the minimum lies between 0 and 1")
        self.folds = folds
        self.lambdas = lambdas
        self.minimum = minimum
        self.replicates = replicates
        self.seed = seed
    }

    /// Estimates propensities.
    ///
    /// - Parameters:
    ///   - actions: The action taken in each row, 0..<actionCount.
    ///   - actionCount: The number of actions K.
    ///   - features: What was known in each row; no column for an intercept is needed.
    ///   - unit: The unit of each row; each on its own where empty.
    /// - Throws: `BanditError.data` where lists differ in length, an action is none, a feature is not finite, there are
    ///   fewer units than folds, or K times the minimum is one or more.
    public func fit(
        actions: [Int32], actionCount: Int, features: SparseRows, unit: [Int32] = []
    ) throws(BanditError) -> PropensityEstimate {
        let n = actions.count
        guard features.count == n, unit.isEmpty || unit.count == n else {
            throw .data("actions, contexts and units are not equally many")
        }
        guard actions.allSatisfy({ $0 >= 0 && Int($0) < actionCount }) else {
            throw .data("an action is not one of \(actionCount)")
        }
        guard features.values.allSatisfy(\.isFinite) else { throw .data("a feature is not finite") }
        guard Double(actionCount) * minimum < 1 else {
            throw .setting(
                name: "minimum", value: "\(minimum)",
                expected: "less than 1/\(actionCount), one by the actions")
        }
        let codes = Self.dense(unit, rows: n)
        let fold = try deal(codes)
        let members = (0..<folds).map { k in (0..<n).filter { fold[$0] == k } }
        let frequencies = members.map { Self.frequencies(actions, without: $0, actionCount) }
        let prepared = MultinomialLogistic.Features(features)
        let lambdas = lambdas.sorted(by: >)
        let fits = Parallel.map(folds) { k -> (logs: [[Double]], converged: Bool) in
            predictions(prepared, actions, actionCount, lambdas, fold: k, of: fold, members[k])
        }
        let losses = lambdas.indices.map { index in
            var sum = 0.0
            for k in 0..<folds {
                for (place, row) in members[k].enumerated() {
                    sum -= fits[k].logs[index][place * actionCount + Int(actions[row])]
                }
            }
            return sum
        }
        let best = losses.indices.min { losses[$0] < losses[$1] } ?? 0
        let raw = fits.map { $0.logs[best] }
        let trust = Parallel.map(folds) { k in
            Self.exponent(raw, members, frequencies, actions, actionCount, without: k)
        }
        var probabilities = [Double](repeating: 0, count: n * actionCount)
        var row = [Double](repeating: 0, count: actionCount)
        var clipped = 0
        for k in 0..<folds {
            for (place, index) in members[k].enumerated() {
                for a in 0..<actionCount {
                    row[a] =
                        (1 - trust[k]) * log(frequencies[k][a]) + trust[k] * raw[k][place * actionCount + a]
                }
                let total = Special.logSumExp(row)
                if exp(row[Int(actions[index])] - total) < minimum { clipped += 1 }
                var sum = 0.0
                for a in 0..<actionCount {
                    row[a] = max(minimum, exp(row[a] - total))
                    sum += row[a]
                }
                for a in 0..<actionCount { probabilities[index * actionCount + a] = row[a] / sum }
            }
        }
        let taken = (0..<n).map { probabilities[$0 * actionCount + Int(actions[$0])] }
        let marginal = (0..<n).map { -log(frequencies[fold[$0]][Int(actions[$0])]) }
        let gains = try Contributions(zip(marginal, taken).map { $0 + log($1) }, unit: unit)
        return PropensityEstimate(
            probabilities: probabilities, taken: taken,
            fit: PropensityEstimate.Fit(
                logLoss: Statistics.mean(taken.map { -log($0) }), marginalLogLoss: Statistics.mean(marginal),
                gainError: gains.standardError,
                calibration: try calibration(probabilities, actions, actionCount, codes),
                lambda: lambdas[best], trust: trust, minimum: minimum,
                clippedShare: Double(clipped) / Double(n), folds: folds,
                converged: fits.allSatisfy(\.converged)))
    }

    /// ln p̂ of the rows of a fold under each penalty, the largest first.
    private func predictions(
        _ features: MultinomialLogistic.Features, _ actions: [Int32], _ actionCount: Int, _ lambdas: [Double],
        fold k: Int, of fold: [Int], _ members: [Int]
    ) -> (logs: [[Double]], converged: Bool) {
        let training = fold.indices.filter { fold[$0] != k }
        var start: [Double]?
        var converged = true
        var out = [Double](repeating: 0, count: actionCount)
        let logs = lambdas.map { lambda in
            let model = MultinomialLogistic(classes: actionCount, lambda: lambda)
            let fit = model.fit(features, actions, rows: training, from: start)
            start = fit.weights
            converged = converged && fit.converged
            return members.flatMap { row in
                model.logProbabilities(fit.weights, features, row, &out)
                return out
            }
        }
        return (logs, converged)
    }

    /// Numbers units densely in the order in which they appear.
    private static func dense(_ unit: [Int32], rows: Int) -> [Int] {
        guard !unit.isEmpty else { return Array(0..<rows) }
        var place: [Int32: Int] = [:]
        return unit.map { code in
            if let known = place[code] { return known }
            place[code] = place.count
            return place.count - 1
        }
    }

    /// The fold of each row: units are shuffled and dealt in turn.
    private func deal(_ codes: [Int]) throws(BanditError) -> [Int] {
        let count = (codes.max() ?? -1) + 1
        guard count >= folds else { throw .data("\(count) units are too few for \(folds) folds") }
        var random = CounterRandom(seed: seed)
        var fold = [Int](repeating: 0, count: count)
        for (place, unit) in random.permutation(count).enumerated() { fold[unit] = place % folds }
        return codes.map { fold[$0] }
    }

    /// The smoothed frequencies of actions outside of some rows.
    private static func frequencies(_ actions: [Int32], without rows: [Int], _ actionCount: Int) -> [Double] {
        var counts = [Double](repeating: 0.5, count: actionCount)
        for action in actions { counts[Int(action)] += 1 }
        for row in rows { counts[Int(actions[row])] -= 1 }
        let sum = counts.reduce(0, +)
        return counts.map { $0 / sum }
    }

    /// The exponent s that fits the unseen rows of all folds but one best.
    private static func exponent(
        _ raw: [[Double]], _ members: [[Int]], _ frequencies: [[Double]], _ actions: [Int32],
        _ actionCount: Int,
        without fold: Int
    ) -> Double {
        var row = [Double](repeating: 0, count: actionCount)
        let best = Minimize.brent(lower: 0, upper: 1.5, tolerance: 1e-4) { s in
            var loss = 0.0
            for k in raw.indices where k != fold {
                for (place, index) in members[k].enumerated() {
                    for a in 0..<actionCount {
                        row[a] = (1 - s) * log(frequencies[k][a]) + s * raw[k][place * actionCount + a]
                    }
                    loss += Special.logSumExp(row) - row[Int(actions[index])]
                }
            }
            return loss
        }
        return best.x
    }

    private func calibration(
        _ probabilities: [Double], _ actions: [Int32], _ actionCount: Int, _ codes: [Int]
    ) throws(BanditError) -> CalibrationError.Result {
        var happened: [Bool] = []
        var clusters: [Int] = []
        for (row, action) in actions.enumerated() {
            for a in 0..<actionCount {
                happened.append(a == Int(action))
                clusters.append(codes[row])
            }
        }
        do {
            return try CalibrationError(bootstrap: ClusterBootstrap(replicates: replicates, seed: seed))
                .measure(probabilities.map { min(1, $0) }, happened, clusters: clusters)
        } catch {
            throw .data(error.description)
        }
    }
}
