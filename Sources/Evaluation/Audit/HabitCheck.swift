import Foundation
import Kernels
import Signals

/// Looks for judges who always give the same answer, whatever the question.
///
/// A judge is named where the 99% Wilson interval of the favourite answer's share lies above 80% and above
/// the share of all judges together by 15 points.
struct HabitCheck {
    /// How often each judge gave each answer.
    private struct Tally {
        var names: [String]
        var counts: [[Int]]
        var noun: String
        /// The answer that may be frequent without being a habit.
        var harmless: Int?

        init(_ names: [String], judges: Int, noun: String) {
            self.names = names
            self.noun = noun
            counts = [[Int]](repeating: [], count: judges)
        }

        mutating func add(_ judge: UInt32, _ answer: Int) {
            if counts[Int(judge)].isEmpty { counts[Int(judge)] = [Int](repeating: 0, count: names.count) }
            counts[Int(judge)][answer] += 1
        }
    }

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        draft.section("habits", "Judges who always answer the same")
        guard data.judges.count > 1 else {
            draft.section(
                "judges.lazy", "Judges who always answer the same",
                absent: data.judges.isEmpty
                    ? "No judges are named." : "There is one judge to compare with nobody.")
            return
        }
        var sentences: [(share: Double, judge: UInt32, text: String)] = []
        var checked = 0
        for tally in [comparisons(data), labels(data)] + scores(data) {
            checked += check(tally, data, &draft, &sentences)
        }
        guard checked > 0 else {
            draft.section(
                "judges.lazy", "Judges who always answer the same",
                absent: "No judge has \(data.settings.minimumAnswers) answers.")
            return
        }
        sentences.sort { ($1.share, $0.judge) < ($0.share, $1.judge) }
        var seen = Set<UInt32>()
        let names = sentences.filter { seen.insert($0.judge).inserted }.map { data.judges[$0.judge] }
        guard !names.isEmpty else {
            draft.add(
                "judges.lazy", .ok, "Judges who always answer the same",
                "None of \(Plain.count(checked, "judge")) gives nearly always the same answer.",
                evidence: ["checked": Double(checked)])
            return
        }
        draft.add(
            "judges.lazy", 2 * names.count > data.judges.count ? .serious : .warning,
            "Judges who always answer the same",
            Plain.sentences(sentences.map(\.text), rest: "finding"),
            advice: "Look at their work, or fit with judge reliability, which gives such judges no weight.",
            evidence: ["judges": Double(names.count), "checked": Double(checked)], judges: names)
    }

    private func check(
        _ tally: Tally, _ data: AuditData, _ draft: inout AuditDraft,
        _ sentences: inout [(share: Double, judge: UInt32, text: String)]
    ) -> Int {
        var totals = [Int](repeating: 0, count: tally.names.count)
        for counts in tally.counts { for (answer, n) in counts.enumerated() { totals[answer] += n } }
        let all = totals.reduce(0, +)
        var checked = 0
        for (judge, counts) in tally.counts.enumerated() {
            let n = counts.reduce(0, +)
            guard n > 0 else { continue }
            if tally.harmless == nil { draft.judges[judge].entropy = Self.entropy(counts) }
            guard n >= data.settings.minimumAnswers, let most = counts.max(),
                let answer = counts.firstIndex(of: most)
            else { continue }
            checked += 1
            let others = all > n ? Double(totals[answer] - most) / Double(all - n) : 1
            let lower = Statistics.wilsonInterval(successes: most, trials: n, confidence: 0.99).lowerBound
            guard answer != tally.harmless, lower > 0.8, lower > others + 0.15 else { continue }
            let share = Double(most) / Double(n)
            sentences.append(
                (
                    share, UInt32(judge),
                    "Judge \(data.judges[UInt32(judge)]) answers '\(tally.names[answer])' in "
                        + "\(Plain.percent(share)) of "
                        + "\(Plain.number(n)) \(tally.noun); the other judges do in \(Plain.percent(others))."
                ))
        }
        return checked
    }

    private static func entropy(_ counts: [Int]) -> Double {
        let n = Double(counts.reduce(0, +))
        return counts.reduce(0) { $1 == 0 ? $0 : $0 - Double($1) / n * log2(Double($1) / n) }
    }

    /// Where sides mean nothing, because the winner is listed first or each pair always stands the same way,
    /// both sides are one answer, which is no habit.
    private func comparisons(_ data: AuditData) -> Tally {
        let table = data.log.comparisons
        let sided = data.pairs.sidesVary
        var tally = Tally(
            ["left", "right", "tie", "both bad", "skip"], judges: data.judges.count, noun: "comparisons")
        tally.harmless = sided ? nil : 0
        for row in 0..<table.count
        where table.context.judge[row] != Names.none && table.context.weight[row] > 0 {
            let outcome = table.outcome[row]
            let answer = !sided && outcome == .right ? Comparison.Outcome.left : outcome
            tally.add(table.context.judge[row], Int(answer.rawValue))
        }
        return tally
    }

    private func labels(_ data: AuditData) -> Tally {
        let table = data.log.labels
        var tally = Tally(data.log.classes.all, judges: data.judges.count, noun: "labels")
        for row in 0..<table.count
        where table.context.judge[row] != Names.none && table.context.weight[row] > 0 {
            tally.add(table.context.judge[row], Int(table.value[row]))
        }
        return tally
    }

    private func scores(_ data: AuditData) -> [Tally] {
        data.sets.filter { $0.scale == .interval }.compactMap { set in
            let values = Set(set.value).sorted()
            guard values.count > 1, values.count <= 200 else { return nil }
            let codes = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
            let names = values.map { $0 == $0.rounded() && abs($0) < 1e9 ? String(Int($0)) : String($0) }
            var tally = Tally(names, judges: data.judges.count, noun: set.kind)
            for (row, value) in set.value.enumerated() { tally.add(set.judge[row], codes[value]!) }
            return tally
        }
    }
}
