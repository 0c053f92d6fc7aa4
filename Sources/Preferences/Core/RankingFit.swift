import Kernels
import Signals

/// What a model learnt: the items' scores with their uncertainty, and how far to trust them.
public struct RankingFit: Sendable {
    /// The id of the model.
    public internal(set) var model: String
    /// What the numbers are, in one sentence.
    public internal(set) var summary: String
    /// The items, best first; where the comparison graph is disconnected, part by part, the largest first.
    public internal(set) var items: [RankedItem]
    /// Home advantage, covariates, tie and scale parameters.
    public internal(set) var coefficients: [Coefficient]
    /// What the model learnt of each judge; empty where it does not look at judges.
    public internal(set) var judges: [JudgeFit]
    /// Whether the fit can be trusted.
    public internal(set) var certificate: Certificate
    /// How the intervals were made.
    public internal(set) var intervals: IntervalNote
    /// The log-likelihood at the estimate, without the prior.
    public internal(set) var logLikelihood: Double
    /// The weight of all observations that were used.
    public internal(set) var observations: Double
    /// Predicts outcomes from the fitted parameters.
    public internal(set) var predictor: OutcomePredictor
    /// Uncertainty of score differences.
    public internal(set) var uncertainty: ScoreUncertainty

    /// The result for an item, or `nil` where it is not in the fit.
    public func item(_ name: String) -> RankedItem? {
        items.first { $0.item.utf8.elementsEqual(name.utf8) }
    }

    /// The probabilities that the first item wins, ties and loses against the second on neutral ground.
    public func probability(_ left: String, over right: String) throws -> OutcomeProbability {
        guard let a = item(left) else {
            throw PreferenceError.unknown(kind: "item", name: left, known: items.map(\.item))
        }
        guard let b = item(right) else {
            throw PreferenceError.unknown(kind: "item", name: right, known: items.map(\.item))
        }
        return predictor.probability(difference: a.score - b.score)
    }
}

/// One item of a ranking.
public struct RankedItem: Sendable, Hashable {
    /// The name.
    public var item: String
    /// The place of the item in the fit's parameters (the order of `ScoreUncertainty`).
    public var index: Int
    /// The score in natural log-odds, with mean zero over the items.
    public var score: Double
    /// The standard error of the score.
    public var standardError: Double
    /// The interval for the score.
    public var interval: ClosedRange<Double>
    /// The side on which the interval has no end: an item that never lost has no upper one. The bound that
    /// `interval` shows there comes from the prior alone.
    public var open: OpenSide?
    /// The rank, 1 for the best, within the item's part.
    public var rank: Int
    /// The ranks that the item can claim, at the interval's confidence.
    public var ranks: ClosedRange<Int>
    /// The weight of the observations that the item is in.
    public var comparisons: Double
    /// The connected part of the comparison graph that the item is in, 0 for the largest. Scores of different
    /// parts cannot be compared.
    public var part: Int

    /// The side on which an interval has no end.
    public enum OpenSide: String, Sendable, Hashable, Codable {
        case above, below, both
    }
}

/// A parameter that is not an item's score.
public struct Coefficient: Sendable, Hashable {
    /// The name, such as `home` or `length`.
    public var name: String
    /// What it is and in which unit.
    public var meaning: String
    /// The estimate.
    public var estimate: Double
    /// Its standard error; not a number where it was not estimated.
    public var standardError: Double
    /// Its interval.
    public var interval: ClosedRange<Double>
}

/// What a model learnt of one judge.
public struct JudgeFit: Sendable, Hashable {
    /// The judge.
    public var judge: String
    /// How sharply the judge follows the common ranking: 1 like the average, 0 at random, negative reversed.
    public var sharpness: Double
    /// Its standard error.
    public var standardError: Double
    /// The log-odds by which the judge prefers the left (first) item whatever it is.
    public var leftBias: Double
    /// How many answers it gave.
    public var answers: Double
    /// In words.
    public var kind: Kind

    /// What kind of judge it seems to be.
    public enum Kind: String, Sendable, Hashable, Codable {
        case sharp, ordinary, noisy, random, lazy, reversed, unknown
    }
}

/// Whether a fit can be trusted: did it converge, and does it have one answer?
public struct Certificate: Sendable, Hashable {
    /// Whether the solver reached the optimum.
    public var converged: Bool
    /// The number of Newton (or EM) steps.
    public var iterations: Int
    /// The largest component of the gradient at the end, for each observation.
    public var gradientNorm: Double
    /// Whether the data alone determine every score, without the prior.
    public var identified: Bool
    /// The connected parts of the comparison graph, largest first, when there is more than one.
    public var parts: [[String]]
    /// Items that never lost, or never won, against the rest of their part: the data set no bound on them.
    public var separable: [String]
    /// What a reader must know, in plain sentences.
    public var notes: [String]
}

/// How the intervals of a fit were made.
public struct IntervalNote: Sendable, Hashable {
    /// The method's id: `model`, `robust`, `clustered`, `bootstrap`, `anytime`.
    public var method: String
    /// The confidence, such as 0.95.
    public var confidence: Double
    /// What the observations were clustered by, if anything.
    public var clusteredBy: String?
    /// The number of clusters.
    public var clusters: Int?
    /// The critical value that multiplies standard errors.
    public var criticalValue: Double
}

/// Probabilities of the three outcomes of a comparison.
public struct OutcomeProbability: Sendable, Hashable {
    /// That the first item wins.
    public var win: Double
    /// That they tie.
    public var tie: Double
    /// That the second item wins.
    public var loss: Double

    /// Creates probabilities.
    public init(win: Double, tie: Double, loss: Double) {
        self.win = win
        self.tie = tie
        self.loss = loss
    }
}

/// Turns a difference of scores into probabilities of outcomes.
public struct OutcomePredictor: Sendable, Hashable, Codable {
    var link: LinkKind
    var tie: Double
    /// The log-odds that the side with the advantage of place gains.
    public internal(set) var home: Double
    /// A sample of the judges' sharpness and liking for the first place, where the model knows judges: a prediction
    /// is then for a judge drawn from them.
    var judges: [JudgeEffect] = []
    /// The coefficient of each covariate, for a difference left minus right in the covariate's own unit.
    public internal(set) var covariates: [String: Double]

    /// The probabilities for the first of two items whose scores differ by `difference`.
    ///
    /// - Parameters:
    ///   - first: the side with the advantage of place, if any; `.left` is the first item.
    public func probability(difference: Double, first: Side? = nil) -> OutcomeProbability {
        probability(difference: difference, place: first == nil ? 0 : first == .left ? 1 : -1, offset: 0)
    }

    /// The same with the place as a number (1 for the left item, −1 for the right) and what covariates add.
    func probability(difference: Double, place: Double, offset: Double) -> OutcomeProbability {
        if judges.isEmpty { return link.probability(difference + home * place + offset, tie: tie) }
        var sum = OutcomeProbability(win: 0, tie: 0, loss: 0)
        for judge in judges {
            let p = link.probability(judge.sharpness * difference + judge.bias * place + offset, tie: tie)
            sum.win += judge.share * p.win
            sum.tie += judge.share * p.tie
            sum.loss += judge.share * p.loss
        }
        return sum
    }
}

/// A kind of judge and its share among the answers.
struct JudgeEffect: Sendable, Hashable, Codable {
    var sharpness: Double
    var bias: Double
    var share: Double

    /// At most `limit` kinds that stand for these judges: neighbours in sharpness, then in bias, are averaged.
    static func summary(_ judges: [(sharpness: Double, bias: Double, answers: Double)], limit: Int = 24)
        -> [JudgeEffect]
    {
        let total = judges.reduce(0) { $0 + $1.answers }
        guard total > 0 else { return [] }
        let sorted = judges.sorted {
            $0.sharpness != $1.sharpness ? $0.sharpness < $1.sharpness : $0.bias < $1.bias
        }
        let size = (sorted.count + limit - 1) / limit
        return stride(from: 0, to: sorted.count, by: size).map { start in
            let part = sorted[start..<min(start + size, sorted.count)]
            let weight = part.reduce(0) { $0 + $1.answers }
            return JudgeEffect(
                sharpness: part.reduce(0) { $0 + $1.sharpness * $1.answers } / weight,
                bias: part.reduce(0) { $0 + $1.bias * $1.answers } / weight, share: weight / total)
        }
    }
}
