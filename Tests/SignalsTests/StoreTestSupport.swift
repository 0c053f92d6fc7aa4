import Foundation

@testable import Signals

/// A folder of its own for a test, removed with the value.
final class StoreFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "heed-store-\(UInt64.random(in: 0...UInt64.max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "heed.db") -> String { path + "/" + name }
}

/// A source of random numbers that gives the same ones each time.
struct StoreRandom: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension FeedbackStore {
    /// Imports a text of event lines.
    @discardableResult
    func importLines(
        _ text: String, name: String = "lines", batch: Int = 7,
        progress: @escaping (ImportReport) throws -> Void = { _ in }
    ) throws -> ImportReport {
        var hasher = try fingerprinting()
        hasher.update(text.utf8)
        return try importing(hasher.finish(), name: name, batch: batch, progress: progress) { sink in
            for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            where !line.isEmpty {
                do {
                    try sink.receive(FeedbackEvent(jsonLine: String(line)), line: index + 1)
                } catch let error as EventLineError {
                    try sink.reject(
                        BadLine(
                            file: name, line: index + 1, column: error.column, field: error.field,
                            value: error.value, reason: error.reason, text: String(line)))
                }
            }
        }
    }

    /// All events that count, in their order.
    func all(_ filter: EventFilter = EventFilter()) throws -> [FeedbackEvent] {
        var result: [FeedbackEvent] = []
        try events(filter) { result.append($0.event) }
        return result
    }

    /// Everything in the store as text, to compare two stores by.
    func dump() throws -> [String] {
        var result = [try ledger().description]
        for pending in [false, true] {
            try events(EventFilter(pending: pending)) {
                let place = "\($0.sequence) \($0.source) \($0.record) \($0.line) \($0.isPending)"
                result.append("\(place) \($0.event.jsonLine())")
            }
        }
        try refusals { result.append("\($0)") }
        for source in try sources() {
            result.append(
                "\(source.number) \(source.name) \(source.records) \(source.received) \(source.refused) "
                    + "\(source.isFinished)")
        }
        return result
    }

    /// Runs SQL that the store itself would not.
    func tamper(_ sql: String) throws {
        try pool.write { try $0.execute(sql: sql) }
    }
}

extension Ledger {
    init(kept: Int, pending: Int = 0, malformed: Int = 0, duplicate: Int = 0, conflict: Int = 0) {
        self.init()
        self.kept = kept
        self.pending = pending
        for (reason, count) in [
            (Refusal.Reason.malformed, malformed), (.duplicate, duplicate), (.conflict, conflict),
        ] where count > 0 {
            refused[reason] = count
        }
        received = kept + pending + refusedInAll
    }
}

enum StoreSamples {
    /// An event of each kind, with everything that an event can carry somewhere among them.
    static let everyKind: [FeedbackEvent] = [
        FeedbackEvent(
            .comparison(
                Comparison(
                    left: "a", right: "b", outcome: .tie, probability: 0.25, margin: 1.5, first: .right)),
            id: "c1", judge: "ann", prompt: "p\n1", time: 1_700_000_000.125, weight: 2.5,
            groups: ["country": "NL", "age": "30–40"], features: ["hour": 13, "tenth": 0.1],
            itemFeatures: ["length": [812, 455.5]]),
        FeedbackEvent(
            .ranking(Ranking(tiers: [["a"], ["b", "e\u{301}"], ["\u{E9}"]], unplaced: ["x"])), judge: "bo"),
        FeedbackEvent(.choice(Choice("b", among: ["a", "b", "c"])), time: -1),
        FeedbackEvent(
            .rating(Rating("a", scores: ["taste": 4, "look": 2.5], scale: 1...5)), id: "nul\0id",
            judge: "\0"),
        FeedbackEvent(.thumb(Thumb("a \"quoted\" \\ thing", up: false)), judge: "ann"),
        FeedbackEvent(
            .impression(
                Impression([
                    Impression.Slot("a", position: 1, propensity: 0.5, clicked: true, dwell: 3.25),
                    Impression.Slot("b", position: 2, clicked: false), Impression.Slot("c", position: 4),
                ])), itemFeatures: ["price": [1, 2, 3]]),
        FeedbackEvent(
            .decision(
                Decision(id: "d1", action: "x", among: ["x", "y"], propensities: [0.75, 0.25], policy: "v3")),
            id: "e-d1"),
        FeedbackEvent(.reward(Reward(value: 1e-300)), decision: "d1"),
        FeedbackEvent(.reward(Reward(action: "x", value: -0.1, propensity: 1))),
        FeedbackEvent(.demonstration(Demonstration([.init(observation: "fork", action: "left")]))),
        FeedbackEvent(.bag(Bag(["a", "b"], value: 7, statistic: .maximum))),
        FeedbackEvent(.critique(Critique("a", text: "too long 🙂\r\nreally"))),
        FeedbackEvent(.label(Label(task: "t1", value: "cat", gold: "dog")), judge: "w1"),
    ]

    /// Plain comparisons without an id, a line each.
    static func comparisons(_ range: Range<Int>) -> String {
        range.map { index in
            FeedbackEvent(
                .comparison(Comparison(left: "l\(index % 5)", right: "r\(index % 3)", outcome: .left)),
                judge: "j\(index % 4)", time: Double(index)
            ).jsonLine() + "\n"
        }.joined()
    }

    /// A stream of lines of every fate: plain events, ids that come back with the same or another content,
    /// decisions, rewards before and after them, lines that say nothing usable.
    static func mixed(_ count: Int, seed: UInt64) -> String {
        var random = StoreRandom(seed)
        var text = ""
        for index in 0..<count {
            var event = FeedbackEvent(
                .comparison(
                    Comparison(left: "a\(Int.random(in: 0..<9, using: &random))", right: "b", outcome: .right)
                ),
                judge: "j\(index % 7)")
            switch Int.random(in: 0..<20, using: &random) {
            case 0: text += "not an event \(index)"
            case 1: text += "{\"kind\":\"comparison\",\"left\":\"a\",\"right\":\"a\",\"outcome\":\"left\"}"
            case 2..<10:
                event.id = "id-\(Int.random(in: 0...(count / 2), using: &random))"
                text += event.jsonLine()
            case 10..<13:
                let id = "d\(Int.random(in: 0...(count / 8), using: &random))"
                let parent = "d\(Int.random(in: 0...(count / 8), using: &random))"
                event = FeedbackEvent(.decision(Decision(id: id, action: "x")), id: "e-\(id)")
                if Bool.random(using: &random) { event.decision = parent }
                text += event.jsonLine()
            case 13..<16:
                event = FeedbackEvent(
                    .reward(Reward(value: Double(index))), id: "w-\(index)",
                    decision: "d\(Int.random(in: 0...(count / 8), using: &random))")
                text += event.jsonLine()
            default: text += event.jsonLine()
            }
            text += "\n"
        }
        return text
    }
}
