import Foundation

/// Why a request was not answered as hoped.
public enum HeedClientError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The server says no.
    case refused(Refusal)
    /// The server cannot be reached, or the connection broke.
    case connection(String)
    /// The answer is not what this version of the client reads.
    case unreadable(String)
    /// The client was set up wrongly.
    case setting(String)
    /// The buffer is full, or closed.
    case buffer(String)

    /// What the server said.
    public struct Refusal: Sendable, Hashable {
        /// The status: 400, 401, 403, 404, 409, 410, 413, 422, 429, 503.
        public var status: Int
        /// What went wrong, for programs.
        public var code: String
        /// What went wrong, for people.
        public var message: String
        /// The field at fault.
        public var field: String?
        /// In how many seconds to try again.
        public var retryAfter: Double?

        /// Whether the same request may do later: nothing of it was kept.
        public var isTemporary: Bool { status == 429 || status == 503 }
    }

    /// Whether the same request may do later.
    public var isTemporary: Bool {
        switch self {
        case .refused(let refusal): refusal.isTemporary
        case .connection: true
        case .unreadable, .setting, .buffer: false
        }
    }

    var retryAfter: Double? { if case .refused(let refusal) = self { refusal.retryAfter } else { nil } }

    public var description: String {
        switch self {
        case .refused(let refusal): "\(refusal.status) \(refusal.code): \(refusal.message)"
        case .connection(let what): "no connection: \(what)"
        case .unreadable(let what): "the answer cannot be read: \(what)"
        case .setting(let what), .buffer(let what): what
        }
    }
}
