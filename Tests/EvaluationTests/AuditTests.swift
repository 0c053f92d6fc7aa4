import Evaluation
import Foundation
import Kernels
import Signals
import Testing

@Suite struct AuditTests {
    private let audit = Audit(bootstrap: .init(replicates: 100))

    private func finding(_ id: String, _ report: AuditReport) throws -> AuditReport.Finding {
        try #require(report.findings(id).first, "no finding \(id)")
    }

    @Test func cleanLogsRaiseNoAlarm() throws {
        let reports = Parallel.map(50) { seed in
            try! audit.run(on: SimulatedTown(seed: UInt64(seed)).log())
        }
        let alarms = reports.flatMap { $0.findings.filter { $0.severity >= .warning } }
        #expect(alarms.count <= 1, "\(alarms.map(\.found))")
        #expect(reports.count { $0.verdict == .fit } >= 49)
        #expect(reports[0].judges.count == 20)
    }

    @Test func lazyJudgesAreNamed() throws {
        let report = try audit.run(on: SimulatedTown(answersPerJudge: 210, kinds: [17: .lazy]).log())
        let lazy = try finding("judges.lazy", report)
        #expect(lazy.severity == .warning && lazy.judges == ["w17"])
        #expect(lazy.found.contains("Judge w17 answers 'left' in 9"))
        #expect(report.verdict == .withCare)
        let profile = try #require(report.judges.first { $0.judge == "w17" })
        #expect(
            profile.entropy! < 0.5 && profile.findings.contains("judges.lazy") && profile.leftShare! > 0.9)
    }

    @Test func randomAndReversedJudgesAreToldApart() throws {
        let report = try audit.run(
            on: SimulatedTown(answersPerJudge: 150, kinds: [3: .random, 5: .reversed]).log())
        #expect(try finding("judges.random", report).judges == ["w3"], "\(report.findings.map(\.found))")
        #expect(try finding("judges.reversed", report).judges == ["w5"])
        #expect(try finding("judges.lazy", report).judges.isEmpty)
        #expect(try finding("judges.reliability", report).evidence["agreement"]! > 0.7)
    }

    @Test func hastyJudgesAreNamed() throws {
        let report = try audit.run(on: SimulatedTown(answersPerJudge: 120, kinds: [2: .hasty]).log())
        let fast = try finding("speed.fast", report)
        #expect(fast.judges == ["w2"] && fast.severity == .warning)
        #expect(try finding("speed.bursts", report).judges == ["w2"])
    }

    @Test func positionBiasIsMeasured() throws {
        // One answer in five is "left" whatever the items: half of those would have been anyway.
        let found = try Parallel.map(20) { seed in
            try audit.run(on: SimulatedTown(answersPerJudge: 200, position: 0.2, seed: UInt64(seed)).log())
                .findings("position.bias")[0]
        }
        #expect(found.allSatisfy { $0.severity == .warning })
        #expect(abs(Statistics.mean(found.map { $0.evidence["share"]! }) - 0.6) < 0.006)
        #expect(found.count { $0.evidence["lower"]! < 0.6 && $0.evidence["upper"]! > 0.6 } >= 17)
        let one = try audit.run(on: SimulatedTown(answersPerJudge: 200, kinds: [4: .sided]).log())
        #expect(try finding("position.judges", one).judges == ["w4"])
    }

    @Test func strongItemsOnTheLeftAreNotABias() throws {
        var events = SimulatedTown(answersPerJudge: 200).events()
        var random = CounterRandom(seed: 4)
        for index in events.indices {
            guard case .comparison(let c) = events[index].feedback else { continue }
            let stronger = Int(c.left.dropFirst(4))! < Int(c.right.dropFirst(4))!
            if stronger == random.bernoulli(0.2) {
                events[index].feedback = .comparison(
                    Comparison(left: c.right, right: c.left, outcome: c.outcome.mirrored))
                events[index].itemFeatures["length"]!.reverse()
            }
        }
        let report = try audit.run(on: FeedbackLog(events))
        let bias = try finding("position.bias", report)
        #expect(bias.evidence["rawShare"]! > 0.6 && bias.severity < .warning)
        #expect(abs(bias.evidence["share"]! - 0.5) < 0.03)
        #expect(try finding("position.judges", report).judges.isEmpty)
    }

    @Test func winnerFirstFilesHaveNoPlaces() throws {
        var events = SimulatedTown(ties: 0).events()
        for index in events.indices {
            guard case .comparison(let c) = events[index].feedback, c.outcome == .right else { continue }
            events[index].feedback = .comparison(Comparison(left: c.right, right: c.left, outcome: .left))
        }
        let report = try audit.run(on: FeedbackLog(events))
        #expect(report.sections.first { $0.id == "position.bias" }?.absent?.contains("same side") == true)
        #expect(try finding("judges.lazy", report).judges.isEmpty)
    }

    @Test func lengthBiasIsMeasured() throws {
        let report = try audit.run(on: SimulatedTown(answersPerJudge: 200, lengthTaste: 0.3).log())
        let bias = try finding("length.bias", report)
        #expect(bias.severity == .warning && bias.evidence["lower"]! < 0.65 && bias.evidence["upper"]! > 0.63)
        #expect(bias.evidence["slopeLower"]! > 0)
    }

    @Test func copiesAndUsedIdsAreCounted() throws {
        var events = SimulatedTown().events()
        events += events.prefix(30)
        let report = try audit.run(on: FeedbackLog(events))
        #expect(try finding("duplicates.exact", report).evidence["copies"] == 30)
        #expect(try finding("duplicates.exact", report).severity == .warning)
        #expect(report.sections.contains { $0.id == "duplicates.id" && $0.absent != nil })
        for index in events.indices { events[index].id = "e\(index % 1200)" }
        let ids = try finding("duplicates.id", audit.run(on: FeedbackLog(events)))
        #expect(ids.evidence["copies"] == 30 && ids.severity == .warning)
    }

    @Test func theNoiseRateIsRecovered() throws {
        for noise in [0.05, 0.15, 0.3] {
            let town = SimulatedTown(
                items: 6, prompts: 20, judges: 30, answersPerJudge: 150, noise: noise, ties: 0)
            let report = try audit.run(on: town.log())
            let found = try finding("noise.judges", report)
            #expect(abs(found.evidence["noise"]! - noise) < 0.03)
            let same = try finding("conflicts.self", report)
            #expect(abs(same.evidence["noise"]! - noise) < 0.06)
        }
    }

    @Test func agreementOfJudgesWhoGuessIsSerious() throws {
        let report = try audit.run(
            on: SimulatedTown(items: 6, prompts: 20, answersPerJudge: 150, noise: 0.5).log())
        #expect(try finding("agreement.alpha", report).severity == .serious)
        #expect(report.verdict == .notYet)
    }

    @Test func partsPerfectScoresAndWeakLinksAreFound() throws {
        var log = FeedbackLog()
        func add(_ a: String, _ b: String, _ times: Int) throws {
            for index in 0..<times {
                let outcome: Comparison.Outcome = index % 2 == 0 ? .left : .right
                try log.append(
                    FeedbackEvent(.comparison(Comparison(left: a, right: b, outcome: outcome)), judge: "j"))
            }
        }
        try add("a", "b", 6)
        try add("b", "c", 6)
        try add("a", "c", 6)
        try add("c", "d", 6)
        try add("x", "y", 6)
        for _ in 0..<6 {
            try log.append(FeedbackEvent(.comparison(Comparison(left: "top", right: "x", outcome: .left))))
        }
        let report = try audit.run(on: log)
        let parts = try finding("graph.parts", report)
        #expect(
            parts.severity == .serious && parts.evidence["parts"] == 2
                && Set(parts.items) == ["x", "y", "top"])
        #expect(try finding("graph.perfect", report).items == ["top"])
        #expect(try finding("graph.bridges", report).evidence["bridges"] == 3)
        #expect(try finding("judges.one", report).severity == .warning)
        #expect(report.verdict == .notYet)
    }

    @Test func namesThatLookAlikeAreFound() throws {
        var log = FeedbackLog()
        for (left, right) in [
            ("caf\u{E9}", "tea"), ("cafe\u{301}", "tea"), ("Tea ", "milk"), ("a  b", "a b"),
        ] {
            try log.append(
                FeedbackEvent(.comparison(Comparison(left: left, right: right, outcome: .left)), judge: "j"))
        }
        let alike = try finding("names.alike", audit.run(on: log))
        #expect(alike.evidence["groups"] == 3 && alike.severity == .warning)
        #expect(alike.items.map { Array($0.utf8) }.contains(Array("cafe\u{301}".utf8)))
    }

    @Test func labelsAreAuditedToo() throws {
        var log = FeedbackLog()
        for judge in 0..<12 {
            var random = CounterRandom(seed: 9, stream: UInt64(judge))
            for task in 0..<80 {
                let truth = ["cat", "dog", "fox"][task % 3]
                var said = random.bernoulli(0.15) ? ["cat", "dog", "fox"][random.below(3)] : truth
                if judge == 4 { said = "dog" }
                if judge == 7 { said = ["cat", "dog", "fox"][random.below(3)] }
                try log.append(
                    FeedbackEvent(.label(Label(task: "t\(task)", value: said)), judge: "w\(judge)"))
            }
        }
        let report = try audit.run(on: log)
        #expect(try finding("judges.lazy", report).judges == ["w4"])
        #expect(try finding("judges.random", report).judges.sorted() == ["w4", "w7"])
        #expect(try finding("agreement.fleiss", report).evidence["judgesPerQuestion"] == 12)
        #expect(report.sections.contains { $0.id == "graph.parts" && $0.absent != nil })
    }

    @Test func ratingsAreAuditedToo() throws {
        var log = FeedbackLog()
        for judge in 0..<8 {
            var random = CounterRandom(seed: 2, stream: UInt64(judge))
            for item in 0..<40 {
                var score = Double(item % 5) + (random.bernoulli(0.3) ? 1 : 0)
                if judge == 1 { score = 5 - score }
                if judge == 6 { score = 3 }
                try log.append(
                    FeedbackEvent(.rating(Rating("i\(item)", score, scale: 0...5)), judge: "w\(judge)"))
            }
        }
        let report = try audit.run(on: log)
        #expect(try finding("ratings.reversed", report).judges == ["w1"])
        #expect(try finding("judges.lazy", report).judges == ["w6"])
        #expect(try finding("scale.use", report).judges == ["w6"])
    }

    @Test func theReportTravelsAsJSONAndDoesNotDependOnThreads() throws {
        let log = try SimulatedTown(kinds: [1: .lazy, 2: .random]).log()
        let runs = try [1, 2, 8].map { threads in try Parallel.withThreads(threads) { try audit.run(on: log) }
        }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
        let decoded = try JSONDecoder().decode(AuditReport.self, from: JSONEncoder().encode(runs[0]))
        #expect(decoded == runs[0])
        #expect(
            runs[0].findings.allSatisfy { !$0.found.isEmpty && $0.evidence.values.allSatisfy(\.isFinite) })
        #expect(runs[0].findings.map(\.severity) == runs[0].findings.map(\.severity).sorted(by: >))
        #expect(runs[0].findings.allSatisfy { $0.severity < .warning || !$0.advice.isEmpty })
    }

    @Test func smallAndStrangeLogsAreFine() throws {
        #expect(try audit.run(on: FeedbackLog()).verdict == .notYet)
        let one = try FeedbackLog([
            FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: .skip)))
        ])
        _ = try audit.run(on: one)
        let mixed = try FeedbackLog([
            FeedbackEvent(
                .ranking(Ranking(tiers: [["a"], ["b", "c"]], unplaced: ["d"])), judge: "x", weight: 0),
            FeedbackEvent(
                .ranking(Ranking(tiers: (0..<20).map { ["i\($0)"] }, unplaced: ["u", "v"])), judge: "x"),
            FeedbackEvent(.choice(Choice("a", among: ["a", "b"])), judge: "y", time: 3),
            FeedbackEvent(.thumb(Thumb("a", up: true)), judge: "z", time: 4),
            FeedbackEvent(.thumb(Thumb("a", up: false)), judge: "y"),
            FeedbackEvent(.critique(Critique("a", text: "good"))),
        ])
        let report = try audit.run(on: mixed)
        #expect(report.counts == ["ranking": 2, "choice": 1, "thumb": 2, "critique": 1])
        #expect(throws: EvaluationError.self) { try Audit(minimumAnswers: 0).run(on: one) }
    }
}

/// Real files, where they lie beside the repository or where HEED_DATA says.
@Suite struct AuditOfRealFilesTests {
    private func rows(_ path: String) -> [[Substring]]? {
        let root =
            ProcessInfo.processInfo.environment["HEED_DATA"].map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data")
        guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) else {
            print("skipped: \(path) is not here; set HEED_DATA to the folder of the data sets")
            return nil
        }
        return text.split(whereSeparator: \.isNewline).dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
    }

    @Test(arguments: ["bluebirds", "dog", "face_sentiment"])
    func crowdLabels(name: String) throws {
        guard let rows = rows("crowd_truth_infer/\(name).csv") else { return }
        var log = FeedbackLog()
        for row in rows {
            try log.append(
                FeedbackEvent(
                    .label(Label(task: String(row[0]), value: String(row[2]), gold: String(row[3]))),
                    judge: String(row[1])))
        }
        let report = try Audit().run(on: log)
        let alpha = try #require(report.findings("agreement.alpha").first)
        #expect(alpha.evidence["alpha"]! > 0.1 && alpha.evidence["alpha"]! < 0.9)
        #expect(report.findings("labels.gold").count == 1)
        let unsure = ["bluebirds": true, "dog": false, "face_sentiment": false]
        #expect((report.verdict == .withCare) == unsure[name])
    }
}
