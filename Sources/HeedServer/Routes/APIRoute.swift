import HTTPTypes
import HeedAPI
import Hummingbird

/// One route of the API: the router, the OpenAPI description and the tests of who may do what are all made
/// from these.
public struct APIRoute: Sendable {
    /// Who may use a route. There is no standard: each route says it.
    public enum Access: Sendable, Hashable {
        /// Everybody.
        case open
        /// Keys with a role, for the space in the path.
        case space(Role)
        /// Keys with a role; one that is for a single space sees and changes only what is that space's.
        case any(Role)
        /// Keys with a role that are for all spaces.
        case whole(Role)

        /// The role that is needed; `nil` for none.
        public var role: Role? {
            switch self {
            case .open: nil
            case .space(let role), .any(let role), .whole(let role): role
            }
        }
    }

    /// What a request carries.
    public enum Input: Sendable {
        case none
        /// A value in JSON.
        case json(Schema, isOptional: Bool = false)
        /// A batch of feedback.
        case events
    }

    /// What an answer carries.
    public enum Output: Sendable {
        case nothing
        case json(Schema)
        case other(String)
    }

    /// A value of the query.
    public struct Query: Sendable {
        var name: String
        var about: String
        var isNeeded = false
    }

    /// The name of the operation.
    public var name: String
    /// The method.
    public var method: HTTPRequest.Method
    /// The path, its variable parts in braces.
    public var path: String
    /// Who may use it.
    public var access: Access
    /// What it does, in a sentence.
    public var about: String
    var query: [Query] = []
    var input = Input.none
    var status = HTTPResponse.Status.ok
    var output: Output
    /// Whether there may be nothing to tell: 204.
    var mayBeEmpty = false
    let run: @Sendable (Call) async throws -> Response
}
