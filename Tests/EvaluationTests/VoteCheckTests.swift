import Kernels
import Signals
import Testing

@testable import Evaluation

/// Judges who compare items of one common order, with whatever is planted among them.
struct VotingTown {
    var judges = 16
    var answers = 60
    var items = 14
    /// How far apart neighbours are, in log-odds: large makes every answer obvious.
    var distance = 0.4
    var seed: UInt64 = 1

    /// Honest judges: each with a care and a pace of their own.
    func honest() -> [FeedbackEvent] {
        (0..<judges).flatMap { judge -> [FeedbackEvent] in
            var random = CounterRandom(seed: seed, stream: UInt64(judge))
            let care = 0.5 + 1.5 * random.uniform()
            let pace = 6 * Special.exponential(0.35 * random.normal())
            var time = 1_700_000_000 + 4_000 * random.uniform()
            return (0..<answers).map { _ in
                time += pace * Special.exponential(0.7 * random.normal()) + 2.2
                return vote("w\(judge)", at: time, care: care, &random)
            }
        }
    }

    func vote(_ judge: String, at time: Double, care: Double, _ random: inout CounterRandom) -> FeedbackEvent
    {
        let a = random.below(items)
        let b = (a + 1 + random.below(items - 1)) % items
        let wins = Special.logistic(care * distance * Double(b - a))
        return event(judge, a, b, random.bernoulli(wins) ? .left : .right, at: time)
    }

    func event(_ judge: String, _ a: Int, _ b: Int, _ outcome: Comparison.Outcome, at time: Double)
        -> FeedbackEvent
    {
        FeedbackEvent(
            .comparison(Comparison(left: "item\(a)", right: "item\(b)", outcome: outcome)), judge: judge,
            time: time)
    }

    /// The same answers under further names, a few seconds later, some of them not copied.
    func copies(of events: [FeedbackEvent], names: [String], slips: Double = 0.03) -> [FeedbackEvent] {
        names.enumerated().flatMap { number, name in
            var random = CounterRandom(seed: seed, stream: 1_000 + UInt64(number))
            return events.map { event in
                var event = event
                event.judge = name
                event.time = (event.time ?? 0) + 2 + 3 * random.uniform()
                if random.bernoulli(slips), case .comparison(var c) = event.feedback {
                    c.outcome = c.outcome.mirrored
                    event.feedback = .comparison(c)
                }
                return event
            }
        }
    }
}

extension Special {
    static func exponential(_ x: Double) -> Double { 1 / (1 / Special.logistic(x) - 1) }
}

@Suite("Checks of votes")
struct VoteCheckTests {
    @Test("Honest judges are hardly ever named: at most the stated share of towns has a false alarm")
    func falseAlarms() throws {
        var alarms: [VoteSuspicion.Rule: Int] = [:]
        let towns = 120
        for seed in 0..<towns {
            var town = VotingTown(seed: UInt64(seed))
            // From hard questions to obvious ones.
            town.distance = [0.1, 0.4, 1, 4][seed % 4]
            let report = try VoteAudit().run(on: FeedbackLog(town.honest()))
            for rule in Set(report.suspicions.map(\.rule)) { alarms[rule, default: 0] += 1 }
        }
        for (rule, count) in alarms {
            // More than this would happen in one of a thousand runs if the rate were the stated one.
            #expect(
                Special.binomialUpperTail(successes: count, trials: towns, probability: 0.01) > 0.001,
                "\(rule): \(count) of \(towns)")
        }
    }

    @Test("A burst of votes for one item is found, and the honest are not named with it")
    func burst() throws {
        for seed in 0..<10 {
            let town = VotingTown(seed: UInt64(100 + seed))
            var events = town.honest()
            let start = 1_700_001_000.0
            for number in 0..<150 {
                events.append(town.event("bot", number % 13, 13, .right, at: start + 0.3 * Double(number)))
            }
            let report = try BurstCheck().run(on: FeedbackLog(events))
            #expect(report.suspicions.map(\.judge) == ["bot"])
            #expect((report.suspicions.first?.evidence["shareForOneItem"] ?? 0) > 0.9)
        }
    }

    @Test("Copies under several names are found as one cluster, the judge they copy among them")
    func sybils() throws {
        for seed in 0..<10 {
            let town = VotingTown(answers: 120, items: 20, distance: 0.15, seed: UInt64(200 + seed))
            let honest = town.honest()
            let first = honest.filter { $0.judge == "w0" }
            let events = honest + town.copies(of: first, names: ["x1", "x2", "x3"])
            let report = try SybilCheck().run(on: FeedbackLog(events))
            #expect(report.clusters == [["w0", "x1", "x2", "x3"]])
            #expect(report.suspicions.allSatisfy { $0.evidence["order"] ?? 0 > 0.9 })
            #expect(report.suspicions.allSatisfy { ($0.evidence["secondsApart"] ?? 99) < 10 })
        }
    }

    @Test("Judges who agree because the answers are obvious, or because they are careful, are not copies")
    func obvious() throws {
        for seed in 0..<30 {
            let town = VotingTown(
                judges: 12, answers: 91, distance: seed % 2 == 0 ? 30 : 0.5, seed: UInt64(seed))
            var events = town.honest()
            // Four who always follow the true order, among others who often do not.
            for judge in 0..<4 {
                var random = CounterRandom(seed: UInt64(seed), stream: 500 + UInt64(judge))
                for number in 0..<91 {
                    events.append(
                        town.vote(
                            "careful\(judge)", at: 1_700_000_000 + 9 * Double(number), care: 60, &random))
                }
            }
            #expect(try SybilCheck().run(on: FeedbackLog(events)).suspicions.isEmpty)
        }
    }

    @Test("Three experts among few others are the judges there are, not copies")
    func experts() throws {
        var random = CounterRandom(seed: 7, stream: 1)
        var events: [FeedbackEvent] = []
        let town = VotingTown()
        for number in 0..<400 {
            let truth: Comparison.Outcome = random.bernoulli(0.5) ? .left : .right
            let isHard = random.bernoulli(0.3)
            for judge in ["a", "b", "c", "model1", "model2"] {
                let care = judge.hasPrefix("model") ? (isHard ? 0.1 : 0.9) : 0.97
                let answer = random.bernoulli(care) ? truth : truth.mirrored
                var vote = town.event(judge, 0, 1, answer, at: 1_700_000_000)
                vote.prompt = "q\(number)"
                events.append(vote)
            }
        }
        #expect(try SybilCheck().run(on: FeedbackLog(events)).suspicions.isEmpty)
        var bold = SybilCheck()
        bold.minimumOthers = 0
        let named = try bold.run(on: FeedbackLog(events))
        #expect(named.clusters == [["a", "b", "c"]])
        // All came at one time, which is nobody's pace.
        #expect(named.suspicions.allSatisfy { $0.evidence["secondsApart"] == nil })
    }

    @Test("A judge faster than reading is found, by the clock, by the page's seconds, and by the words")
    func tooFast() throws {
        let town = VotingTown(seed: 7)
        var random = CounterRandom(seed: 7, stream: 900)
        var clocked = town.honest()
        var timed = clocked
        for number in 0..<60 {
            clocked.append(town.vote("hasty", at: 1_700_000_000 + 1.1 * Double(number), care: 1, &random))
            var vote = town.vote("hasty", at: 1_700_000_000 + 30 * Double(number), care: 1, &random)
            vote.features["seconds"] = 0.9
            timed.append(vote)
        }
        #expect(try ReadingSpeedCheck().run(on: FeedbackLog(clocked)).suspicions.map(\.judge) == ["hasty"])
        #expect(try ReadingSpeedCheck().run(on: FeedbackLog(timed)).suspicions.map(\.judge) == ["hasty"])
        // Five seconds do for a line, not for two new pages each time.
        var many = VotingTown(items: 400, seed: 8)
        many.judges = 1
        let slow = (0..<60).map { number -> FeedbackEvent in
            var vote = many.event(
                "reader", 2 * number, 2 * number + 1, .left, at: 1_700_000_000 + 60 * Double(number))
            vote.features["seconds"] = 5
            return vote
        }
        let log = try FeedbackLog(slow)
        #expect(try ReadingSpeedCheck().run(on: log).suspicions.isEmpty)
        let words = Dictionary(uniqueKeysWithValues: (0..<400).map { ("item\($0)", 300) })
        #expect(try ReadingSpeedCheck().run(on: log, words: words).suspicions.map(\.judge) == ["reader"])
    }

    @Test("Judges at random and judges with one answer come from the audit")
    func habits() throws {
        let log = try SimulatedTown(answersPerJudge: 150, kinds: [3: .random, 5: .lazy]).log()
        let report = try VoteAudit().run(on: log, audit: Audit().run(on: log))
        #expect(report.suspicions.contains { $0.judge == "w3" && $0.rule == .random })
        #expect(report.suspicions.contains { $0.judge == "w5" && $0.rule == .oneSided })
    }

    @Test("Logs without judges or times, and empty ones, say why nothing can be told")
    func absent() throws {
        let plain = (0..<50).map { _ in
            FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: .left)))
        }
        for log in [FeedbackLog(), try FeedbackLog(plain)] {
            let report = try VoteAudit().run(on: log)
            #expect(report.suspicions.isEmpty)
            #expect(
                report.absent[.burst] != nil && report.absent[.sybil] != nil && report.absent[.tooFast] != nil
            )
        }
    }

    @Test("Every kind of vote is read, and hostile numbers do no harm")
    func kinds() throws {
        var events: [FeedbackEvent] = []
        for judge in 0..<4 {
            for number in 0..<30 {
                let time: Double? = number == 0 ? 1e300 : number == 1 ? -1e300 : Double(number)
                events.append(
                    FeedbackEvent(.thumb(Thumb("t\(number)", up: true)), judge: "j\(judge)", time: time))
                events.append(
                    FeedbackEvent(
                        .label(Label(task: "t\(number)", value: "x")), judge: "j\(judge)", time: time))
                events.append(FeedbackEvent(.rating(Rating("t\(number)", 3)), judge: "j\(judge)", time: time))
                events.append(
                    FeedbackEvent(
                        .choice(Choice("a", among: ["a", "b", "c\(number)"])), judge: "j\(judge)", time: time,
                        features: ["seconds": -1e300]))
            }
        }
        _ = try VoteAudit().run(on: FeedbackLog(events))
    }
}
