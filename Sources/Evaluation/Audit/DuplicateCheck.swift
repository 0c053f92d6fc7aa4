import Signals

/// Looks for the same answer delivered twice.
///
/// A row counts as a copy where everything recorded about it is the same as in an earlier row and the record
/// is enough to tell two answers apart: a time, or both a judge and what was answered.
struct DuplicateCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        draft.section("duplicates", "Answers delivered twice")
        ids(data, &draft)
        var copies = Copies()
        var possible = 0
        let c = log.comparisons
        possible += scan(c.context, &copies, hasQuestion: false) { row, key in
            key.add(c.left[row], c.right[row])
            key.add(UInt32(c.outcome[row].rawValue), 0)
            if !c.probability.isEmpty { key.add(c.probability[row]) }
            if !c.margin.isEmpty { key.add(c.margin[row]) }
        }
        let l = log.labels
        possible += scan(l.context, &copies, hasQuestion: true) { row, key in
            key.add(l.task[row], l.value[row])
        }
        let r = log.ratings
        possible += scan(r.context, &copies, hasQuestion: true) { row, key in
            key.add(r.item[row], 0)
            for slot in r.range(row) {
                key.add(r.aspect[slot], 0)
                key.add(r.score[slot])
            }
        }
        let k = log.rankings
        possible += scan(k.context, &copies, hasQuestion: false) { row, key in
            for slot in k.range(row) { key.add(k.items[slot], UInt32(bitPattern: k.tier[slot])) }
        }
        let o = log.choices
        possible += scan(o.context, &copies, hasQuestion: false) { row, key in
            key.add(UInt32(o.chosen[row] - o.range(row).lowerBound), 0)
            for slot in o.range(row) { key.add(o.items[slot], 0) }
        }
        guard possible > 0 else {
            draft.section(
                "duplicates.exact", "Copies of an answer",
                absent:
                    "Neither a time nor a judge with a prompt is recorded, so a copy looks like another "
                    + "answer."
            )
            return
        }
        let share = Double(copies.count) / Double(possible)
        let severity: AuditReport.Severity =
            copies.count == 0
            ? .ok : (share > 0.2 ? .serious : (share > 0.005 && copies.count >= 5 ? .warning : .note))
        let worst = copies.judges.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            data.judges[$0.key]
        }
        draft.add(
            "duplicates.exact", severity, "Copies of an answer",
            copies.count == 0
                ? "No answer is an exact copy of another one."
                : "\(Plain.count(copies.count, "answer")) (\(Plain.percent(share))) "
                    + (copies.count == 1
                        ? "is an exact copy of an earlier one" : "are exact copies of earlier ones")
                    + ": the same in everything that was recorded.",
            advice: copies.count == 0
                ? ""
                : "Remove them, or give events ids so that a second delivery is dropped; copies make "
                    + "intervals too narrow.",
            evidence: ["copies": Double(copies.count), "checked": Double(possible), "share": share],
            judges: worst)
    }

    private struct Copies {
        var count = 0
        var judges: [UInt32: Int] = [:]
    }

    /// A key that grows: each step gives every different prefix its own number.
    private struct Key {
        var value: UInt32
        var steps = CodeTable()
        var chain: CodeTable

        mutating func add(_ high: UInt32, _ low: UInt32) {
            value = chain.intern(value, steps.intern(high, low))
        }

        mutating func add(_ number: Double) {
            let bits = number.bitPattern
            add(UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits))
        }
    }

    /// Returns the number of rows in which a copy could be told.
    private func scan(
        _ context: ContextColumns, _ copies: inout Copies, hasQuestion: Bool,
        _ content: (Int, inout Key) -> Void
    ) -> Int {
        var key = Key(value: 0, chain: CodeTable(capacity: min(context.count, 1 << 20)))
        var seen = [Bool]()
        var possible = 0
        for row in 0..<context.count {
            let judge = context.judge[row]
            let prompt = context.prompt[row]
            let time = context.time[row]
            guard !time.isNaN || (judge != Names.none && (hasQuestion || prompt != Names.none)) else {
                continue
            }
            possible += 1
            key.value = .max
            content(row, &key)
            key.add(judge, prompt)
            if !context.time.isEmpty { key.add(time) }
            if !context.weight.isEmpty { key.add(context.weight[row]) }
            let code = Int(key.value)
            while seen.count <= code { seen.append(false) }
            if seen[code] {
                copies.count += 1
                if judge != Names.none { copies.judges[judge, default: 0] += 1 }
            }
            seen[code] = true
        }
        return possible
    }

    private func ids(_ data: AuditData, _ draft: inout AuditDraft) {
        let log = data.log
        var names = Names()
        var copies = 0
        var total = 0
        var repeated: [String] = []
        func add(_ id: String?) {
            guard let id else { return }
            total += 1
            let before = names.count
            names.intern(id)
            guard names.count == before else { return }
            copies += 1
            if repeated.count < 10 { repeated.append(id) }
        }
        for context in [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
            log.labels.context,
        ] where !context.id.isEmpty {
            for row in 0..<context.count { add(context.id[row]) }
        }
        for event in log.others { add(event.id) }
        guard total > 0 else {
            draft.section("duplicates.id", "Ids used twice", absent: "No event has an id.")
            return
        }
        draft.add(
            "duplicates.id", copies == 0 ? .ok : .warning, "Ids used twice",
            copies == 0
                ? "All \(Plain.number(total)) ids are different."
                : "\(Plain.count(copies, "event")) of \(Plain.number(total)) "
                    + (copies == 1 ? "has" : "have")
                    + " an id that an earlier one has too, such as \(repeated[0]).",
            advice: copies == 0
                ? "" : "Import the file into a store, which keeps one event for each id, or make ids unique.",
            evidence: ["copies": Double(copies), "ids": Double(total)], items: repeated)
    }
}
