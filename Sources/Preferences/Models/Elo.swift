import Foundation
import Kernels
import Signals

/// Follows strengths game by game: the winner takes from the loser in proportion to the surprise.
///
/// Elo, "The rating of chessplayers, past and present" (1978). After each game θ_i ← θ_i + K (y − σ(θ_i − θ_j + h)), with
/// y = 1 for a win, ½ for a tie. K and the advantage of place h are tuned on the games themselves, by the log loss of
/// each game's prediction from the games before it; ties get Davidson's rate, fitted on the same predictions.
///
/// The result depends on the order of games: they are taken by time where all carry one, else in the order given.
/// Scores are in natural log-odds with mean zero (173.7 Elo points each). Standard errors come from 100 resamples of
/// the games (clustered if asked for), in order; they describe the noise of the updates.
///
/// Complexity: O(games) for a pass, about 60 passes to tune.
///
/// ```swift
/// let fit = try Elo().fit(log)
/// ```
public struct Elo: PreferenceModel {
    public static let id = "elo"
    public static let summary = "Elo: game by game, K and home advantage tuned on past predictions"

    /// The step K in log-odds; `nil` to tune it. K = 32 Elo points is 0.184.
    public var step: Double?
    /// The intervals and whether the advantage of place is modelled. There is no prior: everyone starts at 0.
    public var options: BoardOptions

    /// Creates the model.
    public init(step: Double? = nil, _ options: BoardOptions = BoardOptions()) {
        self.step = step
        self.options = options
    }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        let counted = PairBoard.usedItems(log)
        if counted.answered == 0 {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "comparisons", found: Board.found(log))
        }
        if let step, !(step > 0 && step.isFinite) {
            throw PreferenceError.setting(name: "step", value: "\(step)", expected: "positive")
        }
        let index = ItemIndex(log, used: counted.items)
        let games = EloGames(log, index: index, usesHome: options.position)
        let tuned = games.tune(fixedStep: step)
        var notes: [String] = []
        if games.isUndated {
            notes.append(
                "Not all comparisons carry a time, so that games are taken in the order of the lines.")
        }
        let run = games.run(step: tuned.step, home: tuned.home)
        let tie = games.tieRate(run.predictions)

        let root = CounterRandom(seed: options.intervals.seed)
        let n = index.count
        let (step, home) = (tuned.step, tuned.home)
        let draws = Parallel.map(100) { replicate -> [Double] in
            var random = root.split(UInt64(replicate))
            var times = [Double](repeating: 0, count: games.unitCount)
            for _ in 0..<games.unitCount { times[random.below(games.unitCount)] += 1 }
            return Self.centred(games.run(step: step, home: home, times: times).scores)
        }
        let refits = BootstrapRefits.Draws(rows: draws)
        let uncertainty = refits.uncertainty(itemCount: n, sparse: [Bool](repeating: false, count: n))
        let critical = Special.normalQuantile(0.5 + options.intervals.confidence / 2)
        let scores = Self.centred(run.scores)
        let order = (0..<n).sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let confidence = options.intervals.confidence
        let ranges = Inference.rankRanges(
            scores: scores, members: order, uncertainty: uncertainty, confidence: confidence,
            tail: { Special.normalCDF(-$0) })
        let counts = games.counts(items: n)
        let items = order.enumerated().map { place, i in
            let se = uncertainty.variance[i].squareRoot()
            return RankedItem(
                item: index.names[i], index: i, score: scores[i], standardError: se,
                interval: (scores[i] - critical * se)...(scores[i] + critical * se), open: nil,
                rank: place + 1,
                ranks: ranges[place], comparisons: counts[i], part: 0)
        }
        func fixed(_ name: String, _ meaning: String, _ value: Double) -> Coefficient {
            Coefficient(
                name: name, meaning: meaning, estimate: value, standardError: .nan, interval: value...value)
        }
        var coefficients = [fixed("step", "K in log-odds (times 173.7 for Elo points)", step)]
        if games.hasHome {
            coefficients.append(fixed("first", "log-odds gained by the side at home or shown first", home))
        }
        if tie > -.infinity {
            coefficients.append(fixed("tie", "Davidson's ν, on the predictions", exp(tie)))
        }
        return RankingFit(
            model: Self.id, summary: Self.summary, items: items, coefficients: coefficients, judges: [],
            certificate: Certificate(
                converged: true, iterations: 1, gradientNorm: 0, identified: true, parts: [], separable: [],
                notes: notes),
            intervals: IntervalNote(
                method: "bootstrap", confidence: confidence, clusteredBy: nil, clusters: nil,
                criticalValue: critical),
            logLikelihood: games.logLikelihood(run.predictions, tie: tie), observations: games.total,
            predictor: OutcomePredictor(
                link: tie > -.infinity ? .davidson : .logistic, tie: tie, home: home, covariates: [:]),
            uncertainty: uncertainty)
    }

    private static func centred(_ scores: [Double]) -> [Double] {
        let mean = scores.reduce(0, +) / Double(max(scores.count, 1))
        return scores.map { $0 - mean }
    }
}

/// The games of a log in order.
private struct EloGames {
    private var left: [Int32] = [], right: [Int32] = []
    private var place: [Double] = []
    private var share: [Double] = []
    private var tied: [Bool] = []
    private var weight: [Double] = []
    private let items: Int
    private(set) var isUndated = false
    private(set) var hasHome = false

    var unitCount: Int { left.count }
    var total: Double { weight.reduce(0, +) }

    init(_ log: FeedbackLog, index: ItemIndex, usesHome: Bool) {
        items = index.count
        let table = log.comparisons
        var rows = (0..<table.count).filter { table.outcome[$0] != .skip && table.context.weight[$0] > 0 }
        if rows.allSatisfy({ !table.context.time[$0].isNaN }) {
            rows.sort { a, b in
                let x = table.context.time[a], y = table.context.time[b]
                return x != y ? x < y : a < b
            }
        } else {
            isUndated = true
        }
        for row in rows {
            left.append(index.parameter[Int(table.left[row])])
            right.append(index.parameter[Int(table.right[row])])
            let first = usesHome ? table.first[row] : nil
            place.append(first == nil ? 0 : first == .left ? 1 : -1)
            if first != nil { hasHome = true }
            let probability = table.probability[row]
            let outcome = table.outcome[row]
            tied.append(probability.isNaN && outcome != .left && outcome != .right)
            share.append(
                probability.isNaN ? (outcome == .left ? 1 : outcome == .right ? 0 : 0.5) : probability)
            weight.append(table.context.weight[row])
        }
    }

    /// Scores after all games, and η before each.
    func run(step: Double, home: Double, times: [Double]? = nil) -> (scores: [Double], predictions: [Double])
    {
        var scores = [Double](repeating: 0, count: items)
        var predictions = [Double](repeating: 0, count: times == nil ? left.count : 0)
        for game in left.indices {
            let i = Int(left[game]), j = Int(right[game])
            let eta = scores[i] - scores[j] + home * place[game]
            if times == nil { predictions[game] = eta }
            let factor = weight[game] * (times?[game] ?? 1)
            if factor == 0 { continue }
            let change = step * factor * (share[game] - Special.logistic(eta))
            scores[i] += change
            scores[j] -= change
        }
        return (scores, predictions)
    }

    /// The mean log loss of the expected share, a tie counting half.
    private func loss(step: Double, home: Double) -> Double {
        let predictions = run(step: step, home: home).predictions
        var sum = 0.0
        for game in predictions.indices {
            let eta = predictions[game]
            sum +=
                weight[game]
                * (share[game] * Special.log1pExp(-eta) + (1 - share[game]) * Special.log1pExp(eta))
        }
        return sum
    }

    func tune(fixedStep: Double?) -> (step: Double, home: Double) {
        var step = fixedStep ?? 0.1, home = 0.0
        for _ in 0..<(hasHome ? 3 : 1) {
            if fixedStep == nil {
                let fixedHome = home
                let best = Minimize.brent(lower: log(0.002), upper: log(2), tolerance: 1e-3) {
                    loss(step: exp($0), home: fixedHome)
                }
                step = exp(best.x)
            }
            if hasHome {
                let fixed = step
                home = Minimize.brent(lower: -2, upper: 2, tolerance: 1e-4) { loss(step: fixed, home: $0) }.x
            }
        }
        return (step, home)
    }

    /// Davidson's λ, by maximum likelihood on the predictions; −∞ without ties.
    func tieRate(_ predictions: [Double]) -> Double {
        guard tied.contains(true) else { return -.infinity }
        return Minimize.brent(lower: -8, upper: 4, tolerance: 1e-6) { -logLikelihood(predictions, tie: $0) }.x
    }

    func logLikelihood(_ predictions: [Double], tie: Double) -> Double {
        var sum = 0.0
        for game in predictions.indices {
            let p = LinkKind.davidson.probability(predictions[game], tie: tie)
            if tied[game] {
                sum += weight[game] * log(max(p.tie, 1e-300))
            } else {
                sum +=
                    weight[game]
                    * (share[game] * log(max(p.win, 1e-300)) + (1 - share[game]) * log(max(p.loss, 1e-300)))
            }
        }
        return sum
    }

    func counts(items: Int) -> [Double] {
        var counts = [Double](repeating: 0, count: items)
        for game in left.indices {
            counts[Int(left[game])] += weight[game]
            counts[Int(right[game])] += weight[game]
        }
        return counts
    }
}
