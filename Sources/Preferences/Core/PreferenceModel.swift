import Signals

/// Learns how much the items of a log are preferred.
///
/// Conforming types are small values with documented defaults; each stands in a file of its own. Everything
/// that they share (turning a log into terms, Newton's method, intervals, rank ranges) is in `Core`, so that a
/// new model is one likelihood.
///
/// ```swift
/// let log = try FeedbackLog(contentsOf: ["battles.csv"])
/// let fit = try BradleyTerry().fit(log)
/// print(fit.items[0].item, fit.items[0].score, fit.items[0].interval)
/// ```
public protocol PreferenceModel: Sendable {
    /// The model's id, as in `heed rank --model ID` and in the catalogue.
    static var id: String { get }

    /// The model's name and source in one line.
    static var summary: String { get }

    /// Learns from a log.
    ///
    /// - Throws: `PreferenceError` where the log holds nothing that this model reads.
    func fit(_ log: FeedbackLog) throws -> RankingFit
}

/// Why a model could not be fitted, and what to do.
public enum PreferenceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The log holds no feedback that the model reads.
    case nothingToLearnFrom(model: String, reads: String, found: String)
    /// Fewer than two items.
    case tooFewItems(found: Int)
    /// A name that is not in the log.
    case unknown(kind: String, name: String, known: [String])
    /// A setting outside its range.
    case setting(name: String, value: String, expected: String)
    /// The fit failed; there is nothing to report.
    case failed(model: String, reason: String)

    public var description: String {
        switch self {
        case .nothingToLearnFrom(let model, let reads, let found):
            "\(model) learns from \(reads), and there is none: found \(found). Choose another --model, or see "
                + "heed audit for what the files hold."
        case .tooFewItems(let found):
            "a ranking needs at least two items, found \(found)"
        case .unknown(let kind, let name, let known):
            "there is no \(kind) \(name.debugDescription); "
                + (known.isEmpty
                    ? "the log has none"
                    : "known: \(known.prefix(12).joined(separator: ", "))"
                        + (known.count > 12 ? ", … (\(known.count) in all)" : ""))
        case .setting(let name, let value, let expected):
            "\(name) is \(value), but must be \(expected)"
        case .failed(let model, let reason):
            "\(model) could not be fitted: \(reason)"
        }
    }
}
