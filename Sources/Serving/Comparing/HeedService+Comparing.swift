import HeedAPI
import Signals

/// Somebody who came by an invitation.
public struct Visitor: Sendable, Hashable, Codable {
    /// The invitation's id.
    public var invitation: String
    /// The space.
    public var space: String
    /// The judge under whose name the answers are kept.
    public var judge: String

    /// What cookies that name a visitor are signed for.
    static let purpose = "visitor"
}

extension HeedService {
    /// Makes an invitation.
    public func invite(_ space: String, _ request: InvitationRequest) async throws -> InvitationInfo {
        _ = try spaces.space(space)
        return try await core.lane.run { [comparing] in try comparing.invitations.create(space, request) }
    }

    /// The invitations of a space, newest first.
    public func invitations(_ space: String) async throws -> [InvitationInfo] {
        _ = try spaces.space(space)
        return try await core.lane.run { [comparing] in try comparing.invitations.all(space) }
    }

    /// Ends an invitation at once.
    public func revokeInvitation(_ space: String, _ id: String) async throws {
        try await core.lane.run { [comparing] in try comparing.invitations.revoke(space, id) }
    }

    /// Who comes with a link's token; a visitor of an open invitation keeps the name that they were given before.
    ///
    /// - Parameter known: what `visitorCookie` made at an earlier visit, from the visitor's cookie. Anything else is taken for
    ///   nothing: the visitor is then a new one.
    /// - Throws: `ServiceError.expired` for one that is over or revoked, `.unauthenticated` for one that was never made.
    public func visitor(token: String, known: String?) async throws -> Visitor {
        let info = try await core.lane.run { [comparing] in try comparing.invitations.invitation(token: token)
        }
        _ = try spaces.space(info.space)
        if let judge = info.judge { return Visitor(invitation: info.id, space: info.space, judge: judge) }
        if let known, let before = signer.payload(Visitor.self, Visitor.purpose, known),
            before.invitation == info.id, before.space == info.space
        {
            return before
        }
        let name = "guest-" + KeyRing.text(KeyRing.random(5))
        return Visitor(invitation: info.id, space: info.space, judge: name)
    }

    /// A visitor, signed, for their cookie.
    public func visitorCookie(_ visitor: Visitor) throws -> String {
        try signer.token(Visitor.purpose, visitor)
    }

    /// The next question for a judge; `nil` where there is nothing to compare.
    ///
    /// - Parameter invitation: the id of the invitation by which they came, kept with the answer.
    public func nextTask(_ space: String, judge: String, invitation: String? = nil) async throws
        -> ComparisonTask?
    {
        try Comparing.check(judge: judge)
        return try await comparing.next(try spaces.space(space), judge: judge, invitation: invitation)
    }

    /// Keeps an answer, once; it is durable when this returns.
    ///
    /// The same answer to the same question again changes nothing.
    ///
    /// - Returns: the id of the feedback, for `undo`.
    /// - Throws: `ServiceError.invalid` for a question that was not asked of this judge here or an answer that does not fit it,
    ///   `.expired` after an hour, `.conflict` where the question has another answer already.
    public func answer(_ space: String, judge: String, _ answer: ComparisonAnswer) async throws -> String {
        try await comparing.keep(answer, try spaces.space(space), judge: judge)
    }

    /// Takes back an answer that this judge gave within the last hour, and the reason given with it. The question may then be
    /// answered again.
    public func undo(_ space: String, judge: String, answer id: String) async throws {
        _ = try spaces.space(space)
        try await comparing.takeBack(id, space, judge: judge)
    }
}
