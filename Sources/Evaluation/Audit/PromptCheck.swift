import Signals

/// Looks for answers without a prompt, and for prompts that were asked far more often than others.
struct PromptCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        draft.section("prompts", "Prompts")
        guard log.prompts.count > 0 else {
            draft.section("prompts.missing", "Prompts", absent: "No prompts are recorded.")
            return
        }
        var counts = [Int](repeating: 0, count: log.prompts.count)
        var missing = 0
        for table in [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
        ] {
            for row in 0..<table.count {
                if table.prompt[row] == Names.none {
                    missing += 1
                } else {
                    counts[Int(table.prompt[row])] += 1
                }
            }
        }
        let named = counts.reduce(0, +)
        guard named > 0 else {
            draft.section(
                "prompts.missing", "Prompts", absent: "Prompts are recorded for labels and texts only.")
            return
        }
        let share = Double(missing) / Double(missing + named)
        draft.add(
            "prompts.missing", share > 0.05 ? .warning : (missing > 0 ? .note : .ok),
            "Answers without a prompt",
            missing == 0
                ? "Every answer names its prompt."
                : "\(Plain.percent(share)) of \(Plain.count(missing + named, "answer")) name no prompt "
                    + "while others do.",
            advice: missing == 0
                ? "" : "Find out where they come from; they cannot be clustered or compared by prompt.",
            evidence: ["missing": Double(missing), "share": share, "prompts": Double(log.prompts.count)])
        let asked = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$1], $0) < (counts[$0], $1) }
        guard asked.count > 1 else { return }
        let middle = counts[asked[asked.count / 2]]
        let most = counts[asked[0]]
        let uneven = most > 10 * middle && Double(most) > 0.05 * Double(named)
        draft.add(
            "prompts.uneven", uneven ? .note : .ok, "Answers per prompt",
            "Prompts have \(Plain.number(counts[asked.last!])) to \(Plain.number(most)) answers, half of "
                + "them at most "
                + "\(Plain.number(middle))"
                + (uneven
                    ? "; '\(log.prompts[UInt32(asked[0])])' alone has "
                        + "\(Plain.percent(Double(most) / Double(named)))."
                    : "."),
            advice: uneven ? "Weight prompts evenly, or results will speak mostly of this one." : "",
            evidence: ["least": Double(counts[asked.last!]), "median": Double(middle), "most": Double(most)],
            items: uneven ? [log.prompts[UInt32(asked[0])]] : [])
    }
}
