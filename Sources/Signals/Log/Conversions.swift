/// A way to read one kind of feedback as another: what it assumes, and what is lost.
///
/// Kinds are never converted silently. A method that learns from comparisons and is given rankings asks for
/// `log.converted(from: .ranking, to: .comparison)`, and the assumption is part of its report. Conversions keep
/// the judge, the prompt, the time, the weight, the groups, the occasion's numbers and the items' numbers.
///
/// ```swift
/// let pairs = try log.converted(from: .rating, to: .comparison)
/// print(Conversion.find(from: .rating, to: .comparison)!.assumption)
/// ```
public struct Conversion: Sendable, Hashable {
    /// The kind that is read.
    public var from: Feedback.Kind
    /// The kind that it becomes.
    public var to: Feedback.Kind
    /// Whether nothing is assumed. What has no place in the new kind is left out, and nothing is made up.
    public var isExact: Bool
    /// What has to be true for the result to mean what it says.
    public var assumption: String

    /// The conversions there are. Every other pair of kinds is refused.
    public static let all: [Conversion] = [
        Conversion(
            from: .choice, to: .ranking, isExact: true,
            assumption: "None: the chosen item is above all others on offer, whose order stays unknown."),
        Conversion(
            from: .comparison, to: .ranking, isExact: true,
            assumption:
                "None for wins and ties. A tie of two bad items is read as a tie, a skip says nothing, and a "
                + "probability, a margin and the first side have no place in a ranking."),
        Conversion(
            from: .ranking, to: .comparison, isExact: false,
            assumption:
                "The pairs of one ranking are read as if each had been judged by itself. They are not "
                + "independent: each of k items' pairs has the ranking's weight divided by k - 1, so that a ranking "
                + "does not count more because it is long, and intervals must be clustered by ranking or judge. "
                + "The order among unplaced items stays unknown and gives no pair."),
        Conversion(
            from: .choice, to: .comparison, isExact: false,
            assumption:
                "The chosen item is read as winning against each other item on offer by itself; the pairs "
                + "share the weight of the one choice."),
        Conversion(
            from: .rating, to: .comparison, isExact: false,
            assumption:
                "A judge who gives two items of one prompt different scores would prefer the higher one in a "
                + "comparison. Only scores of the same judge, prompt and aspect meet, since judges use scales "
                + "differently; scores of one prompt without any judge are taken to be one judge's, and scores with "
                + "neither meet none; equal scores are ties; the difference is kept as the margin; the pairs of one judge "
                + "and prompt share its weight."),
        Conversion(
            from: .thumb, to: .rating, isExact: false,
            assumption:
                "Up is the score 1 and down the score 0 on a scale from 0 to 1. A mean of these is a share of "
                + "thumbs up, not a degree of liking."),
        Conversion(
            from: .rating, to: .thumb, isExact: false,
            assumption:
                "A score at or above the threshold that is given is a thumb up, one below it a thumb down. "
                + "What lies between the scores is lost."),
        Conversion(
            from: .impression, to: .choice, isExact: false,
            assumption:
                "A single click is a choice among the items that were seen: those down to the click. Lists "
                + "with no click or several give nothing. Items higher up are seen more often, which a choice does "
                + "not know."),
        Conversion(
            from: .impression, to: .comparison, isExact: false,
            assumption:
                "A clicked item is preferred to the items above it that were seen and skipped. Items below "
                + "the last click may not have been seen and give nothing; the clicked item stood lower, so that "
                + "the preference is not an effect of its place. Pairs share the weight of the list."),
    ]

    /// The conversion between two kinds, `nil` where there is none.
    public static func find(from: Feedback.Kind, to: Feedback.Kind) -> Conversion? {
        all.first { $0.from == from && $0.to == to }
    }

    /// Why there is no conversion between two kinds; `nil` where there is one or the kinds are the same.
    public static func refusal(from: Feedback.Kind, to: Feedback.Kind) -> String? {
        guard from != to, find(from: from, to: to) == nil else { return nil }
        switch (from, to) {
        case (.comparison, .rating), (.ranking, .rating), (.choice, .rating):
            return
                "a \(from.rawValue) is not a rating of each item: it says which is better, not how good any is"
        case (.impression, .thumb), (.impression, .rating):
            return "a click is not a like, and an item that was left alone was skipped, not disliked"
        case (.thumb, .comparison):
            return
                "a thumb is about one item: convert to ratings first, and say so, if two thumbs are to be compared"
        case (.rating, .ranking):
            return "the scores of one judge are not one ranking: they may come from different occasions"
        case (.label, _), (_, .label):
            return "a label says what something is, not how good it is"
        case (.reward, _), (_, .reward), (.decision, _), (_, .decision):
            return "what one action paid off says nothing about actions that were not taken"
        case (.bag, _), (_, .bag):
            return "the number of a bag is of all its items together and of none of them"
        case (.critique, _), (_, .critique):
            return "a text has to be read by a judge before it is a \(to.rawValue)"
        case (.demonstration, _), (_, .demonstration):
            return "what somebody did is not what they would say of the alternatives"
        default: return "a \(from.rawValue) does not hold what a \(to.rawValue) says"
        }
    }
}

/// Why feedback is not converted.
public struct ConversionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind that was to be read.
    public var from: Feedback.Kind
    /// The kind that it was to become.
    public var to: Feedback.Kind
    /// Why not.
    public var reason: String

    public var description: String { "\(from.rawValue) to \(to.rawValue): \(reason)" }
}

extension FeedbackLog {
    /// The events of one kind read as another kind; events of other kinds are not in the result.
    ///
    /// `Conversion.all` says what each conversion assumes. The ids of the events are not kept where one event
    /// becomes several.
    ///
    /// - Parameters:
    ///   - threshold: For ratings to thumbs: the lowest score that is a thumb up.
    /// - Throws: `ConversionError` where the kinds cannot be converted, with the reason.
    public func converted(
        from: Feedback.Kind, to: Feedback.Kind, threshold: Double? = nil
    ) throws(ConversionError) -> FeedbackLog {
        if let reason = Conversion.refusal(from: from, to: to) {
            throw ConversionError(from: from, to: to, reason: reason)
        }
        var result = FeedbackLog()
        switch (from, to) {
        case (.choice, .ranking):
            for row in 0..<choices.count { result.appendSound(Converting.ranking(ofChoice: choice(row))) }
        case (.comparison, .ranking):
            for row in 0..<comparisons.count where comparisons.outcome[row] != .skip {
                result.appendSound(Converting.ranking(ofComparison: comparison(row)))
            }
        case (.ranking, .comparison):
            for row in 0..<rankings.count {
                for event in Converting.comparisons(ofRanking: ranking(row)) { result.appendSound(event) }
            }
        case (.choice, .comparison):
            for row in 0..<choices.count {
                for event in Converting.comparisons(ofChoice: choice(row)) { result.appendSound(event) }
            }
        case (.rating, .comparison):
            RatingPairs(self).append(to: &result)
        case (.rating, .thumb):
            guard let threshold, threshold.isFinite else {
                throw ConversionError(
                    from: from, to: to, reason: "it needs the lowest score that is a thumb up")
            }
            for row in 0..<ratings.count {
                guard let event = Converting.thumb(ofRating: rating(row), threshold: threshold) else {
                    throw ConversionError(
                        from: from, to: to, reason: "a rating on several aspects is not one thumb")
                }
                result.appendSound(event)
            }
        case (.thumb, .rating):
            for event in others { Converting.rating(ofThumb: event).map { result.appendSound($0) } }
        case (.impression, .choice):
            for event in others { Converting.choice(ofImpression: event).map { result.appendSound($0) } }
        case (.impression, .comparison):
            for event in others {
                for pair in Converting.comparisons(ofImpression: event) { result.appendSound(pair) }
            }
        default:
            // The same kind: nothing changes.
            for event in events where event.feedback.kind == from { result.appendSound(event) }
        }
        return result
    }
}
