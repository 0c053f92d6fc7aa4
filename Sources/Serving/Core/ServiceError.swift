import Signals

/// Why the service did not do what it was asked: what, where, and what to do about it.
public enum ServiceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such thing: "space", "model".
    case notFound(kind: String, name: String)
    /// The request says something that cannot be: the field, its value (shortened), what is expected.
    case invalid(field: String, value: String, expected: String)
    /// It contradicts what is there, or the state it is in.
    case conflict(String)
    /// No key, or not one that is known.
    case unauthenticated
    /// The key may not do this.
    case forbidden(String)
    /// Too much waits: try again in so many seconds.
    case overloaded(retryAfter: Double)
    /// It exceeds a limit.
    case tooLarge(what: String, limit: Int)
    /// It cannot be answered yet: too little feedback, no model.
    case notReady(String)
    /// An invitation or a question that is over.
    case expired(String)
    /// It is shutting down.
    case closing
    /// The store failed; what was acknowledged is safe.
    case store(StoreError)

    public var description: String {
        switch self {
        case .notFound(let kind, let name): "there is no \(kind) \(name)"
        case .invalid(let field, let value, let expected): "\(field) is \(value); expected \(expected)"
        case .conflict(let what): what
        case .unauthenticated: "no valid key: send Authorization: Bearer KEY"
        case .forbidden(let what): what
        case .overloaded(let seconds): "too much is waiting to be written; try again in \(seconds) s"
        case .tooLarge(let what, let limit): "\(what) is over the limit of \(limit)"
        case .notReady(let what): what
        case .expired(let what): what
        case .closing: "the service is shutting down"
        case .store(let error): "\(error.what). \(error.advice)."
        }
    }
}
