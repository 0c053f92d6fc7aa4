import Foundation
import HeedAPI
import Signals

/// Turns a person's answer into feedback.
///
/// Of two things: a comparison, left and right as shown, with the left one marked as first, since it is read first. Of more: the
/// picked one is a choice among those shown; a tie, and "none of them is any good", is a ranking with all in one tier; a skip is
/// a skipped comparison of the first two, which says nothing about either and lets the answer count once.
struct AnswerReading {
    let claims: TaskClaims
    let answer: ComparisonAnswer
    let now: Double

    /// The most characters of a reason.
    static let longestReason = 2_000

    /// What the answer says.
    ///
    /// - Throws: `ServiceError.invalid` for an answer that does not fit the question.
    func feedback() throws -> Feedback {
        let items = claims.items
        guard items.count > 1 else {
            throw ServiceError.invalid(field: "token", value: "\(items.count) items", expected: "two or more")
        }
        if items.count == 2 { return .comparison(try comparison(items[0], items[1])) }
        switch answer.answer {
        case .pick: return .choice(Choice(items[try place()], among: items))
        case .tie, .bothBad: return .ranking(Ranking(tiers: [items]))
        case .skip: return .comparison(Comparison(left: items[0], right: items[1], outcome: .skip))
        case .left, .right:
            throw ServiceError.invalid(
                field: "answer", value: answer.answer.rawValue, expected: "pick, tie, bothBad or skip")
        }
    }

    private func comparison(_ left: String, _ right: String) throws -> Comparison {
        let outcome: Comparison.Outcome =
            switch answer.answer {
            case .left: .left
            case .right: .right
            case .tie: .tie
            case .bothBad: .bothBad
            case .skip: .skip
            case .pick: try place() == 0 ? .left : .right
            }
        return Comparison(left: left, right: right, outcome: outcome, first: .left)
    }

    private func place() throws -> Int {
        guard let pick = answer.pick, claims.items.indices.contains(pick) else {
            throw ServiceError.invalid(
                field: "pick", value: answer.pick.map(String.init) ?? "missing",
                expected: "0 to \(claims.items.count - 1)")
        }
        return pick
    }

    /// The event of the answer.
    func event() throws -> FeedbackEvent {
        var event = FeedbackEvent(try feedback(), id: claims.answerID, judge: claims.judge, time: now)
        event.groups = groups
        if answer.answer == .bothBad, claims.items.count > 2 { event.groups["answer"] = "all bad" }
        event.features["seconds"] = (max(0, now - claims.issued) * 1000).rounded() / 1000
        return event
    }

    /// The event of the reason: a critique of the item that the answer is for, or of the first one shown; `nil` where none is given.
    func reason() throws -> FeedbackEvent? {
        guard let text = answer.why?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else {
            return nil
        }
        guard text.count <= Self.longestReason else {
            throw ServiceError.invalid(
                field: "why", value: "\(text.count) characters", expected: "at most \(Self.longestReason)")
        }
        let item: String =
            switch try feedback() {
            case .choice(let choice): choice.chosen
            case .comparison(let comparison) where comparison.outcome == .right: comparison.right
            default: claims.items[0]
            }
        var event = FeedbackEvent(
            .critique(Critique(item, text: text)), id: claims.reasonID, judge: claims.judge, time: now)
        event.groups = groups
        event.groups["answer"] = claims.answerID
        return event
    }

    private var groups: [String: String] {
        claims.invitation.map { ["via": "page", "invitation": $0] } ?? ["via": "api"]
    }
}
