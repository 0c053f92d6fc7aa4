/// Reads the labels of one file.
struct PairLabels {
    private enum Scheme {
        case names
        /// From −3, the first is much better, to 3, the second is.
        case strength
        case rule(PairFile.Labels)
    }

    private let scheme: Scheme
    private let fields: PairFields

    /// Sees how the labels of a file are meant.
    init(_ options: PairFile, _ fields: PairFields, _ records: [FileRecord]) {
        self.fields = fields
        guard let label = fields.label, case .automatic = options.labels else {
            scheme = .rule(options.labels)
            return
        }
        var (isTwo, isMinus, isStrong, allNames, some) = (false, false, false, true, false)
        for record in records {
            guard let node = record[label] else { continue }
            let numbers =
                if case .numbers(let list) = node { list } else { [ItemTable.number(node)].compactMap { $0 } }
            isTwo = isTwo || numbers.contains(2)
            isMinus = isMinus || numbers.contains(-1)
            isStrong = isStrong || numbers.contains(-2) || numbers.contains(-3)
            guard let name = node.name, !Self.ties.contains(name.lowercased()) else { continue }
            some = true
            allNames = allNames && (name == record[fields.first]?.name || name == record[fields.second]?.name)
        }
        scheme =
            allNames && some
            ? .names
            : Self.strengths.contains(label.lowercased()) && (isMinus || isStrong)
                ? .strength
                : .rule(
                    isTwo ? .oneBased : isMinus ? .signed : fields.countsFromZero ? .zeroBased : .automatic)
    }

    private static let strengths: Set<String> = ["preference_strength", "overall_preference"]
    private static let firsts: Set<String> = ["a", "left", "first", "model_a", "one", "chosen", "preferred"]
    private static let seconds: Set<String> = ["b", "right", "second", "model_b", "two", "rejected"]
    private static let ties: Set<String> = [
        "tie", "ties", "equal", "draw", "even", "same", "both", "neither", "none", "tie (bothbad)",
        "both_bad", "bothbad",
    ]

    /// The probability that the first was preferred; nil for what is no label.
    func probability(_ node: JSONNode, _ record: FileRecord) -> Double? {
        if case .names = scheme, let name = node.name {
            if name == record[fields.first]?.name { return 1 }
            if name == record[fields.second]?.name { return 0 }
            return Self.ties.contains(name.lowercased()) ? 0.5 : nil
        }
        if case .numbers(let votes) = node {
            // Several votes are the share of those for the first.
            let each = votes.compactMap { probability(.number($0), record) }
            return each.isEmpty || each.count < votes.count ? nil : each.reduce(0, +) / Double(each.count)
        }
        if case .strength = scheme {
            guard let number = ItemTable.number(node), abs(number) <= 3 else { return nil }
            return number < 0 ? 1 : number > 0 ? 0 : 0.5
        }
        guard case .rule(let rule) = scheme else { return nil }
        if case .words(let first, let second, let tie) = rule {
            guard let name = node.name else { return nil }
            return first.contains(name) ? 1 : second.contains(name) ? 0 : tie.contains(name) ? 0.5 : nil
        }
        if case .bool(let flag) = node { return fields.isLabelNamed ? flag ? 1 : 0 : nil }
        if let number = ItemTable.number(node) {
            switch rule {
            case .oneBased: return [1: 1, 2: 0, 0: 0.5, 1.5: 0.5][number]
            case .zeroBased: return [0: 1, 1: 0, 0.5: 0.5][number]
            case .signed: return [1: 1, -1: 0, 0: 0.5][number]
            default: return (0...1).contains(number) ? number : nil
            }
        }
        guard case .text(let text) = node else { return nil }
        let word = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        if word == fields.first.lowercased() { return 1 }
        if word == fields.second.lowercased() { return 0 }
        if Self.firsts.contains(word) { return 1 }
        if Self.seconds.contains(word) { return 0 }
        if Self.ties.contains(word) { return 0.5 }
        if text == record[fields.first]?.name { return 1 }
        if text == record[fields.second]?.name { return 0 }
        // The answers' fields are named after who wrote them: answer_gpt, answer_llama.
        let (isFirst, isSecond) = (
            fields.first.lowercased().hasSuffix("_" + word), fields.second.lowercased().hasSuffix("_" + word)
        )
        return isFirst == isSecond ? nil : isFirst ? 1 : 0
    }

    /// What would be one, for messages.
    var expected: String {
        switch scheme {
        case .strength:
            return "write a number from -3 (the first is much better) to 3 (the second is), or 0 for a tie"
        case .names: return "write the name of one of the two items, or tie"
        case .rule(let rule):
            switch rule {
            case .oneBased: return "write 1 for the first, 2 for the second, or 1.5 for a tie"
            case .zeroBased: return "write 0 for the first, 1 for the second, or 0.5 for a tie"
            case .signed: return "write 1 for the first, -1 for the second, or 0 for a tie"
            case .probability: return "write the probability, from 0 to 1, that the first was preferred"
            case .words(let first, let second, let tie):
                let all = [first, second, tie].map { $0.sorted().joined(separator: " or ") }
                return "write \(all[0]) for the first, \(all[1]) for the second, \(all[2]) for a tie"
            case .automatic:
                return
                    "write a or b, left or right, \(fields.first) or \(fields.second), 1 or 2, tie, or the probability "
                    + "of the first; or say how labels are to be read"
            }
        }
    }
}
