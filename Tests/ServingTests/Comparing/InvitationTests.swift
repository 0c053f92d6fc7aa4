import Foundation
import HeedAPI
import Testing

@testable import Serving

@Suite("Invitations")
struct InvitationTests {
    private func token(_ info: InvitationInfo) -> String { String(info.path.dropFirst(3)) }

    @Test(
        "A personal link gives its judge; an open one gives each visitor a name of their own and knows them again"
    )
    func visitors() async throws {
        let town = try await Town(Town.settings(items: 3))
        let service = town.service
        let personal = try await service.invite("s", InvitationRequest(judge: "ann"))
        #expect(personal.path.hasPrefix("/c/"))
        let ann = try await service.visitor(token: token(personal), known: nil)
        #expect(ann.judge == "ann" && ann.space == "s" && ann.invitation == personal.id)
        let open = try await service.invite("s", InvitationRequest())
        let first = try await service.visitor(token: token(open), known: nil)
        let second = try await service.visitor(token: token(open), known: nil)
        #expect(first.judge.hasPrefix("guest-") && first.judge != second.judge)
        let cookie = try service.visitorCookie(first)
        #expect(try await service.visitor(token: token(open), known: cookie) == first)
        // A name that nobody signed, or that was given elsewhere, is no name.
        #expect(try await service.visitor(token: token(open), known: "ann").judge.hasPrefix("guest-"))
        let elsewhere = try await service.invite("s", InvitationRequest())
        #expect(try await service.visitor(token: token(elsewhere), known: cookie) != first)
    }

    @Test(
        "A link ends when its time is over or when it is revoked, in every process; a made-up one never begins"
    )
    func ends() async throws {
        let town = try await Town(Town.settings(items: 3))
        let service = town.service
        let info = try await service.invite("s", InvitationRequest(hours: 1))
        let other = try await service.invite("s", InvitationRequest(hours: 1))
        #expect(try await service.invitations("s").count == 2)
        #expect(try await service.invitations("s").contains(info))
        try await service.revokeInvitation("s", other.id)
        let again = try await Town(Town.settings(items: 3), store: town.store, clock: town.clock)
        await #expect(throws: ServiceError.expired("this invitation was revoked; ask for a new link")) {
            try await again.service.visitor(token: token(other), known: nil)
        }
        _ = try await again.service.visitor(token: token(info), known: nil)
        town.clock.move(3_600)
        await #expect(throws: ServiceError.expired("this invitation is over; ask for a new link")) {
            try await service.visitor(token: token(info), known: nil)
        }
        let forged = try Signer(secret: Data(repeating: 9, count: 32)).token(
            "invitation", ["id": info.id, "space": "s"])
        for bad in [
            forged, "", token(info) + "A",
            try service.signer.token("session", ["id": info.id, "space": "s"]),
        ] {
            await #expect(throws: ServiceError.unauthenticated) {
                try await service.visitor(token: bad, known: nil)
            }
        }
        await #expect(throws: ServiceError.self) { try await service.revokeInvitation("s", "nobody") }
        for hours in [0, -1, .infinity, .nan, 8_761] {
            await #expect(throws: ServiceError.self) {
                try await service.invite("s", InvitationRequest(hours: hours))
            }
        }
        await #expect(throws: ServiceError.self) { try await service.invite("nowhere", InvitationRequest()) }
    }
}
