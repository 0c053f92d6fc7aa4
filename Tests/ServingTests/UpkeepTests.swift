import Foundation
import HeedAPI
import Signals
import Testing

@testable import Serving

@Suite struct UpkeepTests {
    private func service(_ store: any ServiceStore = MemoryStore()) throws -> HeedService {
        try HeedService(store: store, now: { 5000 })
    }

    private func votes(_ service: HeedService, _ space: String) async throws {
        for judge in ["ann", "bo"] {
            let events = (0..<3).map { StoreConformance.thumb("\(judge)-\($0)", judge: judge) }
            _ = try await service.ingest(space, events.map { .event($0) })
        }
    }

    @Test func everythingThatAPersonSentGoesAndTheRecordsForgetThem() async throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteServiceStore(path: folder.file())
        let service = try service(store)
        for space in ["offers", "models"] {
            _ = try await service.spaces.create(space, SpaceSettings(), now: 0)
            try await votes(service, space)
        }
        var changes: [RecordChange] = []
        for (id, judge) in [("offers/i1", "ann"), ("offers/i2", "bo"), ("models/i1", "ann")] {
            let info = InvitationInfo(
                id: String(id.suffix(2)), space: String(id.prefix(6)), judge: judge, created: 1, expires: 1e9,
                path: "/c/x")
            changes.append(try RecordChange("invitation", id, info))
        }
        for id in ["offers/ann", "offers/bo", "offers/ann/x", "models/ann"] {
            changes.append(RecordChange(kind: "judge", id: id, body: Data("{}".utf8)))
        }
        #expect(try store.write(changes))
        let revision = try store.revision()

        #expect(try await service.erase(judge: "ann", from: ["offers"]) == ["offers": 3])
        #expect(try store.records("judge").map(\.id) == ["models/ann", "offers/ann/x", "offers/bo"])
        let invitations = try store.values(InvitationInfo.self, "invitation")
        #expect(invitations.map(\.judge) == ["ann", nil, "bo"])
        #expect(invitations.map(\.revoked) == [nil, 5000, nil])
        #expect(try store.revision() > revision)
        #expect(try await service.erase(judge: "ann") == ["models": 3])
        #expect(try await service.erase(judge: "ann") == [:])
        #expect(try await service.ledger("offers").removed == 3 && service.ledger("offers").addsUp)
        #expect(try store.ids("offers") == ["bo-0", "bo-1", "bo-2"])
        // Nothing is left but what is not about the person.
        #expect(try store.write([RecordChange(kind: "judge", id: "offers/ann/x", body: nil)]))
        #expect(try await service.erase(judge: "ann") == [:])
        try store.close()
        let bytes = FileManager.default.contents(atPath: folder.file()) ?? Data()
        #expect(bytes.range(of: Data("ann-".utf8)) == nil && bytes.range(of: Data("\"ann\"".utf8)) == nil)
    }

    @Test func whatIsNotThereIsRefused() async throws {
        let service = try service()
        await #expect(throws: ServiceError.notFound(kind: "space", name: "nosuch")) {
            try await service.erase(judge: "ann", from: ["nosuch"])
        }
        await #expect(throws: ServiceError.notFound(kind: "space", name: "nosuch")) {
            try await service.prune("nosuch", before: 0)
        }
        await #expect(throws: ServiceError.self) { try await service.erase(judge: "") }
        #expect(try await service.erase(judge: "ann") == [:])
    }

    @Test func oldFeedbackGoes() async throws {
        let store = MemoryStore()
        let service = try service(store)
        _ = try await service.spaces.create("offers", SpaceSettings(), now: 0)
        try store.add([StoreConformance.thumb("old")], to: "offers", arrived: 10)
        try store.add([StoreConformance.thumb("new")], to: "offers", arrived: 20)
        #expect(try await service.prune("offers", before: 15) == 1)
        #expect(try store.ids("offers") == ["new"])
    }
}
