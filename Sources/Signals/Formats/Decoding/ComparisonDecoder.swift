/// Comparisons in any of the tabular forms: named winner, arena, AlpacaEval, chosen and rejected, winner and
/// loser, two scores.
struct ComparisonDecoder: RowDecoder {
    /// How a record says who won.
    enum Verdict {
        /// A word or a name; `namesFirst` where the name of an item goes before a word that means a side.
        case word(Int, namesFirst: Bool, numbers: Bool)
        /// 1 for the left, 2 for the right, and what lies between.
        case preference(Int)
        /// The probability that the left item is better.
        case probability(Int)
        /// The higher number wins.
        case scores(Int, Int)
        /// The left item won.
        case leftWon
    }

    /// Which side had the advantage of place.
    enum First {
        case unknown
        case column(Int)
        case always(Side)
        /// The left side plays at home unless the column says that the ground is neutral.
        case home(neutral: Int?)
    }

    let format: FeedbackFormat
    let left: Int
    let right: Int
    let verdict: Verdict
    var probability: Int?
    var margin: Int?
    var first = First.unknown
    var context: ContextFields
    var extras = Extras()
    private(set) var notes: [String] = []
    private var score: Int?
    private var walkovers = 0
    private var identity: PersonNames?

    /// The sides by whose names columns come in pairs.
    private static let sides = [("left", "right"), ("a", "b"), ("1", "2")]

    init?(_ recognition: inout Recognition) {
        for attempt in [
            Self.alpacaEval, Self.arena, Self.chosenRejected, Self.scores, Self.results, Self.plain,
        ] {
            var copy = recognition
            if let found = attempt(&copy) {
                self = found
                recognition = copy
                return
            }
        }
        return nil
    }

    private init(
        _ format: FeedbackFormat, _ columns: (Int, Int), _ verdict: Verdict, _ recognition: inout Recognition
    ) {
        self.format = format
        (left, right) = columns
        self.verdict = verdict
        context = ContextFields(&recognition)
    }

    // MARK: The forms

    static func arena(_ r: inout Recognition) -> ComparisonDecoder? {
        guard let items = r.take(("left", "right"), [("model_a", "model_b")]),
            r.has("model_a") || r.has("model_b"),
            let winner = r.take("winner", ["winner"])
        else { return nil }
        var decoder = ComparisonDecoder(.arena, items, .word(winner, namesFirst: false, numbers: false), &r)
        decoder.first = .always(.left)
        decoder.extras = r.takeExtras(sides: sides)
        return decoder
    }

    static func alpacaEval(_ r: inout Recognition) -> ComparisonDecoder? {
        guard
            let items = r.take(
                ("left", "right"), [("generator_1", "generator_2"), ("reference", "model")]),
            let preference = r.take("preference", ["preference"], where: { !$0.isNested })
        else { return nil }
        var decoder = ComparisonDecoder(.alpacaEval, items, .preference(preference), &r)
        if let shown = r.take("first", ["first_shown"]) { decoder.first = .column(shown) }
        decoder.extras = r.takeExtras(sides: sides + [("reference", "model")])
        return decoder
    }

    static func chosenRejected(_ r: inout Recognition) -> ComparisonDecoder? {
        var pair = r.take(("chosen_item", "rejected_item"), [("chosen_model", "rejected_model")])
        var texts: (Int, Int)?
        if pair == nil {
            pair = r.take(("chosen", "rejected"), [("chosen", "rejected")])
            texts = pair
        } else {
            texts = r.take(("chosen", "rejected"), [("chosen", "rejected")])
        }
        guard let pair else { return nil }
        var decoder = ComparisonDecoder(.chosenRejected, pair, .leftWon, &r)
        decoder.extras = r.takeExtras(sides: [("chosen", "rejected")])
        if let texts, !decoder.extras.pairs.contains(where: { $0.name == "length" }) {
            decoder.extras.pairs.append(
                Extras.Pair(name: "length", left: texts.0, right: texts.1, isText: true))
        }
        return decoder
    }

    static func scores(_ r: inout Recognition) -> ComparisonDecoder? {
        let home = ["home_team", "home", "hometeam", "home_name", "team_home", "left"]
        let away = ["away_team", "away", "awayteam", "away_name", "team_away", "right"]
        let homeScore = ["home_score", "home_goals", "fthg", "home_points", "score_home", "left_score"]
        let awayScore = ["away_score", "away_goals", "ftag", "away_points", "score_away", "right_score"]
        guard let items = r.take(("left", "right"), Array(zip(home, away))),
            let scores = r.take(("left_score", "right_score"), Array(zip(homeScore, awayScore)))
        else { return nil }
        var decoder = ComparisonDecoder(.scores, items, .scores(scores.0, scores.1), &r)
        if r.schema.columns[items.0].key.contains("home") {
            decoder.first = .home(neutral: r.take("neutral", ["neutral", "neutral_ground", "is_neutral"]))
        } else if let shown = r.take("first", ["first"]) {
            decoder.first = .column(shown)
        }
        decoder.extras = r.takeExtras(sides: [("home", "away"), ("left", "right")])
        return decoder
    }

    static func results(_ r: inout Recognition) -> ComparisonDecoder? {
        let names = [
            ("winner_name", "loser_name"), ("winner", "loser"), ("winning_team", "losing_team"),
            ("wteam", "lteam"),
        ]
        let ids = r.take(("winner_id", "loser_id"), [("winner_id", "loser_id"), ("wteamid", "lteamid")])
        guard let items = r.take(("winner", "loser"), names) ?? ids else { return nil }
        let score = r.take("score", ["score"])
        var decoder = ComparisonDecoder(.results, items, .leftWon, &r)
        if decoder.context.time == nil {
            decoder.context.time = r.take("time", ["tourney_date", "match_date", "game_date", "daynum"])
        }
        decoder.score = score
        if let ids, ids != items { decoder.identity = PersonNames(left: ids.0, right: ids.1) }
        decoder.margin = r.take("margin", ["margin"])
        decoder.extras = r.takeExtras(sides: [("winner", "loser"), ("w", "l")])
        return decoder
    }

    static func plain(_ r: inout Recognition) -> ComparisonDecoder? {
        let names = [
            ("left", "right"), ("model_a", "model_b"), ("item_a", "item_b"), ("option_a", "option_b"),
            ("item_left", "item_right"), ("left_item", "right_item"), ("a", "b"), ("item1", "item2"),
            ("item_1", "item_2"), ("model1", "model2"), ("model_1", "model_2"), ("player1", "player2"),
            ("player_1", "player_2"), ("team1", "team2"), ("team_1", "team_2"),
        ]
        guard let items = r.take(("left", "right"), names) else { return nil }
        let verdict: Verdict
        if let column = r.take("outcome", ["outcome"]) {
            verdict = .word(column, namesFirst: false, numbers: numbers(r, column))
        } else if let column = r.take("winner", ["winner", "result", "verdict", "preferred", "vote"]) {
            verdict = .word(column, namesFirst: true, numbers: numbers(r, column))
        } else if let column = r.take("preference") {
            verdict = .preference(column)
        } else if let column = r.take("probability", ["probability"]) {
            verdict = .probability(column)
        } else {
            return nil
        }
        var decoder = ComparisonDecoder(.comparisons, items, verdict, &r)
        if case .word = verdict { decoder.probability = r.take("probability", ["probability"]) }
        decoder.margin = r.take("margin", ["margin", "strength"])
        if let shown = r.take("first", ["first", "first_shown", "shown_first"]) {
            decoder.first = .column(shown)
        }
        decoder.extras = r.takeExtras(sides: sides)
        return decoder
    }

    private static func numbers(_ r: Recognition, _ column: Int) -> Bool {
        OutcomeWords.areSides(r.schema.columns[column].values)
    }

    // MARK: Reading

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        if let text = row.text(score), ["w/o", "walkover"].contains(text.lowercased()) {
            walkovers += 1
            notes = ["\(counted(walkovers, "walkover")) left out: nobody played"]
            return
        }
        let names = format == .chosenRejected ? ("chosen", "rejected") : ("left", "right")
        var one = try item(row, left, names.0)
        var two = try item(row, right, names.1)
        if identity != nil {
            one = identity!.name(one, id: row.text(identity!.left))
            two = identity!.name(two, id: row.text(identity!.right))
            if let note = identity!.note { notes = notes.filter { $0.hasSuffix("played") } + [note] }
        }
        var comparison = Comparison(left: one, right: two, outcome: .tie)
        try judge(row, &comparison)
        comparison.first = try first(row)
        if let margin = try row.number(margin, "margin") { comparison.margin = margin }
        if let probability = try row.number(probability, "probability") {
            comparison.probability = probability
        }
        var event = FeedbackEvent(.comparison(comparison))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }

    /// An item's name. Where it is a conversation, the last message is meant.
    private func item(_ row: Row, _ column: Int, _ field: String) throws(FieldError) -> String {
        if format == .chosenRejected, let messages = row.value(column), messages.kind == .array {
            if let text = Array(messages.elements).last?.member("content")?.string { return text }
            throw FieldError(
                field, column: column, value: messages.excerpt, "a text or a list of messages is expected")
        }
        return try row.text(column, field)
    }

    private func judge(_ row: Row, _ comparison: inout Comparison) throws(FieldError) {
        switch verdict {
        case .leftWon: comparison.outcome = .left
        case .word(let column, let namesFirst, let numbers):
            guard let word = row.bytes(column) else {
                throw FieldError("winner", column: column, value: "", "the field is empty")
            }
            let named = Self.side(word, comparison)
            let spoken = OutcomeWords.outcome(word, numbers: numbers)
            guard let outcome = namesFirst ? named ?? spoken : spoken ?? named else {
                throw FieldError("winner", column: column, value: Excerpt.of(word), Self.advice(word))
            }
            comparison.outcome = outcome
        case .preference(let column):
            guard var value = try row.number(column, "preference") else {
                comparison.outcome = .skip
                return
            }
            if value == 0 { value = 1.5 }
            guard value >= 1, value <= 2 else {
                throw FieldError(
                    "preference", column: column, value: Excerpt.of(row.bytes(column)!),
                    "1 (the first), 2 (the second), a number between, or 0 for neither is expected")
            }
            comparison.outcome = value == 1.5 ? .tie : value < 1.5 ? .left : .right
            if value != 1, value != 1.5, value != 2 { comparison.probability = 2 - value }
        case .probability(let column):
            let value = try row.number(needed: column, "probability")
            comparison.probability = value
            comparison.outcome = value == 0.5 ? .tie : value > 0.5 ? .left : .right
        case .scores(let one, let two):
            let left = try row.number(needed: one, "left_score")
            let right = try row.number(needed: two, "right_score")
            comparison.outcome = left == right ? .tie : left > right ? .left : .right
            comparison.margin = abs(left - right)
        }
    }

    /// The side whose name a word is.
    private static func side(
        _ word: UnsafeBufferPointer<UInt8>, _ comparison: Comparison
    ) -> Comparison.Outcome? {
        if word.elementsEqual(comparison.left.utf8) { return .left }
        return word.elementsEqual(comparison.right.utf8) ? .right : nil
    }

    private static func advice(_ word: UnsafeBufferPointer<UInt8>) -> String {
        let text = String(decoding: word.prefix(8), as: UTF8.self)
        if ["0", "1", "0.0", "1.0", "0.5", "-1"].contains(text) {
            return "\(text) can be read in several ways; write left, right or tie"
        }
        return "left, right, tie, both_bad, skip or the name of one of the two items is expected"
    }

    private func first(_ row: Row) throws(FieldError) -> Side? {
        switch first {
        case .unknown: return nil
        case .always(let side): return side
        case .home(let neutral): return try row.bool(neutral, "neutral") == true ? nil : .left
        case .column(let column):
            guard let word = row.bytes(column) else { return nil }
            switch OutcomeWords.outcome(word, numbers: true) {
            case .left: return .left
            case .right: return .right
            case .tie: return nil
            default:
                throw FieldError(
                    "first", column: column, value: Excerpt.of(word), "left or right (1 or 2) is expected")
            }
        }
    }
}

/// Tells people apart by their ids where two share a name: the first id met with a name has the plain name, any
/// other becomes "name (id)".
struct PersonNames {
    let left: Int
    let right: Int
    private var owners: [String: String] = [:]
    private var names: [String: String] = [:]
    private(set) var note: String?

    init(left: Int, right: Int) {
        self.left = left
        self.right = right
    }

    mutating func name(_ name: String, id: String?) -> String {
        guard let id else { return name }
        if let known = names[id] { return known }
        var result = name
        if let owner = owners[name], owner != id {
            result = "\(name) (\(id))"
            note = "people who share a name are told apart by their ids, such as \(result)"
        } else {
            owners[name] = id
        }
        names[id] = result
        return result
    }
}
