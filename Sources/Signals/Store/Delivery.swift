import Foundation

/// One record on its way into a store: an event made ready to be written, or a line that says nothing usable.
struct Delivery {
    /// Which record of its source this is, counted from 1.
    var record: Int
    /// The line on which it began.
    var line: Int
    /// What it holds.
    var content: Content

    enum Content {
        case event(Row)
        case bad(BadLine)
    }

    /// An event as the columns of its row. Names go in as bytes: SQLite's texts end at a zero byte, names may
    /// hold one.
    struct Row {
        var kind: Feedback.Kind
        var id: Data?
        var judge: Data?
        var time: Double?
        /// The decision that the event answers.
        var answers: Data?
        /// The decision that the event is.
        var decides: Data?
        var payload: String
        /// Whether the time is the receiver's, of an event that came without one.
        var isStamped: Bool

        init(_ event: FeedbackEvent, isStamped: Bool = false) {
            kind = event.feedback.kind
            id = event.id.map { Data($0.utf8) }
            judge = event.judge.map { Data($0.utf8) }
            time = event.time
            answers = event.decision.map { Data($0.utf8) }
            if case .decision(let decision) = event.feedback { decides = Data(decision.id.utf8) }
            payload = event.jsonLine()
            self.isStamped = isStamped
        }

        /// The id to name the event by in a refusal.
        var name: String { String(decoding: id ?? decides ?? Data(), as: UTF8.self) }
    }
}

/// What became of a record.
enum Verdict {
    case kept
    case pending
    case refused(Refusal.Reason)
    /// The record had been delivered before and nothing about it changed: it does not count again.
    case known
}
