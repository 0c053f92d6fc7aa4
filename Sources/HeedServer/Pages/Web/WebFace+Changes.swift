import Foundation
import HeedAPI
import Serving

extension WebFace {
    /// Opens a session with a key.
    func login(_ request: WebRequest) async -> WebResponse {
        let next = Address.local(request.form["next"] ?? request.query["next"] ?? "/") ?? .path("")
        func page(_ problem: String?, _ status: Int = 200) -> WebResponse {
            .html(LoginPage(problem: problem, next: next.text).html(), status: status)
        }
        if request.method == "GET" {
            return sessions.session(request) == nil ? page(nil) : .redirect(.path(""))
        }
        guard request.method == "POST" else { return page("This page cannot be asked that way.", 405) }
        guard request.isFromHere else { return page("The form came from another site. Try again here.", 403) }
        guard await limit.mayTry(request.client, now: service.now) else {
            return page("Too many tries. Wait five minutes.", 429).with("Retry-After", "300")
        }
        let key = (request.form["key"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        guard let principal = service.keys.principal(key) else {
            await limit.failed(request.client, now: service.now)
            return page("This is no key of this service, or it was revoked.", 401)
        }
        guard principal.roles.contains(.read) || principal.roles.contains(.admin) else {
            return page("This key may not look: it needs the role read or admin.", 403)
        }
        guard let cookie = try? sessions.open(principal, isSecure: request.isSecure) else {
            return page("The session could not be opened. Try again.", 500)
        }
        return WebResponse.redirect(next).with("Set-Cookie", cookie)
    }

    /// Does what a form of the dashboard asks for.
    func change(_ request: WebRequest, _ session: WebSession) async throws -> WebResponse {
        let path = request.path
        switch path.first {
        case "logout" where path.count == 1:
            return WebResponse.redirect(.path("login"))
                .with("Set-Cookie", Sessions.close(isSecure: request.isSecure))
                .with("Clear-Site-Data", "\"cache\"")
        case "spaces" where path.count == 1: return try await createSpace(request, session)
        case "spaces" where path.count == 3:
            return try await change(request, space: path[1], path[2], session)
        case "keys": return try await changeKeys(request, session)
        default: return problem(404, "There is no such page", "The address may have been mistyped.", session)
        }
    }

    private func createSpace(_ request: WebRequest, _ session: WebSession) async throws -> WebResponse {
        try require(.admin, nil, session)
        let form = request.form
        do {
            var settings = SpaceSettings()
            if let question = form["question"], !question.isEmpty { settings.question = question }
            settings.items = try ItemsText.items(form["items"] ?? "")
            settings.actions = ItemsText.lines(form["actions"] ?? "")
            let space = try await service.spaces.create(form["name"] ?? "", settings, now: service.now)
            return .redirect(.path("spaces", space.name, query: [("done", "created")]))
        } catch let error as ServiceError {
            let page = try await home(session, message: refusal(error), draft: form)
            return .html(page.html(), status: error.pageStatus)
        }
    }

    private func changeKeys(_ request: WebRequest, _ session: WebSession) async throws -> WebResponse {
        try require(.admin, nil, session)
        let form = request.form
        do {
            if request.path == ["keys", "revoke"] {
                try await service.keys.revoke(form["id"] ?? "", now: service.now)
                return .redirect(.path("keys", query: [("done", "revoked")]))
            }
            guard request.path == ["keys"] else { throw ServiceError.notFound(kind: "page", name: "keys") }
            let space = form["space"].flatMap { $0.isEmpty ? nil : $0 }
            if let space { _ = try service.spaces.space(space) }
            let wanted = KeyRequest(
                name: form["name"] ?? "", roles: form.all("role").compactMap(Role.init(rawValue:)),
                space: space)
            let fresh = try await service.keys.create(wanted, now: service.now)
            return .html(keysPage(session, fresh: fresh).html())
        } catch let error as ServiceError {
            return .html(
                keysPage(session, message: refusal(error), draft: form).html(), status: error.pageStatus)
        }
    }

    private func change(
        _ request: WebRequest, space: String, _ what: String, _ session: WebSession
    ) async throws -> WebResponse {
        try require(.admin, space, session)
        _ = try service.spaces.space(space)
        func back(_ done: String, _ section: String) -> WebResponse {
            .redirect(.path("spaces", space, query: [("done", done)], section: section))
        }
        let form = request.form
        do {
            let kind = form["kind"].flatMap(ModelKind.init(rawValue:)) ?? .policy
            switch what {
            case "train":
                _ = try await service.train(space, TrainRequest(kind: kind))
                return back("training", "models")
            case "cancel":
                _ = try await service.cancel(space, job: form["job"] ?? "")
                return back("cancelled", "models")
            case "promote":
                _ = try await service.promote(space, model: form["model"] ?? "")
                return back("promoted", "models")
            case "rollback":
                _ = try await service.rollBack(space, kind)
                return back("rolledback", "models")
            case "judge":
                let aside: Bool? = form["aside"] == "yes" ? true : form["aside"] == "no" ? false : nil
                _ = try await service.setAside(space, judge: form["judge"] ?? "", aside)
                return back("judge", "judges")
            case "invite":
                _ = try await service.invite(space, try SettingsForm.invitation(form))
                return back("invited", "invitations")
            case "revoke-invitation":
                try await service.revokeInvitation(space, form["id"] ?? "")
                return back("revoked", "invitations")
            case "settings":
                let read = try SettingsForm(form)
                _ = try await service.spaces.update(space) { read.apply(to: &$0) }
                return back("saved", "settings")
            default:
                return problem(404, "There is no such page", "The address may have been mistyped.", session)
            }
        } catch let error as ServiceError {
            let draft = what == "settings" ? form : nil
            let page = try await spacePage(request, space, session, message: refusal(error), draft: draft)
            return .html(page.html(), status: error.pageStatus)
        }
    }

    private func refusal(_ error: ServiceError) -> Message {
        Message(kind: "serious", text: error.description)
    }
}
