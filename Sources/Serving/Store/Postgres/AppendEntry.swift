import Foundation
import Signals

/// One piece of a submission, made ready outside of the transaction.
enum AppendEntry {
    case event(EventRow)
    case bad(BadLine, FeedbackEvent.Flaw, judge: [UInt8]?)

    /// - Parameter stamp: the time of an event that came without one.
    init(_ entry: Submission.Entry, stamp: Double?) {
        switch entry {
        case .malformed(let line):
            self = .bad(line, FeedbackEvent.Flaw(line.field ?? "", line.value, line.reason), judge: nil)
        case .event(var event):
            let isStamped = event.stamp(stamp)
            guard let flaw = event.flaw else {
                self = .event(EventRow(event, isStamped: isStamped))
                return
            }
            let line = BadLine(
                file: "append", line: 0, column: 0, field: flaw.field, value: flaw.value, reason: flaw.reason,
                text: event.jsonLine())
            self = .bad(line, flaw, judge: event.judge.map { Array($0.utf8) })
        }
    }
}

/// An event as the columns of its row. Names are bytes: they are compared as bytes, and may hold a zero.
struct EventRow {
    var kind: Feedback.Kind
    var id: [UInt8]?
    var judge: [UInt8]?
    var time: Double?
    /// The decision that the event answers.
    var answers: [UInt8]?
    /// The decision that the event is.
    var decides: [UInt8]?
    var payload: [UInt8] = []
    /// Whether the time is the receiver's, of an event that came without one.
    var isStamped: Bool

    init(_ event: FeedbackEvent, isStamped: Bool = false) {
        self.isStamped = isStamped
        kind = event.feedback.kind
        id = event.id.map { Array($0.utf8) }
        judge = event.judge.map { Array($0.utf8) }
        time = event.time
        answers = event.decision.map { Array($0.utf8) }
        if case .decision(let decision) = event.feedback { decides = Array(decision.id.utf8) }
        event.appendJSON(to: &payload)
    }

    /// The id to name the event by in a refusal.
    var name: [UInt8] { id ?? decides ?? [] }

    /// Whether another event's line says the same, byte for byte or, where another version of Heed wrote it, once read. A time
    /// that is the receiver's is not compared.
    func isSame(as other: [UInt8]) -> Bool {
        if payload == other { return true }
        return other.withUnsafeBufferPointer { bytes in
            guard var event = try? FeedbackEvent(jsonLine: bytes) else { return false }
            if isStamped { event.time = time }
            var line: [UInt8] = []
            event.appendJSON(to: &line)
            return line == payload
        }
    }
}
