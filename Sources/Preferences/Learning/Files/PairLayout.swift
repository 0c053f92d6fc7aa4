import Kernels

/// Makes comparisons of records that are none as they stand: lists of answers with scores, ranks or a choice, and tables with one answer
/// on each line.
///
/// Answers are compared with others to the same prompt (and in the same session, by the same judge, where these are named) whose score differs.
/// In groups of more than eight answers each meets eight others, not all.
struct PairLayout {
    /// One comparison each.
    let records: [FileRecord]
    /// What was done, for people; nil where the records are comparisons already.
    let made: String?
    /// The names of the numbers that describe things, where they stand beside them.
    var columns: [String] = []
    /// The fields that were read for this.
    var used: [String] = []

    /// The fields of the comparisons made.
    static let own = ["answer_1", "answer_2", "label", "answer_1_ratings", "answer_2_ratings"]
    private static let most = 8

    private static let lists = [
        "summaries", "responses", "answers", "completions", "generations", "candidates", "outputs", "options",
    ]
    private static let texts = [
        "response", "answer", "completion", "text", "output", "model_response", "generation", "summary",
        "candidate",
        "content",
    ]
    private static let scores = [
        "score", "rating", "overall_score", "overall_rating", "rank", "ranking", "reward", "stars",
        "helpfulness",
        "grade", "relevance", "label", "choice", "chosen", "if_chosen", "is_chosen", "selected", "mode",
    ]
    private static let scoreLists = [
        "scores", "ratings", "rating", "ranks", "ranking", "rankings", "rewards", "score", "rank",
    ]
    private static let picks = ["choice", "label", "preference", "preferred", "chosen", "best", "winner"]
    private static let sessions = [
        "interaction_id", "case", "choice_id", "choiceid", "session", "session_id", "set", "set_id",
        "ranking_id",
        "query_id", "prompt_id", "question_id", "qid", "chid",
    ]
    private static let items = [
        "item", "item_id", "movie", "movie_id", "product", "product_id", "thing", "model", "alternative",
        "alt", "name",
    ]
    private static let qualities = [
        "helpfulness", "correctness", "coherence", "complexity", "verbosity", "honesty", "truthfulness",
        "instruction_following", "fluency", "factuality", "relevance", "safety", "creativity",
    ]

    /// An answer and how good it was found.
    private struct Answer {
        var value: JSONNode
        var score: Double
        var ratings: JSONNode?
        var record: Int
    }

    init(_ records: [FileRecord], _ names: FieldNames, _ options: PairFile, hasItems: Bool, path: String)
        throws
    {
        if PairFields.arePairs(options, names: names, hasItems: hasItems) {
            (self.records, made) = (records, nil)
        } else if let result = Self.ofLists(records, names, options) ?? Self.ofSides(records, names, options)
            ?? Self.ofRows(records, names, options, hasItems: hasItems)
        {
            guard !result.records.isEmpty else {
                throw PairFileError(
                    path: path,
                    problem: "no two answers to the same prompt have different scores (\(result.made ?? ""))",
                    advice: "give answers to compare, or name the fields (--first, --second, --label)")
            }
            self = result
        } else {
            (self.records, made) = (records, nil)
        }
    }

    private init(_ records: [FileRecord], _ made: String, used: [String], columns: [String] = []) {
        (self.records, self.made, self.used, self.columns) = (records, made, used, columns)
    }

    // MARK: Lists of answers

    private static func ofLists(_ records: [FileRecord], _ names: FieldNames, _ options: PairFile)
        -> PairLayout?
    {
        guard
            let list = names.first(
                lists.filter { name in
                    guard let name = names[name], case .list(let nodes)? = records[0][name] else {
                        return false
                    }
                    return nodes.count > 1 && nodes.allSatisfy { text($0) != nil }
                })
        else { return nil }
        let scoreList = names.first(scoreLists, besides: [list])
        let pick = options.label ?? names.first(picks, besides: [list])
        let isFromOne = pick.map { pick in !records.contains { ItemTable.number($0[pick]) == 0 } } ?? false
        var (pairs, used, word): ([FileRecord], [String], String) = ([], [list], "score")
        for (place, record) in records.enumerated() {
            guard case .list(let nodes)? = record[list] else { continue }
            var found: [Answer] = []
            for (index, node) in nodes.enumerated() {
                guard let text = text(node) else { continue }
                var score: Double?
                if let name = scores.first(where: { ItemTable.number(node[$0]) != nil }),
                    let number = ItemTable.number(node[name])
                {
                    (score, word) = (name.hasPrefix("rank") ? -number : number, name)
                } else if let scoreList, case .numbers(let all)? = record[scoreList], all.count == nodes.count
                {
                    (score, word) = (scoreList.hasPrefix("rank") ? -all[index] : all[index], scoreList)
                } else if let pick, let number = ItemTable.number(record[pick]) {
                    (score, word) = (Int(exactly: number) == index + (isFromOne ? 1 : 0) ? 1 : 0, pick)
                }
                if let score { found.append(Answer(value: text, score: score, record: place)) }
            }
            let removed = [list, scoreList, pick].compactMap { $0 }
            pairs += compared(found, records, without: removed, seed: UInt64(place))
        }
        guard word != "score" || !pairs.isEmpty else { return nil }
        if [scoreList, pick].contains(word) { used.append(word) }
        return PairLayout(pairs, "pairs of \(list) by \(word)", used: used)
    }

    /// The text of an element of a list.
    private static func text(_ node: JSONNode) -> JSONNode? {
        if case .text = node { return node }
        return texts.lazy.compactMap { node[$0] }.first { $0.isText || Dialogue.turns($0) != nil }
    }

    // MARK: Choices between two described in columns

    /// Tables such as choice, price1, time1, price2, time2.
    private static func ofSides(_ records: [FileRecord], _ names: FieldNames, _ options: PairFile)
        -> PairLayout?
    {
        guard let label = options.label ?? names.first(["choice", "chosen", "winner", "label", "preference"])
        else {
            return nil
        }
        for (one, two) in [
            ("1", "2"), ("_1", "_2"), ("_a", "_b"), ("A", "B"), ("_A", "_B"), ("_left", "_right"),
        ] {
            let stems = names.all.compactMap { name -> String? in
                guard name.hasSuffix(one), name.count > one.count else { return nil }
                let stem = String(name.dropLast(one.count))
                guard one != "1" || !names.has(stem + "3") else { return nil }
                let isNumber = records.prefix(50).allSatisfy {
                    ItemTable.number($0[name]) != nil && ItemTable.number($0[stem + two]) != nil
                }
                return isNumber ? stem : nil
            }
            guard !stems.isEmpty else { continue }
            let removed = stems.flatMap { [$0 + one, $0 + two] }
            let pairs = records.map { record in
                func side(_ end: String) -> JSONNode {
                    let numbers = stems.compactMap { ItemTable.number(record[$0 + end]) }
                    return numbers.count == stems.count ? .numbers(numbers) : .null
                }
                var fields = record.fields.filter {
                    !removed.contains($0.name) && $0.name != label && !own.contains($0.name)
                }
                fields += [
                    JSONField(name: "answer_1", value: side(one)),
                    JSONField(name: "answer_2", value: side(two)),
                ]
                if let node = record[label] {
                    let name = node.name ?? ""
                    let isPlain = name.count > one.count && ItemTable.number(node) == nil
                    let number: Double? =
                        !isPlain ? nil : name.hasSuffix(one) ? 1 : name.hasSuffix(two) ? 2 : nil
                    fields.append(JSONField(name: "label", value: number.map { .number($0) } ?? node))
                }
                return FileRecord(line: record.line, fields: fields)
            }
            return PairLayout(
                pairs,
                "choices between two of which each has \(stems.joined(separator: ", ")), by \(label)",
                used: [label] + removed, columns: stems)
        }
        return nil
    }

    // MARK: One answer on each line

    private static func ofRows(
        _ records: [FileRecord], _ names: FieldNames, _ options: PairFile, hasItems: Bool
    ) -> PairLayout? {
        let score =
            options.label
            ?? names.first(
                scores.filter { candidate in
                    names[candidate].map { name in records.prefix(50).contains { number($0[name]) != nil } }
                        ?? false
                })
        guard let score else { return nil }
        let session = names.first(sessions, besides: [score])
        let text = names.first(hasItems ? items : texts, besides: [score])
        let judge = PairFields.judge(options, names, besides: [score])
        var columns: [String] = []
        if text == nil
            || (text.map { name in !records.prefix(50).contains { $0[name]?.isText == true } } ?? true),
            !hasItems
        {
            // Things that are described by the numbers beside them, in choice sets.
            guard let session else { return nil }
            let taken = [score, session, judge, options.group].compactMap { $0 }
            columns = names.all.filter { name in
                !taken.contains(name) && records.prefix(50).allSatisfy { ItemTable.number($0[name]) != nil }
            }
            guard !columns.isEmpty else { return nil }
        } else if text == nil {
            return nil
        }
        let taken = [score, session, text, judge].compactMap { $0 } + columns
        let prompt = columns.isEmpty ? PairFields.prompt(options, names, besides: taken) : []
        let keys = prompt + [session, judge].compactMap { $0 }
        // One label for each text of a file is no preference among them.
        guard !keys.isEmpty || hasItems else { return nil }
        let rated = columns.isEmpty && !hasItems ? qualities.compactMap { names[$0] } : []
        var (groups, places): ([[Answer]], [[JSONNode?]: Int]) = ([], [:])
        for (place, record) in records.enumerated() {
            guard let number = number(record[score]) else { continue }
            let value: JSONNode?
            if columns.isEmpty {
                value = text.flatMap { record[$0] }
            } else {
                let numbers = columns.compactMap { ItemTable.number(record[$0]) }
                value = numbers.count == columns.count ? .numbers(numbers) : nil
            }
            guard let value else { continue }
            let qualities =
                rated.count < 2
                ? [] : rated.compactMap { name in record[name].map { JSONField(name: name, value: $0) } }
            let answer = Answer(
                value: value, score: score.lowercased().hasPrefix("rank") ? -number : number,
                ratings: qualities.isEmpty ? nil : .object(qualities), record: place)
            let key = keys.map { record[$0] }
            if let group = places[key] {
                groups[group].append(answer)
            } else {
                places[key] = groups.count
                groups.append([answer])
            }
        }
        let removed = [score, text].compactMap { $0 } + columns + rated
        let pairs = groups.enumerated().flatMap { compared($1, records, without: removed, seed: UInt64($0)) }
        let what = columns.isEmpty ? text ?? "" : "things"
        return PairLayout(
            pairs,
            "pairs of \(what) with the same \(keys.isEmpty ? "file" : keys.joined(separator: ", ")) by \(score)",
            used: removed + [session].compactMap { $0 }, columns: columns)
    }

    /// A score; yes and no are numbers too.
    private static func number(_ node: JSONNode?) -> Double? {
        if let number = ItemTable.number(node) { return number }
        switch node?.name?.lowercased() {
        case "yes", "true": return 1
        case "no", "false": return 0
        default: return nil
        }
    }

    // MARK: Comparisons

    /// Comparisons of answers whose scores differ, the better one first.
    private static func compared(
        _ answers: [Answer], _ records: [FileRecord], without removed: [String], seed: UInt64
    ) -> [FileRecord] {
        var pairs: [(Int, Int)] = []
        if answers.count <= most {
            for a in answers.indices { for b in answers.indices where a < b { pairs.append((a, b)) } }
        } else {
            var random = CounterRandom(seed: 17).split(seed)
            let order = random.permutation(answers.count)
            for place in order.indices {
                for step in 1...most / 2 { pairs.append((order[place], order[(place + step) % order.count])) }
            }
        }
        return pairs.compactMap { a, b in
            guard answers[a].score != answers[b].score, answers[a].value != answers[b].value else {
                return nil
            }
            let (better, worse) =
                answers[a].score > answers[b].score ? (answers[a], answers[b]) : (answers[b], answers[a])
            let record = records[better.record]
            var fields = record.fields.filter {
                !removed.contains($0.name) && !own.contains($0.name)
            }
            fields += [
                JSONField(name: "answer_1", value: better.value),
                JSONField(name: "answer_2", value: worse.value),
                JSONField(name: "label", value: .number(1)),
            ]
            for (name, ratings) in [
                ("answer_1_ratings", better.ratings), ("answer_2_ratings", worse.ratings),
            ] {
                if let ratings { fields.append(JSONField(name: name, value: ratings)) }
            }
            return FileRecord(line: record.line, fields: fields)
        }
    }
}
