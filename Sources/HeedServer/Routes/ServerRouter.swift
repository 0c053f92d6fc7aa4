import HTTPTypes
import Hummingbird

/// Makes the router: the routes of the API from their table, and the pages.
enum ServerRouter {
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options]

    static func make(_ state: ServerState) -> Router<ServerContext> {
        let router = Router(context: ServerContext.self, options: [.autoGenerateHeadEndpoints])
        let isSecure = state.options.tls != nil || state.options.trustsProxy
        router.add(middleware: Gatekeeper(state: state, headers: SecurityHeaders(isSecure: isSecure)))
        let admission = Admission(state: state)
        for (path, routes) in Dictionary(grouping: APIRoutes.all, by: \.path) {
            var known: Set<HTTPRequest.Method> = []
            for route in routes {
                known.insert(route.method)
                router.on(RouterPath(path), method: route.method) { request, context in
                    try await admission.respond(route, request, context)
                }
            }
            if known.contains(.get) { known.insert(.head) }
            let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
            for method in methods where !known.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ in
                    var response = APIError(
                        .methodNotAllowed, "method", "this address takes \(allowed)"
                    ).response
                    response.headers[.allow] = allowed
                    return response
                }
            }
        }
        PageRoutes(state: state).add(to: router)
        return router
    }
}
