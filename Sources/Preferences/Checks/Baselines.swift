import Foundation
import Signals

/// Predictions that know less, or other things, than a model: what it must beat.
struct Baselines {
    /// The coin's prediction: ties at their rate in the data, the rest halved.
    private(set) var coin = OutcomeProbability(win: 0.5, tie: 0, loss: 0.5)

    private let hasTies: Bool
    /// The weight of win, tie and loss for the side with the advantage of place, and for the left without
    /// one.
    private var placed = [0.0, 0.0, 0.0], plain = [0.0, 0.0, 0.0]
    private var anyPlace = false
    private var pairs: [UInt64: SIMD4<Double>] = [:]

    init(hasTies: Bool) { self.hasTies = hasTies }

    mutating func learn(_ answer: PairAnswer) {
        let w = answer.weight
        if answer.place != 0 {
            anyPlace = true
            placed[0] += w * (answer.place > 0 ? answer.win : answer.loss)
            placed[1] += w * answer.tie
            placed[2] += w * (answer.place > 0 ? answer.loss : answer.win)
        } else {
            plain[0] += w * answer.win
            plain[1] += w * answer.tie
            plain[2] += w * answer.loss
        }
        let (key, flipped) = Self.key(answer)
        pairs[key, default: .zero] +=
            w
            * SIMD4(flipped ? answer.loss : answer.win, answer.tie, flipped ? answer.win : answer.loss, 0)
    }

    mutating func finish() {
        let ties = placed[1] + plain[1]
        let total = placed.reduce(0, +) + plain.reduce(0, +)
        // Half an observation keeps a rate that happened to be 0 in these folds from being impossible.
        let rate = (ties + (hasTies ? 0.5 : 0)) / (total + (hasTies ? 1 : 0))
        coin = OutcomeProbability(win: (1 - rate) / 2, tie: rate, loss: (1 - rate) / 2)
    }

    /// The rates of the place alone.
    func place(_ answer: PairAnswer) -> OutcomeProbability {
        // Without a recorded place the left side stands for it; beside recorded ones, none is neutral ground.
        if answer.place == 0, anyPlace || answer.row < 0 { return coin }
        let seen = answer.place == 0 ? plain : placed
        let p = smoothed(SIMD4(seen[0], seen[1], seen[2], 0))
        return answer.place >= 0 ? p : OutcomeProbability(win: p.loss, tie: p.tie, loss: p.win)
    }

    /// The pair's own record, with one answer of the coin added.
    func table(_ answer: PairAnswer) -> OutcomeProbability {
        let (key, flipped) = Self.key(answer)
        let p = smoothed(pairs[key] ?? .zero)
        return flipped ? OutcomeProbability(win: p.loss, tie: p.tie, loss: p.win) : p
    }

    /// A model's prediction, with the data's tie rate where it has none of its own.
    func completed(_ p: OutcomeProbability) -> OutcomeProbability {
        if p.tie > 0 || coin.tie == 0 { return p }
        return OutcomeProbability(win: (1 - coin.tie) * p.win, tie: coin.tie, loss: (1 - coin.tie) * p.loss)
    }

    private func smoothed(_ seen: SIMD4<Double>) -> OutcomeProbability {
        let total = seen.sum() + 1
        return OutcomeProbability(
            win: (seen[0] + coin.win) / total, tie: (seen[1] + coin.tie) / total,
            loss: (seen[2] + coin.loss) / total)
    }

    private static func key(_ answer: PairAnswer) -> (UInt64, Bool) {
        let flipped = answer.left > answer.right
        let low = min(answer.left, answer.right), high = max(answer.left, answer.right)
        return (UInt64(low) << 32 | UInt64(high), flipped)
    }
}

/// The held-out answers of one fold with their predictions, and the sums of their losses.
struct HeldOutFold: Sendable {
    /// A held-out answer, the favourite's side first.
    struct Row: Sendable {
        /// The share that was predicted for the favourite, at least ½.
        var predicted: Double
        /// The share that it got.
        var observed: Double
        var weight: Double
        var cluster: Int
        /// The coin's log loss less the model's.
        var gain: Double
    }

    var rows: [Row] = []
    var unseen = 0
    var unconnected = 0
    var weight = 0.0
    /// Sums of the log losses and Brier scores of the model, the coin, the place and the pairs' own record.
    var logLoss = SIMD4<Double>.zero
    var brier = SIMD4<Double>.zero

    mutating func add(_ answer: PairAnswer, _ p: OutcomeProbability, _ baselines: Baselines, cluster: Int) {
        let share = p.win + 0.5 * p.tie
        let forecasts = [
            baselines.completed(p), baselines.coin, baselines.place(answer), baselines.table(answer),
        ]
        var loss = SIMD4<Double>.zero, square = SIMD4<Double>.zero
        for (k, f) in forecasts.enumerated() {
            func surprise(_ share: Double, _ p: Double) -> Double {
                share > 0 ? -share * log(max(p, 1e-300)) : 0
            }
            loss[k] =
                surprise(answer.win, f.win) + surprise(answer.tie, f.tie) + surprise(answer.loss, f.loss)
            let a = f.win - answer.win, t = f.tie - answer.tie, b = f.loss - answer.loss
            square[k] = 0.5 * (a * a + t * t + b * b)
        }
        weight += answer.weight
        logLoss += answer.weight * loss
        brier += answer.weight * square
        let flipped = share < 0.5
        rows.append(
            Row(
                predicted: flipped ? 1 - share : share, observed: flipped ? 1 - answer.share : answer.share,
                weight: answer.weight, cluster: cluster, gain: loss[1] - loss[0]))
    }
}
