/// Decisions, one record each: action, reward or cost, propensity.
struct DecisionDecoder: RowDecoder {
    let format: FeedbackFormat
    let action: Int
    let reward: Int?
    let cost: Int?
    let propensity: Int?
    let position: Int?
    let context: ContextFields
    private(set) var extras: Extras
    private var ids = DecisionIDs()
    private var lost = 0

    /// A plain table of decisions.
    init?(_ r: inout Recognition) {
        let isAmount: (Schema.Column) -> Bool = { !$0.isNested }
        guard
            let action = r.take(
                "action", ["action", "arm", "chosen_action", "action_id", "arm_id"], where: isAmount)
        else { return nil }
        let reward = r.take(
            "reward", ["reward", "payoff", "click", "clicked", "conversion", "converted"], where: isAmount)
        let cost = reward == nil ? r.take("cost", ["cost", "loss"], where: isAmount) : nil
        guard reward != nil || cost != nil else { return nil }
        format = .decisions
        (self.action, self.reward, self.cost) = (action, reward, cost)
        propensity = r.take(
            "propensity",
            [
                "propensity", "propensity_score", "probability", "action_probability", "prob", "action_prob",
                "pscore", "p",
            ])
        position = r.take("position", ["position", "slot"])
        context = ContextFields(&r)
        extras = r.takeExtras()
    }

    private init?(openBandit r: inout Recognition) {
        guard let action = r.take("action", ["item_id"]), let click = r.take("reward", ["click"]),
            let propensity = r.take("propensity", ["propensity_score"])
        else { return nil }
        format = .openBandit
        (self.action, reward, cost, self.propensity) = (action, click, nil, propensity)
        position = r.take("position", ["position"])
        context = ContextFields(&r)
        extras = r.takeExtras()
        // What describes the user are hashed categories, whatever they look like.
        let columns = r.schema.columns
        func isUser(_ column: Int) -> Bool { columns[column].key.hasPrefix("user_feature_") }
        extras.features.removeAll { isUser($0.column) || Self.isIndex(columns[$0.column].key) }
        extras.groups.removeAll { isUser($0.column) }
        for column in columns.indices where isUser(column) && !r.isTaken(column) {
            extras.groups.append(Extras.Named(name: columns[column].name, column: column, isExplicit: false))
        }
    }

    /// The number of a row, as data frames write it.
    private static func isIndex(_ key: String) -> Bool { key == "unnamed:_0" || key == "index" }

    /// A log of the Open Bandit data.
    static func openBandit(_ r: inout Recognition) -> DecisionDecoder? { DecisionDecoder(openBandit: &r) }

    var notes: [String] {
        var notes: [String] = []
        if cost != nil { notes.append("a reward is the cost with its sign changed") }
        if lost > 0 {
            notes.append(
                "\(counted(lost, "propensity", "propensities")) without a reward: an event has no place for it"
            )
        }
        return notes
    }

    /// What a record says of the decision, apart from the occasion.
    struct Values {
        /// Not a number where nothing came back.
        var reward: Double
        /// Not a number where unknown.
        var propensity: Double
        /// 0 where there is none.
        var position: Int32
    }

    func values(_ row: Row) throws(FieldError) -> Values {
        var values = Values(reward: .nan, propensity: .nan, position: 0)
        if let cost {
            if let amount = try amount(row, cost, "cost") { values.reward = 0 - amount }
        } else if let amount = try amount(row, reward, "reward") {
            values.reward = amount
        }
        if let probability = try row.number(propensity, "propensity") {
            guard probability > 0, probability <= 1 else {
                throw FieldError(
                    "propensity", column: propensity, value: row.text(propensity) ?? "",
                    "a propensity is above 0 and at most 1")
            }
            values.propensity = probability
        }
        if let place = try row.number(position, "position") {
            guard let whole = Int32(exactly: place), whole >= 1 else {
                throw FieldError(
                    "position", column: position, value: row.text(position) ?? "",
                    "a whole number is expected; positions count from 1")
            }
            values.position = whole
        }
        return values
    }

    private func amount(_ row: Row, _ column: Int?, _ field: String) throws(FieldError) -> Double? {
        guard let bytes = row.bytes(column) else { return nil }
        if let number = DecimalNumber.value(bytes) { return number }
        let text = Excerpt.of(bytes)
        switch text.lowercased() {
        case "true", "yes": return 1
        case "false", "no": return 0
        default: throw FieldError(field, column: column, value: text, DecimalNumber.refusal(text))
        }
    }

    mutating func decode(_ row: Row, into out: inout DecodedEvents) throws(FieldError) {
        let generated = ids.next(row.record)
        let name = try row.text(action, "action")
        let values = try values(row)
        var event = FeedbackEvent(.thumb(Thumb("", up: true)))
        try context.fill(&event, from: row)
        try extras.fill(&event, from: row)
        // Most affinities are 0, which is the same as none.
        if format == .openBandit { event.features = event.features.filter { $0.value != 0 } }
        let id = event.decision.flatMap { $0.isEmpty ? nil : $0 } ?? generated
        event.decision = nil
        if values.position > 0 { event.features["position"] = Double(values.position) }
        event.feedback = .decision(Decision(id: id, action: name))
        out.add(event, line: row.line)
        guard !values.reward.isNaN else {
            if !values.propensity.isNaN { lost += 1 }
            return
        }
        let reward = Reward(
            value: values.reward, propensity: values.propensity.isNaN ? nil : values.propensity)
        out.add(FeedbackEvent(.reward(reward), time: event.time, decision: id), line: row.line)
    }
}
