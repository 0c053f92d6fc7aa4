import HTTPTypes
import Hummingbird
import NIOCore
import Serving

/// Lets a request to a route in, or not: the key, what it may do and where, how often, and what the request
/// carries.
struct Admission: Sendable {
    let state: ServerState

    /// Answers a request to a route.
    func respond(_ route: APIRoute, _ request: Request, _ context: ServerContext) async throws -> Response {
        let principal = try admit(route, request, context)
        try checkForms(route, request)
        let call = Call(request: request, context: context, state: state, principal: principal)
        return try await route.run(call)
    }

    private func admit(_ route: APIRoute, _ request: Request, _ context: ServerContext) throws -> Principal {
        let now = state.service.now
        let limits = state.options.limits
        let known = request.key.flatMap { state.service.keys.principal($0) }
        guard let principal = known else {
            try state.admitVisitor(request, context)
            guard route.access == .open else { throw ServiceError.unauthenticated }
            return Principal(key: "", roles: [])
        }
        context.principal = principal
        try state.limiter.takeRequest(key: principal.key, perSecond: limits.requestsPerSecond, now: now)
        switch route.access {
        case .open: break
        case .space(let role):
            let space = try context.pathText("space")
            if let own = principal.space, own != space {
                throw ServiceError.notFound(kind: "space", name: space)
            }
            guard principal.may(role, in: space) else { throw refusal(role.rawValue) }
            _ = try state.service.spaces.space(space)
        case .any(let role):
            guard principal.may(role, in: principal.space) else { throw refusal(role.rawValue) }
        case .whole(let role):
            guard principal.may(role, in: nil) else {
                throw refusal(principal.space == nil ? role.rawValue : "\(role.rawValue) for all spaces")
            }
        }
        return principal
    }

    private func refusal(_ role: String) -> ServiceError { .forbidden("this key lacks the role \(role)") }

    private func checkForms(_ route: APIRoute, _ request: Request) throws {
        if request.isPacked {
            throw APIError(
                .unsupportedMediaType, "media_type",
                "send the body unpacked: no Content-Encoding is read")
        }
        if case .json(_, let isOptional) = route.input {
            let type = request.mediaType
            let isBare = type == nil && isOptional && !request.mayHaveBody
            guard type == "application/json" || isBare else {
                throw APIError(
                    .unsupportedMediaType, "media_type", "send Content-Type: application/json")
            }
        }
        let produced =
            switch route.output {
            case .nothing: ""
            case .json: "application/json"
            case .other(let type): type
            }
        guard produced.isEmpty || request.accepts(produced) else {
            throw APIError(.notAcceptable, "not_acceptable", "the answer is \(produced)")
        }
    }
}

extension ServerState {
    /// Counts a request that shows no key against the address that it comes from.
    ///
    /// - Throws: `APIError` 429 where that has asked too often.
    func admitVisitor(_ request: Request, _ context: ServerContext) throws {
        let address = request.address(context, trustsProxy: options.trustsProxy)
        try limiter.takeRequest(
            key: "@\(address)", perSecond: options.limits.anonymousPerSecond, now: service.now)
    }
}

extension Request {
    /// The key that it shows.
    fileprivate var key: String? {
        guard let text = headers[.authorization], text.utf8.count <= 300 else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// The address that it comes from: the one that the nearest proxy names, where there is one.
    func address(_ context: ServerContext, trustsProxy: Bool) -> String {
        guard trustsProxy, let last = headers[values: .forwardedFor].last?.split(separator: ",").last else {
            return context.peer
        }
        return ClientAddress.bounded(String(last.prefix(60)).trimmingSpaces)
    }

    var mayHaveBody: Bool {
        headers[.transferEncoding] != nil || headers[.contentLength].map { $0 != "0" } ?? false
    }

    /// Whether its body is packed.
    var isPacked: Bool {
        headers[.contentEncoding].map { $0.trimmingSpaces.lowercased() != "identity" } ?? false
    }

    /// The type of its body, without parameters.
    var mediaType: String? {
        headers[.contentType]?.split(separator: ";").first.map { String($0).trimmingSpaces.lowercased() }
    }

    /// Whether a batch comes in lines.
    func isNDJSON() throws -> Bool {
        switch mediaType {
        case "application/json": return false
        case "application/x-ndjson", "application/jsonl", "application/x-jsonlines": return true
        default:
            throw APIError(
                .unsupportedMediaType, "media_type",
                "send Content-Type: application/json or application/x-ndjson")
        }
    }

    /// Whether the client takes an answer of this type.
    func accepts(_ type: String) -> Bool {
        let wanted = headers[values: .accept]
        if wanted.isEmpty { return true }
        let family = type.split(separator: "/").first.map { "\($0)/*" } ?? "*/*"
        for range in wanted.joined(separator: ",").split(separator: ",").prefix(50) {
            let parts = range.split(separator: ";").map { String($0).trimmingSpaces.lowercased() }
            guard let name = parts.first, name == "*/*" || name == type || name == family else { continue }
            let isRefused = parts.dropFirst().contains { ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains($0) }
            if !isRefused { return true }
        }
        return false
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var rest = self[...]
        while rest.first == " " { rest.removeFirst() }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }
}
