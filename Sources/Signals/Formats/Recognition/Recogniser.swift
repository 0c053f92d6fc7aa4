/// Finds the format of a source by its columns.
enum Recogniser {
    /// A decoder for the source, and the columns that it took.
    struct Found {
        var decoder: any RowDecoder
        var fields: [(field: String, column: Int)]
    }

    private typealias Attempt = @Sendable (inout Recognition) -> (any RowDecoder)?

    /// The formats in the order in which they are tried: the first that fits is taken.
    private static let attempts: [(FeedbackFormat, Attempt)] = [
        (.events, { EventDecoder(&$0) }),
        (.openBandit, { DecisionDecoder.openBandit(&$0) }),
        (.ratedCompletions, { RatedCompletionDecoder(&$0) }),
        (.alpacaEval, { ComparisonDecoder.alpacaEval(&$0) }),
        (.arena, { ComparisonDecoder.arena(&$0) }),
        (.chosenRejected, { ComparisonDecoder.chosenRejected(&$0) }),
        (.choiceRows, { ChoiceRowDecoder(&$0) }),
        (.judgedRankings, { JudgedRankingDecoder(&$0) }),
        (.rankedPairs, { RankedPairDecoder(&$0) }),
        (.scores, { ComparisonDecoder.scores(&$0) }),
        (.results, { ComparisonDecoder.results(&$0) }),
        (.comparisons, { ComparisonDecoder.plain(&$0) }),
        (.choices, { ChoiceDecoder(&$0) }),
        (.positions, { PositionDecoder(&$0) }),
        (.rankColumns, { RankColumnDecoder(&$0) }),
        (.ballots, { BallotDecoder(&$0) }),
        (.orders, { OrderDecoder(&$0) }),
        (.decisions, { DecisionDecoder(&$0) }),
        (.labels, { LabelDecoder(&$0) }),
        (.thumbs, { ThumbDecoder(&$0) }),
        (.ratings, { RatingDecoder(&$0) }),
    ]

    /// The fields that a mapping may name, for messages.
    static let fields = [
        "left, right and winner (or outcome, preference, probability, or left_score and right_score)",
        "winner and loser", "chosen and rejected", "item and score (or score.ASPECT)", "item and up",
        "task and label",
        "item1, rank1, item2, rank2, …", "choice1, choice2, …", "ranking", "case, item and chosen",
        "chosen and among", "race, position and item",
        "action and reward (or cost), with propensity and position",
        "and with any of them judge, prompt, time, weight, margin, first, id, decision, group.NAME, feature.NAME, "
            + "left.NAME with right.NAME",
    ]

    static func find(_ schema: Schema, options: ReadOptions, file: String, layout: ReadReport.Layout) throws
        -> Found
    {
        var mapping: [String: Int] = [:]
        for (field, name) in options.mapping { mapping[field] = try column(name, schema, field, file) }
        var unused: Set<String>?
        for (format, attempt) in attempts where options.format == nil || options.format == format {
            var recognition = Recognition(schema, mapping: mapping)
            guard let decoder = attempt(&recognition) else { continue }
            if recognition.usesWholeMapping { return Found(decoder: decoder, fields: recognition.taken) }
            let left = Set(mapping.keys).subtracting(recognition.taken.map(\.field))
            if unused.map({ left.count < $0.count }) ?? true { unused = left }
        }
        if let unused {
            throw FeedbackReadError.options(
                file: file,
                reason:
                    "the mapping names \(unused.sorted().joined(separator: ", ")), for which no format with these "
                    + "columns has a use. Fields are: \(fields.joined(separator: "; ")).")
        }
        let isProse = schema.columns.count == 1 && !schema.isJSON
        let looksLike = isProse ? "a text in which no columns can be seen, only one" : layout.rawValue
        let wanted = options.format.map { "It cannot be read as \($0.rawValue). " } ?? ""
        throw FeedbackReadError.unrecognised(
            file: file, looksLike: looksLike, columns: schema.columns.map(\.name),
            advice: wanted
                + "Say what the columns mean with --map, for example --map left=…,right=…,winner=…. "
                + "Fields are: \(fields.joined(separator: "; ")).")
    }

    /// The column that the options name.
    static func column(_ name: String, _ schema: Schema, _ field: String, _ file: String) throws -> Int {
        if let exact = schema.columns.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
            return exact
        }
        let key = Schema.key(name)
        if let close = schema.columns.firstIndex(where: { $0.key.utf8.elementsEqual(key.utf8) }) {
            return close
        }
        throw FeedbackReadError.options(
            file: file,
            reason:
                "\(field) was said to be in the column \(name.debugDescription), which is not there; the columns are "
                + schema.columns.prefix(40).map(\.name).joined(separator: ", "))
    }
}
