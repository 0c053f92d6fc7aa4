import Foundation
import Kernels

/// Streams of losses to try a decision maker on, from easy to hard.
///
/// ```swift
/// var random = CounterRandom(seed: 1)
/// let losses = LossStream.sine(rounds: 100, dimension: 3, random: &random)
/// ```
public enum LossStream {
    /// Losses drawn evenly from [0, 1], each round anew.
    public static func uniform(rounds: Int, dimension: Int, random: inout CounterRandom) -> [[Double]] {
        (0..<rounds).map { _ in (0..<dimension).map { _ in random.uniform() } }
    }

    /// Normal losses with mean zero.
    public static func normal(
        rounds: Int, dimension: Int, deviation: Double = 1, random: inout CounterRandom
    ) -> [[Double]] {
        (0..<rounds).map { _ in (0..<dimension).map { _ in deviation * random.normal() } }
    }

    /// Losses that move in a straight line from one random point of [0, 1] to another.
    public static func linearDrift(rounds: Int, dimension: Int, random: inout CounterRandom) -> [[Double]] {
        let ends = (0..<dimension).map { _ in (random.uniform(), random.uniform()) }
        return (0..<rounds).map { t in
            let share = Double(t) / Double(max(rounds - 1, 1))
            return ends.map { $0.0 + share * ($0.1 - $0.0) }
        }
    }

    /// Losses in [0, 1] that swing at random frequencies, once to four times in the stream, from random
    /// phases.
    public static func sine(rounds: Int, dimension: Int, random: inout CounterRandom) -> [[Double]] {
        let waves = (0..<dimension).map { _ in (1 + 3 * random.uniform(), random.uniform()) }
        return (0..<rounds).map { t in
            waves.map { 0.5 + 0.5 * sin(2 * .pi * ($0.0 * Double(t) / Double(rounds) + $0.1)) }
        }
    }

    /// Losses in [0, 1] that always turn against the best action so far, by no more than `variation` in all
    /// for each action.
    public static func againstLeader(rounds: Int, dimension: Int, variation: Double) -> [[Double]] {
        let step = variation / Double(max(rounds - 1, 1))
        var loss = [Double](repeating: 0.5, count: dimension), sum = loss
        var stream: [[Double]] = []
        for _ in 0..<rounds {
            stream.append(loss)
            for i in loss.indices { sum[i] += loss[i] }
            let leader = sum.indices.min { sum[$0] < sum[$1] }
            for i in loss.indices { loss[i] = min(1, max(0, loss[i] + (i == leader ? step : -step))) }
        }
        return stream
    }

    /// The stream on which following the leader is wrong every time.
    ///
    /// On the simplex (½, 0), (0, 1), (1, 0), (0, 1), …; on a ball (½, 0), (−1, 0), (1, 0), (−1, 0), ….
    public static func alternating(rounds: Int, dimension: Int = 2, on set: DecisionSet) -> [[Double]] {
        precondition(dimension >= 2 || set != .simplex, "alternating losses on the simplex need two actions")
        return (0..<rounds).map { t in
            var loss = [Double](repeating: 0, count: dimension)
            switch (set, t) {
            case (_, 0): loss[0] = 0.5
            case (.simplex, _): loss[t % 2 == 1 ? 1 : 0] = 1
            case (.ball, _): loss[0] = t % 2 == 1 ? -1 : 1
            }
            // Further actions are never better than the first two.
            if set == .simplex { for i in 2..<max(dimension, 2) { loss[i] = 1 } }
            return loss
        }
    }
}
