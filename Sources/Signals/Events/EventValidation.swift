extension FeedbackEvent {
    /// Why this event says nothing that could be used, or `nil` where it is sound.
    ///
    /// Every reader, the store and `FeedbackLog.append` ask this one question, so that what is refused is the
    /// same on every way in.
    public var flaw: Flaw? {
        if !(weight.isFinite && weight >= 0) {
            return Flaw("weight", "\(weight)", "a weight is a finite number that is not negative")
        }
        if let time, !time.isFinite { return Flaw("time", "\(time)", "a time is a finite number of seconds") }
        for (name, value) in features where !value.isFinite {
            return Flaw(name, "\(value)", "a feature is a finite number")
        }
        if let flaw = feedback.flaw { return flaw }
        if !itemFeatures.isEmpty {
            let count = feedback.items.count
            for (name, values) in itemFeatures.sorted(by: { $0.key < $1.key }) {
                if values.count != count {
                    return Flaw(
                        name, "\(values.count) values", "one value for each of the \(count) items is needed")
                }
                if let bad = values.first(where: { !$0.isFinite }) {
                    return Flaw(name, "\(bad)", "a feature is a finite number")
                }
            }
        }
        return nil
    }

    /// What is wrong with an event: the field, its value, and the rule that it breaks.
    public struct Flaw: Error, Sendable, Hashable, CustomStringConvertible {
        /// The field.
        public var field: String
        /// The offending value.
        public var value: String
        /// The rule.
        public var reason: String

        /// Creates a flaw.
        public init(_ field: String, _ value: String, _ reason: String) {
            self.field = field
            self.value = value
            self.reason = reason
        }

        public var description: String { "\(field) is \(value.debugDescription): \(reason)" }
    }
}

extension Feedback {
    fileprivate typealias Flaw = FeedbackEvent.Flaw

    fileprivate var flaw: Flaw? {
        switch self {
        case .comparison(let c):
            if let flaw = Self.unnamed([c.left, c.right]) { return flaw }
            if c.left.utf8.elementsEqual(c.right.utf8) {
                return Flaw("right", c.right, "an item cannot be compared with itself")
            }
            if let p = c.probability, !(p >= 0 && p <= 1) {
                return Flaw("probability", "\(p)", "a probability lies between 0 and 1")
            }
            if let m = c.margin, !(m.isFinite && m >= 0) {
                return Flaw("margin", "\(m)", "a margin is finite and not negative; the outcome says who won")
            }
        case .ranking(let r):
            if r.tiers.contains(where: \.isEmpty) {
                return Flaw("ranking", "[]", "a tier names at least one item")
            }
            return Self.unnamed(items) ?? Self.repeated(items, field: "ranking")
                ?? (items.count < 2
                    ? Flaw("ranking", items.first ?? "", "a ranking names at least two items") : nil)
        case .choice(let c):
            if let flaw = Self.unnamed(c.among) ?? Self.repeated(c.among, field: "among") { return flaw }
            if !c.among.contains(where: { $0.utf8.elementsEqual(c.chosen.utf8) }) {
                return Flaw("chosen", c.chosen, "the chosen item is not among those on offer")
            }
        case .rating(let r):
            if let flaw = Self.unnamed([r.item]) { return flaw }
            if r.scores.isEmpty { return Flaw("scores", "{}", "a rating scores at least one aspect") }
            for (aspect, score) in r.scores.sorted(by: { $0.key < $1.key }) {
                if !score.isFinite { return Flaw(aspect, "\(score)", "a score is a finite number") }
                if let scale = r.scale, !scale.contains(score) {
                    return Flaw(
                        aspect, "\(score)", "the scale runs from \(scale.lowerBound) to \(scale.upperBound)")
                }
            }
        case .thumb(let t): return Self.unnamed([t.item])
        case .impression(let i):
            if i.slots.isEmpty { return Flaw("slots", "[]", "a list that was shown has at least one item") }
            for slot in i.slots {
                if slot.position < 1 { return Flaw("position", "\(slot.position)", "positions count from 1") }
                if let p = slot.propensity, !(p > 0 && p <= 1) {
                    return Flaw("propensity", "\(p)", "a propensity is above 0 and at most 1")
                }
                if let d = slot.dwell, !(d.isFinite && d >= 0) {
                    return Flaw("dwell", "\(d)", "a dwell time is finite and not negative")
                }
            }
            return Self.unnamed(items)
        case .decision(let d):
            if d.id.isEmpty { return Flaw("id", "", "a decision needs an id that rewards can refer to") }
            if let flaw = Self.unnamed([d.action]) ?? Self.repeated(d.among, field: "among") { return flaw }
            if !d.among.isEmpty, !d.among.contains(where: { $0.utf8.elementsEqual(d.action.utf8) }) {
                return Flaw("action", d.action, "the action is not among those that were possible")
            }
            if !d.propensities.isEmpty {
                if d.propensities.count != d.among.count {
                    return Flaw(
                        "propensities", "\(d.propensities.count) values",
                        "one for each of the \(d.among.count) possible actions is needed")
                }
                let sum = d.propensities.reduce(0, +)
                if d.propensities.contains(where: { !($0 >= 0 && $0 <= 1) }) || !(abs(sum - 1) < 1e-6) {
                    return Flaw(
                        "propensities", "\(d.propensities)", "propensities are probabilities that sum to 1")
                }
            }
        case .reward(let r):
            if !r.value.isFinite { return Flaw("value", "\(r.value)", "a reward is a finite number") }
            if let p = r.propensity, !(p > 0 && p <= 1) {
                return Flaw("propensity", "\(p)", "a propensity is above 0 and at most 1")
            }
            if let action = r.action { return Self.unnamed([action]) }
        case .demonstration(let d):
            if d.steps.isEmpty { return Flaw("steps", "[]", "a demonstration has at least one step") }
        case .bag(let b):
            if b.items.isEmpty { return Flaw("items", "[]", "a bag holds at least one item") }
            if !b.value.isFinite { return Flaw("value", "\(b.value)", "a bag's number is finite") }
            return Self.unnamed(b.items)
        case .critique(let c): return Self.unnamed([c.item])
        case .label(let l):
            if l.task.isEmpty { return Flaw("task", "", "a task needs a name") }
            if l.value.isEmpty { return Flaw("label", "", "a label needs a value") }
        }
        return nil
    }

    private static func unnamed(_ names: [String]) -> Flaw? {
        names.contains(where: \.isEmpty) ? Flaw("item", "", "an item needs a name") : nil
    }

    private static func repeated(_ names: [String], field: String) -> Flaw? {
        var seen = Set<[UInt8]>()
        for name in names where !seen.insert(Array(name.utf8)).inserted {
            return Flaw(field, name, "an item appears twice")
        }
        return nil
    }
}
