/// Rankings as a PrefLib file in its present form.
struct PrefLibText {
    private var items = Names()
    private var voters = 0.0
    private var distinct = 0
    private var hasTies = false
    private var isComplete = true

    /// Looks at all events for what the header says.
    ///
    /// - Throws: `FeedbackWriteError` for the first event that the format cannot carry.
    init(_ log: FeedbackLog) throws {
        var lengths: Set<Int> = []
        for (index, event) in log.events.enumerated() {
            guard case .ranking(let ranking) = event.feedback else {
                throw Self.refusal(index, event, "it is a \(event.feedback.kind.rawValue), not a ranking")
            }
            if !ranking.unplaced.isEmpty {
                throw Self.refusal(index, event, "PrefLib has no items below the others in unknown order")
            }
            var bare = FeedbackEvent(event.feedback)
            bare.weight = event.weight
            if bare != event {
                throw Self.refusal(index, event, "PrefLib has no judge, prompt, time, id, group or number")
            }
            guard Int64(exactly: event.weight) != nil, event.weight < 9_007_199_254_740_992,
                !(event.weight == 0 && event.weight.sign == .minus)
            else {
                throw Self.refusal(index, event, "PrefLib counts voters; the weight is not a whole number")
            }
            for name in ranking.tiers.joined() {
                let utf8 = name.utf8
                if utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 })
                    || [0x20, 0x09].contains(utf8.first!)
                    || [0x20, 0x09].contains(utf8.last!)
                {
                    throw Self.refusal(
                        index, event, "PrefLib's names are one line without blanks at the ends")
                }
                items.intern(name)
            }
            lengths.insert(ranking.tiers.reduce(0) { $0 + $1.count })
            if ranking.tiers.contains(where: { $0.count > 1 }) { hasTies = true }
            voters += event.weight
            distinct += 1
        }
        isComplete = lengths.allSatisfy { $0 == items.count }
    }

    private static func refusal(_ index: Int, _ event: FeedbackEvent, _ reason: String) -> FeedbackWriteError
    {
        .refuse(.prefLib, index, event, reason)
    }

    func write(_ log: FeedbackLog, to output: ByteOutput) throws {
        let type = (hasTies ? "to" : "so") + (isComplete ? "c" : "i")
        var text =
            "# FILE NAME: rankings.\(type)\n# DATA TYPE: \(type)\n# NUMBER ALTERNATIVES: \(items.count)\n"
        text += "# NUMBER VOTERS: \(DecimalNumber.text(voters))\n# NUMBER UNIQUE ORDERS: \(distinct)\n"
        for (index, name) in items.all.enumerated() { text += "# ALTERNATIVE NAME \(index + 1): \(name)\n" }
        var out = Array(text.utf8)
        for event in log.events {
            guard case .ranking(let ranking) = event.feedback else { continue }
            out += "\(DecimalNumber.text(event.weight)): ".utf8
            let tiers = ranking.tiers.map { tier in
                let numbers = tier.map { String(items.code(of: $0)! + 1) }.joined(separator: ",")
                return tier.count == 1 ? numbers : "{\(numbers)}"
            }
            out += tiers.joined(separator: ",").utf8
            out.append(0x0A)
            if out.count >= 1 << 16 {
                try output.write(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        try output.write(out)
    }
}
