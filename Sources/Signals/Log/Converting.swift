/// The conversions themselves, event by event.
enum Converting {
    static func ranking(ofChoice event: FeedbackEvent) -> FeedbackEvent {
        guard case .choice(let choice) = event.feedback else { return event }
        let rest = choice.among.indices.filter { !same(choice.among[$0], choice.chosen) }
        guard !rest.isEmpty else { return event }
        let chosen = choice.among.indices.filter { same(choice.among[$0], choice.chosen) }
        return replaced(
            event, .ranking(Ranking(tiers: [[choice.chosen]], unplaced: rest.map { choice.among[$0] })),
            slots: chosen + rest)
    }

    static func ranking(ofComparison event: FeedbackEvent) -> FeedbackEvent {
        guard case .comparison(let c) = event.feedback else { return event }
        switch c.outcome {
        case .left: return replaced(event, .ranking(Ranking(tiers: [[c.left], [c.right]])), slots: [0, 1])
        case .right: return replaced(event, .ranking(Ranking(tiers: [[c.right], [c.left]])), slots: [1, 0])
        default: return replaced(event, .ranking(Ranking(tiers: [[c.left, c.right]])), slots: [0, 1])
        }
    }

    static func comparisons(ofRanking event: FeedbackEvent) -> [FeedbackEvent] {
        guard case .ranking(let ranking) = event.feedback else { return [] }
        var places: [(name: String, tier: Int)] = []
        for (tier, names) in ranking.tiers.enumerated() { places += names.map { ($0, tier) } }
        places += ranking.unplaced.map { ($0, Int.max) }
        var pairs: [FeedbackEvent] = []
        for a in places.indices {
            for b in (a + 1)..<places.count {
                // The order among the unplaced is unknown, which is not a tie.
                if places[a].tier == Int.max { continue }
                let outcome: Comparison.Outcome = places[a].tier == places[b].tier ? .tie : .left
                pairs.append(
                    pair(
                        event, places[a].name, places[b].name, outcome, slots: (a, b),
                        share: Double(places.count - 1)))
            }
        }
        return pairs
    }

    static func comparisons(ofChoice event: FeedbackEvent) -> [FeedbackEvent] {
        guard case .choice(let choice) = event.feedback, choice.among.count > 1,
            let chosen = choice.among.firstIndex(where: { same($0, choice.chosen) })
        else { return [] }
        return choice.among.indices.filter { $0 != chosen }.map { other in
            pair(
                event, choice.chosen, choice.among[other], .left, slots: (chosen, other),
                share: Double(choice.among.count - 1))
        }
    }

    static func thumb(ofRating event: FeedbackEvent, threshold: Double) -> FeedbackEvent? {
        guard case .rating(let rating) = event.feedback, rating.scores.count == 1,
            let score = rating.scores.values.first
        else { return nil }
        return replaced(event, .thumb(Thumb(rating.item, up: score >= threshold)), slots: [0])
    }

    static func rating(ofThumb event: FeedbackEvent) -> FeedbackEvent? {
        guard case .thumb(let thumb) = event.feedback else { return nil }
        return replaced(event, .rating(Rating(thumb.item, thumb.up ? 1 : 0, scale: 0...1)), slots: [0])
    }

    static func choice(ofImpression event: FeedbackEvent) -> FeedbackEvent? {
        guard case .impression(let impression) = event.feedback else { return nil }
        let clicks = impression.slots.indices.filter { impression.slots[$0].clicked == true }
        guard clicks.count == 1, let click = clicks.first else { return nil }
        let place = impression.slots[click].position
        let seen = impression.slots.indices.filter {
            impression.slots[$0].position <= place && impression.slots[$0].clicked != nil
        }
        let feedback = Feedback.choice(
            Choice(impression.slots[click].item, among: seen.map { impression.slots[$0].item }))
        let result = replaced(event, feedback, slots: seen)
        return seen.count > 1 && result.flaw == nil ? result : nil
    }

    static func comparisons(ofImpression event: FeedbackEvent) -> [FeedbackEvent] {
        guard case .impression(let impression) = event.feedback else { return [] }
        var pairs: [(Int, Int)] = []
        for click in impression.slots.indices where impression.slots[click].clicked == true {
            for skip in impression.slots.indices
            where impression.slots[skip].clicked == false
                && impression.slots[skip].position < impression.slots[click].position
                && !same(impression.slots[skip].item, impression.slots[click].item)
            {
                pairs.append((click, skip))
            }
        }
        return pairs.map { click, skip in
            pair(
                event, impression.slots[click].item, impression.slots[skip].item, .left, slots: (click, skip),
                share: Double(pairs.count))
        }
    }

    // MARK: Parts

    private static func same(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    /// The event with other feedback, its items' numbers in the order of these slots.
    private static func replaced(_ event: FeedbackEvent, _ feedback: Feedback, slots: [Int]) -> FeedbackEvent
    {
        var event = event
        event.feedback = feedback
        event.itemFeatures = event.itemFeatures.mapValues { values in slots.map { values[$0] } }
        return event
    }

    /// One of the pairs that an event becomes, with its share of the weight.
    private static func pair(
        _ event: FeedbackEvent, _ left: String, _ right: String, _ outcome: Comparison.Outcome,
        slots: (Int, Int),
        share: Double
    ) -> FeedbackEvent {
        var result = replaced(
            event, .comparison(Comparison(left: left, right: right, outcome: outcome)),
            slots: [slots.0, slots.1])
        result.id = nil
        result.weight = event.weight / share
        return result
    }
}
