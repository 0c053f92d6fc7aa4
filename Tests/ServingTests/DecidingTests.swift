import Bandits
import Foundation
import HeedAPI
import Kernels
import Signals
import Testing

@testable import Serving

@Suite("Deciding")
struct DecidingTests {
    /// Draws the same request under many ids.
    private func draws(_ count: Int, _ request: DecideRequest, _ actions: [String], _ chooser: any Chooser)
        throws
        -> [Draw]
    {
        try (0..<count).map {
            try Draw(
                space: "s", id: "d\($0)", actions: actions, request: request, chooser: chooser, seed: 5,
                time: 0)
        }
    }

    private var ranker: RankerChooser {
        get throws {
            var events: [FeedbackEvent] = []
            for (winner, loser) in [
                ("a", "b"), ("a", "b"), ("b", "a"), ("b", "c"), ("b", "c"), ("c", "b"), ("a", "c"),
            ] {
                events.append(
                    FeedbackEvent(.comparison(Comparison(left: winner, right: loser, outcome: .left))))
            }
            let store = MemoryStore()
            _ = try store.append([Submission(space: "s", events: events)])
            let data = try VoteData(
                store, Space(name: "s"), setAside: [], JobProgress(limit: 1 << 20), share: 1)
            let all = VoteData.joined(data)
            let model = try RankerTraining.run(all, method: "bradley-terry", JobProgress(limit: 1 << 20))
            return RankerChooser(version: "r1", model: model)
        }
    }

    @Test("Before there is a model every action is equally likely, and the decision is kept as it was made")
    func uniform() async throws {
        let world = try LearningWorld()
        try await world.space()
        let answer = try await world.service.decide(
            "s",
            DecideRequest(
                features: ["x": 2], judge: "ann", prompt: "home", groups: ["country": "NL"]))
        #expect(answer.model == "uniform" && answer.propensity == 1.0 / 3)
        let third: Double = 1 / 3
        let even: [String: Double] = ["a": third, "b": third, "c": third]
        #expect(answer.propensities == even)
        #expect(answer.decision.utf8.count == 26)
        let event = try #require(try world.store.decision("s", answer.decision)).event
        guard case .decision(let decision) = event.feedback else { throw Unexpected() }
        #expect(decision.action == answer.action && decision.among == ["a", "b", "c"])
        #expect(decision.policy == "uniform" && event.features == ["x": 2] && event.judge == "ann")
        #expect(event.prompt == "home" && event.groups == ["country": "NL"] && event.time != nil)
    }

    @Test("A policy's propensities add up to one, and actions are drawn as often as they say")
    func frequencies() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(300)
        _ = try await world.train()
        let chooser = try world.service.learning.live.chooser("s", .policy, "p1")
        for x in [-1.0, 0, 1, 1e300, -1e-300] {
            let draws = try draws(3000, DecideRequest(features: ["x": x]), ["a", "b", "c"], chooser)
            let p = draws[0].response.propensities
            #expect(abs(p.values.reduce(0, +) - 1) < 1e-12)
            for action in ["a", "b", "c"] {
                let share = Double(draws.count { $0.response.action == action }) / 3000
                let expected = p[action] ?? 0
                let error: Double = (expected * (1 - expected) / 3000).squareRoot()
                #expect(abs(share - expected) < 4 * error + 1e-12)
            }
        }
    }

    @Test(
        "A new action is explored with probability 1/n, and the policy spreads the rest over those it knows")
    func newActions() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(400)
        _ = try await world.train()
        _ = try await world.service.promote("s", model: "p1")
        let service = world.service
        let known = try await service.decide("s", DecideRequest(features: ["x": 1], actions: ["a", "b"]))
            .propensities
        let p = try await service.decide(
            "s", DecideRequest(features: ["x": 1], actions: ["new", "a", "b", "newer"]))
        #expect(p.model == "p1")
        #expect(p.propensities["new"] == 0.25 && p.propensities["newer"] == 0.25)
        for action in ["a", "b"] {
            let (new, old) = (p.propensities[action] ?? 0, known[action] ?? 0)
            #expect(abs(new - old / 2) < 1e-12)
        }
        let only = try await service.decide("s", DecideRequest(actions: ["x1", "x2"]))
        #expect(only.propensities == ["x1": 0.5, "x2": 0.5])
    }

    @Test("A slate is drawn without replacement: each place with its probability among what is left")
    func slates() async throws {
        let world = try LearningWorld()
        try await world.space { $0.actions = ["a", "b", "c", "unknown"] }
        let answer = try await world.service.decide("s", DecideRequest(id: "page", slate: 4))
        let places = try #require(answer.slate)
        let expected: [Double] = [0.25, 1 / 3, 0.5, 1]
        #expect(Set(places.map(\.action)).count == 4 && places.map(\.propensity) == expected)
        #expect(places.map(\.decision) == ["page/1", "page/2", "page/3", "page/4"])
        #expect(answer.decision == "page/1" && answer.action == places[0].action)
        var left: Set<String> = ["a", "b", "c", "unknown"]
        for (number, place) in places.enumerated() {
            let event = try #require(try world.store.decision("s", place.decision)).event
            guard case .decision(let decision) = event.feedback else { throw Unexpected() }
            #expect(Set(decision.among) == left && event.prompt == "page")
            #expect(event.features == ["position": Double(number + 1)])
            left.remove(place.action)
        }
        // Both places are one page view for whoever learns from them.
        let log = DecisionCollector()
        try world.store.events("s", EventFilter(), limit: nil) { _ = log.add($0.event, line: 1) }
        let units = Set((0..<4).map { log.log.slate[$0] })
        #expect(units.count == 1)
    }

    @Test("A ranker draws orders as Plackett and Luce say")
    func rankedOrders() throws {
        let chooser = try ranker
        let strength = { (item: String) in exp(chooser.model.score(item)) }
        let draws = try draws(4000, DecideRequest(slate: 3), ["c", "b", "a", "new"], chooser)
        #expect(chooser.model.score("new") == 0 && chooser.model.score("a") > chooser.model.score("c"))
        var seen: [String: Int] = [:]
        for draw in draws {
            let slate = try #require(draw.response.slate)
            var left = ["a", "b", "c", "new"]
            for place in slate {
                let sum = left.reduce(0) { $0 + strength($1) }
                let expected: Double = strength(place.action) / sum
                #expect(abs(place.propensity - expected) < 1e-12)
                left.removeAll { $0 == place.action }
            }
            seen[slate.map(\.action).joined(), default: 0] += 1
        }
        let all = ["a", "b", "c", "new"].reduce(0) { $0 + strength($1) }
        for (order, count) in seen {
            let names = order.contains("new") ? nil : order.map(String.init)
            guard let names else { continue }
            var p = 1.0, rest = all
            for name in names {
                p *= strength(name) / rest
                rest -= strength(name)
            }
            let error: Double = (p * (1 - p) / 4000).squareRoot()
            let share = Double(count) / 4000
            #expect(abs(share - p) < 4.5 * error)
        }
    }

    @Test(
        "A request that comes again is given the first answer: at once, in a race, after a restart, under another model"
    )
    func again() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(300)
        let service = world.service
        for slate in [nil, 2] {
            let id = "again-\(slate ?? 0)"
            let answers = try await withThrowingTaskGroup(of: DecideResponse.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await service.decide(
                            "s", DecideRequest(id: id, features: ["x": Double(number)], slate: slate))
                    }
                }
                return try await group.reduce(into: Set<DecideResponse>()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            _ = try await world.train()
            let model = try #require(try await service.models("s").first)
            _ = try await service.promote("s", model: model.id)
            let later = try await service.decide("s", DecideRequest(id: id, slate: slate.map { $0 + 1 }))
            #expect(answers == [later])
            #expect(try await service.decide("s", DecideRequest()).model == model.id)
            let other = try LearningWorld(world.store) { $0.seed = 77 }
            #expect(try await other.service.decide("s", DecideRequest(id: id, slate: slate)) == later)
            try await other.service.close()
        }
        // A decision that was sent in without probabilities cannot be answered.
        _ = try world.store.append([
            Submission(space: "s", events: [FeedbackEvent(.decision(Decision(id: "theirs", action: "a")))])
        ])
        await #expect(throws: ServiceError.self) {
            _ = try await service.decide("s", DecideRequest(id: "theirs"))
        }
    }

    @Test("Two services with one seed decide alike; another seed decides otherwise")
    func seeds() async throws {
        var actions: [[String]] = []
        for seed: UInt64 in [3, 3, 4] {
            let world = try LearningWorld { $0.seed = seed }
            try await world.space()
            var taken: [String] = []
            for number in 0..<40 {
                taken.append(try await world.service.decide("s", DecideRequest(id: "n\(number)")).action)
            }
            actions.append(taken)
        }
        #expect(actions[0] == actions[1] && actions[0] != actions[2])
    }

    @Test("What cannot be decided is refused, and says what is expected")
    func refusals() async throws {
        let world = try LearningWorld()
        try await world.space { $0.actions = [] }
        let service = world.service
        let long = String(repeating: "x", count: 201)
        let many = (0..<1001).map { "a\($0)" }
        let ab = ["a", "b"]
        let bad: [(DecideRequest, String)] = [
            (DecideRequest(), "actions"), (DecideRequest(actions: []), "actions"),
            (DecideRequest(actions: ["a", "b", "a"]), "actions"),
            (DecideRequest(actions: ["a", ""]), "actions"),
            (DecideRequest(actions: ["a", long]), "actions"),
            (DecideRequest(actions: many), "number of actions"),
            (DecideRequest(features: ["x": .nan], actions: ab), "features.x"),
            (DecideRequest(features: ["x": .infinity], actions: ab), "features.x"),
            (DecideRequest(features: [long: 1], actions: ab), "features"),
            (DecideRequest(features: ["position": 1], actions: ab), "position"),
            (
                DecideRequest(features: Dictionary(uniqueKeysWithValues: many.map { ($0, 1) }), actions: ab),
                "features"
            ),
            (DecideRequest(actions: ab, slate: 0), "slate"), (DecideRequest(actions: ab, slate: 3), "slate"),
            (DecideRequest(actions: ab, slate: .max), "slate"), (DecideRequest(id: "", actions: ab), "id"),
            (DecideRequest(id: long, actions: ab), "id"), (DecideRequest(id: "page/3", actions: ab), "id"),
            (DecideRequest(actions: ab, judge: long), "judge"),
            (DecideRequest(actions: ab, groups: ["g": long]), "groups"),
            (DecideRequest(actions: ab, prompt: "p", slate: 1), "prompt"),
            (DecideRequest(actions: Array(many.dropLast()), slate: 1000), "slate"),
        ]
        for (request, field) in bad {
            do {
                _ = try await service.decide("s", request)
                Issue.record("was not refused: \(field)")
            } catch let error as ServiceError {
                #expect("\(error)".contains(field), "\(error)")
            }
        }
        #expect(try world.store.ledger("s").received == 0)
        await #expect(throws: ServiceError.notFound(kind: "space", name: "none")) {
            _ = try await service.decide("none", DecideRequest(actions: ["a"]))
        }
        let one = try await service.decide("s", DecideRequest(actions: ["only"]))
        #expect(one.action == "only" && one.propensity == 1)
    }

    @Test("A past decision names its version, the data that learnt from, and its rewards")
    func provenance() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(200)
        _ = try await world.train()
        let service = world.service
        _ = try await service.promote("s", model: "p1")
        let made = try await service.decide("s", DecideRequest(features: ["x": 1]))
        let rewards = [1.0, 0.5].enumerated().map {
            FeedbackEvent(.reward(Reward(value: $1)), id: "late\($0)", decision: made.decision)
        }
        _ = try await service.ingest("s", rewards.map { .event($0) })
        _ = try await service.rollBack("s", .policy)
        let found = try await service.decision("s", made.decision)
        #expect(
            found.version == "p1" && found.rewards == [1, 0.5] && found.propensities == made.propensities)
        let model = try #require(found.model)
        #expect(model.learned.first >= 1 && model.learned.last <= 400 && model.status == .retired)
        let before = try await service.decision("s", "log-1-0")
        #expect(before.version == "uniform" && before.model == nil)
        await #expect(throws: ServiceError.notFound(kind: "decision", name: "none")) {
            _ = try await service.decision("s", "none")
        }
    }

    @Test("Ids differ, sort by time, and hold nothing but letters and digits")
    func identifiers() {
        let ids = (0..<2000).map { Identifiers.make(now: Double($0)) }
        #expect(Set(ids).count == 2000 && ids == ids.sorted())
        #expect(Set((0..<1000).map { _ in Identifiers.make(now: 1) }).count == 1000)
        let odd = ids.joined().utf8.contains { !(97...122).contains($0) && !(48...57).contains($0) }
        #expect(!odd)
        #expect(
            Identifiers.make(now: .infinity).utf8.count == 26 && Identifiers.make(now: -1).utf8.count == 26)
        #expect(Identifiers.slate(of: "page/12") == "page" && Identifiers.slate(of: "a/b") == nil)
        #expect(Identifiers.slate(of: "/1") == nil && Identifiers.slate(of: "page/") == nil)
    }
}

struct Unexpected: Error {}

extension VoteData {
    /// All votes as ones to learn from, for models that are wanted for themselves.
    static func joined(_ data: VoteData) -> VoteData {
        var log = data.learn
        for event in data.held { try? log.append(event) }
        return VoteData(learn: log, held: [], range: data.range)
    }
}
