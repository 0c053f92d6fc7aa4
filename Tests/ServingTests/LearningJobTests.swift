import Foundation
import HeedAPI
import Signals
import Testing

@testable import Serving

@Suite("Trainings as jobs")
struct LearningJobTests {
    /// Waits until something holds.
    private func until(_ what: String, _ body: () async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(20)
        while try await !body() {
            if ContinuousClock.now > end {
                Issue.record("never came: \(what)")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("A job that waits is cancelled at once, one that runs at its next look")
    func cancel() async throws {
        let gate = GatedStore()
        let world = try LearningWorld(gate)
        try await world.space()
        try world.log(300)
        let service = world.service
        let waiting = try await service.train("s", TrainRequest())
        #expect(try await service.cancel("s", job: waiting.id).state == .cancelled)
        await #expect(throws: ServiceError.self) { _ = try await service.cancel("s", job: waiting.id) }
        gate.isOpen.withLock { $0 = false }
        let job = try await service.train("s", TrainRequest())
        let running = Task { try await service.run() }
        try await until("it runs") { try await service.job("s", job.id).state == .running }
        _ = try await service.cancel("s", job: job.id)
        gate.isOpen.withLock { $0 = true }
        try await until("it is cancelled") { try await service.job("s", job.id).state == .cancelled }
        #expect(try await service.models("s").isEmpty)
        running.cancel()
        _ = await running.result
    }

    @Test("A model is compared with the one that is live when it is ready, not when its training began")
    func overtaken() async throws {
        let gate = GatedStore()
        let world = try LearningWorld(gate)
        try await world.space { $0.promotion = .manual }
        try world.log(600)
        _ = try await world.train()
        gate.isOpen.withLock { $0 = false }
        let job = try await world.service.train("s", TrainRequest())
        let step = Task { [service = world.service] in try await service.learning.step() }
        try await until("it runs") { gate.isWaiting.withLock { $0 } }
        _ = try await world.service.promote("s", model: "p1")
        gate.isOpen.withLock { $0 = true }
        try await step.value
        let ended = try await world.service.job("s", job.id)
        #expect(ended.message.contains("p1 ") && ended.message.hasPrefix("Not shown to be better"))
    }

    @Test("A space whose policy there is not keeps no other space from being learnt")
    func isolated() async throws {
        let world = try LearningWorld()
        try await world.space { $0.retrainAfter = 50 }
        var broken = SpaceSettings()
        broken.policy = "none"
        broken.retrainAfter = 1
        broken.retrainPause = 0
        // No request can say this; a store that a newer version wrote may.
        _ = try world.store.write([RecordChange("space", "a", Space(name: "a", settings: broken))])
        try world.service.spaces.reload()
        _ = try world.store.append([
            Submission(
                space: "a",
                events: [FeedbackEvent(.reward(Reward(action: "x", value: 1)), id: "1")])
        ])
        try world.log(100)
        world.clock.withLock { $0 += 1 }
        try await world.service.learning.step()
        #expect(try await world.service.models("s").count == 1)
        #expect(try await world.service.jobs("a").isEmpty)
    }

    @Test("A training that needs more memory than it may take fails, and says so")
    func memory() async throws {
        let world = try LearningWorld { $0.trainingMemory = 20_000 }
        try await world.space()
        try world.log(300)
        let job = try await world.train()
        #expect(
            job.state == .failed && job.message.contains("20000 bytes") && job.message.contains("raise it"))
        #expect(job.finished != nil && job.model == nil)
    }

    @Test(
        "After a crash a job that ran is ended as interrupted once its lease is over, and one that waited is run"
    )
    func interrupted() async throws {
        let world = try LearningWorld()
        try await world.space()
        try world.log(200)
        let ran = try await world.service.train("s", TrainRequest())
        let waits = try await world.service.train("s", TrainRequest(seed: 5))
        // The first process takes it and is never heard of again.
        #expect(try world.service.learning.claim()?.info.id == ran.id)
        try await world.service.close()
        let next = try LearningWorld(world.store)
        try await next.service.learning.step()
        #expect(try await next.service.job("s", ran.id).state == .running)
        #expect(try await next.service.job("s", waits.id).state == .done)
        next.clock.withLock { $0 += Learning.lease + 1 }
        try await next.service.learning.step()
        let ended = try await next.service.job("s", ran.id)
        #expect(ended.state == .failed && ended.message.hasPrefix("interrupted"))
        #expect(try await next.service.models("s").map(\.seed) == [5])
    }

    @Test("A job that runs when the service is shut down waits for the next one")
    func shutDown() async throws {
        let gate = GatedStore()
        let world = try LearningWorld(gate)
        try await world.space()
        try world.log(300)
        gate.isOpen.withLock { $0 = false }
        let job = try await world.service.train("s", TrainRequest())
        let running = Task { [service = world.service] in try await service.run() }
        try await until("it runs") { gate.isWaiting.withLock { $0 } }
        running.cancel()
        gate.isOpen.withLock { $0 = true }
        _ = await running.result
        #expect(try await world.service.job("s", job.id).state == .queued)
        let next = try LearningWorld(gate)
        try await next.service.learning.step()
        #expect(try await next.service.job("s", job.id).state == .done)
    }

    @Test("Two services on one store share jobs: each is run once, and both decide with what came of it")
    func shared() async throws {
        let first = try LearningWorld()
        try await first.space()
        try first.log(900)
        let second = try LearningWorld(first.store)
        let worlds = [first, second]
        let running = worlds.map { world in Task { [service = world.service] in try await service.run() } }
        var ids: [String] = []
        for number in 0..<6 {
            ids.append(
                try await worlds[number % 2].service.train("s", TrainRequest(seed: UInt64(number))).id)
        }
        for id in ids {
            try await until("\(id) ends") { try await first.service.job("s", id).state.isFinal }
        }
        let jobs = try await second.service.jobs("s")
        #expect(jobs.allSatisfy { $0.state == .done } && Set(jobs.compactMap(\.model)).count == 6)
        let models = try await first.service.models("s")
        #expect(models.count == 6 && Set(models.map(\.seed)).count == 6)
        #expect(models.count { $0.status == .live } == 1)
        let live = try #require(models.first { $0.status == .live }).id
        for world in worlds {
            try await until("both know it") {
                try await world.service.decide("s", DecideRequest()).model == live
            }
        }
        for task in running {
            task.cancel()
            _ = await task.result
        }
    }

    @Test("Enough new rewards start one training, and the pause is kept")
    func automatic() async throws {
        let world = try LearningWorld()
        try await world.space {
            $0.retrainAfter = 200
            $0.retrainPause = 100
        }
        let other = try LearningWorld(world.store)
        other.clock.withLock { $0 = 5_000 }
        world.clock.withLock { $0 = 5_000 }
        try world.log(150)
        try await world.service.learning.step()
        #expect(try await world.service.jobs("s").isEmpty)
        try world.log(100, seed: 2)
        try world.service.learning.startDue()
        try other.service.learning.startDue()
        #expect(try await world.service.jobs("s").count == 1)
        try await world.service.learning.step()
        #expect(try await world.service.models("s").map(\.id) == ["p1"])
        try world.log(250, seed: 3)
        try await world.service.learning.step()
        #expect(try await world.service.models("s").count == 1)
        world.clock.withLock { $0 += 101 }
        try await world.service.learning.step()
        #expect(try await world.service.models("s").map(\.id) == ["p2", "p1"])
        world.clock.withLock { $0 += 101 }
        try await world.service.learning.step()
        #expect(try await world.service.models("s").count == 2)
    }

    @Test(
        "Erasing a person marks the models that learnt from them, and the live one is replaced by one that did not"
    )
    func erased() async throws {
        let world = try LearningWorld()
        try await world.space { $0.retrainAfter = 100_000 }
        try world.log(700)
        try world.log(40, seed: 2, judge: "ann")
        let service = world.service
        _ = try await world.train()
        #expect(try await service.model("s", "p1").status == .live)
        try world.log(10, seed: 3, judge: "bo")
        let late = try world.store.erase(judge: "bo", from: nil)
        try service.learning.mark(late, why: "a person was erased")
        #expect(try await service.model("s", "p1").stale == nil)
        let removals = try world.store.erase(judge: "ann", from: nil)
        #expect(removals.first?.events == 80)
        try service.learning.mark(removals, why: "a person was erased")
        #expect(try await service.model("s", "p1").stale == "a person was erased")
        try await service.learning.step()
        let models = try await service.models("s")
        #expect(models.map(\.id) == ["p2", "p1"] && models[0].status == .live && models[0].stale == nil)
        #expect(models[0].learned.learned < models[1].learned.learned)
        #expect(models[0].verdict.contains("erased since"))
        try await service.learning.step()
        #expect(try await service.models("s").count == 2)
    }

    @Test("What goes for its age marks no model, and what comes after it counts as new")
    func aged() async throws {
        let world = try LearningWorld()
        try await world.space { $0.retrainAfter = 100 }
        try world.log(600)
        let service = world.service
        try await service.learning.step()
        #expect(try await service.model("s", "p1").status == .live)
        #expect(try await service.prune("s", before: 1e12) == 1_200)
        #expect(try await service.model("s", "p1").stale == nil)
        try await service.learning.step()
        #expect(try await service.models("s").count == 1)
        try world.log(99, seed: 2)
        try await service.learning.step()
        #expect(try await service.models("s").count == 1)
        try world.log(1, seed: 3)
        try await service.learning.step()
        #expect(try await service.jobs("s").count == 2)
        #expect(try await service.model("s", "p1").status == .live)
    }

    @Test("A model that learnt from what was erased is learnt anew also where it becomes live only later")
    func staleBecomesLive() async throws {
        let world = try LearningWorld()
        try await world.space {
            $0.promotion = .manual
            $0.retrainAfter = 100_000
        }
        try world.log(300, judge: "ann")
        try world.log(600, seed: 2)
        let service = world.service
        _ = try await world.train()
        _ = try await service.erase(judge: "ann")
        try await service.learning.step()
        #expect(try await service.models("s").count == 1)
        #expect(try await service.promote("s", model: "p1").stale != nil)
        try await service.learning.step()
        #expect(try await service.models("s").count == 2)
        try await service.learning.step()
        #expect(try await service.models("s").count == 2)
    }

    @Test("A clock that is set back neither stops trainings nor keeps the job of a dead process for ever")
    func clockSetBack() async throws {
        let world = try LearningWorld()
        try await world.space {
            $0.retrainAfter = 10
            $0.retrainPause = 100
        }
        world.clock.withLock { $0 = 1e6 }
        try world.log(300)
        try await world.service.learning.step()
        #expect(try await world.service.models("s").count == 1)
        world.clock.withLock { $0 = 2_000 }
        try world.log(300, seed: 2)
        try await world.service.learning.step()
        #expect(try await world.service.models("s").count == 2)
        var job = JobRecord(
            info: JobInfo(
                id: "dead", space: "s", kind: .policy, method: "auto", message: "", created: 1), seed: 1)
        job.info.state = .running
        job.owner = "gone"
        job.lease = 1e6
        _ = try world.store.write([RecordChange("job", "s/dead", job)])
        try await world.service.learning.step()
        #expect(try await world.service.job("s", "dead").state == .failed)
    }

    @Test("A model whose feedback is removed while it is trained is marked too")
    func erasedMeanwhile() async throws {
        let gate = GatedStore()
        let world = try LearningWorld(gate)
        try await world.space()
        try world.log(100, judge: "ann")
        try world.log(100, seed: 2)
        gate.isOpen.withLock { $0 = false }
        let job = try await world.service.train("s", TrainRequest())
        let step = Task { [service = world.service] in try await service.learning.step() }
        try await until("it runs") { gate.isWaiting.withLock { $0 } }
        let removals = try world.store.erase(judge: "ann", from: nil)
        try world.service.learning.mark(removals, why: "a person was erased")
        gate.isOpen.withLock { $0 = true }
        try await step.value
        let model = try #require(try await world.service.job("s", job.id).model)
        #expect(try await world.service.model("s", model).stale != nil)
    }
}

/// A store in memory of which the events can be read only while it is open.
final class GatedStore: ServiceStore {
    private let inner = MemoryStore()
    let isOpen = Locked(true)
    let isWaiting = Locked(false)

    var kind: String { "gated" }
    func events(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (StoredEvent) throws -> Void)
        throws
    {
        var number = 0
        try inner.events(space, filter, limit: limit) { event in
            number += 1
            if number == 50 {
                let end = ContinuousClock.now + .seconds(20)
                while !isOpen.withLock({ $0 }), ContinuousClock.now < end {
                    isWaiting.withLock { $0 = true }
                    Thread.sleep(forTimeInterval: 0.002)
                }
            }
            try body(event)
        }
    }
    func append(_ submissions: [Submission]) throws -> [AppendResult] { try inner.append(submissions) }
    func lines(_ space: String, _ filter: EventFilter, limit: Int?, _ body: (String) throws -> Void) throws {
        try inner.lines(space, filter, limit: limit, body)
    }
    func decision(_ space: String, _ id: String) throws -> StoredEvent? { try inner.decision(space, id) }
    func answers(_ space: String, decision: String) throws -> [StoredEvent] {
        try inner.answers(space, decision: decision)
    }
    func spaces() throws -> [String] { try inner.spaces() }
    func recordKinds() throws -> [String] { try inner.recordKinds() }
    func ledger(_ space: String) throws -> Ledger { try inner.ledger(space) }
    func last(_ space: String) throws -> Int64 { try inner.last(space) }
    func counts(_ space: String) throws -> [Feedback.Kind: Int] { try inner.counts(space) }
    func refusals(_ space: String, limit: Int) throws -> [Refusal] { try inner.refusals(space, limit: limit) }
    func remove(_ space: String, ids: [String]) throws -> Removal { try inner.remove(space, ids: ids) }
    func erase(judge: String, from spaces: [String]?) throws -> [Removal] {
        try inner.erase(judge: judge, from: spaces)
    }
    func prune(_ space: String, before: Double) throws -> Removal { try inner.prune(space, before: before) }
    func drop(_ space: String) throws { try inner.drop(space) }
    func record(_ kind: String, _ id: String) throws -> ServiceRecord? { try inner.record(kind, id) }
    func records(_ kind: String) throws -> [ServiceRecord] { try inner.records(kind) }
    func write(_ changes: [RecordChange]) throws -> Bool { try inner.write(changes) }
    func revision() throws -> Int64 { try inner.revision() }
    func verify() throws -> [String] { try inner.verify() }
    func close() throws { try inner.close() }
}
