import HTTPTypes
import HeedAPI
import Hummingbird
import NIOCore
import Serving
import Signals

/// Why a request was not answered as it hoped: what clients see, in one form for all.
public struct APIError: Error, Sendable, Hashable, HTTPResponseError {
    /// The status.
    public var status: HTTPResponse.Status
    /// What went wrong, for programs.
    public var code: String
    /// What went wrong and what to do, for people.
    public var message: String
    /// The field of the request at fault.
    public var field: String?
    /// In how many seconds to try again.
    public var retryAfter: Double?

    /// Creates an error.
    public init(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, field: String? = nil,
        retryAfter: Double? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }

    /// What clients are told of an error.
    ///
    /// Nothing of the server's inside: an unknown error is only named as such, and paths of files stay in the
    /// log.
    public init(_ error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as ServiceError: self.init(service: error)
        case let error as DecodingError: self.init(decoding: error)
        case is CancellationError:
            self.init(.serviceUnavailable, "closing", "the service is shutting down", retryAfter: 1)
        case is NIOTooManyBytesError: self.init(.contentTooLarge, "too_large", "the body is too large")
        case let error as any HTTPResponseError:
            switch error.status {
            case .notFound: self.init(.notFound, "not_found", "there is nothing at this address")
            default: self.init(error.status, "bad_request", "the request cannot be understood")
            }
        default: self.init(.internalServerError, "internal", "something went wrong here; the log says what")
        }
    }

    private init(service error: ServiceError) {
        let text = error.description
        switch error {
        case .notFound: self.init(.notFound, "not_found", text)
        case .invalid(let field, _, _): self.init(.unprocessableContent, "invalid", text, field: field)
        case .conflict: self.init(.conflict, "conflict", text)
        case .unauthenticated: self.init(.unauthorized, "unauthenticated", text)
        case .forbidden: self.init(.forbidden, "forbidden", text)
        case .overloaded(let seconds):
            self.init(.serviceUnavailable, "overloaded", text, retryAfter: seconds)
        case .tooLarge: self.init(.contentTooLarge, "too_large", text)
        case .notReady: self.init(.conflict, "not_ready", text)
        case .expired: self.init(.gone, "expired", text)
        case .closing: self.init(.serviceUnavailable, "closing", text, retryAfter: 1)
        case .store(let error):
            let what =
                switch error.problem {
                case .full: "the disk of the service is full"
                case .busy: "the store is busy"
                default: "the store does not answer"
                }
            self.init(
                .serviceUnavailable, "store", "\(what); nothing of this request was kept, try again",
                retryAfter: error.problem == .full ? 30 : 1)
        }
    }

    private init(decoding error: DecodingError) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            let field = path(context.codingPath + [key])
            self.init(.unprocessableContent, "invalid", "\(field) is missing", field: field)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            let field = path(context.codingPath)
            self.init(
                .unprocessableContent, "invalid",
                "\(field.isEmpty ? "the body" : field) has a value of another type",
                field: field.isEmpty ? nil : field)
        case .dataCorrupted(let context):
            let field = path(context.codingPath)
            // The decoder names a Swift type where a word is none of those known.
            let what =
                context.debugDescription.split(separator: "from invalid String value ", maxSplits: 1)
                .dropFirst().first.map { "\(field) is \($0.prefix(40)), which is none of the words known" }
            self.init(
                .unprocessableContent, "invalid",
                what ?? "the body says something that cannot be: \(context.debugDescription)",
                field: field.isEmpty ? nil : field)
        @unknown default:
            self.init(.badRequest, "bad_json", "the body cannot be read")
        }
    }

    private struct Body: Encodable {
        struct Detail: Encodable {
            var code: String
            var message: String
            var field: String?
        }
        var error: Detail
    }

    /// The answer that says it.
    public var response: Response {
        var headers = HTTPFields()
        if let retryAfter { headers[.retryAfter] = String(Int(max(1, retryAfter.rounded(.up)))) }
        if status == .unauthorized { headers[.wwwAuthenticate] = "Bearer" }
        let detail = Body.Detail(code: code, message: message, field: field)
        return .json(Body(error: detail), status: status, headers: headers)
    }

    public func response(from request: Request, context: some RequestContext) throws -> Response { response }
}
