/// Which fields of a file mean what.
struct PairFields: Sendable, Hashable {
    var prompt: [String] = []
    var first: String
    var second: String
    var label: String?
    var judge: String?
    var group: String?
    var weight: String?
    var margin: String?
    var firstRatings: String?
    var secondRatings: String?
    /// Whether the answers' names count from 0, so that labels do too.
    var countsFromZero = false

    private static let chosen = [
        ("chosen", "rejected"), ("preferred", "dispreferred"), ("better", "worse"), ("winner", "loser"),
        ("chosen_response", "rejected_response"), ("preferred_response", "rejected_response"),
        ("answer_chosen", "answer_rejected"), ("positive", "negative"),
    ]
    private static let stems = [
        "output", "response", "answer", "completion", "text", "item", "summary", "candidate", "option",
    ]
    private static let ends = [
        ("_1", "_2"), ("_a", "_b"), ("_0", "_1"), ("1", "2"), ("A", "B"), ("_A", "_B"), ("0", "1"),
    ]
    private static let labelled =
        [("left", "right"), ("first", "second"), ("a", "b"), ("A", "B"), ("item1", "item2")]
        + stems.flatMap { stem in ends.map { (stem + $0.0, stem + $0.1) } }
    private static let labelNames = [
        "label", "preference", "winner", "preferred", "choice", "chosen", "better", "better_response_id",
        "human_preference", "overall_preference", "vote", "judgment", "judgement", "verdict", "probability",
    ]
    private static let promptNames = ["prompt", "question", "query", "context", "post", "input"]
    private static let judgeNames = [
        "judge", "annotator", "user", "worker", "rater", "annotator_id", "user_id", "worker_id", "judge_id",
        "rater_id",
        "labeler", "person",
    ]
    private static let groupNames = [
        "group", "source", "category", "subset", "dataset", "domain", "task", "topic",
    ]

    /// Finds the fields among the names of a file.
    init(_ options: PairFile, names: [String], path: String, line: Int) throws {
        func failed(_ field: String?, _ problem: String, _ advice: String) -> PairFileError {
            PairFileError(path: path, line: line, field: field, problem: problem, advice: advice)
        }
        let known = "there are: \(names.prefix(20).joined(separator: ", "))"
        for name in [
            options.prompt, options.first, options.second, options.label, options.judge, options.group,
            options.weight,
            options.margin,
        ] {
            if let name, !names.contains(name) { throw failed(name, "there is no such field", known) }
        }
        func has(_ pair: (String, String)) -> Bool { names.contains(pair.0) && names.contains(pair.1) }
        if let a = options.first, let b = options.second {
            guard a != b else { throw failed(a, "both answers are in one field", "name two fields") }
            (first, second) = (a, b)
            let isChosen = Self.chosen.contains { $0 == (a, b) }
            label =
                options.label
                ?? (isChosen ? nil : Self.labelNames.first { names.contains($0) && $0 != a && $0 != b })
        } else if options.first != nil || options.second != nil {
            throw failed(options.first ?? options.second, "only one answer's field is named", "name both")
        } else if options.label == nil, let pair = Self.chosen.first(where: has) {
            (first, second) = pair
        } else if let pair = (Self.labelled + (options.label == nil ? [] : Self.chosen)).first(where: has) {
            (first, second) = pair
            label =
                options.label ?? Self.labelNames.first { names.contains($0) && $0 != pair.0 && $0 != pair.1 }
            guard label != nil else {
                throw failed(
                    nil, "no field says which of \(first) and \(second) was preferred",
                    "name the field of the label; " + known)
            }
        } else {
            throw failed(
                nil, "no fields are known as the two answers (such as chosen and rejected)",
                "name them; " + known)
        }
        let taken = [first, second, label].compactMap { $0 }
        func find(_ option: String?, _ candidates: [String]) -> String? {
            option ?? candidates.first { names.contains($0) && !taken.contains($0) }
        }
        if let name = options.prompt {
            prompt = [name]
        } else if names.contains("instruction"), !taken.contains("instruction") {
            prompt = ["instruction"] + (names.contains("input") ? ["input"] : [])
        } else {
            prompt = find(nil, Self.promptNames).map { [$0] } ?? []
        }
        judge = find(options.judge, Self.judgeNames)
        group = find(options.group, Self.groupNames)
        weight = find(options.weight, ["weight"])
        margin = find(options.margin, ["margin"])
        firstRatings = find(nil, [first + "_ratings", first + "_rating"])
        secondRatings = find(nil, [second + "_ratings", second + "_rating"])
        countsFromZero = first.hasSuffix("0") && second.hasSuffix("1")
    }

    /// All names that mean something.
    var used: [String] {
        prompt + [first, second]
            + [label, judge, group, weight, margin, firstRatings, secondRatings].compactMap { $0 }
    }
}
