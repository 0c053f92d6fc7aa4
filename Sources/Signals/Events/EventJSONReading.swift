/// Why a line is not an event, and where.
public struct EventLineError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the offending value begins, counted in bytes from 1; 0 where the whole line is at fault.
    public var column: Int
    /// The field, where there is one.
    public var field: String?
    /// The offending value, shortened if it is long.
    public var value: String
    /// What is wrong with it, and what is expected.
    public var reason: String

    public var description: String {
        let what = field.map { "\($0) is \(value.debugDescription)" } ?? value.debugDescription
        return "column \(column): \(what): \(reason)"
    }
}

extension FeedbackEvent {
    /// Reads an event from a line of Heed's own format, as `jsonLine()` writes it.
    ///
    /// Keys may come in any order, `null` is the same as leaving a key out, `time` may also be an ISO 8601 text.
    /// An unknown or repeated key, a value of the wrong type and an event that says nothing usable are refused.
    ///
    /// - Throws: `EventLineError`.
    public init(jsonLine: String) throws(EventLineError) {
        var line = jsonLine
        let result: Result<FeedbackEvent, EventLineError> = line.withUTF8 { bytes in
            do throws(EventLineError) { return .success(try FeedbackEvent(jsonLine: bytes)) } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// Reads an event from the bytes of a line of Heed's own format.
    ///
    /// - Throws: `EventLineError`.
    public init(jsonLine: UnsafeBufferPointer<UInt8>) throws(EventLineError) {
        var tape = JSONTape()
        do {
            self = try tape.parse(jsonLine) { try FeedbackEvent(json: $0) }
        } catch let error as EventLineError {
            throw error
        } catch let error as JSONError {
            throw EventLineError(json: error, in: jsonLine)
        } catch {
            throw EventLineError(column: 0, field: nil, value: "", reason: "\(error)")
        }
    }

    /// Reads a sound event from a JSON object.
    init(json: JSONValue) throws(EventLineError) {
        var object = try EventFields(json)
        self.init(try Feedback(&object))
        id = try object.text("id")
        judge = try object.text("judge")
        prompt = try object.text("prompt")
        time = try object.time("time")
        weight = try object.number("weight") ?? 1
        groups = try object.texts("groups")
        features = try object.numbers("features")
        itemFeatures = try object.numberLists("itemFeatures")
        decision = try object.text("decision")
        try object.finish()
        if let flaw { throw EventLineError(flaw: flaw, in: json) }
    }
}

extension EventLineError {
    init(json error: JSONError, in bytes: UnsafeBufferPointer<UInt8>) {
        let rest = UnsafeBufferPointer(rebasing: bytes[min(error.offset, bytes.count)...])
        self.init(column: error.offset + 1, field: nil, value: Excerpt.of(rest), reason: error.reason)
    }

    init(_ value: JSONValue, field: String?, _ reason: String) {
        self.init(column: value.offset + 1, field: field, value: value.excerpt, reason: reason)
    }

    /// Points at the flawed field where it can be found in the line.
    init(flaw: FeedbackEvent.Flaw, in json: JSONValue) {
        var place = json.offset
        for (key, value) in json.members where key.string?.utf8.elementsEqual(flaw.field.utf8) ?? false {
            place = value.offset
        }
        self.init(column: place + 1, field: flaw.field, value: flaw.value, reason: flaw.reason)
    }
}

extension Feedback {
    fileprivate init(_ object: inout EventFields) throws(EventLineError) {
        let kindValue = try object.needed("kind")
        guard let name = kindValue.string, let kind = Kind(rawValue: name) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw EventLineError(kindValue, field: "kind", "one of \(known) is expected")
        }
        switch kind {
        case .comparison:
            let left = try object.neededText("left")
            let right = try object.neededText("right")
            let word = try object.needed("outcome")
            guard let outcome = Comparison.Outcome.allCases.first(where: { $0.name == word.string }) else {
                throw EventLineError(word, field: "outcome", "left, right, tie, both_bad or skip is expected")
            }
            var first: Side?
            if let value = object.take("first") {
                guard let side = value.string.flatMap(Side.init(rawValue:)) else {
                    throw EventLineError(value, field: "first", "left or right is expected")
                }
                first = side
            }
            self = .comparison(
                Comparison(
                    left: left, right: right, outcome: outcome, probability: try object.number("probability"),
                    margin: try object.number("margin"), first: first))
        case .ranking:
            var tiers: [[String]] = []
            for tier in try object.neededList("ranking") {
                if let name = tier.string {
                    tiers.append([name])
                } else {
                    tiers.append(try object.list(tier, "ranking").map(EventFields.text("ranking")))
                }
            }
            self = .ranking(Ranking(tiers: tiers, unplaced: try object.textList("unplaced") ?? []))
        case .choice:
            let chosen = try object.neededText("chosen")
            self = .choice(Choice(chosen, among: try object.neededTextList("among")))
        case .rating:
            let item = try object.neededText("item")
            var scores = try object.numbers("scores")
            if let score = try object.number("score") {
                if !scores.isEmpty {
                    throw EventLineError(
                        try object.needed("kind"), field: "score", "a rating has either score or scores")
                }
                scores = [Rating.overall: score]
            }
            var scale: ClosedRange<Double>?
            if let value = object.take("scale") {
                let ends = try object.list(value, "scale").map(EventFields.number("scale"))
                guard ends.count == 2, ends[0] <= ends[1] else {
                    throw EventLineError(
                        value, field: "scale", "the lowest and the highest score are expected")
                }
                scale = ends[0]...ends[1]
            }
            self = .rating(Rating(item, scores: scores, scale: scale))
        case .thumb:
            let item = try object.neededText("item")
            self = .thumb(Thumb(item, up: try EventFields.bool("up")(try object.needed("up"))))
        case .impression:
            var slots: [Impression.Slot] = []
            for value in try object.neededList("slots") {
                var slot = try EventFields(value)
                let item = try slot.neededText("item")
                let place = try slot.needed("position")
                guard place.kind == .number, let position = DecimalNumber.integer(place.raw) else {
                    throw EventLineError(place, field: "position", "a whole number is expected")
                }
                slots.append(
                    Impression.Slot(
                        item, position: position, propensity: try slot.number("propensity"),
                        clicked: try slot.bool("clicked"), dwell: try slot.number("dwell")))
                try slot.finish()
            }
            self = .impression(Impression(slots))
        case .decision:
            self = .decision(
                Decision(
                    id: try object.neededText("decisionId"), action: try object.neededText("action"),
                    among: try object.textList("among") ?? [],
                    propensities: try object.numberList("propensities") ?? [],
                    policy: try object.text("policy")))
        case .reward:
            self = .reward(
                Reward(
                    action: try object.text("action"), value: try object.neededNumber("value"),
                    propensity: try object.number("propensity")))
        case .demonstration:
            var steps: [Demonstration.Step] = []
            for value in try object.neededList("steps") {
                var step = try EventFields(value)
                steps.append(
                    Demonstration.Step(
                        observation: try step.neededText("observation"), action: try step.neededText("action")
                    ))
                try step.finish()
            }
            self = .demonstration(Demonstration(steps))
        case .bag:
            let items = try object.neededTextList("items")
            let value = try object.neededNumber("value")
            var statistic = Bag.Statistic.mean
            if let word = object.take("statistic") {
                guard let known = word.string.flatMap(Bag.Statistic.init(rawValue:)) else {
                    throw EventLineError(word, field: "statistic", "mean, sum or maximum is expected")
                }
                statistic = known
            }
            self = .bag(Bag(items, value: value, statistic: statistic))
        case .critique:
            self = .critique(Critique(try object.neededText("item"), text: try object.neededText("text")))
        case .label:
            self = .label(
                Label(
                    task: try object.neededText("task"), value: try object.neededText("label"),
                    gold: try object.text("gold")))
        }
    }
}
