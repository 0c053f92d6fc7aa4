extension FeedbackEvent {
    /// The event as one line of JSON, without the line break: Heed's own format.
    ///
    /// The text is canonical: keys in a fixed order, dictionaries sorted by the bytes of their keys, numbers as
    /// the shortest text that reads back as the same number, and what is empty or missing left out. Equal events
    /// give equal lines, and `init(jsonLine:)` gives back exactly this event. `docs/feedback.md` shows a line of
    /// each kind.
    public func jsonLine() -> String {
        var out: [UInt8] = []
        appendJSON(to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    /// Appends the line that `jsonLine()` gives.
    public func appendJSON(to out: inout [UInt8]) {
        var object = JSONObjectText(&out)
        object.text("kind", feedback.kind.rawValue, &out)
        feedback.append(to: &object, &out)
        object.text("id", id, &out)
        object.text("judge", judge, &out)
        object.text("prompt", prompt, &out)
        object.number("time", time, &out)
        if weight != 1 { object.number("weight", weight, &out) }
        if !groups.isEmpty {
            object.key("groups", &out)
            var inner = JSONObjectText(&out)
            for (name, value) in groups.sortedByBytes() { inner.text(name, value, &out) }
            inner.close(&out)
        }
        if !features.isEmpty { object.numbers("features", features, &out) }
        if !itemFeatures.isEmpty {
            object.key("itemFeatures", &out)
            var inner = JSONObjectText(&out)
            for (name, values) in itemFeatures.sortedByBytes() {
                inner.key(name, &out)
                JSONText.append(values, to: &out) { JSONText.append($0, to: &$1) }
            }
            inner.close(&out)
        }
        object.text("decision", decision, &out)
        object.close(&out)
    }
}

extension Feedback {
    fileprivate func append(to object: inout JSONObjectText, _ out: inout [UInt8]) {
        switch self {
        case .comparison(let c):
            object.text("left", c.left, &out)
            object.text("right", c.right, &out)
            object.text("outcome", c.outcome.name, &out)
            object.number("probability", c.probability, &out)
            object.number("margin", c.margin, &out)
            object.text("first", c.first?.rawValue, &out)
        case .ranking(let r):
            object.key("ranking", &out)
            JSONText.append(r.tiers, to: &out) { tier, out in
                if tier.count == 1 {
                    JSONText.append(tier[0], to: &out)
                } else {
                    JSONText.append(tier, to: &out) { JSONText.append($0, to: &$1) }
                }
            }
            if !r.unplaced.isEmpty { object.texts("unplaced", r.unplaced, &out) }
        case .choice(let c):
            object.text("chosen", c.chosen, &out)
            object.texts("among", c.among, &out)
        case .rating(let r):
            object.text("item", r.item, &out)
            if r.scores.count == 1, let score = r.scores[Rating.overall] {
                object.number("score", score, &out)
            } else {
                object.numbers("scores", r.scores, &out)
            }
            if let scale = r.scale {
                object.key("scale", &out)
                JSONText.append([scale.lowerBound, scale.upperBound], to: &out) {
                    JSONText.append($0, to: &$1)
                }
            }
        case .thumb(let t):
            object.text("item", t.item, &out)
            object.bool("up", t.up, &out)
        case .impression(let i):
            object.key("slots", &out)
            JSONText.append(i.slots, to: &out) { slot, out in
                var inner = JSONObjectText(&out)
                inner.text("item", slot.item, &out)
                inner.integer("position", slot.position, &out)
                inner.number("propensity", slot.propensity, &out)
                inner.bool("clicked", slot.clicked, &out)
                inner.number("dwell", slot.dwell, &out)
                inner.close(&out)
            }
        case .decision(let d):
            object.text("decisionId", d.id, &out)
            object.text("action", d.action, &out)
            if !d.among.isEmpty { object.texts("among", d.among, &out) }
            if !d.propensities.isEmpty {
                object.key("propensities", &out)
                JSONText.append(d.propensities, to: &out) { JSONText.append($0, to: &$1) }
            }
            object.text("policy", d.policy, &out)
        case .reward(let r):
            object.text("action", r.action, &out)
            object.number("value", r.value, &out)
            object.number("propensity", r.propensity, &out)
        case .demonstration(let d):
            object.key("steps", &out)
            JSONText.append(d.steps, to: &out) { step, out in
                var inner = JSONObjectText(&out)
                inner.text("observation", step.observation, &out)
                inner.text("action", step.action, &out)
                inner.close(&out)
            }
        case .bag(let b):
            object.texts("items", b.items, &out)
            object.number("value", b.value, &out)
            object.text("statistic", b.statistic.rawValue, &out)
        case .critique(let c):
            object.text("item", c.item, &out)
            object.text("text", c.text, &out)
        case .label(let l):
            object.text("task", l.task, &out)
            object.text("label", l.value, &out)
            object.text("gold", l.gold, &out)
        }
    }
}
