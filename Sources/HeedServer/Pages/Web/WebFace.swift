import Foundation
import HeedAPI
import Serving

/// The pages of a service: the dashboard behind a session, and the compare page behind signed links.
struct WebFace: Sendable {
    let service: HeedService
    let sessions: Sessions
    let limit = LoginLimit()

    init(_ service: HeedService) {
        self.service = service
        sessions = Sessions(service: service)
    }

    /// Answers a request; errors become pages.
    func respond(_ request: WebRequest) async -> WebResponse {
        if request.path.first == "c" { return await compare(request) }
        if request.path.first == "assets", request.path.count == 2, request.method == "GET" {
            return Assets.respond(request.path[1], request) ?? missing(nil)
        }
        if request.path == ["login"] { return await login(request) }
        guard let session = sessions.session(request) else { return toLogin(request) }
        do {
            switch request.method {
            case "GET": return try await look(request, session)
            case "POST":
                guard Sessions.isGenuine(request, session) else {
                    return problem(
                        403, "This form is no longer good",
                        "It was made for another session, or sent from elsewhere. Go back, load the page again, and send it once more.",
                        session)
                }
                return try await change(request, session)
            default: return problem(405, "Not possible", "This page cannot be asked that way.", session)
            }
        } catch let error as ServiceError {
            return problem(error, session)
        } catch {
            return problem(500, "Something went wrong", "The server's log says more.", session)
        }
    }

    // MARK: - Looking

    private func look(_ request: WebRequest, _ session: WebSession) async throws -> WebResponse {
        let path = request.path
        switch path.first {
        case nil:
            return .html(try await home(session, message: .done(request.query["done"])).html())
        case "live" where path.count == 1:
            return live(try await home(session).live(), request)
        case "keys" where path.count == 1:
            try require(.admin, nil, session)
            return .html(keysPage(session, message: .done(request.query["done"])).html())
        case "spaces" where path.count >= 2:
            try require(.read, path[1], session)
            return try await look(request, space: path[1], Array(path.dropFirst(2)), session)
        default: return missing(session)
        }
    }

    private func look(
        _ request: WebRequest, space: String, _ rest: [String], _ session: WebSession
    ) async throws -> WebResponse {
        switch rest.first {
        case nil:
            return .html(
                try await spacePage(request, space, session, message: .done(request.query["done"])).html())
        case "live" where rest.count == 1:
            let view = try await service.overview(space)
            let page = SpacePage(session: session, view: view, origin: request.origin, now: service.now)
            return live(page.live(), request)
        case "models" where rest.count == 2: return try await model(request, space, rest[1], session)
        case "decisions" where rest.count == 1:
            let id = (request.query["id"] ?? "").trimmingCharacters(in: .whitespaces)
            let decision = try await service.decision(space, id)
            return .html(DecisionPage(session: session, space: space, decision: decision).html())
        default: return missing(session)
        }
    }

    private func model(
        _ request: WebRequest, _ space: String, _ id: String, _ session: WebSession
    ) async throws -> WebResponse {
        let model = try await service.model(space, id)
        var comparison: Result<ModelComparison, ModelPage.ServerProblem>?
        if let against = request.query["against"] {
            do {
                comparison = .success(try await service.compare(space, id, against))
            } catch let error as ServiceError {
                comparison = .failure(.init(text: error.description))
            }
        }
        let others = try await service.models(space).filter { $0.kind == model.kind && $0.id != id }
        return .html(
            ModelPage(session: session, space: space, model: model, others: others, comparison: comparison)
                .html())
    }

    /// A part of a page, sent only where it changed.
    private func live(_ html: HTML, _ request: WebRequest) -> WebResponse {
        let tag = "\"\(Live.version(html.markup))\""
        if request.headers["if-none-match"] == tag {
            return WebResponse(status: 304, headers: [("ETag", tag)] + WebResponse.protection)
        }
        return WebResponse.html(html).with("ETag", tag)
    }

    /// The page of all spaces that this session may see.
    func home(_ session: WebSession, message: Message? = nil, draft: FormData = FormData()) async throws
        -> HomePage
    {
        var views: [SpaceOverview] = []
        for space in service.spaces.all() where session.principal.may(.read, in: space.name) {
            views.append(try await service.overview(space.name))
        }
        return HomePage(session: session, spaces: views, message: message, draft: draft)
    }

    /// The page of a space.
    func spacePage(
        _ request: WebRequest, _ space: String, _ session: WebSession, message: Message? = nil,
        draft: FormData? = nil
    ) async throws -> SpacePage {
        let view = try await service.overview(space)
        let isAdmin = session.principal.may(.admin, in: space)
        return SpacePage(
            session: session, view: view, invitations: isAdmin ? try await service.invitations(space) : [],
            origin: request.origin, now: service.now, message: message, draft: draft)
    }

    /// The page of the keys.
    func keysPage(
        _ session: WebSession, fresh: NewKey? = nil, message: Message? = nil, draft: FormData = FormData()
    ) -> KeysPage {
        KeysPage(
            session: session, keys: service.keys.all(), spaces: service.spaces.all().map(\.name),
            fresh: fresh,
            message: message, draft: draft)
    }

    // MARK: - What goes wrong

    /// Refuses what a session's key may not do.
    func require(_ role: Role, _ space: String?, _ session: WebSession) throws {
        guard session.principal.may(role, in: space) else {
            throw ServiceError.forbidden(
                "this needs a key with the role \(role.rawValue)\(space.map { " for \($0)" } ?? "")")
        }
    }

    private func toLogin(_ request: WebRequest) -> WebResponse {
        if request.method == "GET", !request.wantsFragment {
            let next = "/" + request.path.map(Address.encoded).joined(separator: "/")
            return .redirect(.path("login", query: next == "/" ? [] : [("next", next)]))
        }
        return problem(401, "You are not logged in", "Log in again.", nil, back: ("Log in", .path("login")))
    }

    private func missing(_ session: WebSession?) -> WebResponse {
        problem(404, "There is no such page", "The address may have been mistyped.", session)
    }

    /// A page for an error of the service.
    func problem(_ error: ServiceError, _ session: WebSession?) -> WebResponse {
        problem(error.pageStatus, error.pageTitle, error.description, session)
    }

    /// A page that says what went wrong.
    func problem(
        _ status: Int, _ title: String, _ text: String, _ session: WebSession?,
        back: (label: String, address: Address)? = ("All spaces", .path(""))
    ) -> WebResponse {
        .html(ProblemPage(title: title, text: text, session: session, back: back).html(), status: status)
    }
}

extension ServiceError {
    /// The status that a page with this error has.
    var pageStatus: Int {
        switch self {
        case .notFound: 404
        case .invalid: 422
        case .conflict: 409
        case .unauthenticated: 401
        case .forbidden: 403
        case .overloaded: 429
        case .tooLarge: 413
        case .notReady: 409
        case .expired: 410
        case .closing, .store: 503
        }
    }

    /// In a few words.
    var pageTitle: String {
        switch self {
        case .notFound: "There is no such thing"
        case .invalid, .tooLarge: "That cannot be"
        case .conflict, .notReady: "Not now"
        case .unauthenticated: "You are not logged in"
        case .forbidden: "Not with this key"
        case .overloaded: "Too much at once"
        case .expired: "It is over"
        case .closing, .store: "The service cannot answer"
        }
    }
}
