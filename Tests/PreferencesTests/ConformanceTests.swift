import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

/// What every model must do, whatever it is: one suite, run over the catalogue of models.
@Suite struct ConformanceTests {
    static let ids = PreferenceModels.all.map(\.id)

    /// A log that the model can read, with judges and times.
    private func events(for id: String, seed: UInt64 = 5, name: (Int) -> String = { "item\($0)" })
        -> [FeedbackEvent]
    {
        let scores = [0.0, 0.6, -0.4, 1.1, -0.9, 0.3]
        var events: [FeedbackEvent]
        switch id {
        case PlackettLuce.id:
            events = Simulation.rankings(scores: scores, count: 120, size: 4, seed: seed, tieEvery: 5)
        case RatingScale.id:
            events = Simulation.ratings(scores: scores, judges: 80, top: 3, seed: seed, share: 0.7)
        case MixedFeedback.id:
            events =
                Simulation.comparisons(scores: scores, count: 200, seed: seed, tie: 0.4, judges: 12)
                + Simulation.rankings(scores: scores, count: 40, size: 4, seed: seed)
                + Simulation.ratings(scores: scores, judges: 30, top: 2, seed: seed)
        default:
            events = Simulation.comparisons(
                scores: scores, count: 500, seed: seed, tie: 0.4, judges: 12, home: 0.2)
        }
        for i in events.indices { events[i].time = 86_400 * Double(i) }
        return events.map { renamed($0, name) }
    }

    private func renamed(_ event: FeedbackEvent, _ name: (Int) -> String) -> FeedbackEvent {
        func map(_ item: String) -> String { name(Int(item.dropFirst(4)) ?? 0) }
        var event = event
        switch event.feedback {
        case .comparison(var c):
            (c.left, c.right) = (map(c.left), map(c.right))
            event.feedback = .comparison(c)
        case .ranking(let r):
            event.feedback = .ranking(
                Ranking(tiers: r.tiers.map { $0.map(map) }, unplaced: r.unplaced.map(map)))
        case .rating(var r):
            r.item = map(r.item)
            event.feedback = .rating(r)
        default: break
        }
        return event
    }

    private func model(_ id: String, _ change: (inout BoardOptions) -> Void = { _ in }) throws
        -> any PreferenceModel
    {
        var options = BoardOptions()
        change(&options)
        return try PreferenceModels.model(id, options)
    }

    @Test(arguments: ids)
    func sameBitsOnAnyNumberOfThreads(_ id: String) throws {
        let log = Simulation.log(events(for: id))
        let model = try model(id) { $0.intervals.method = .bootstrap(40) }
        let fits = try [1, 2, 8].map { threads in try Parallel.withThreads(threads) { try model.fit(log) } }
        for fit in fits.dropFirst() {
            #expect(fit.items.map(\.score.bitPattern) == fits[0].items.map(\.score.bitPattern))
            #expect(
                fit.items.map(\.standardError.bitPattern) == fits[0].items.map(\.standardError.bitPattern))
            #expect(fit.items.map(\.ranks) == fits[0].items.map(\.ranks))
        }
    }

    @Test(arguments: ids)
    func orderOfLinesAndNamesDoNotMatter(_ id: String) throws {
        let plain = events(for: id)
        let model = try model(id)
        let fit = try model.fit(Simulation.log(plain))
        // Elo alone depends on the order of games; they carry times, which bring the order back.
        var random = CounterRandom(seed: 77)
        var shuffled = plain
        random.shuffle(&shuffled)
        let again = try model.fit(Simulation.log(shuffled))
        #expect(again.items.map(\.item) == fit.items.map(\.item))
        for (a, b) in zip(fit.items, again.items) {
            #expect(abs(a.score - b.score) < 1e-6)
            // Elo's resamples are of games by their place in the file's order of time.
            #expect(abs(a.standardError - b.standardError) < 1e-6)
        }
        let other = { (item: Int) -> String in ["zoë", "b,\"x\"", "Ω", "", "x\ny", "<b>"][item] + "\(item)" }
        let renamed = try model.fit(Simulation.log(events(for: id, name: other)))
        for item in fit.items {
            let name = other(Int(item.item.dropFirst(4))!)
            let twin = try #require(renamed.item(name))
            #expect(abs(item.score - twin.score) < 1e-6)
            #expect(item.rank == twin.rank)
        }
    }

    @Test(arguments: ids.filter { $0 != Elo.id })
    func weightTwoIsALineTwice(_ id: String) throws {
        let plain = events(for: id)
        var heavy = plain
        for i in heavy.indices where i % 3 == 0 { heavy[i].weight = 2 }
        var twice: [FeedbackEvent] = []
        for (i, event) in plain.enumerated() {
            twice.append(event)
            // Two ratings of one item by one judge would be compared with each other, not counted twice.
            if i % 3 == 0 { twice.append(event) }
        }
        if id == RatingScale.id || id == MixedFeedback.id { return }
        for cluster in [IntervalOptions.Cluster.none, .judge] {
            let model = try model(id) { $0.intervals.cluster = cluster }
            let a = try model.fit(Simulation.log(heavy)), b = try model.fit(Simulation.log(twice))
            for (x, y) in zip(a.items, b.items) {
                #expect(x.item == y.item && abs(x.score - y.score) < 1e-6)
                #expect(abs(x.standardError - y.standardError) < 1e-6, "\(cluster)")
            }
            #expect(abs(a.observations - b.observations) < 1e-9)
        }
    }

    @Test func softAnswersKeepWeights() throws {
        var random = CounterRandom(seed: 3)
        var once: [FeedbackEvent] = [], twice: [FeedbackEvent] = []
        for _ in 0..<80 {
            let pair = random.permutation(4)
            let p = random.uniform()
            let event = FeedbackEvent(
                .comparison(
                    Comparison(
                        left: "i\(pair[0])", right: "i\(pair[1])", outcome: p > 0.5 ? .left : .right,
                        probability: p)))
            var heavy = event
            heavy.weight = 2
            once.append(heavy)
            twice += [event, event]
        }
        let a = try BradleyTerry().fit(Simulation.log(once)),
            b = try BradleyTerry().fit(Simulation.log(twice))
        for (x, y) in zip(a.items, b.items) {
            #expect(abs(x.score - y.score) < 1e-9 && abs(x.standardError - y.standardError) < 1e-9)
        }
    }

    @Test(arguments: ids)
    func emptyAndTinyLogsGetAClearAnswer(_ id: String) throws {
        let model = try model(id)
        #expect(throws: PreferenceError.self) { try model.fit(FeedbackLog()) }
        let lone = Simulation.log([FeedbackEvent(.rating(Rating("a", 3)), judge: "j")])
        #expect(throws: PreferenceError.self) { try model.fit(lone) }
        let skips = Simulation.log([
            FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: .skip)), judge: "j", time: 1)
        ])
        #expect(throws: PreferenceError.self) { try model.fit(skips) }
        // One answer is little, but it is an answer.
        let one: FeedbackLog
        switch id {
        case PlackettLuce.id: one = Simulation.log([FeedbackEvent(.ranking(Ranking(tiers: [["a"], ["b"]])))])
        case RatingScale.id:
            one = Simulation.log([
                FeedbackEvent(.rating(Rating("a", 3)), judge: "j"),
                FeedbackEvent(.rating(Rating("b", 1)), judge: "j"),
            ])
        default:
            one = Simulation.log([
                FeedbackEvent(
                    .comparison(Comparison(left: "a", right: "b", outcome: .left)), judge: "j", time: 1)
            ])
        }
        let fit = try model.fit(one)
        #expect(
            fit.items.count == 2 && fit.items.allSatisfy { $0.score.isFinite && $0.standardError.isFinite })
        if id != Elo.id { #expect(!fit.certificate.identified && fit.certificate.separable.count == 2) }
    }

    @Test(arguments: ids)
    func separableAndDisconnectedBoardsAreSaidToBe(_ id: String) throws {
        if id == Elo.id { return }
        // The same board twice under other names, and an item that beats everyone in the first.
        var all = events(for: id).map { renamed($0) { "a\($0)" } }
        all += events(for: id, seed: 6).filter { event in
            // The second board is smaller, so that it is the second part.
            !event.feedback.items.contains("item5")
        }.map { renamed($0) { "b\($0)" } }
        switch id {
        case PlackettLuce.id:
            for i in 0..<6 {
                all.append(FeedbackEvent(.ranking(Ranking(tiers: [["a9"], ["a\(i)"]])), time: 1))
            }
        case RatingScale.id: break
        default:
            for i in 0..<6 {
                all.append(
                    FeedbackEvent(
                        .comparison(Comparison(left: "a9", right: "a\(i)", outcome: .left)), judge: "judge1",
                        time: 1))
            }
        }
        // Judges must not tie the two boards together through their ratings.
        if id == RatingScale.id || id == MixedFeedback.id {
            for i in all.indices where all[i].feedback.items.first?.hasPrefix("b") ?? false {
                all[i].judge = all[i].judge.map { $0 + "b" }
            }
        }
        let fit = try model(id).fit(Simulation.log(all))
        #expect(!fit.certificate.identified)
        #expect(fit.certificate.parts.count == 2)
        #expect(fit.certificate.notes.contains { $0.contains("2 parts") })
        for part in 0..<2 {
            let members = fit.items.filter { $0.part == part }
            #expect(Set(members.map(\.rank)) == Set(1...members.count))
            #expect(abs(members.reduce(0) { $0 + $1.score }) < 1e-6)
            #expect(members.allSatisfy { $0.ranks.lowerBound >= 1 && $0.ranks.upperBound <= members.count })
        }
        if id != RatingScale.id {
            let unbeaten = try #require(fit.item("a9"))
            #expect(unbeaten.open == .above && unbeaten.rank == 1)
            #expect(fit.certificate.separable.contains("a9"))
        }
    }

    @Test(arguments: ids)
    func hugeWeightsDoNotBreakIt(_ id: String) throws {
        var all = events(for: id)
        for i in all.indices { all[i].weight = 1e6 }
        let fit = try model(id).fit(Simulation.log(all))
        #expect(
            fit.items.allSatisfy { $0.score.isFinite && $0.standardError.isFinite && $0.standardError > 0 })
    }

    @Test(arguments: [BradleyTerry.id, Davidson.id])
    func manyItems(_ id: String) throws {
        // More items than any dense covariance: the intervals come from the bootstrap.
        var random = CounterRandom(seed: 1)
        var log = FeedbackLog()
        for k in 0..<20_000 {
            let i = k % 5000
            var j = random.below(4999)
            if j >= i { j += 1 }
            let outcome: Comparison.Outcome =
                random.uniform() < 0.5 + 0.0001 * Double(j - i) / 2 ? .left : .right
            try log.append(
                FeedbackEvent(.comparison(Comparison(left: "i\(i)", right: "i\(j)", outcome: outcome))))
        }
        let fit = try model(id) { $0.intervals.method = .bootstrap(20) }.fit(log)
        #expect(fit.certificate.converged && fit.items.count == 5000)
        #expect(fit.items.allSatisfy { $0.standardError.isFinite && $0.ranks.contains($0.rank) })
    }

    @Test(arguments: ids)
    func intervalsHoldTheScoreAndRanksTheRank(_ id: String) throws {
        let fit = try model(id).fit(Simulation.log(events(for: id)))
        for item in fit.items {
            #expect(item.interval.contains(item.score) && item.ranks.contains(item.rank))
            #expect(item.comparisons > 0)
        }
        #expect(fit.certificate.converged)
        let wider = try model(id) { $0.intervals.confidence = 0.99 }.fit(Simulation.log(events(for: id)))
        for (a, b) in zip(fit.items, wider.items) {
            #expect(
                b.interval.upperBound - b.interval.lowerBound > a.interval.upperBound - a.interval.lowerBound)
            #expect(b.ranks.lowerBound <= a.ranks.lowerBound && b.ranks.upperBound >= a.ranks.upperBound)
        }
        let p = try fit.probability(fit.items[0].item, over: fit.items[1].item)
        #expect(abs(p.win + p.tie + p.loss - 1) < 1e-12)
        let mirrored = try fit.probability(fit.items[1].item, over: fit.items[0].item)
        #expect(abs(p.win - mirrored.loss) < 1e-12)
        #expect(throws: PreferenceError.self) { try fit.probability("nobody", over: fit.items[0].item) }
    }
}
