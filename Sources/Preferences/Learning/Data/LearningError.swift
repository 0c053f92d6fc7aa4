/// Why something could not be learnt or asked, and what to do.
public enum LearningError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Data that a method cannot use.
    case data(String)
    /// A name that is not known.
    case unknown(kind: String, name: String, known: [String])
    /// A model that is asked for whom it knows nothing about.
    case audience(model: String, asked: String, reason: String)
    /// A file that does not hold what it should.
    case file(path: String, reason: String)
    /// Training went wrong.
    case training(method: String, reason: String)
    /// It was stopped before there was a result.
    case cancelled

    public var description: String {
        switch self {
        case .data(let text): text
        case .unknown(let kind, let name, let known):
            "there is no \(kind) \(name.debugDescription); "
                + (known.isEmpty
                    ? "there are none"
                    : "known: \(known.prefix(12).joined(separator: ", "))"
                        + (known.count > 12 ? ", … (\(known.count) in all)" : ""))
        case .audience(let model, let asked, let reason): "\(model) cannot answer for \(asked): \(reason)"
        case .file(let path, let reason): "\(path): \(reason)"
        case .training(let method, let reason): "\(method) could not be trained: \(reason)"
        case .cancelled: "stopped before there was a result"
        }
    }
}
