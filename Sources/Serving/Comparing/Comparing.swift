import HeedAPI
import Signals

/// Asks people: which things to show next, and what became of their answers.
final class Comparing: Sendable {
    private let core: ServiceCore
    private let watching: Watching

    init(_ core: ServiceCore, watching: Watching) {
        self.core = core
        self.watching = watching
    }
}

/// Somebody who came by an invitation.
public struct Visitor: Sendable, Hashable, Codable {
    /// The invitation's id.
    public var invitation: String
    /// The space.
    public var space: String
    /// The judge under whose name the answers are kept.
    public var judge: String
}

extension HeedService {
    /// Makes an invitation.
    public func invite(_ space: String, _ request: InvitationRequest) async throws -> InvitationInfo {
        throw ServiceError.notReady("not written yet")
    }

    /// The invitations of a space, newest first.
    public func invitations(_ space: String) async throws -> [InvitationInfo] { [] }

    /// Ends an invitation at once.
    public func revokeInvitation(_ space: String, _ id: String) async throws {}

    /// Who comes with a link's token; a visitor of an open invitation brings the name that they were given before.
    ///
    /// - Parameter known: the judge's name in the visitor's cookie, signed by `signer` for `"visitor"`.
    /// - Throws: `ServiceError.expired` for one that is over or revoked, `.unauthenticated` for one that was never made.
    public func visitor(token: String, known: String?) async throws -> Visitor { throw ServiceError.unauthenticated }

    /// The next question for a judge; `nil` where there is nothing to compare.
    public func nextTask(_ space: String, judge: String) async throws -> ComparisonTask? { nil }

    /// Keeps an answer, once.
    ///
    /// - Returns: the id of the feedback, for `undo`.
    public func answer(_ space: String, judge: String, _ answer: ComparisonAnswer) async throws -> String {
        throw ServiceError.notReady("not written yet")
    }

    /// Takes back an answer that this judge gave within the last hour.
    public func undo(_ space: String, judge: String, answer id: String) async throws {}
}
