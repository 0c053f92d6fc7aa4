import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Serving

/// The pages for people, on the server's router.
struct PageRoutes: Sendable {
    private static let paths: [RouterPath] = [
        "/", "/live", "/login", "/logout", "/keys", "/keys/revoke", "/spaces", "/spaces/**", "/c/**",
        "/assets/*",
    ]
    /// The largest form, in bytes.
    private static let formLimit = 4 << 20

    let state: ServerState

    /// Adds the pages.
    func add(to router: Router<ServerContext>) {
        let face = WebFace(state.service)
        for path in Self.paths {
            for method in [HTTPRequest.Method.get, .post] {
                router.on(path, method: method) { request, context in
                    try state.admitVisitor(request, context)
                    return Self.response(await face.respond(try await read(request, context)))
                }
            }
        }
    }

    private func read(_ request: Request, _ context: ServerContext) async throws -> WebRequest {
        var page = WebRequest()
        page.method = request.method == .head ? "GET" : request.method.rawValue
        page.path = request.uri.path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        page.query = FormData(urlEncoded: Array((request.uri.query ?? "").utf8))?.byName ?? [:]
        for field in request.headers {
            let name = field.name.canonicalName
            page.headers[name] = page.headers[name].map { "\($0); \(field.value)" } ?? field.value
        }
        page.headers["host"] = page.headers["host"] ?? request.head.authority
        page.isSecure = state.options.cookiesAreSecure
        page.client = request.address(context, trustsProxy: state.options.trustsProxy)
        if request.method == .post {
            let limit = min(Self.formLimit, state.options.limits.body)
            let held = try await HeldBody.read(request, limit: limit, budget: state.bodies)
            guard let form = FormData(urlEncoded: held.withBytes { Array($0) }) else {
                throw APIError(.badRequest, "bad_form", "the body is no form: send it as browsers do")
            }
            page.form = form
        }
        return page
    }

    private static func response(_ page: WebResponse) -> Response {
        var fields = HTTPFields()
        for header in page.headers {
            if let name = HTTPField.Name(header.name) {
                fields.append(HTTPField(name: name, value: header.value))
            }
        }
        return Response(
            status: .init(code: page.status), headers: fields,
            body: page.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(bytes: page.body)))
    }
}
