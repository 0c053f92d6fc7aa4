/// Heed's own event lines.
struct EventDecoder: RowDecoder {
    let format = FeedbackFormat.events
    let extras = Extras()

    init?(_ r: inout Recognition) {
        guard r.schema.isJSON,
            let kind = r.take(
                "kind", ["kind"],
                where: { c in
                    !c.values.isEmpty
                        && c.values.contains {
                            Feedback.Kind(rawValue: String(decoding: $0, as: UTF8.self)) != nil
                        }
                }), r.schema.columns[kind].name == "kind"
        else { return nil }
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        guard let json = row.json else { return }
        do throws(EventLineError) {
            out.add(try FeedbackEvent(json: json), line: row.line)
        } catch {
            var problem = FieldError(error.field ?? "event", column: nil, value: error.value, error.reason)
            problem.offset = error.column - 1
            throw problem
        }
    }
}

/// Rated completions as UltraFeedback has them: one record for each instruction with several completions, each
/// rated on several aspects. Each completion becomes one rating and, where there is one, a critique.
struct RatedCompletionDecoder: RowDecoder {
    let format = FeedbackFormat.ratedCompletions
    let completions: Int
    let context: ContextFields
    let extras: Extras

    init?(_ r: inout Recognition) {
        guard r.schema.isJSON, let column = r.take("completions", ["completions"], where: { $0.isNested })
        else { return nil }
        completions = column
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        guard let list = row.value(completions), list.kind == .array else {
            throw FieldError(
                "completions", column: completions, value: "", "a list of completions is expected")
        }
        var event = FeedbackEvent(.thumb(Thumb("", up: true)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        var found: [FeedbackEvent] = []
        for completion in list.elements {
            guard let model = completion.member("model")?.string, !model.isEmpty else {
                throw Self.fault("model", completion, "a completion names its model")
            }
            var scores: [String: Double] = [:]
            if let annotations = completion.member("annotations") {
                for (key, value) in annotations.members {
                    guard let aspect = key.string else { continue }
                    if let score = try Self.score(aspect, value) { scores[aspect] = score }
                }
            }
            for name in ["overall_score", "fine-grained_score"] as [StaticString] {
                guard let value = completion.member(name), let score = try Self.score("\(name)", value) else {
                    continue
                }
                scores["\(name)" == "overall_score" ? Rating.overall : "\(name)"] = score
            }
            if !scores.isEmpty {
                event.feedback = .rating(Rating(model, scores: scores))
                found.append(event)
            }
            if let text = completion.member("critique")?.string, !text.isEmpty {
                event.feedback = .critique(Critique(model, text: text))
                found.append(event)
            }
        }
        for event in found { out.add(event, line: row.line) }
    }

    /// A score: a number, a text that is one, or an object with a Rating; `nil` for N/A.
    private static func score(_ aspect: String, _ value: JSONValue) throws(FieldError) -> Double? {
        switch value.kind {
        case .number:
            if let number = value.number { return number }
        case .string:
            guard let text = value.string, !text.isEmpty, text != "N/A" else { return nil }
            if let number = DecimalNumber.value(text) { return number }
        case .null: return nil
        case .object:
            guard let rating = value.member("Rating") ?? value.member("rating") else { return nil }
            return rating.kind == .object ? nil : try score(aspect, rating)
        case .array:
            // Several annotations of one aspect in one record: UltraFeedback's own files have them for texts only.
            return nil
        case .bool: break
        }
        throw fault(aspect, value, "a score or N/A is expected")
    }

    private static func fault(_ field: String, _ value: JSONValue, _ reason: String) -> FieldError {
        var error = FieldError(field, column: nil, value: value.excerpt, reason)
        error.offset = value.offset
        return error
    }
}
