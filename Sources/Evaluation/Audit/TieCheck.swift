import Signals

/// Looks at ties and at comparisons without an answer.
struct TieCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let table = data.log.comparisons
        draft.section("ties", "Ties and skips", absent: table.count == 0 ? "There are no comparisons." : nil)
        guard table.count > 0 else { return }
        var totals = [Int](repeating: 0, count: 5)
        var byJudge = [[Int]](repeating: [], count: data.judges.count)
        for row in 0..<table.count where table.context.weight[row] > 0 {
            let outcome = Int(table.outcome[row].rawValue)
            totals[outcome] += 1
            let judge = table.context.judge[row]
            guard judge != Names.none else { continue }
            if byJudge[Int(judge)].isEmpty { byJudge[Int(judge)] = [Int](repeating: 0, count: 5) }
            byJudge[Int(judge)][outcome] += 1
        }
        var skippers: [(judge: Int, share: Double)] = []
        for (judge, counts) in byJudge.enumerated() where !counts.isEmpty {
            let asked = counts.reduce(0, +)
            let answered = asked - counts[4]
            if data.pairs.sidesVary, counts[0] + counts[1] > 0 {
                draft.judges[judge].leftShare = Double(counts[0]) / Double(counts[0] + counts[1])
            }
            if answered > 0 {
                draft.judges[judge].tieShare = Double(counts[2] + counts[3]) / Double(answered)
            }
            let share = Double(counts[4]) / Double(asked)
            draft.judges[judge].skipShare = share
            if asked >= data.settings.minimumAnswers && share > 0.5 { skippers.append((judge, share)) }
        }
        let asked = totals.reduce(0, +)
        let answered = asked - totals[4]
        let ties = totals[2] + totals[3]
        let share = answered == 0 ? 0 : Double(ties) / Double(answered)
        let bad = totals[3] == 0 ? "" : " (\(Plain.number(totals[3])) of them say that both are bad)"
        draft.add(
            "ties.rate", share > 0.8 ? .warning : (share > 0.5 ? .note : .ok), "Ties",
            "\(Plain.percent(share)) of \(Plain.count(answered, "answer")) are ties\(bad).",
            advice: share > 0.5
                ? "Ask for a choice, or compare items that differ more; ties teach little." : "",
            evidence: [
                "share": share, "ties": Double(ties), "bothBad": Double(totals[3]),
                "answers": Double(answered),
            ])
        guard totals[4] > 0 else { return }
        let skipped = Double(totals[4]) / Double(asked)
        skippers.sort { ($1.share, $0.judge) < ($0.share, $1.judge) }
        let named = skippers.map {
            "Judge \(data.judges[UInt32($0.judge)]) skipped \(Plain.percent($0.share)) of what was asked."
        }
        draft.add(
            "skips", skipped > 0.3 || !skippers.isEmpty ? .warning : .note, "Skips",
            "\(Plain.percent(skipped)) of \(Plain.count(asked, "comparison")) were skipped. "
                + Plain.sentences(named, rest: "judge"),
            advice: "A skip says nothing about either item; find out which questions are skipped and why.",
            evidence: ["share": skipped, "skips": Double(totals[4]), "judges": Double(skippers.count)],
            judges: skippers.map { data.judges[UInt32($0.judge)] })
    }
}
