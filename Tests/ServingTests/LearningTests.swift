import Bandits
import Foundation
import HeedAPI
import Kernels
import Signals
import Testing

@testable import Serving

@Suite("Learning")
struct LearningTests {
    @Test(
        "A policy learns the world, beats chance on held-out decisions, and its value there covers the truth")
    func story() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(1500)
        let service = world.service
        let job = try await world.train()
        #expect(job.state == .done && job.model == "p1" && job.message.hasPrefix("Better"), "\(job.message)")
        let model = try await service.model("s", "p1")
        #expect(model.status == .live && model.parent == "uniform" && model.verdict == job.message)
        #expect(model.learned.learned + model.learned.heldOut == 3000 && model.learned.first == 1)
        #expect((500...700).contains(model.learned.heldOut))
        let truth = try world.truth("p1")
        #expect(truth > 0.6)
        let low = try #require(model.metrics["valueLow"]), high = try #require(model.metrics["valueHigh"])
        #expect(low <= truth && truth <= high && high - low < 0.25)
        #expect(try #require(model.metrics["differenceLow"]) > 0.1)
        // It decides from now on.
        let evening = try await service.decide("s", DecideRequest(features: ["x": 1]))
        #expect(evening.model == "p1" && (evening.propensities["a"] ?? 0) > 0.8)
        #expect(
            (try await service.decide("s", DecideRequest(features: ["x": -1])).propensities["b"] ?? 0) > 0.8)
        // And can be compared with chance at any later time, as another process sees it too.
        let other = try LearningWorld(world.store)
        let comparison = try await other.service.compare("s", "live", "uniform")
        #expect(comparison.a == "p1" && comparison.metric == "value" && comparison.count > 250)
        #expect(comparison.verdict.hasPrefix("Better") && comparison.valueA.value == model.metrics["value"])
        let chance = try #require(comparison.valueB.low)...(try #require(comparison.valueB.high))
        #expect(chance.contains(0.4))
        #expect(try await other.service.decide("s", DecideRequest()).model == "p1")
    }

    @Test("A policy that is no better than chance is rarely promoted")
    func noBetter() async throws {
        var promoted = 0
        for seed: UInt64 in 1...12 {
            let world = try LearningWorld()
            try await world.space()
            try world.log(300, seed: seed) { _, _ in 0.5 }
            if try await world.train().message.hasPrefix("Better") { promoted += 1 }
        }
        #expect(promoted <= 2)
    }

    @Test(
        "A second model is compared with the live one; a worse one waits, is promoted by hand, and rolled back"
    )
    func rollBack() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(1200)
        _ = try await world.train()
        let service = world.service
        let worse = try await world.train(TrainRequest(method: "uniform"))
        #expect(worse.message.hasPrefix("Worse"), "\(worse.message)")
        #expect(try await service.model("s", "p2").status == .candidate)
        #expect(try await service.model("s", "p2").parent == "p1")
        #expect(try await service.decide("s", DecideRequest()).model == "p1")
        #expect(try await service.promote("s", model: "p2").status == .live)
        #expect(try await service.model("s", "p1").status == .retired)
        #expect(try await service.decide("s", DecideRequest()).model == "p2")
        #expect(try await service.rollBack("s", .policy)?.id == "p1")
        #expect(try await service.model("s", "p2").status == .retired)
        #expect(try await service.decide("s", DecideRequest()).model == "p1")
        // Another one like it is no better, and waits.
        let alike = try await world.train(TrainRequest(seed: 9))
        #expect(alike.message.hasPrefix("Not shown to be better"), "\(alike.message)")
        #expect(try await service.model("s", "p3").status == .candidate)
        #expect(try await service.rollBack("s", .policy) == nil)
        #expect(try await service.decide("s", DecideRequest()).model == "uniform")
        await #expect(throws: ServiceError.self) { _ = try await service.rollBack("s", .policy) }
        #expect(try await service.models("s").map(\.id) == ["p3", "p2", "p1"])
        await #expect(throws: ServiceError.notFound(kind: "model", name: "p9")) {
            _ = try await service.promote("s", model: "p9")
        }
    }

    @Test("Models that are promoted by hand stay candidates, and say how they did")
    func byHand() async throws {
        let world = try LearningWorld()
        try await world.space { $0.promotion = .manual }
        try world.log(800)
        let job = try await world.train()
        #expect(job.message.hasPrefix("Better") && job.message.contains("by hand"))
        #expect(try await world.service.model("s", "p1").status == .candidate)
        #expect(try await world.service.decide("s", DecideRequest()).model == "uniform")
    }

    @Test("Where too little was held out there is no verdict, and comparisons say how much is missing")
    func tooLittle() async throws {
        let world = try LearningWorld()
        try await world.space()
        let none = try await world.train()
        #expect(none.state == .failed && none.message.contains("reward"))
        try world.log(100)
        let job = try await world.train()
        #expect(job.state == .done && job.message.hasPrefix("Cannot tell"))
        do {
            _ = try await world.service.compare("s", "p2", "uniform")
            Issue.record("was compared")
        } catch ServiceError.notReady(let why) {
            #expect(why.contains("held-out decisions"))
        }
        await #expect(throws: ServiceError.self) { _ = try await world.service.compare("s", "p2", "p9") }
        await #expect(throws: ServiceError.self) {
            _ = try await world.service.compare("s", "live", "uniform")
        }
        for method in ["none", "squarecb:gamma=x"] {
            await #expect(throws: ServiceError.self) {
                _ = try await world.service.train("s", TrainRequest(method: method))
            }
        }
    }

    @Test("Nothing is learnt from held-out decisions: whatever they paid off, the model is the same")
    func heldOut() async throws {
        var blobs: [Data] = []
        for flips in [false, true] {
            let world = try LearningWorld()
            try await world.space()
            var events: [FeedbackEvent] = []
            var random = CounterRandom(seed: 4)
            for number in 0..<400 {
                let id = "d\(number)"
                let action = random.uniform() < 0.5 ? "a" : "b"
                events.append(
                    FeedbackEvent(
                        .decision(
                            Decision(id: id, action: action, among: ["a", "b"], propensities: [0.5, 0.5]))))
                var value = random.uniform() < 0.5 ? 0.0 : 1
                if flips, HeldOut.decision(id) { value = 1 - value }
                events.append(FeedbackEvent(.reward(Reward(value: value)), id: "r\(number)", decision: id))
            }
            _ = try world.store.append([Submission(space: "s", events: events)])
            let model = try #require(try await world.train().model)
            blobs.append(try #require(try world.store.record("blob", "s/\(model)")).body)
        }
        #expect(blobs[0] == blobs[1])
        let share = Double((0..<5000).count { HeldOut.decision("x\($0)") }) / 5000
        #expect(abs(share - 0.2) < 0.025)
        #expect((0..<200).allSatisfy { HeldOut.decision("x\($0)/1") == HeldOut.decision("x\($0)/2") })
        #expect((0..<200).allSatisfy { HeldOut.decision("x\($0)/7") == HeldOut.decision("x\($0)") })
    }

    @Test("Rewards may come late, several for one decision, and what is set aside is left out")
    func data() throws {
        let store = MemoryStore()
        let ids = (0..<100).map { "d\($0)" }.filter { !HeldOut.decision($0) }.prefix(3)
        let id = Array(ids)
        var events = id.map { name in
            FeedbackEvent(
                .decision(Decision(id: name, action: "a", among: ["a", "b"], propensities: [1, 0])),
                judge: name == id[2] ? "bot" : nil, prompt: "home", features: ["x": 1e200])
        }
        for (name, value, judge) in [
            (id[0], 1.0, "ann"), (id[0], 0.5, "bo"), (id[1], 9, "bot"), (id[2], 1, "ann"),
        ] {
            events.append(
                FeedbackEvent(
                    .reward(Reward(value: value)), id: "\(name)\(judge)", judge: judge, decision: name))
        }
        _ = try store.append([Submission(space: "s", events: events)])
        let data = try DecisionData(
            store, Space(name: "s"), setAside: ["bot"], JobProgress(limit: 1 << 20), share: 1)
        #expect(data.learn.count == 2 && data.learn.reward[0] == 1.5 && data.learn.reward[1].isNaN)
        #expect(data.learn.slate.isEmpty && data.learn.features.values.allSatisfy { $0 == 1e15 })
        #expect(data.range.setAside == ["bot"])
    }

    @Test("Numbers beyond all bounds break neither training nor deciding")
    func hostile() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(400)
        var events: [FeedbackEvent] = []
        for number in 0..<60 {
            let id = "h\(number)"
            let p = number % 2 == 0 ? 1e-300 : 0.5
            events.append(
                FeedbackEvent(
                    .decision(
                        Decision(
                            id: id, action: "a", among: ["a", "e\u{301}", "\u{e9}"],
                            propensities: [p, 1 - p, 0])),
                    features: ["x": 1e308, "y": -1e308, "z": 5e-324]))
            events.append(
                FeedbackEvent(
                    .reward(Reward(value: number % 3 == 0 ? 1e308 : -1e308)), id: "hr\(number)", decision: id)
            )
        }
        _ = try world.store.append([Submission(space: "s", events: events)])
        for method in ["squarecb", "linucb", "linear-thompson"] {
            let job = try await world.train(TrainRequest(method: method))
            #expect(job.state == .done, "\(job.message)")
            let model = try #require(job.model)
            _ = try await world.service.promote("s", model: model)
            for x in [1e308, -1e308, 5e-324, 0] {
                let answer = try await world.service.decide("s", DecideRequest(features: ["x": x, "y": x]))
                #expect(abs(answer.propensities.values.reduce(0, +) - 1) < 1e-9)
            }
        }
    }

    @Test(
        "A ranker learns from votes, beats chance on those held out, and decides; judges that are set aside do not count"
    )
    func ranker() async throws {
        let world = try LearningWorld()
        try await world.space { $0.actions = [] }
        var random = CounterRandom(seed: 2)
        var events: [FeedbackEvent] = []
        for number in 0..<1200 {
            let (a, b) = (random.below(4), random.below(3))
            let other = b >= a ? b + 1 : b
            let wins = random.uniform() < 1 / (1 + exp(Double(a - other)))
            events.append(
                FeedbackEvent(
                    .comparison(
                        Comparison(left: "i\(a)", right: "i\(other)", outcome: wins ? .left : .right)),
                    id: "v\(number)", judge: "judge\(number % 8)"))
        }
        _ = try world.store.append([Submission(space: "s", events: events)])
        let service = world.service
        let job = try await world.train(TrainRequest(kind: .ranker))
        #expect(job.state == .done && job.model == "r1" && job.message.hasPrefix("Better"), "\(job.message)")
        let items = ["i3", "i2", "i1", "i0"]
        let answer = try await service.decide("s", DecideRequest(actions: items, slate: 4, by: .ranker))
        #expect(answer.model == "r1" && answer.propensities.max { $0.value < $1.value }?.key == "i0")
        let comparison = try await service.compare("s", "r1", "uniform")
        #expect(comparison.metric == "log-loss" && comparison.difference.value < 0)
        #expect(abs(comparison.valueB.value - log(2)) < 1e-12 && comparison.findings.isEmpty)
        #expect(try await service.decision("s", answer.decision).model?.id == "r1")
        // A policy decides apart from it.
        #expect(try await service.decide("s", DecideRequest(actions: items)).model == "uniform")
        await #expect(throws: ServiceError.self) {
            _ = try await service.train("s", TrainRequest(kind: .ranker, method: "x"))
        }
    }

    @Test("Log losses are what they are by hand")
    func losses() throws {
        let fit = RankerModel(
            method: "m", scores: ["a": log(3), "b": 0],
            predictor: try JSONDecoder().decode(
                RankerModel.self,
                from: try trained()
            ).predictor)
        func loss(_ feedback: Feedback, _ model: RankerModel? = fit) -> Double {
            RankerBench.loss(FeedbackEvent(feedback), model)
        }
        #expect(abs(loss(.comparison(Comparison(left: "a", right: "b", outcome: .left))) + log(0.75)) < 1e-9)
        #expect(abs(loss(.comparison(Comparison(left: "b", right: "a", outcome: .left))) + log(0.25)) < 1e-9)
        let tie: Double = -(log(0.75) + log(0.25)) / 2
        #expect(abs(loss(.comparison(Comparison(left: "a", right: "b", outcome: .tie))) - tie) < 1e-9)
        #expect(abs(loss(.choice(Choice("a", among: ["a", "b", "new"]))) + log(0.6)) < 1e-9)
        #expect(
            abs(loss(.ranking(Ranking(tiers: [["a"], ["b"]], unplaced: ["new"]))) + log(0.6) + log(0.5))
                < 1e-9)
        #expect(abs(loss(.ranking(Ranking(tiers: [["a"], ["b"], ["c"]])), nil) - log(6)) < 1e-9)
    }

    private func trained() throws -> Data {
        var log = FeedbackLog()
        for (left, right) in [("a", "b"), ("b", "a"), ("a", "b")] {
            try log.append(FeedbackEvent(.comparison(Comparison(left: left, right: right, outcome: .left))))
        }
        let data = VoteData(learn: log, held: [], range: DataRange(first: 1, last: 3, learned: 3, heldOut: 0))
        let model = try RankerTraining.run(data, method: "bradley-terry", JobProgress(limit: 1 << 20))
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        // Of this link the tie parameter plays no part.
        return Data(
            String(decoding: try encoder.encode(model), as: UTF8.self)
                .replacingOccurrences(of: "\"-inf\"", with: "0").utf8)
    }

    @Test(
        "What was live lately and the newest candidates keep their bytes; of the others it is known what they were"
    )
    func bytes() async throws {
        let world = try LearningWorld()
        try await world.space { $0.promotion = .manual }
        try world.log(60)
        for _ in 0..<8 { _ = try await world.train() }
        let service = world.service
        #expect(
            try await service.models("s").map { $0.bytes > 0 } == [
                true, true, true, true, true, false, false, false,
            ])
        do {
            _ = try await service.promote("s", model: "p1")
            Issue.record("was promoted without its bytes")
        } catch ServiceError.conflict(let why) { #expect(why.contains("train again")) }
        #expect(try await service.model("s", "p1").learned.learned > 0)
    }
}
