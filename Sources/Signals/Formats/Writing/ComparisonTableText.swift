/// Comparisons as a comma-separated table. Columns that no event needs are left out; groups, numbers of the
/// occasion and numbers of the items have columns that say so: `group.country`, `feature.load`, `left.length` and
/// `right.length`.
struct ComparisonTableText {
    private let isArena: Bool
    private var has: Set<Field> = []
    private var groups: [String] = []
    private var features: [String] = []
    private var itemFeatures: [String] = []

    private enum Field: CaseIterable {
        case id, prompt, judge, time, weight, probability, margin, first, decision
    }

    /// Looks at all events for what the table needs.
    ///
    /// - Throws: `FeedbackWriteError` for the first event that the table cannot carry.
    init(_ log: FeedbackLog, isArena: Bool) throws {
        self.isArena = isArena
        var groups = NameSet()
        var features = NameSet()
        var itemFeatures = NameSet()
        for (index, event) in log.events.enumerated() {
            guard case .comparison(let c) = event.feedback else {
                throw refusal(index, event, "it is a \(event.feedback.kind.rawValue), not a comparison")
            }
            if isArena { try checkArena(index, event, c) }
            try checkTexts(index, event, c)
            for (field, isThere) in [
                (Field.id, event.id != nil), (.prompt, event.prompt != nil), (.judge, event.judge != nil),
                (.time, event.time != nil), (.weight, event.weight != 1),
                (.probability, c.probability != nil),
                (.margin, c.margin != nil), (.first, c.first != nil && !isArena),
                (.decision, event.decision != nil),
            ] where isThere { has.insert(field) }
            groups.insert(event.groups.keys)
            features.insert(event.features.keys)
            itemFeatures.insert(event.itemFeatures.keys)
        }
        self.groups = groups.sorted
        self.features = features.sorted
        self.itemFeatures = itemFeatures.sorted
    }

    private func checkArena(_ index: Int, _ event: FeedbackEvent, _ c: Comparison) throws {
        if c.first != .left { throw refusal(index, event, "an arena's left side is always the first") }
        if c.outcome == .skip { throw refusal(index, event, "an arena has no skipped votes") }
        if c.probability != nil || c.margin != nil {
            throw refusal(index, event, "an arena has neither probabilities nor margins")
        }
    }

    private func checkTexts(_ index: Int, _ event: FeedbackEvent, _ c: Comparison) throws {
        var texts = [c.left, c.right, event.id, event.judge, event.prompt, event.decision].compactMap { $0 }
        texts += event.groups.flatMap { [$0.key, $0.value] } + event.features.keys + event.itemFeatures.keys
        if texts.contains(where: { $0.utf8.contains(0) }) {
            throw refusal(index, event, "a table has no place for the character NUL")
        }
        let names = Array(event.groups.keys) + event.features.keys + event.itemFeatures.keys
        if names.contains(where: \.isEmpty) {
            throw refusal(index, event, "a column needs a name")
        }
    }

    private func refusal(_ index: Int, _ event: FeedbackEvent, _ reason: String) -> FeedbackWriteError {
        .refuse(isArena ? .arena : .comparisons, index, event, reason)
    }

    func write(_ log: FeedbackLog, to output: ByteOutput) throws {
        var out: [UInt8] = []
        var row = CSVRow()
        header(&row)
        row.end(&out)
        for event in log.events {
            guard case .comparison(let c) = event.feedback else { continue }
            if has.contains(.id) { row.text(event.id) }
            if has.contains(.prompt) { row.text(event.prompt) }
            row.text(c.left)
            row.text(c.right)
            row.text(isArena ? Self.arenaWord(c.outcome) : c.outcome.name)
            if has.contains(.probability) { row.number(c.probability) }
            if has.contains(.margin) { row.number(c.margin) }
            if has.contains(.first) { row.text(c.first?.rawValue) }
            if has.contains(.judge) { row.text(event.judge) }
            if has.contains(.time) { row.number(event.time) }
            if has.contains(.weight) { row.number(event.weight) }
            if has.contains(.decision) { row.text(event.decision) }
            for name in groups { row.text(event.groups[name]) }
            for name in features { row.number(event.features[name]) }
            for name in itemFeatures {
                row.number(event.itemFeatures[name]?[0])
                row.number(event.itemFeatures[name]?[1])
            }
            row.end(&out)
            if out.count >= 1 << 16 {
                try output.write(out)
                out.removeAll(keepingCapacity: true)
            }
        }
        try output.write(out)
    }

    private func header(_ row: inout CSVRow) {
        if has.contains(.id) { row.text("event_id") }
        if has.contains(.prompt) { row.text(isArena ? "question_id" : "prompt") }
        for name in isArena ? ["model_a", "model_b", "winner"] : ["left", "right", "outcome"] {
            row.text(name)
        }
        if has.contains(.probability) { row.text("probability") }
        if has.contains(.margin) { row.text("margin") }
        if has.contains(.first) { row.text("first") }
        if has.contains(.judge) { row.text("judge") }
        if has.contains(.time) { row.text("time_seconds") }
        if has.contains(.weight) { row.text("weight") }
        if has.contains(.decision) { row.text("decision_id") }
        for name in groups { row.text("group." + name) }
        for name in features { row.text("feature." + name) }
        for name in itemFeatures {
            row.text("left." + name)
            row.text("right." + name)
        }
    }

    private static func arenaWord(_ outcome: Comparison.Outcome) -> String {
        switch outcome {
        case .left: "model_a"
        case .right: "model_b"
        case .tie, .skip: "tie"
        case .bothBad: "tie (bothbad)"
        }
    }
}

/// One row of a comma-separated table.
private struct CSVRow {
    private var bytes: [UInt8] = []
    private var isFirst = true

    /// Adds a field: nothing for `nil`, `""` for an empty text.
    mutating func text(_ text: String?) {
        separate()
        guard let text else { return }
        let blanks: Set<UInt8> = [0x20, 0x09]
        let utf8 = text.utf8
        let needsQuotes =
            utf8.isEmpty || blanks.contains(utf8.first!) || blanks.contains(utf8.last!)
            || utf8.contains {
                $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D
            }
        guard needsQuotes else { return bytes.append(contentsOf: utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func number(_ number: Double?) {
        separate()
        if let number { JSONText.append(number, to: &bytes) }
    }

    mutating func end(_ out: inout [UInt8]) {
        out += bytes
        out.append(0x0A)
        bytes.removeAll(keepingCapacity: true)
        isFirst = true
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }
}

/// Names, each once, compared by their bytes.
private struct NameSet {
    private var names = Names()

    mutating func insert(_ more: some Sequence<String>) { for name in more { names.intern(name) } }

    var sorted: [String] { names.sortedCodes.map { names[$0] } }
}
