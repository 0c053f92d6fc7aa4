import Foundation
import HeedAPI

extension HeedClient {
    /// The spaces that the key may see.
    public func spaces() async throws -> [Space] { try await get(["v1", "spaces"]) }

    /// All that the dashboard shows of a space.
    public func overview(_ space: String) async throws -> SpaceOverview {
        try await get(["v1", "spaces", space])
    }

    /// Makes a space.
    public func createSpace(_ name: String, _ settings: SpaceSettings = SpaceSettings()) async throws -> Space
    {
        try await post(["v1", "spaces"], SpaceRequest(name: name, settings: settings))
    }

    /// Changes a space's settings to these.
    public func changeSpace(_ name: String, _ settings: SpaceSettings) async throws -> Space {
        let request = try ClientRequest(.PATCH, ["v1", "spaces", name]).with(settings)
        return try await ask(request, isRepeatable: true).value()
    }

    /// Removes a space with everything that is in it.
    public func removeSpace(_ name: String) async throws { try await delete(["v1", "spaces", name]) }

    /// The models, newest first.
    public func models(_ space: String) async throws -> [ModelInfo] {
        try await get(["v1", "spaces", space, "models"])
    }

    /// A model.
    public func model(_ space: String, _ id: String) async throws -> ModelInfo {
        try await get(["v1", "spaces", space, "models", id])
    }

    /// Compares two models on the feedback that neither learnt from; `uniform` is choosing by chance, `live`
    /// the live one.
    public func compare(_ space: String, _ a: String, _ b: String) async throws -> ModelComparison {
        try await get(["v1", "spaces", space, "models", "compare"], query: [("a", a), ("b", b)])
    }

    /// Makes a model the live one.
    public func promote(_ space: String, model: String) async throws -> ModelInfo {
        try await post(["v1", "spaces", space, "models", model, "promote"])
    }

    /// Makes the model live again that was live before; `nil` where that is choosing by chance.
    public func rollBack(_ space: String, _ kind: ModelKind) async throws -> ModelInfo? {
        let request = ClientRequest(
            .POST, ["v1", "spaces", space, "rollback"], query: [("kind", kind.rawValue)])
        let answer = try await ask(request, isRepeatable: false)
        return answer.status == 204 ? nil : try answer.value()
    }

    /// Starts a training.
    public func train(_ space: String, _ wanted: TrainRequest = TrainRequest()) async throws -> JobInfo {
        try await post(["v1", "spaces", space, "jobs"], wanted)
    }

    /// The trainings, newest first.
    public func jobs(_ space: String) async throws -> [JobInfo] {
        try await get(["v1", "spaces", space, "jobs"])
    }

    /// A training.
    public func job(_ space: String, _ id: String) async throws -> JobInfo {
        try await get(["v1", "spaces", space, "jobs", id])
    }

    /// Cancels a training.
    public func cancel(_ space: String, job id: String) async throws -> JobInfo {
        let request = ClientRequest(.DELETE, ["v1", "spaces", space, "jobs", id])
        return try await ask(request, isRepeatable: false).value()
    }

    /// Counts a judge's votes (`false`), sets them aside (`true`), or leaves it to the rules (`nil`).
    public func setAside(_ space: String, judge: String, _ aside: Bool?) async throws -> JudgeView {
        try await post(["v1", "spaces", space, "judges", judge], SetAsideRequest(setAside: aside))
    }

    /// Removes everything that a person ever sent.
    ///
    /// - Returns: how many pieces were removed, by space.
    public func erase(judge: String, from spaces: [String]? = nil) async throws -> [String: Int] {
        let report: EraseReport = try await post(["v1", "erase"], EraseRequest(judge: judge, spaces: spaces))
        return report.removed
    }

    /// The invitations, newest first.
    public func invitations(_ space: String) async throws -> [InvitationInfo] {
        try await get(["v1", "spaces", space, "invitations"])
    }

    /// Makes an invitation.
    public func invite(_ space: String, _ wanted: InvitationRequest = InvitationRequest()) async throws
        -> InvitationInfo
    { try await post(["v1", "spaces", space, "invitations"], wanted) }

    /// Ends an invitation.
    public func revokeInvitation(_ space: String, _ id: String) async throws {
        try await delete(["v1", "spaces", space, "invitations", id])
    }

    /// The keys.
    public func keys() async throws -> [KeyInfo] { try await get(["v1", "keys"]) }

    /// Makes a key.
    public func createKey(_ wanted: KeyRequest) async throws -> NewKey {
        try await post(["v1", "keys"], wanted)
    }

    /// Revokes a key.
    public func revokeKey(_ id: String) async throws { try await delete(["v1", "keys", id]) }

    /// How the service is.
    public func status() async throws -> StatusReport { try await get(["status"]) }

    /// The metrics, as Prometheus reads them.
    public func metrics() async throws -> String {
        let answer = try await ask(ClientRequest(.GET, ["metrics"]), isRepeatable: true)
        return String(decoding: answer.body, as: UTF8.self)
    }

    private func delete(_ path: [String]) async throws {
        _ = try await ask(ClientRequest(.DELETE, path), isRepeatable: false)
    }
}
