/// Which fields of a file mean what.
struct PairFields: Sendable, Hashable {
    /// Two fields of which the larger (or smaller) number says which answer was preferred.
    struct Scores: Sendable, Hashable {
        var first: String
        var second: String
        var smallerIsBetter: Bool
    }

    var prompt: [String] = []
    var first: String
    var second: String
    var label: String?
    /// What stands in place of a label.
    var scores: Scores?
    var judge: String?
    var group: String?
    var weight: String?
    var margin: String?
    var firstRatings: String?
    var secondRatings: String?
    /// Whether the answers' names count from 0, so that labels do too.
    var countsFromZero = false
    /// Whether the label's field was named by the user: then true is the first.
    var isLabelNamed = false

    private static let chosen = [
        ("chosen", "rejected"), ("preferred", "dispreferred"), ("better", "worse"), ("winner", "loser"),
        ("chosen_response", "rejected_response"), ("preferred_response", "rejected_response"),
        ("response_chosen", "response_rejected"), ("preferred_output", "non_preferred_output"),
        ("answer_chosen", "answer_rejected"), ("positive", "negative"), ("response_j", "response_k"),
        ("accepted", "rejected"), ("win", "lose"),
    ]
    private static let stems = [
        "output", "response", "answer", "completion", "text", "item", "summary", "candidate", "option",
        "reply",
        "generation", "prediction", "translation", "model_response", "model_output", "conversation",
        "message",
        "story", "human_ref", "sentence", "image", "trajectory", "choice",
    ]
    /// Names of who made an answer: they are the answers only where a table says what they are.
    private static let makers = ["system", "model", "player", "team", "product", "alternative", "alt"]
    private static let ends = [
        ("_1", "_2"), ("_a", "_b"), ("_0", "_1"), ("1", "2"), ("A", "B"), ("_A", "_B"), ("0", "1"),
        ("_left", "_right"), ("_first", "_second"),
    ]
    private static let labelled =
        [("left", "right"), ("first", "second"), ("a", "b"), ("item1", "item2")]
        + stems.flatMap { stem in ends.map { (stem + $0.0, stem + $0.1) } }
    private static let labelNames = [
        "label", "preference", "winner", "preferred", "choice", "chosen", "better", "better_response_id",
        "human_preference", "overall_preference", "preference_strength", "vote", "judgment", "judgement",
        "verdict",
        "labels", "better_response", "preferred_response", "annotation", "human", "gold", "probability",
    ]
    private static let scoreNames = [
        "score", "overall_score", "rating", "overall_rating", "reward", "rank", "grade", "points", "stars",
        "winner_model", "winner", "is_chosen", "is_preferred", "preferred", "chosen", "upvotes", "votes",
        "likes",
    ]
    private static let promptNames = [
        "prompt", "question", "query", "user_prompt", "context", "post", "history", "prompt_text",
        "user_message",
        "article", "document", "source_text", "info.post", "info.article", "problem", "input",
    ]
    private static let judgeNames = [
        "judge", "annotator", "user", "worker", "rater", "annotator_id", "user_id", "worker_id", "judge_id",
        "rater_id", "labeler", "labeller", "labeler_id", "person", "evaluator", "evaluator_id", "reviewer",
        "reviewer_id", "respondent", "respondent_id", "participant", "participant_id",
    ]
    private static let groupNames = [
        "group", "source", "category", "subset", "dataset", "domain", "task", "topic",
    ]

    /// The names that stand for the two answers; nil where none are known.
    private static func pair(_ names: FieldNames, label: String?, hasItems: Bool) -> (String, String)? {
        if label == nil, let pair = chosen.lazy.compactMap(names.pair).first { return pair }
        let more = label == nil ? [] : chosen
        let named = hasItems ? makers.flatMap { stem in ends.map { (stem + $0.0, stem + $0.1) } } : []
        return (labelled + more + named).lazy.compactMap(names.pair).first
    }

    /// Whether each record is a comparison as it stands.
    static func arePairs(_ options: PairFile, names: FieldNames, hasItems: Bool) -> Bool {
        options.first != nil || options.second != nil
            || pair(names, label: options.label, hasItems: hasItems) != nil
    }

    /// The field of the prompt that would be read.
    static func prompt(_ options: PairFile, _ names: FieldNames, besides taken: [String]) -> [String] {
        if let name = options.prompt { return [name] }
        if let name = names["instruction"], !taken.contains(name) {
            return [name] + [names["input"]].compactMap { $0 }.filter { !taken.contains($0) }
        }
        return names.first(promptNames, besides: taken).map { [$0] } ?? []
    }

    /// The field of who judged.
    static func judge(_ options: PairFile, _ names: FieldNames, besides taken: [String]) -> String? {
        options.judge ?? names.first(judgeNames, besides: taken)
    }

    /// Finds the fields among the names of a file.
    init(_ options: PairFile, names: FieldNames, path: String, line: Int, hasItems: Bool) throws {
        func failed(_ field: String?, _ problem: String, _ advice: String) -> PairFileError {
            PairFileError(path: path, line: line, field: field, problem: problem, advice: advice)
        }
        let known = "there are: \(names.all.prefix(20).joined(separator: ", "))"
        for name in [
            options.prompt, options.first, options.second, options.label, options.judge, options.group,
            options.weight, options.margin,
        ] {
            if let name, !names.has(name) { throw failed(name, "there is no such field", known) }
        }
        var needsLabel = false
        if let a = options.first, let b = options.second {
            guard a != b else { throw failed(a, "both answers are in one field", "name two fields") }
            (first, second) = (a, b)
        } else if options.first != nil || options.second != nil {
            throw failed(options.first ?? options.second, "only one answer's field is named", "name both")
        } else if let pair = Self.pair(names, label: options.label, hasItems: hasItems) {
            (first, second) = pair
            needsLabel =
                options.label == nil
                && !Self.chosen.contains { $0 == (pair.0.lowercased(), pair.1.lowercased()) }
        } else {
            throw failed(
                nil, "no fields are known as the two answers (such as chosen and rejected)",
                "name them (--first and --second; places within a field are written as in info.post); "
                    + known)
        }
        let isChosen = Self.chosen.contains { $0 == (first.lowercased(), second.lowercased()) }
        isLabelNamed = options.label != nil
        label = options.label ?? (isChosen ? nil : names.first(Self.labelNames, besides: [first, second]))
        if label == nil, !isChosen { scores = Self.scores(first, second, names) }
        if needsLabel, label == nil, scores == nil {
            throw failed(
                nil, "no field says which of \(first) and \(second) was preferred",
                "name the field of the label (--label); " + known)
        }
        let taken = [first, second, label, scores?.first, scores?.second].compactMap { $0 }
        prompt = Self.prompt(options, names, besides: taken)
        judge = Self.judge(options, names, besides: taken + prompt)
        group = options.group ?? names.first(Self.groupNames, besides: taken + prompt)
        weight = options.weight ?? names.first(["weight"], besides: taken)
        margin = options.margin ?? names.first(["margin"], besides: taken)
        firstRatings = names.first([first + "_ratings", first + "_rating"])
        secondRatings = names.first([second + "_ratings", second + "_rating"])
        countsFromZero = first.hasSuffix("0") && second.hasSuffix("1")
    }

    /// Two numbers that belong to the answers by their names: score_a and score_b, rank1 and rank2.
    private static func scores(_ first: String, _ second: String, _ names: FieldNames) -> Scores? {
        let shared = zip(first, second).prefix { $0 == $1 }.count
        func end(_ name: String) -> String {
            String(name.dropFirst(shared).drop { $0 == "_" })
        }
        let (one, two) = (end(first), end(second))
        for name in scoreNames {
            for pair in [
                (name + "_" + one, name + "_" + two), (name + one, name + two),
                (first + "_" + name, second + "_" + name),
            ] {
                if let (a, b) = names.pair(pair) {
                    return Scores(first: a, second: b, smallerIsBetter: name == "rank")
                }
            }
        }
        return nil
    }

    /// All names that mean something.
    var used: [String] {
        prompt + [first, second]
            + [
                label, scores?.first, scores?.second, judge, group, weight, margin, firstRatings,
                secondRatings,
            ]
            .compactMap { $0 }
    }
}

/// The names of the fields of a file, found whether or not they begin with a capital.
struct FieldNames {
    /// As they stand in the file, in their order.
    let all: [String]
    private let exact: Set<String>
    private let lower: [String: String]
    private let records: ArraySlice<FileRecord>

    init(_ records: [FileRecord]) {
        let some = records.prefix(1000)
        var (names, seen): ([String], Set<String>) = ([], [])
        for record in some {
            for field in record.fields where seen.insert(field.name).inserted { names.append(field.name) }
        }
        (all, exact, self.records) = (names, seen, some)
        lower = Dictionary(names.map { ($0.lowercased(), $0) }) { first, _ in first }
    }

    /// The name as the file writes it; of places within fields themselves.
    subscript(_ name: String) -> String? {
        if exact.contains(name) { return name }
        if name.contains("."), has(name) { return name }
        return lower[name.lowercased()]
    }

    /// Whether there is such a field, or such a place within one.
    func has(_ name: String) -> Bool {
        exact.contains(name) || records.contains { $0.value(name) != nil }
    }

    /// Both names, where both are there and are two.
    func pair(_ pair: (String, String)) -> (String, String)? {
        guard let a = self[pair.0], let b = self[pair.1], a != b else { return nil }
        return (a, b)
    }

    /// The first that is there.
    func first(_ candidates: [String], besides taken: [String] = []) -> String? {
        candidates.lazy.compactMap { self[$0] }.first { !taken.contains($0) }
    }
}
