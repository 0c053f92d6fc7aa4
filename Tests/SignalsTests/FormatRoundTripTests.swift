import Foundation
import Testing

@testable import Signals

@Suite("Writing and reading back")
struct FormatRoundTripTests {
    static let comparisons: [FeedbackEvent] = {
        var events = EventJSONTests.events.filter { $0.feedback.kind == .comparison }
        let comparison = Feedback.comparison(Comparison(left: "left", right: "right", outcome: .right))
        events += [
            FeedbackEvent(
                comparison, id: "", judge: "", prompt: " a\t", time: 20_260_102, groups: ["g": "", "h": "7"]),
            FeedbackEvent(
                comparison, time: 2e11, features: ["1": 1], itemFeatures: ["X": [0, 1], "x": [2, 3]]),
            FeedbackEvent(
                comparison, groups: ["\u{301}x": "a,\"b\"\r\nc"], features: ["group.x": 2], decision: "d"),
        ]
        return events
    }()

    static func lines(_ log: FeedbackLog) -> [String] { log.events.map { $0.jsonLine() } }

    static func roundTrip(_ log: FeedbackLog, _ format: FeedbackWriter.Format) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["a.txt", "a.txt.gz"] {
            let path = "\(folder)/\(name)"
            try FeedbackWriter(format).write(log, to: path)
            let back = try FeedbackLog(contentsOf: path)
            #expect(back.count == log.count)
            for (one, two) in zip(lines(back), lines(log)) where !one.utf8.elementsEqual(two.utf8) {
                Issue.record("\(two) came back as \(one)")
                break
            }
            let bytes = try Data(contentsOf: URL(filePath: path))
            #expect(try Array(bytes) == FeedbackWriter(format, compressed: name.hasSuffix("gz")).bytes(log))
            #expect((bytes.first == 0x1F) == name.hasSuffix("gz"))
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.txt", "a.txt.gz"])
    }

    @Test("Event lines carry everything")
    func events() throws { try Self.roundTrip(FeedbackLog(EventJSONTests.events), .events) }

    @Test("A table carries comparisons with everything they have")
    func table() throws {
        try Self.roundTrip(FeedbackLog(Self.comparisons), .comparisons)
        try Self.roundTrip(FeedbackLog(Self.comparisons.suffix(1)), .comparisons)
        for event in Self.comparisons { try Self.roundTrip(FeedbackLog([event]), .comparisons) }
    }

    @Test("An arena carries comparisons whose left side was first")
    func arena() throws {
        var events: [FeedbackEvent] = []
        for (index, outcome) in [Comparison.Outcome.left, .right, .tie, .bothBad].enumerated() {
            let comparison = Comparison(left: "model_b", right: "b\(index)", outcome: outcome, first: .left)
            events.append(
                FeedbackEvent(
                    .comparison(comparison), judge: "j", prompt: "7", time: 1.5, groups: ["language": "nl"],
                    itemFeatures: ["tokens": [1, 2]]))
        }
        try Self.roundTrip(FeedbackLog(events), .arena)
    }

    @Test("PrefLib carries rankings and counts")
    func prefLib() throws {
        func ranking(_ tiers: [[String]], _ weight: Double) -> FeedbackEvent {
            FeedbackEvent(.ranking(Ranking(tiers: tiers)), weight: weight)
        }
        let log = try FeedbackLog([
            ranking([["red: wine"], ["b", "# c"]], 3), ranking([["b"], ["1,2"]], 1),
            ranking([["{x}", "b"]], 0),
        ])
        try Self.roundTrip(log, .prefLib)
        let text = String(decoding: try FeedbackWriter(.prefLib).bytes(log), as: UTF8.self)
        #expect(text.contains("# DATA TYPE: toi\n") && text.contains("# NUMBER VOTERS: 4\n"))
        #expect(text.hasSuffix("3: 1,{2,3}\n1: 2,4\n0: {5,2}\n"))
    }

    @Test("What is read from each format is written and read back", arguments: FormatSample.all)
    func samples(_ sample: FormatSample) throws {
        let log = try FeedbackLog(Reading(sample.text, sample.options))
        try Self.roundTrip(log, .events)
        if log.comparisons.count == log.count { try Self.roundTrip(log, .comparisons) }
    }

    @Test("Random comparisons survive a table, an arena and event lines")
    func random() throws {
        var generator = SeededGenerator(seed: 11)
        func text() -> String {
            let alphabet = [
                "a", "b", ",", "\"", "\n", "\r", " ", "\t", ";", "é", "e\u{301}", "😀", "0", "-", ".", "#",
                "{",
            ]
            return (0...Int.random(in: 0..<6, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            .joined()
        }
        func number() -> Double {
            let number = Double(bitPattern: generator.next())
            return number.isFinite ? number : 0.1
        }
        var events: [FeedbackEvent] = []
        while events.count < 400 {
            var event = FeedbackEvent(
                .comparison(
                    Comparison(
                        left: text(), right: text(),
                        outcome: [.left, .right, .tie, .bothBad].randomElement(using: &generator)!,
                        first: .left)))
            if Bool.random(using: &generator) { event.judge = text() }
            if Bool.random(using: &generator) { event.prompt = text() }
            if Bool.random(using: &generator) { event.time = number() }
            if Bool.random(using: &generator) { event.weight = abs(number()) }
            for _ in 0..<Int.random(in: 0..<3, using: &generator) {
                event.groups[text()] = text()
                event.features[text()] = number()
                event.itemFeatures[text()] = [number(), number()]
            }
            if event.flaw == nil { events.append(event) }
        }
        for format in [FeedbackWriter.Format.events, .comparisons, .arena] {
            try Self.roundTrip(FeedbackLog(events), format)
        }
    }

    @Test(
        "A format refuses what it cannot carry, and writes nothing",
        arguments: [
            (FeedbackWriter.Format.comparisons, 5, "it is a rating"), (.comparisons, 8, "it is a thumb"),
            (.arena, 0, "always the first"), (.arena, 2, "always the first"),
            (.prefLib, 0, "it is a comparison"),
            (.prefLib, 3, "unknown order"),
        ] as [(FeedbackWriter.Format, Int, String)])
    func refusals(_ format: FeedbackWriter.Format, _ index: Int, _ reason: String) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try FeedbackLog([EventJSONTests.events[index]])
        #expect {
            try FeedbackWriter(format).write(log, to: folder + "/x")
        } throws: { error in
            guard case FeedbackWriteError.cannotCarry(format, 1, _, let why) = error else { return false }
            return why.contains(reason)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test("A folder that is not there cannot be written to")
    func unwritable() throws {
        let log = try FeedbackLog(Self.comparisons)
        #expect(throws: FeedbackWriteError.self) {
            try FeedbackWriter().write(log, to: "/no/such/folder/x.jsonl")
        }
    }
}
