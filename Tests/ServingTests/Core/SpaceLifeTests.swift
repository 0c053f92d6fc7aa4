import Foundation
import HeedAPI
import Signals
import Testing

@testable import Serving

@Suite("Spaces that end and come again, and keys")
struct SpaceLifeTests {
    @Test("A space that is made anew under an old name has nothing of the old one")
    func again() async throws {
        let town = try await Town(Town.settings(items: 3))
        let service = town.service
        let whole = try await service.keys.create(KeyRequest(name: "all", roles: [.admin]), now: 0)
        let own = try await service.keys.create(KeyRequest(name: "s", roles: [.send], space: "s"), now: 0)
        let invitation = try await service.invite("s", InvitationRequest())
        for judge in ["ann", "bo", "cy"] {
            try await town.answer(try await town.task(judge), judge, .left)
        }
        let open = try await town.task("dan")
        try await service.refresh("s")
        #expect(try await service.ranking("s") != nil)
        // A judge whose name begins with an accent that joins the slash before it.
        _ = try await service.setAside("s", judge: "\u{301}eve", true)
        #expect(try service.watching.decided("s").count == 1)

        try await service.removeSpace("s")
        for kind in try town.store.recordKinds() where kind != "key" && kind != "secret" {
            #expect(try town.store.records(kind).isEmpty, "\(kind)")
        }
        #expect(service.keys.principal(own.secret) == nil)
        #expect(service.keys.principal(whole.secret) != nil)
        await #expect(throws: ServiceError.notFound(kind: "space", name: "s")) {
            try await service.removeSpace("s")
        }
        // What another process, which had not heard of it, may have left.
        _ = try town.store.write([RecordChange(kind: "live", id: "s/policy", body: Data("{}".utf8))])

        town.clock.move(1)
        _ = try await service.spaces.create("s", Town.settings(items: 3), now: town.clock.now)
        #expect(try town.store.records("live").isEmpty)
        #expect(service.watching.seen("s") == nil)
        #expect(service.keys.principal(own.secret) == nil)
        #expect(try await service.ranking("s") == nil)
        #expect(try await service.judges("s").isEmpty)
        await #expect(throws: ServiceError.unauthenticated) {
            try await service.visitor(token: String(invitation.path.dropFirst(3)), known: nil)
        }
        await #expect(throws: ServiceError.self) { try await town.answer(open, "dan", .left) }
        #expect(try town.events().isEmpty)
        // As many votes as before: nothing tells the two spaces apart but when they were made.
        for judge in ["x", "y", "z"] { try await town.answer(try await town.task(judge), judge, .right) }
        try await service.refresh("s")
        #expect(try await service.judges("s").map(\.judge).sorted() == ["x", "y", "z"])
    }

    @Test("A training of a space that went keeps nothing")
    func trainingOfARemovedSpace() async throws {
        let gate = GatedStore()
        let world = try LearningWorld(gate)
        try await world.space()
        try world.log(300)
        gate.isOpen.withLock { $0 = false }
        _ = try await world.service.train("s", TrainRequest())
        let step = Task { [service = world.service] in try await service.learning.step() }
        while !gate.isWaiting.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(2)) }
        try await world.service.removeSpace("s")
        gate.isOpen.withLock { $0 = true }
        try await step.value
        for kind in ["model", "blob", "live", "job"] {
            #expect(try gate.records(kind).isEmpty, "\(kind)")
        }
    }

    @Test("Two admin keys cannot revoke each other at once")
    func lastAdmin() async throws {
        for _ in 0..<20 {
            let service = try HeedService(store: MemoryStore(), now: { 0 })
            var ids: [String] = []
            for name in ["a", "b"] {
                ids.append(
                    try await service.keys.create(KeyRequest(name: name, roles: [.admin]), now: 0).key.id)
            }
            await withTaskGroup(of: Void.self) { group in
                for id in ids { group.addTask { try? await service.keys.revoke(id, now: 1) } }
            }
            #expect(service.keys.all().contains { $0.revoked == nil })
            await #expect(throws: ServiceError.self) {
                for id in ids { try await service.keys.revoke(id, now: 1) }
            }
        }
    }

    @Test("An erased answer may be given again")
    func erasedAnswer() async throws {
        let town = try await Town(Town.settings(items: 3))
        let task = try await town.task("ann")
        try await town.answer(task, "ann", .left)
        #expect(try await town.service.erase(judge: "ann") == ["s": 1])
        try await town.answer(task, "ann", .left)
        #expect(try town.events().count == 1)
    }
}
