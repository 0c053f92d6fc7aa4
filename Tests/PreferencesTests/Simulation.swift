import Foundation
import Kernels
import Signals

@testable import Preferences

/// Small seeded logs for the tests.
enum Simulation {
    /// Comparisons drawn from Davidson's model with the given tie weight ν (0 for none).
    static func comparisons(
        scores: [Double], count: Int, seed: UInt64, tie nu: Double = 0, judges: Int = 0, home: Double = 0,
        name: (Int) -> String = { "item\($0)" }
    ) -> [FeedbackEvent] {
        var random = CounterRandom(seed: seed)
        var events: [FeedbackEvent] = []
        while events.count < count {
            let i = random.below(scores.count), j = random.below(scores.count)
            if i == j { continue }
            let first: Side? = home == 0 ? nil : .left
            let d = scores[i] - scores[j] + home
            let a = exp(d / 2), b = exp(-d / 2)
            let u = random.uniform() * (a + b + nu)
            let outcome: Comparison.Outcome = u < a ? .left : u < a + b ? .right : .tie
            events.append(
                FeedbackEvent(
                    .comparison(Comparison(left: name(i), right: name(j), outcome: outcome, first: first)),
                    judge: judges > 0 ? "judge\(random.below(judges))" : nil))
        }
        return events
    }

    /// Rankings of `size` items each, drawn from Plackett–Luce.
    static func rankings(
        scores: [Double], count: Int, size: Int, seed: UInt64, tieEvery: Int = 0, unplaced: Int = 0
    ) -> [FeedbackEvent] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map { row in
            var left = Array(random.permutation(scores.count).prefix(size))
            var order: [Int] = []
            while !left.isEmpty {
                let pick = random.categorical(weights: left.map { exp(scores[$0]) })
                order.append(left.remove(at: pick))
            }
            var tiers = order.map { ["item\($0)"] }
            if tieEvery > 0, row % tieEvery == 0, tiers.count > 2 {
                tiers[1] += tiers[2]
                tiers.remove(at: 2)
            }
            let below = tiers.suffix(unplaced).flatMap { $0 }
            return FeedbackEvent(
                .ranking(Ranking(tiers: Array(tiers.dropLast(unplaced)), unplaced: below)),
                judge: "judge\(row % 7)")
        }
    }

    /// Ratings on levels 0…top from the rating-scale model, judges of different severity.
    static func ratings(
        scores: [Double], judges: Int, top: Int, seed: UInt64, share: Double = 1, severity: Double = 1
    ) -> [FeedbackEvent] {
        var random = CounterRandom(seed: seed)
        var events: [FeedbackEvent] = []
        for judge in 0..<judges {
            let b = severity * random.normal()
            for i in scores.indices where random.uniform() < share {
                let weights = (0...top).map { x in
                    exp(Double(x) * (scores[i] + b) - 0.5 * Double(x * x))
                }
                events.append(
                    FeedbackEvent(
                        .rating(Rating("item\(i)", Double(random.categorical(weights: weights)))),
                        judge: "judge\(judge)"))
            }
        }
        return events
    }

    static func log(_ events: [FeedbackEvent]) -> FeedbackLog { try! FeedbackLog(events) }
}
