import Foundation
import Signals

/// Estimates how often a single answer is wrong, from questions that several judges answered.
///
/// Two judges who each flip the right answer with probability e disagree with probability d = 2e(1 − e), that
/// is (1 − 2e)² = 1 − 2d, so e = (1 − √(1 − 2d))/2. Differences in taste count as noise here.
struct NoiseCheck {
    /// The flip probability behind a rate of disagreement; 1/2 where judges disagree in half of the cases or
    /// more.
    static func flip(_ disagreement: Double) -> Double { (1 - max(0, 1 - 2 * disagreement).squareRoot()) / 2 }

    func run(_ data: AuditData, _ draft: inout AuditDraft) throws(EvaluationError) {
        draft.section("noise", "How often a single answer is wrong")
        guard let set = data.sets.first(where: \.isMirrored) else {
            draft.section(
                "noise.judges", "Noise in the answers", absent: "There are no comparisons by named judges.")
            return
        }
        let grouped = set.grouped()
        var index = CodeTable()
        var pairs: [Double] = []
        var disagreements: [Double] = []
        var questions = 0
        for unit in 0..<set.units {
            var counts = (a: 0.0, b: 0.0)
            for row in grouped.rows[grouped.range(unit)] {
                if set.value[Int(row)] < 0 { counts.a += 1 } else if set.value[Int(row)] > 0 { counts.b += 1 }
            }
            let n = counts.a + counts.b
            guard n > 1 else { continue }
            questions += 1
            let cluster = Int(index.intern(UInt64(set.cluster[unit] % 1000)))
            if cluster == pairs.count {
                pairs.append(0)
                disagreements.append(0)
            }
            pairs[cluster] += n / 2
            disagreements[cluster] += counts.a * counts.b / (n - 1)
        }
        guard questions >= 20, pairs.count > 1 else {
            draft.section(
                "noise.judges", "Noise in the answers",
                absent: "Fewer than 20 questions were decided by two judges.")
            return
        }
        let (weights, sums) = (pairs, disagreements)
        let distribution = try data.settings.bootstrap.run(clusters: pairs.count) { drawn in
            var top = 0.0
            var bottom = 0.0
            for cluster in drawn.indices {
                top += drawn[cluster] * sums[cluster]
                bottom += drawn[cluster] * weights[cluster]
            }
            return bottom > 0 ? Self.flip(top / bottom) : .nan
        }
        let noise = distribution.estimate
        let interval = distribution.interval() ?? Interval(lower: noise, upper: noise)
        let rate = sums.reduce(0, +) / weights.reduce(0, +)
        let severity: AuditReport.Severity =
            !data.pairs.hasPrompts ? .note : (interval.lower > 0.4 ? .warning : (noise > 0.25 ? .note : .ok))
        draft.add(
            "noise.judges", severity, "Noise in the answers",
            "Two judges who decided the same question disagree in \(Plain.percent(rate)) of cases, which "
                + "is what "
                + "\(Plain.percent(noise, within: interval.upper - interval.lower)) wrong answers would "
                + "give (95% interval "
                + "\(Plain.percents(interval.lower, interval.upper)))"
                + (data.pairs.hasPrompts
                    ? "." : "; no prompts are recorded, so these may be different questions."),
            advice: severity == .ok
                ? ""
                : "Ask several judges per question, or fit judge reliability; differences in taste count "
                    + "as noise here.",
            evidence: [
                "noise": noise, "lower": interval.lower, "upper": interval.upper, "disagreement": rate,
                "questions": Double(questions),
            ])
    }
}
