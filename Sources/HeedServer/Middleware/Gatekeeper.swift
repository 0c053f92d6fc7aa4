import HTTPTypes
import Hummingbird
import Logging
import Serving

/// Stands before every route: bounds how much is worked on at once, turns errors into answers, counts, logs,
/// and adds the headers that every answer carries.
///
/// The log names routes by their template and never a path, a query, a header or a body: none of them may
/// hold a secret there.
struct Gatekeeper: RouterMiddleware {
    typealias Context = ServerContext

    let state: ServerState
    let headers: SecurityHeaders

    func handle(
        _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let metrics = state.metrics
        let underway = metrics.begin()
        defer { metrics.end() }
        var response: Response
        if underway > state.options.limits.requests {
            response =
                APIError(
                    .serviceUnavailable, "overloaded", "too many requests at once; try again", retryAfter: 1
                )
                .response
        } else {
            do {
                response = try await next(request, context)
            } catch {
                let answer = APIError(error)
                if answer.status.code >= 500 { log(error, answer, context) }
                response = answer.response
            }
        }
        response.headers[.requestID] = context.requestID
        headers.add(to: &response)
        let route = context.endpointPath ?? "none"
        let elapsed = start.duration(to: .now)
        metrics.note(request.method, route: route, status: response.status.code, elapsed: elapsed)
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method.rawValue.prefix(16))", "route": "\(route)",
                "status": "\(response.status.code)", "ms": "\(elapsed.milliseconds)",
                "key": "\(context.principal?.key ?? "-")",
            ])
        return response
    }

    private func log(_ error: any Error, _ answer: APIError, _ context: ServerContext) {
        let level: Logger.Level = answer.code == "overloaded" ? .debug : .error
        context.logger.log(
            level: level, "a request failed",
            metadata: ["route": "\(context.endpointPath ?? "none")", "error": "\(error)"])
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// In milliseconds, to the microsecond.
    fileprivate var milliseconds: Double { (seconds * 1e6).rounded() / 1e3 }
}
