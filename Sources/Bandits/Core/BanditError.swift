/// Why a policy, a log or a setting was refused, and what to do.
public enum BanditError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A setting outside its range.
    case setting(name: String, value: String, expected: String)
    /// A file that does not hold the policy asked for.
    case file(path: String, reason: String)
    /// Data that a method cannot use.
    case data(String)
    /// A name that is not known.
    case unknown(kind: String, name: String, known: [String])

    public var description: String {
        switch self {
        case .setting(let name, let value, let expected): "\(name) is \(value), but must be \(expected)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .data(let text): text
        case .unknown(let kind, let name, let known):
            "there is no \(kind) \(name.debugDescription); known: \(known.joined(separator: ", "))"
        }
    }
}
