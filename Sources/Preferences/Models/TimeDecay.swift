import Foundation
import Kernels
import Signals

/// Ranks by games of which the older count less, with the half-life that predicts best.
///
/// A weighted `Davidson` fit, w_t = 2^{−(T − t)/h}, as in Dixon and Coles, "Modelling association football scores and
/// inefficiencies in the betting market" (1997). The half-life h and the prior's scale are chosen by the log loss of
/// forecasts: the last part of the time axis is cut into blocks, and each is predicted from what came before it.
/// The prior matters here as it does not for a plain ranking: an item with few recent games is best predicted near
/// the average.
///
/// Errors: needs comparisons with times. Scores are in natural log-odds with mean zero, at the time of the last game.
/// Complexity: about 40 fits of a model with O(pairs + n³) steps.
///
/// ```swift
/// let fit = try TimeDecay().fit(log)
/// print(fit.coefficients.first { $0.name == "half-life" }!)
/// ```
public struct TimeDecay: PreferenceModel {
    public static let id = "time-decay"
    public static let summary = "Time decay: Davidson with the half-life and the prior that forecast best"

    /// The terms beside the items and the intervals. A half-life that is set is kept, else tuned; the prior is tuned.
    public var options: BoardOptions
    /// The share of the time axis, at its end, whose games are forecast to tune.
    public var forecastShare = 0.2
    /// How many blocks the forecast part is cut into.
    public var blocks = 4

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        let time = log.comparisons.context.time
        guard !time.isEmpty, let (first, last) = Self.range(log) else {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "comparisons with times", found: Board.found(log) + ", without times")
        }
        var chosen = options
        let span = last - first
        if span > 0 { (chosen.halfLife, chosen.priorScale) = try tune(log, first: first, last: last) }
        if chosen.halfLife == nil { chosen.halfLife = 1 }
        var fit = try Davidson(chosen).fit(log)
        fit.model = Self.id
        fit.summary = Self.summary
        let halfLife = chosen.halfLife ?? 0, scale = chosen.priorScale ?? 0
        fit.coefficients.append(
            Coefficient(
                name: "half-life", meaning: "days after which a game counts half",
                estimate: halfLife / 86_400,
                standardError: .nan, interval: (halfLife / 86_400)...(halfLife / 86_400)))
        fit.coefficients.append(
            Coefficient(
                name: "prior", meaning: "standard deviation of the prior on scores, in log-odds",
                estimate: scale,
                standardError: .nan, interval: scale...scale))
        return fit
    }

    private static func range(_ log: FeedbackLog) -> (Double, Double)? {
        var first = Double.infinity, last = -Double.infinity
        for time in log.comparisons.context.time.values where !time.isNaN {
            first = min(first, time)
            last = max(last, time)
        }
        return first <= last ? (first, last) : nil
    }

    /// The half-life and the prior's scale with the least log loss of forecasts.
    private func tune(_ log: FeedbackLog, first: Double, last: Double) throws -> (Double, Double) {
        let span = last - first
        let cuts = (0...blocks).map { last - span * forecastShare * (1 - Double($0) / Double(blocks)) }
        func loss(_ halfLife: Double, _ scale: Double) throws -> Double {
            var sum = 0.0, count = 0.0
            for block in 0..<blocks {
                let part = try forecastLoss(log, from: cuts[block], to: cuts[block + 1], halfLife, scale)
                sum += part.sum
                count += part.count
            }
            return count > 0 ? sum / count : .infinity
        }
        let scales = [0.5, 0.8, 1.2, 2.0, 3.5]
        let halfLives =
            options.halfLife.map { [$0] } ?? [0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.5].map { $0 * span }
        var best = (loss: Double.infinity, halfLife: halfLives[0], scale: 1.2)
        for halfLife in halfLives {
            let value = try loss(halfLife, 1.2)
            if value < best.loss { best = (value, halfLife, 1.2) }
        }
        for scale in scales where scale != 1.2 {
            let value = try loss(best.halfLife, scale)
            if value < best.loss { best = (value, best.halfLife, scale) }
        }
        if options.halfLife == nil {
            for factor in [0.6, 0.8, 1.25, 1.6] {
                let value = try loss(best.halfLife * factor, best.scale)
                if value < best.loss { best = (value, best.halfLife * factor, best.scale) }
            }
        }
        return (best.halfLife, best.scale)
    }

    /// The summed log loss of the games in a stretch of time, predicted from all before it.
    private func forecastLoss(
        _ log: FeedbackLog, from: Double, to: Double, _ halfLife: Double, _ scale: Double
    ) throws -> (sum: Double, count: Double) {
        let table = log.comparisons
        let time = table.context.time
        var included = [Bool](repeating: false, count: table.count)
        var any = false
        for row in 0..<table.count where time[row] < from && time[row] > from - 12 * halfLife {
            included[row] = true
            any = true
        }
        guard any else { return (0, 0) }
        var options = options
        options.halfLife = halfLife
        options.priorScale = scale
        options.intervals.method = .model
        var pairs = PairBoard(id: Self.id, summary: "", link: .davidson, options: options)
        pairs.included = included
        let board = try pairs.board(log)
        let fitted = try BoardFitter(board: board).estimate()
        var score = [Double](repeating: 0, count: log.items.count)
        for code in 0..<log.items.count {
            let parameter = board.index.parameter[code]
            if parameter >= 0 { score[code] = fitted[Int(parameter)] }
        }
        let predictor = board.predictor(fitted)
        var sum = 0.0, count = 0.0
        for row in 0..<table.count
        where time[row] >= from && (time[row] < to || (to >= from && time[row] == to)) {
            if table.outcome[row] == .skip { continue }
            let d = score[Int(table.left[row])] - score[Int(table.right[row])]
            let p = predictor.probability(difference: d, first: options.position ? table.first[row] : nil)
            let weight = table.context.weight[row]
            let share = table.probability[row]
            let gain: Double
            if !share.isNaN {
                gain = share * logarithm(p.win) + (1 - share) * logarithm(p.loss)
            } else {
                switch table.outcome[row] {
                case .left: gain = logarithm(p.win)
                case .right: gain = logarithm(p.loss)
                default: gain = p.tie > 0 ? logarithm(p.tie) : 0.5 * (logarithm(p.win) + logarithm(p.loss))
                }
            }
            sum -= weight * gain
            count += weight
        }
        return (sum, count)
    }

    private func logarithm(_ p: Double) -> Double { Foundation.log(max(p, 1e-12)) }
}
