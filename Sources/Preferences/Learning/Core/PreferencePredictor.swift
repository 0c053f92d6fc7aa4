import Foundation
import Kernels

/// What was learnt: says which of two things will be preferred, by whom, and how surely.
public protocol PreferencePredictor: Sendable {
    /// The id of the method that learnt it.
    static var id: String { get }

    /// The number of features that items need.
    var features: Int { get }

    /// How the fit ended.
    var certificate: FitCertificate { get }

    /// The log-odds with which the first of each comparison is preferred; the comparisons' labels are not looked at.
    ///
    /// - Throws: `LearningError.data` where the features do not fit, `.audience` or `.unknown` where the model knows nothing
    ///   of those asked for.
    func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction]

    /// All that is needed to make it again.
    var state: ModelState { get }

    /// Makes it again, bit for bit.
    ///
    /// - Throws: `LearningError.data` where something is missing.
    init(_ state: ModelState) throws
}

/// A model that gives each item a score of its own, so that things can be ranked one by one.
public protocol ItemScorer: PreferencePredictor {
    /// The score of each item, on the scale on which differences are log-odds.
    func scores(_ items: ItemSet, for audience: Audience) throws -> [Prediction]
}

extension ItemScorer {
    /// Differences of scores. Their uncertainty is left out: errors of two scores are not independent.
    public func predict(_ data: ComparisonSet, for audience: Audience) throws -> [Prediction] {
        let scores = try scores(data.items, for: audience)
        return (0..<data.count).map {
            Prediction(scores[data.left[$0]].value - scores[data.right[$0]].value)
        }
    }
}

/// Whom a model is asked about.
public enum Audience: Sendable, Hashable {
    /// All together.
    case everyone
    /// For each comparison its own judge, or its group, where the model knows them; otherwise everyone.
    case each
    /// One judge by name.
    case judge(String)
    /// One group by name.
    case group(String)
    /// Somebody new who answered a few comparisons.
    case newcomer(ComparisonSet)

    /// In words, for messages.
    public var description: String {
        switch self {
        case .everyone: "everyone"
        case .each: "each comparison's judge"
        case .judge(let name): "the judge \(name.debugDescription)"
        case .group(let name): "the group \(name.debugDescription)"
        case .newcomer(let answers): "a person with \(answers.count) answers"
        }
    }

    /// For models that know of nobody in particular: throws unless everyone is asked for.
    func requireEveryone(_ model: String) throws {
        switch self {
        case .everyone, .each: return
        default:
            throw LearningError.audience(
                model: model, asked: description,
                reason: "it learnt one taste for all; train pal or vpl to tell people apart")
        }
    }
}

/// A number that a model predicts, with its uncertainty.
public struct Prediction: Sendable, Hashable {
    /// The log-odds or the score.
    public var value: Double
    /// Its standard error; nil where the model does not know.
    public var deviation: Double?

    /// Creates one.
    public init(_ value: Double, deviation: Double? = nil) {
        self.value = value
        self.deviation = deviation
    }

    /// The 95% interval of the probability, for log-odds; nil where the standard error is not known.
    public var interval: ClosedRange<Double>? {
        guard let deviation else { return nil }
        let lower = Special.logistic(value - 1.959964 * deviation)
        let upper = Special.logistic(value + 1.959964 * deviation)
        return lower <= upper ? lower...upper : nil
    }

    /// The probability, for log-odds: σ(v / √(1 + π s²/8)), the mean of σ over a normal with this standard error, nearly.
    public var probability: Double {
        guard let deviation else { return Special.logistic(value) }
        return Special.logistic(value / (1 + .pi * deviation * deviation / 8).squareRoot())
    }
}
