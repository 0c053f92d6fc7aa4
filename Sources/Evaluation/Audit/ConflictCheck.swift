import Foundation
import Kernels
import Signals

/// Looks for judges who answer the same question both ways, and reads the noise in one judge's answers from
/// that.
///
/// A judge who flips the right answer with probability e contradicts a repeat with probability c = 2e(1 − e),
/// so e = (1 − √(1 − 2c))/2.
struct ConflictCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let pairs = data.pairs
        draft.section("conflicts", "Judges against themselves")
        labels(data, &draft)
        guard pairs.count > 0 else {
            draft.section(
                "conflicts.self", "The same question answered both ways", absent: "There are no comparisons.")
            return
        }
        var table = CodeTable(capacity: min(pairs.count, 1 << 20))
        var wins: [(a: UInt32, b: UInt32)] = []
        for row in 0..<pairs.count where pairs.judge[row] != Names.none && pairs.answer[row] != .tie {
            let code = Int(table.intern(pairs.judge[row], pairs.unit[row]))
            if code == wins.count { wins.append((0, 0)) }
            if pairs.answer[row] == .first { wins[code].a += 1 } else { wins[code].b += 1 }
        }
        var repeats = 0.0
        var contradictions = 0.0
        var questions = 0
        var conflicts = 0
        var byJudge: [UInt32: Int] = [:]
        for (code, win) in wins.enumerated() where win.a + win.b > 1 {
            let n = Double(win.a + win.b)
            questions += 1
            repeats += n / 2
            contradictions += Double(win.a) * Double(win.b) / (n - 1)
            if win.a > 0 && win.b > 0 {
                conflicts += 1
                byJudge[UInt32(table.keys[code] >> 32), default: 0] += 1
            }
        }
        guard questions > 0 else {
            draft.section(
                "conflicts.self", "The same question answered both ways",
                absent: "No judge was asked the same question twice.")
            return
        }
        let rate = contradictions / repeats
        let range = Statistics.wilsonInterval(
            successes: min(Int(repeats), Int(contradictions.rounded())), trials: max(1, Int(repeats)))
        let noise = NoiseCheck.flip(rate)
        let surely = Statistics.wilsonInterval(
            successes: min(Int(repeats), Int(contradictions.rounded())), trials: max(1, Int(repeats)),
            confidence: 0.99)
        let severity: AuditReport.Severity =
            surely.lowerBound > 0.35 ? .warning : (rate > 0.1 ? .note : .ok)
        let worst = byJudge.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { data.judges[$0.key] }
        let what = pairs.hasPrompts ? "the same question" : "the same pair (no prompts are recorded)"
        draft.add(
            "conflicts.self", severity, "The same question answered both ways",
            "\(Plain.count(questions, "time")) a judge answered \(what) more than once, and two such answers "
                + "contradict each other in \(Plain.percent(rate)) of cases "
                + "(\(Plain.percents(range.lowerBound, range.upperBound))); "
                + "coin flips would in 50%. That is what \(Plain.percent(noise)) wrong answers would give.",
            advice: severity == .ok
                ? ""
                : "Keep both answers: a model reads them as uncertainty. If judges may change their mind, "
                    + "keep the later one."
                    + (worst.isEmpty ? "" : " Most contradictions: \(Plain.list(worst))."),
            evidence: [
                "questions": Double(questions), "conflicts": Double(conflicts), "rate": rate,
                "lower": range.lowerBound, "upper": range.upperBound, "noise": noise,
            ], judges: severity >= .warning ? Array(worst.prefix(20)) : [])
    }

    /// Labels and ratings: the same judge, the same task, two different classes.
    private func labels(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        guard log.labels.count > 0 else { return }
        var table = CodeTable(capacity: min(log.labels.count, 1 << 20))
        var first: [UInt32] = []
        var again = 0
        var different = 0
        for row in 0..<log.labels.count where log.labels.context.judge[row] != Names.none {
            let code = Int(table.intern(log.labels.context.judge[row], log.labels.task[row]))
            if code == first.count {
                first.append(log.labels.value[row])
            } else {
                again += 1
                if first[code] != log.labels.value[row] { different += 1 }
            }
        }
        guard again > 0 else { return }
        let range = Statistics.wilsonInterval(successes: different, trials: again)
        draft.add(
            "conflicts.labels", range.lowerBound > 0.2 ? .warning : (different > 0 ? .note : .ok),
            "Tasks labelled twice by one judge",
            "\(Plain.count(again, "label")) repeat a judge's earlier label of the same task, and "
                + "\(Plain.percent(Double(different) / Double(again))) of them name another class.",
            advice: different > 0
                ? "Keep the later label where judges may correct themselves, and drop the earlier one." : "",
            evidence: [
                "repeats": Double(again), "different": Double(different), "lower": range.lowerBound,
                "upper": range.upperBound,
            ])
    }
}
