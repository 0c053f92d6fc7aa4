import Foundation
import Kernels
import Signals

/// Seeded boards for the experiments.
enum Boards {
    /// Comparisons of random pairs; `answer` draws the outcome from the difference of the two scores.
    static func comparisons(
        _ scores: [Double], count: Int, random: inout CounterRandom,
        judge: (inout CounterRandom) -> String? = { _ in nil },
        answer: (Double, inout CounterRandom) -> Comparison.Outcome
    ) -> FeedbackLog {
        var log = FeedbackLog()
        for _ in 0..<count {
            let i = random.below(scores.count)
            var j = random.below(scores.count - 1)
            if j >= i { j += 1 }
            let outcome = answer(scores[i] - scores[j], &random)
            // The pair differs, so that the event is sound.
            try? log.append(
                FeedbackEvent(
                    .comparison(Comparison(left: name(i), right: name(j), outcome: outcome)),
                    judge: judge(&random)))
        }
        return log
    }

    static func name(_ item: Int) -> String { "item\(item)" }
    static func number(_ name: String) -> Int { Int(name.dropFirst(4)) ?? 0 }

    /// A plain win or loss.
    static func logistic(_ d: Double, _ random: inout CounterRandom) -> Comparison.Outcome {
        random.uniform() < Special.logistic(d) ? .left : .right
    }

    /// Davidson's model with tie weight ν.
    static func davidson(_ nu: Double) -> (Double, inout CounterRandom) -> Comparison.Outcome {
        { d, random in
            let a = exp(d / 2), b = exp(-d / 2)
            let u = random.uniform() * (a + b + nu)
            return u < a ? .left : u < a + b ? .right : .tie
        }
    }

    /// A latent difference with normal or logistic noise, tied where it is below the threshold.
    static func threshold(_ kappa: Double, normal: Bool) -> (Double, inout CounterRandom) ->
        Comparison.Outcome
    {
        { d, random in
            let noise =
                normal ? 1.595_769_121_605_730_7 * random.normal() : Special.logit(random.openUniform())
            let x = d + noise
            return x > kappa ? .left : x < -kappa ? .right : .tie
        }
    }

    static func centred(_ scores: [Double]) -> [Double] {
        let mean = scores.reduce(0, +) / Double(scores.count)
        return scores.map { $0 - mean }
    }
}
