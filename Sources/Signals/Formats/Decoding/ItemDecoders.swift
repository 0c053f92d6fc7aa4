/// Ratings: judge, item, score, or one column for each aspect.
struct RatingDecoder: RowDecoder {
    let format = FeedbackFormat.ratings
    let item: Int
    let scores: [(aspect: String, column: Int)]
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        guard
            let item = r.take(
                "item",
                [
                    "item", "item_id", "itemid", "movie_id", "movieid", "product", "product_id", "asin",
                    "business_id", "book_id", "model", "title",
                ])
        else { return nil }
        self.item = item
        var scores: [(aspect: String, column: Int)] = []
        if let column = r.take(
            "score", ["rating", "score", "stars", "overall"], where: { $0.isNumeric || $0.filled == 0 })
        {
            scores = [(Rating.overall, column)]
        }
        for aspect in r.mapped("score.") {
            if let column = r.take("score." + aspect) { scores.append((aspect, column)) }
        }
        for column in r.schema.columns where column.isNumeric {
            for prefix in ["score.", "score_", "rating.", "rating_"]
            where column.key.hasPrefix(prefix) && column.key != prefix {
                let aspect = String(decoding: column.name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
                if let index = r.take("score." + aspect, [column.key]) { scores.append((aspect, index)) }
            }
        }
        guard !scores.isEmpty else { return nil }
        self.scores = scores
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let name = try row.text(item, "item")
        var values: [String: Double] = [:]
        for (aspect, column) in scores {
            if scores.count == 1 {
                values[aspect] = try row.number(needed: column, "score")
            } else if let score = try row.number(column, "score." + aspect) {
                values[aspect] = score
            }
        }
        var event = FeedbackEvent(.rating(Rating(name, scores: values)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }
}

/// Thumbs: judge, item, up or down.
struct ThumbDecoder: RowDecoder {
    let format = FeedbackFormat.thumbs
    let item: Int
    let up: Int
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        guard let item = r.take("item", ["item", "item_id", "model", "response_id", "answer_id"]),
            let up = r.take("up", ["up", "thumb", "thumbs", "like", "liked", "thumbs_up"])
        else { return nil }
        (self.item, self.up) = (item, up)
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let name = try row.text(item, "item")
        let word = try row.text(up, "up")
        let isUp: Bool
        switch word.lowercased() {
        case "1", "+1", "up", "true", "yes", "like", "liked", "👍": isUp = true
        case "0", "-1", "down", "false", "no", "dislike", "disliked", "👎": isUp = false
        default:
            throw FieldError(
                "up", column: up, value: word, "up or down (1 or 0, like or dislike) is expected")
        }
        var event = FeedbackEvent(.thumb(Thumb(name, up: isUp)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }
}

/// Crowd labels: worker, task, label, and the right one where it is known.
struct LabelDecoder: RowDecoder {
    let format = FeedbackFormat.labels
    let task: Int
    let label: Int
    let gold: Int?
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        guard
            let task = r.take(
                "task",
                [
                    "task", "task_id", "item", "item_id", "question", "question_id", "example", "unit",
                    "unit_id",
                ]),
            let label = r.take("label", ["label", "answer", "response", "class", "annotation"])
        else { return nil }
        (self.task, self.label) = (task, label)
        gold = r.take("gold", ["gold", "truth", "true_label", "gold_label", "golden"])
        context = ContextFields(&r)
        guard context.judge != nil || r.column("label") != nil && r.usesMapping else { return nil }
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let label = Label(
            task: try row.text(task, "task"), value: try row.text(label, "label"), gold: row.text(gold))
        var event = FeedbackEvent(.label(label))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }
}

/// Choices, one record each: the chosen item and all options in one field, separated by `|` or `;`, or as a JSON
/// list.
struct ChoiceDecoder: RowDecoder {
    let format = FeedbackFormat.choices
    let chosen: Int
    let among: Int
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        guard let chosen = r.take("chosen", ["chosen", "choice", "selected", "picked"]),
            let among = r.take("among", ["among", "options", "alternatives", "shown", "candidates"])
        else { return nil }
        (self.chosen, self.among) = (chosen, among)
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let name = try row.text(chosen, "chosen")
        var options: [String] = []
        if let list = row.value(among), list.kind == .array {
            for option in list.elements {
                guard let text = option.string else {
                    throw FieldError(
                        "among", column: among, value: option.excerpt, "a list of names is expected")
                }
                options.append(text)
            }
        } else {
            let text = try row.text(among, "among")
            let separator = text.utf8.contains(UInt8(ascii: "|")) ? UInt8(ascii: "|") : UInt8(ascii: ";")
            options = text.utf8.split(separator: separator, omittingEmptySubsequences: false).map {
                String(
                    decoding: $0.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed(), as: UTF8.self)
            }
        }
        var event = FeedbackEvent(.choice(Choice(name, among: options)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        out.add(event, line: row.line)
    }
}
