import Foundation
import HeedAPI

/// Links that let people compare without an account: signed, so that none can be made up, and kept, so that one can be ended.
struct Invitations: Sendable {
    /// What a link's token says.
    private struct Claims: Codable, Sendable {
        var id: String
        var space: String
    }

    /// The kind of record.
    static let kind = "invitation"
    private static let purpose = "invitation"
    private static let usualHours = 168.0
    private static let mostHours = 8_760.0

    let core: ServiceCore

    /// Makes an invitation.
    func create(_ space: String, _ request: InvitationRequest) throws -> InvitationInfo {
        let hours = request.hours ?? Self.usualHours
        guard hours > 0, hours <= Self.mostHours else {
            throw ServiceError.invalid(
                field: "hours", value: "\(hours)", expected: "above 0, at most \(Int(Self.mostHours))")
        }
        if let judge = request.judge { try Comparing.check(judge: judge) }
        let id = KeyRing.text(KeyRing.random(6))
        let created = core.now()
        var info = InvitationInfo(
            id: id, space: space, judge: request.judge, created: created, expires: created + hours * 3_600,
            path: "")
        guard try core.store.write([RecordChange(Self.kind, "\(space)/\(id)", info, expected: 0)]) else {
            throw ServiceError.conflict("the invitation could not be made; try again")
        }
        info.path = try path(info)
        return info
    }

    /// The invitations of a space, newest first.
    func all(_ space: String) throws -> [InvitationInfo] {
        try core.store.values(InvitationInfo.self, Self.kind).filter { $0.space == space }
            .sorted { ($1.created, $1.id) < ($0.created, $0.id) }
            .map { info in
                var info = info
                info.path = try path(info)
                return info
            }
    }

    /// Ends an invitation.
    func revoke(_ space: String, _ id: String) throws {
        for _ in 0..<5 {
            guard
                let (found, version) = try core.store.value(InvitationInfo.self, Self.kind, "\(space)/\(id)")
            else {
                throw ServiceError.notFound(kind: "invitation", name: id)
            }
            if found.revoked != nil { return }
            var info = found
            info.revoked = core.now()
            let change = try RecordChange(Self.kind, "\(space)/\(id)", info, expected: version)
            if try core.store.write([change]) { return }
        }
        throw ServiceError.conflict("the invitation \(id) is being changed by others; try again")
    }

    /// The invitation behind a link's token.
    ///
    /// - Throws: `ServiceError.expired` for one that is over, `.unauthenticated` for one that was never made.
    func invitation(token: String) throws -> InvitationInfo {
        guard let claims = core.signer.payload(Claims.self, Self.purpose, token),
            let (info, _) = try core.store.value(
                InvitationInfo.self, Self.kind, "\(claims.space)/\(claims.id)")
        else { throw ServiceError.unauthenticated }
        if info.revoked != nil {
            throw ServiceError.expired("this invitation was revoked; ask for a new link")
        }
        guard core.now() < info.expires else {
            throw ServiceError.expired("this invitation is over; ask for a new link")
        }
        return info
    }

    private func path(_ info: InvitationInfo) throws -> String {
        "/c/" + (try core.signer.token(Self.purpose, Claims(id: info.id, space: info.space)))
    }
}
