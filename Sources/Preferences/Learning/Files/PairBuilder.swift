/// Puts together what files say.
struct PairBuilder {
    private let options: PairFile
    private let items: ItemTable?
    private var result = PairRecords()
    private var prompts: [String: Int] = [:]
    private var known: [Key: Int] = [:]
    private var kind: Kind?
    private var vectors: [Double] = []
    private var rows: [Int] = []
    private var columns: [String] = []
    private var ratings: [(item: Int, quality: Int, value: Double)] = []

    private enum Kind: String {
        case text = "a text"
        case vector = "a list of numbers"
        case name = "a name of an item"
    }

    /// What an answer is: equal ones to the same prompt are the same item.
    private struct Key: Hashable {
        var prompt: Int
        var side: Side
    }

    private enum Side: Hashable {
        case text(String)
        case vector([Double])
        case row(Int)

        var kind: Kind {
            switch self {
            case .text: .text
            case .vector: .vector
            case .row: .name
            }
        }
    }

    init(_ options: PairFile, items: ItemTable?) {
        self.options = options
        self.items = items
    }

    mutating func add(_ bytes: [UInt8], path: String) throws {
        let found = try RecordText(path: path, longest: options.longestLine).records(bytes)
        let named = FieldNames(found)
        let layout = try PairLayout(found, named, options, hasItems: items != nil, path: path)
        let records = layout.records
        var options = options
        if layout.made != nil { options.label = nil }
        let fields = try PairFields(
            options, names: layout.made == nil ? named : FieldNames(records), path: path,
            line: records[0].line,
            hasItems: items != nil)
        let labels = PairLabels(options, fields, records)
        let used = layout.used + fields.used.filter { layout.made == nil || !PairLayout.own.contains($0) }
        let tops = Set(used.map { String($0.prefix { $0 != "." && $0 != "[" }) } + used)
        var source = PairRecords.Source(
            path: path, comparisons: 0, used: used, ignored: named.all.filter { !tops.contains($0) })
        source.made = layout.made
        if !layout.columns.isEmpty { columns = layout.columns }
        for record in records {
            if let dropped = try add(record, fields, labels, path) {
                source.dropped[dropped.rawValue, default: 0] += 1
            } else {
                source.comparisons += 1
            }
        }
        result.sources.append(source)
    }

    /// Adds one comparison, or says why it is left out.
    private mutating func add(
        _ record: FileRecord, _ fields: PairFields, _ labels: PairLabels, _ path: String
    ) throws -> PairFile.Drop? {
        func failed(_ field: String?, _ problem: String, _ advice: String) -> PairFileError {
            PairFileError(
                path: path, line: record.line, field: field, value: field.flatMap { record[$0]?.shown },
                problem: problem, advice: advice)
        }
        var label = 1.0
        if let scores = fields.scores {
            guard let first = record[scores.first], let second = record[scores.second] else {
                if options.dropping.contains(.unlabelled) { return .unlabelled }
                throw failed(
                    record[scores.first] == nil ? scores.first : scores.second, "the number is missing",
                    "add it, or drop what is unlabelled (--drop unlabelled)")
            }
            guard let a = ItemTable.number(first), let b = ItemTable.number(second) else {
                throw failed(
                    ItemTable.number(first) == nil ? scores.first : scores.second, "this is no finite number",
                    "correct it, or name the field of the label (--label)")
            }
            label = a == b ? 0.5 : (a > b) != scores.smallerIsBetter ? 1 : 0
        } else if let name = fields.label {
            guard let node = record[name] else {
                if options.dropping.contains(.unlabelled) { return .unlabelled }
                throw failed(
                    name, "the comparison has no label",
                    "\(labels.expected), or drop what is unlabelled (--drop unlabelled)")
            }
            guard let value = labels.probability(node, record) else {
                throw failed(name, "this is no label that is known", labels.expected)
            }
            label = value
        }
        if label == 0.5, options.dropping.contains(.ties) { return .ties }
        func number(_ name: String?, _ standard: Double, least: Double) throws -> Double {
            guard let name, let node = record[name] else { return standard }
            guard let value = ItemTable.number(node), value >= least else {
                throw failed(
                    name, "this is no finite number" + (least == 0 ? " of at least 0" : ""),
                    "correct it or leave it out")
            }
            return value
        }
        let weight = try number(fields.weight, 1, least: 0)
        let margin = try number(fields.margin, 0, least: -.greatestFiniteMagnitude)
        let (prompt, first, second) = try sides(record, fields, failed)
        for (side, name) in [(first, fields.first), (second, fields.second)] {
            if kind == nil { kind = side.kind }
            guard side.kind == kind else {
                throw failed(
                    name, "this is \(side.kind.rawValue), and before it was \(kind?.rawValue ?? "")",
                    "write all answers in the same way")
            }
        }
        if first == second {
            if options.dropping.contains(.identical) { return .identical }
            throw failed(
                nil, "\(fields.first) and \(fields.second) are the same",
                "correct the line, or drop what is identical (--drop identical)")
        }
        let place = prompt.map { text -> Int in
            if let place = prompts[text] { return place }
            prompts[text] = result.prompts.count
            result.prompts.append(text)
            return result.prompts.count - 1
        }
        let left = try intern(first, place ?? -1) { failed(fields.first, $0, $1) }
        let right = try intern(second, place ?? -1) { failed(fields.second, $0, $1) }
        for (item, name) in [(left, fields.firstRatings), (right, fields.secondRatings)] {
            guard let name, let node = record[name] else { continue }
            try rate(item, node) { failed(name, $0, $1) }
        }
        result.left.append(left)
        result.right.append(right)
        result.labels.append(label)
        result.weights.append(weight)
        result.margins.append(margin)
        result.judges.append(try self.name(fields.judge, record, failed))
        result.groups.append(try self.name(fields.group, record, failed))
        result.lines.append(record.line)
        result.files.append(result.sources.count)
        return nil
    }

    private func name(
        _ field: String?, _ record: FileRecord, _ failed: (String?, String, String) -> PairFileError
    ) throws -> String? {
        guard let field, let node = record[field] else { return nil }
        var name = node.name
        if case .list(let parts) = node, parts.allSatisfy({ $0.name != nil }) {
            name = parts.compactMap(\.name).joined(separator: ", ")
        }
        guard let name else { throw failed(field, "this is \(node.kind), not a name", "write a text") }
        return name.isEmpty ? nil : name
    }

    /// The prompt and the two answers.
    private func sides(
        _ record: FileRecord, _ fields: PairFields, _ failed: (String?, String, String) -> PairFileError
    ) throws -> (prompt: String?, first: Side, second: Side) {
        var parts: [String] = []
        for name in fields.prompt {
            guard let node = record[name] else { continue }
            if let text = (node["full_text"] ?? node).name ?? Dialogue.turns(node).map({ Dialogue.text($0) })
            {
                if !text.isEmpty { parts.append(text) }
            } else {
                throw failed(name, "this is \(node.kind), not a prompt", "write a text or a list of messages")
            }
        }
        let prompt = parts.isEmpty ? nil : parts.joined(separator: "\n\n")
        func node(_ name: String) throws -> JSONNode {
            // An empty text is an answer without words.
            guard let node = record.value(name) else {
                throw failed(name, "the answer is missing", "add it")
            }
            return node
        }
        let (a, b) = (try node(fields.first), try node(fields.second))
        if items == nil, let mine = Dialogue.turns(a), let theirs = Dialogue.turns(b) {
            var shared = 0
            while shared < min(mine.count, theirs.count) - 1, mine[shared] == theirs[shared] { shared += 1 }
            let before = shared > 0 ? Dialogue.text(mine[..<shared]) : nil
            return (
                before ?? prompt, .text(Dialogue.text(mine[shared...])),
                .text(Dialogue.text(theirs[shared...]))
            )
        }
        if items == nil, prompt == nil, case .text(let mine) = a, case .text(let theirs) = b,
            let parts = Dialogue.split(mine, theirs)
        {
            return (parts.prompt, .text(parts.first), .text(parts.second))
        }
        return (
            prompt, try side(a) { failed(fields.first, $0, $1) },
            try side(b) { failed(fields.second, $0, $1) }
        )
    }

    private func side(_ node: JSONNode, _ failed: (String, String) -> PairFileError) throws -> Side {
        if let items {
            guard let name = node.name else {
                throw failed("this is \(node.kind), not an item's id", "write its id")
            }
            guard let row = items[name] else {
                throw failed(
                    "there is no such item in \(items.path), which has \(items.ids.count)",
                    "add it there, or correct the id (such as \(items.ids.prefix(3).joined(separator: ", ")))"
                )
            }
            return .row(row)
        }
        switch node {
        case .text(let text): return .text(text)
        // Answers that are one word of JSON are written without quotes by some.
        case .bool(let flag): return .text(String(flag))
        case .numbers(let numbers): return .vector(numbers)
        case .null:
            throw failed("the answer is missing", "add it")
        case .number:
            throw failed(
                "this is a number, not an answer",
                "give the file of items (--items) if it is the number of one, or write a text")
        default:
            guard let turns = Dialogue.turns(node) else {
                throw failed(
                    "this is \(node.kind), not an answer", "write a text, messages or a list of numbers")
            }
            return .text(Dialogue.text(turns))
        }
    }

    private mutating func intern(
        _ side: Side, _ prompt: Int, _ failed: (String, String) -> PairFileError
    ) throws -> Int {
        let key = Key(prompt: prompt, side: side)
        if let item = known[key] { return item }
        let item = result.promptOf.count
        switch side {
        case .text(let text): result.answers.append(text)
        case .vector(let numbers):
            if item > 0, numbers.count != vectors.count / item {
                throw failed(
                    "the answer has \(numbers.count) numbers, those before have \(vectors.count / item)",
                    "give every answer as many")
            }
            vectors += numbers
        case .row(let row):
            rows.append(row)
            result.ids.append(items!.ids[row])
            if let texts = items!.texts { result.answers.append(texts[row]) }
        }
        known[key] = item
        result.promptOf.append(prompt)
        return item
    }

    private mutating func rate(
        _ item: Int, _ node: JSONNode, _ failed: (String, String) -> PairFileError
    ) throws {
        var found: [(String, JSONNode)] = []
        if case .object(let fields) = node {
            found = fields.filter { $0.value != .null }.map { ($0.name, $0.value) }
        } else {
            found = [("rating", node)]
        }
        for (name, node) in found {
            guard let value = ItemTable.number(node) else {
                throw failed(
                    "the rating \(name.debugDescription) is no finite number", "write numbers by quality")
            }
            let quality = result.qualities.firstIndex(of: name) ?? result.qualities.count
            if quality == result.qualities.count { result.qualities.append(name) }
            ratings.append((item, quality, value))
        }
    }

    /// What all files say.
    func records() throws -> PairRecords {
        var result = result
        guard result.count > 0 else {
            throw PairFileError(
                path: result.sources.map(\.path).joined(separator: ", "),
                problem: "every comparison was dropped",
                advice: "drop less (--drop)")
        }
        switch kind {
        case .vector:
            let count = result.promptOf.count
            result.numbers = try FeatureMatrix(rows: count, columns: vectors.count / count, values: vectors)
            if columns.count == vectors.count / count { result.columns = columns }
        case .name:
            result.numbers = items?.features?.selecting(rows)
            result.columns = items?.columns ?? []
        default: break
        }
        if !ratings.isEmpty {
            var sums = [[(sum: Double, count: Double)]](
                repeating: Array(repeating: (0, 0), count: result.qualities.count),
                count: result.promptOf.count)
            for rating in ratings {
                sums[rating.item][rating.quality].sum += rating.value
                sums[rating.item][rating.quality].count += 1
            }
            result.ratings = sums.map { $0.map { $0.count > 0 ? $0.sum / $0.count : .nan } }
        }
        return result
    }
}
