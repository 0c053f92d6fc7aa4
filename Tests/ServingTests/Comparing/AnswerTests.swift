import Foundation
import HeedAPI
import Kernels
import Signals
import Testing

@testable import Serving

@Suite("Answers")
struct AnswerTests {
    @Test("An answer is kept as it was shown, with judge, time, seconds and where it came from")
    func kept() async throws {
        let town = try await Town(Town.settings(items: 4))
        let asked = try await town.service.nextTask("s", judge: "ann", invitation: "i1")
        let task = try #require(asked)
        #expect(task.items.allSatisfy { $0.text != nil })
        town.clock.move(7.25)
        let id = try await town.answer(task, "ann", .right, why: " it reads better ")
        let events = try town.events()
        #expect(events.count == 2)
        #expect(
            events[0].feedback
                == .comparison(
                    Comparison(left: task.items[0].id, right: task.items[1].id, outcome: .right, first: .left)
                ))
        #expect(events[0].id == id && events[0].judge == "ann" && events[0].time == town.clock.now)
        #expect(events[0].features["seconds"] == 7.25)
        #expect(events[0].groups == ["via": "page", "invitation": "i1"])
        #expect(events[1].feedback == .critique(Critique(task.items[1].id, text: "it reads better")))
        #expect(events[1].groups["answer"] == id)
    }

    @Test("An answer counts once, whoever races; another answer to the same question is refused")
    func once() async throws {
        let town = try await Town(Town.settings(items: 4))
        let task = try await town.task("ann")
        let outcomes = await withTaskGroup(of: (ComparisonAnswer.Answer, String?).self) { group in
            for number in 0..<24 {
                let said: ComparisonAnswer.Answer = number % 2 == 0 ? .left : .right
                group.addTask { (said, try? await town.answer(task, "ann", said)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let events = try town.events()
        #expect(events.count == 1)
        guard case .comparison(let kept) = events.first?.feedback else { return #expect(Bool(false)) }
        let winner: ComparisonAnswer.Answer = kept.outcome == .left ? .left : .right
        #expect(outcomes.count { $0.1 != nil } == 12)
        #expect(outcomes.allSatisfy { ($0.1 != nil) == ($0.0 == winner) })
        #expect(Set(outcomes.compactMap(\.1)) == [events.first?.id])
        // Another process knows nothing of it but what the store says.
        town.clock.move(3)
        let other = try await Town(Town.settings(items: 4), store: town.store, clock: town.clock)
        #expect(try await other.answer(task, "ann", winner) == events.first?.id)
        await #expect(throws: ServiceError.self) { try await other.answer(task, "ann", .tie) }
        #expect(try town.events().count == 1)
        #expect(try town.store.ledger("s").addsUp)
    }

    @Test("A question is answered by whom it was asked, where it was asked, within the hour, as it was asked")
    func tokens() async throws {
        let town = try await Town(Town.settings(items: 4))
        _ = try await town.service.spaces.create("t", Town.settings(items: 4), now: 0)
        let task = try await town.task("ann")
        func refused(_ space: String, _ judge: String, _ answer: ComparisonAnswer) async {
            await #expect(throws: ServiceError.self) {
                try await town.service.answer(space, judge: judge, answer)
            }
        }
        let good = ComparisonAnswer(token: task.token, answer: .left)
        await refused("t", "ann", good)
        await refused("s", "bob", good)
        await refused("s", "ann", ComparisonAnswer(token: "x" + task.token, answer: .left))
        await refused("s", "ann", ComparisonAnswer(token: "", answer: .left))
        let foreign = Signer(secret: Data(repeating: 1, count: 32))
        let claims = TaskClaims(
            space: "s", judge: "ann", items: ["item0", "item1"], issued: town.clock.now, nonce: "n",
            invitation: nil)
        await refused("s", "ann", ComparisonAnswer(token: try foreign.token("task", claims), answer: .left))
        await refused(
            "s", "ann", ComparisonAnswer(token: try town.service.signer.token("other", claims), answer: .left)
        )
        await refused("s", "ann", ComparisonAnswer(token: task.token, answer: .pick))
        await refused("s", "ann", ComparisonAnswer(token: task.token, answer: .pick, pick: 2))
        await refused("s", "ann", ComparisonAnswer(token: task.token, answer: .pick, pick: .min))
        await refused(
            "s", "ann",
            ComparisonAnswer(token: task.token, answer: .left, why: String(repeating: "a", count: 2_001)))
        #expect(try town.events().isEmpty)
        town.clock.move(3_601)
        await #expect(
            throws: ServiceError.expired(
                "this question was asked more than an hour ago; ask for the next one")
        ) {
            try await town.service.answer("s", judge: "ann", good)
        }
    }

    @Test("Undo leaves everything as it was before the answer")
    func undo() async throws {
        let town = try await Town(Town.settings(items: 5))
        var random = CounterRandom(seed: 5)
        for _ in 0..<12 {
            let task = try await town.task("bob")
            try await town.answer(task, "bob", Town.preferred(task, &random))
        }
        let service = town.service
        try await service.refresh("s")
        let ranking = try await service.ranking("s")
        let before = try await town.task("ann")
        town.clock.move(61)
        let task = try await town.task("ann")
        let id = try await town.answer(task, "ann", .bothBad, why: "neither")
        try await service.refresh("s")
        #expect(try await service.ranking("s")?.items != ranking?.items)
        await #expect(throws: ServiceError.self) { try await service.undo("s", judge: "bob", answer: id) }
        try await service.undo("s", judge: "ann", answer: id)
        await #expect(throws: ServiceError.self) { try await service.undo("s", judge: "ann", answer: id) }
        #expect(try town.events().count == 12)
        try await service.refresh("s")
        #expect(try await service.ranking("s")?.items == ranking?.items)
        let after = try await town.task("ann")
        #expect(after.answered == before.answered)
        #expect(JudgeMemory.key(after.items.map(\.id)) == JudgeMemory.key(before.items.map(\.id)))
        // To where the fit stops, as it starts from another place.
        #expect(abs(after.bits - before.bits) < 1e-6)
        #expect(after.advice == before.advice)
        // The question may be answered again.
        #expect(try await town.answer(task, "ann", .left) == id)
        town.clock.move(3_700)
        await #expect(throws: ServiceError.self) { try await service.undo("s", judge: "ann", answer: id) }
        #expect(try town.store.ledger("s").addsUp)
    }

    @Test("Of more than two things one is picked, or all are alike, or nothing is said")
    func several() async throws {
        let town = try await Town(Town.settings(items: 6, shown: 4))
        let first = try await town.task("ann")
        #expect(Set(first.items.map(\.id)).count == 4)
        _ = try await town.service.answer(
            "s", judge: "ann", ComparisonAnswer(token: first.token, answer: .pick, pick: 2))
        let shown = first.items.map(\.id)
        #expect(try town.events().last?.feedback == .choice(Choice(shown[2], among: shown)))
        for (said, expected) in [
            (ComparisonAnswer.Answer.tie, Feedback.Kind.ranking), (.bothBad, .ranking), (.skip, .comparison),
        ] {
            let task = try await town.task("ann")
            await #expect(throws: ServiceError.self) { try await town.answer(task, "ann", .left) }
            try await town.answer(task, "ann", said)
            #expect(try town.events().last?.feedback.kind == expected)
        }
        #expect((try await town.task("ann")).answered == 3)
        var seen = Set<String>()
        for _ in 0..<6 {
            let task = try await town.task("bob")
            #expect(seen.insert(JudgeMemory.key(task.items.map(\.id))).inserted)
            _ = try await town.service.answer(
                "s", judge: "bob", ComparisonAnswer(token: task.token, answer: .pick, pick: 0))
        }
    }

    @Test("Two processes on one store see each other's answers, undoings and votes set aside")
    func twoProcesses() async throws {
        let a = try await Town(Town.settings(items: 4))
        let b = try await Town(Town.settings(items: 4), store: a.store, clock: a.clock)
        var random = CounterRandom(seed: 9)
        var last = ""
        for number in 0..<6 {
            let town = number % 2 == 0 ? a : b
            let task = try await town.task("ann")
            #expect(task.answered == number)
            last = try await town.answer(task, "ann", Town.preferred(task, &random))
        }
        try await a.service.undo("s", judge: "ann", answer: last)
        let (x, y) = (try await a.task("ann"), try await b.task("ann"))
        #expect(x.answered == 5 && y.answered == 5)
        #expect(JudgeMemory.key(x.items.map(\.id)) == JudgeMemory.key(y.items.map(\.id)))
        #expect(abs(x.bits - y.bits) < 1e-6)
    }
}
