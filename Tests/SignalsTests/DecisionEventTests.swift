import Foundation
import Testing

@testable import Signals

@Suite("Decisions: events")
struct DecisionEventTests {
    static let lines = [
        #"{"kind":"decision","decisionId":"d1","action":"b","among":["a","b"],"propensities":[0.75,0.25],"id":"e1","prompt":"q","time":5,"weight":2,"groups":{"country":"NL"},"features":{"load":0.5,"position":3},"itemFeatures":{"size":[1,0]}}"#,
        #"{"kind":"reward","value":1,"id":"e2","decision":"d1"}"#,
        #"{"kind":"reward","value":0.5,"id":"e3","decision":"d1"}"#,
        #"{"kind":"decision","decisionId":"d2","action":"a","features":{"load":1}}"#,
        #"{"kind":"decision","decisionId":"d3","action":"c"}"#,
        #"{"kind":"reward","value":-2,"propensity":0.1,"decision":"d3"}"#,
        #"{"kind":"reward","action":"z","value":4,"propensity":0.5,"groups":{"country":"BE"},"itemFeatures":{"size":[7]}}"#,
    ]

    static let rows = [
        ReadDecision(
            "b", 1.5, 0.25, time: 5, weight: 2, position: 3, slate: "q", ["load": 0.5, "country=NL": 1],
            possible: ["a", "b"], probabilities: [0.75, 0.25], actionFeatures: [["size": 1], [:]]),
        ReadDecision("a", nil, nil, ["load": 1]), ReadDecision("c", -2, 0.1),
        ReadDecision("z", 4, 0.5, ["country=BE": 1, "size": 7]),
    ]

    static func read(_ lines: [String]) throws -> (log: DecisionLog, report: DecisionReadReport) {
        try decisions(lines.joined(separator: "\n"))
    }

    @Test("Decisions and rewards are joined")
    func joined() throws {
        let (log, report) = try Self.read(Self.lines)
        #expect(log.read == Self.rows && log.isSound)
        #expect(report.format == .events && report.withoutReward == 1 && report.withoutPropensity == 1)
        #expect(report.repeated == 0 && report.unmatched == 0 && report.ignored == 0)
    }

    @Test("Whatever the order, however often, in however many files", arguments: 0..<40)
    func shuffled(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var lines = Self.lines
        // What has an id may come again.
        lines += [Self.lines[0], Self.lines[1], Self.lines[2], Self.lines[1]]
        lines.shuffle(using: &generator)
        let cut = Int.random(in: 1..<lines.count, using: &generator)
        let (log, report) = try DecisionLogReader().read([
            .text(lines[..<cut].joined(separator: "\n")),
            .bytes(try gzip(Array(lines[cut...].joined(separator: "\n").utf8)), name: "b"),
        ])
        #expect(log.isSound && report.repeated == 4 && report.withoutReward == 1)
        let read = log.read.map(\.description).sorted()
        #expect(read == Self.rows.map(\.description).sorted())
    }

    @Test("Rewards that nothing was decided for, and other feedback, are counted")
    func counted() throws {
        let (log, report) = try Self.read(
            Self.lines + [
                #"{"kind":"reward","value":1,"decision":"nowhere"}"#,
                #"{"kind":"reward","value":2,"decision":"nowhere"}"#,
                #"{"kind":"thumb","item":"a","up":true}"#, #"{"kind":"reward","value":1}"#, Self.lines[3],
            ])
        #expect(log.read == Self.rows)
        #expect(report.unmatched == 1 && report.ignored == 2 && report.repeated == 1)
        #expect(report.lines.contains("4 decisions") && report.lines.contains("1 without a reward"))
    }

    @Test("A decision that contradicts another is a bad line")
    func conflict() throws {
        let lines =
            Self.lines + [
                #"{"kind":"decision","decisionId":"d2","action":"b"}"#,
                #"{"kind":"decision","decisionId":"d9","action":"b","among":["a","b"],"propensities":[1,0]}"#,
            ]
        #expect { try Self.read(lines) } throws: { error in
            guard case FeedbackReadError.badLines(_, let bad, 2) = error else { return false }
            return bad.map(\.line) == [8, 9] && bad[0].value == "d2" && bad[1].field == "propensities"
        }
        let (log, report) = try decisions(lines.joined(separator: "\n"), ReadOptions(skipBad: true))
        #expect(log.read == Self.rows && report.badLineCount == 2)
    }

    @Test("Each place of a list is a row")
    func impressions() throws {
        let list =
            #"{"kind":"impression","slots":[{"item":"a","position":1,"propensity":0.5,"clicked":false},{"item":"b","position":2,"clicked":true},{"item":"c","position":3}],"prompt":"query","id":"i1","features":{"hour":9},"itemFeatures":{"len":[1,2,3]}}"#
        let (log, report) = try Self.read([
            list, list, list.replacing(#""id":"i1","#, with: ""), list.replacing(#""i1""#, with: #""i2""#),
        ])
        let rows = [
            ReadDecision("a", 0, 0.5, position: 1, slate: "i1", ["hour": 9, "len": 1]),
            ReadDecision("b", 1, nil, position: 2, slate: "i1", ["hour": 9, "len": 2]),
            ReadDecision("c", nil, nil, position: 3, slate: "i1", ["hour": 9, "len": 3]),
        ]
        #expect(Array(log.read.prefix(3)) == rows)
        #expect(log.slate.values == [0, 0, 0, 1, 1, 1, 2, 2, 2] && report.repeated == 1)
        #expect(log.slates.all == ["i1", "text:3", "i2"])
        #expect(report.withoutReward == 3)
    }

    @Test("A store's events are read as they were delivered")
    func store() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try FeedbackStore(path: "\(folder)/s.db")
        try store.append(Self.lines.reversed().map { try FeedbackEvent(jsonLine: $0) })
        let (log, report) = try DecisionLogReader().read(store)
        #expect(log.read.map(\.description).sorted() == Self.rows.map(\.description).sorted())
        #expect(report.rows == 4 && report.sources[0].records == 7)
        #expect(try DecisionLog(contentsOf: store).count == 4)
    }

    @Test("A file of decisions goes through a store unchanged, and a second time adds nothing")
    func imported() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for sample in FormatSample.all where [.vowpalWabbit, .openBandit, .decisions].contains(sample.format)
        {
            let direct = try decisions(sample.text, sample.options).log
            let store = try FeedbackStore(path: "\(folder)/\(sample.name).db")
            for name in ["one", "two"] {
                var events = FeedbackLog()
                try FeedbackReader(sample.options).read(.text(sample.text, name: name), into: &events)
                try store.append(Array(events.events))
            }
            let (log, _) = try DecisionLogReader().read(store)
            #expect(log.count == direct.count)
            #expect(log.read.map(\.action) == direct.read.map(\.action))
            #expect(log.read.map(\.features) == direct.read.map(\.features))
        }
    }

    @Test("A grown file adds what is new in it, and its bad lines keep their place")
    func grown() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try FeedbackStore(path: "\(folder)/s.db")
        var text = ""
        for (more, kept, bad) in [
            ("1:1:0.5 | a\nbroken\n2:0:0.5 | b\n", 4, 1), ("3:1:1 | c\n1:1:2 | a\n2 | b\n", 3, 1), ("", 0, 0),
        ] {
            text += more
            let report = try store.import(.text(text, name: "log.vw"), options: ReadOptions(skipBad: true))
            #expect(report.counts.kept == kept && report.counts.refusedInAll == bad)
        }
        let log = try DecisionLog(contentsOf: store)
        #expect(log.read.map(\.action) == ["1", "2", "3", "2"])
        #expect(try store.verify() == [])
    }
}
