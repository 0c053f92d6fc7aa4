/// What all strength models have in common: the prior, the terms beside the items, and the intervals.
public struct BoardOptions: Sendable, Hashable {
    /// The standard deviation, in log-odds, of the Gaussian prior on each score. 10 is so wide that it moves a
    /// score only where the data say next to nothing (an item that won every game), and makes the answer exist.
    /// `nil` asks for pure maximum likelihood, which fails on separable or disconnected data.
    public var priorScale: Double? = 10
    /// Whether to model the advantage of place (home side, shown first), where the data record it: η gains h for
    /// the left item when it is at home, loses h when the right one is, and is left alone on neutral ground.
    public var position = true
    /// Numbers to control for: item features, left minus right, or features of the occasion.
    public var covariates: [Covariate] = []
    /// The half-life of an observation's weight in seconds: a game that long before the last one counts half.
    public var halfLife: Double?
    /// Items with fewer observations than this take part in the fit and are left out of the ranking.
    public var minimumObservations = 0.0
    /// How intervals are made.
    public var intervals = IntervalOptions()

    /// The defaults.
    public init() {}
}

/// A number to control for, such as the length of an answer.
public struct Covariate: Sendable, Hashable {
    /// The feature's name.
    public var name: String
    /// What enters the model.
    public var transform: Transform

    /// How a feature of two items becomes one covariate.
    public enum Transform: String, Sendable, Hashable, CaseIterable {
        /// x_left − x_right.
        case difference
        /// log x_left − log x_right (of 1 + x).
        case logarithm
        /// tanh of the difference over its standard deviation: large differences count no more than moderate ones
        /// (as in length-controlled AlpacaEval).
        case tanh
    }

    /// Creates a covariate.
    public init(_ name: String, _ transform: Transform = .difference) {
        self.name = name
        self.transform = transform
    }
}

/// How the intervals of a fit are made.
public struct IntervalOptions: Sendable, Hashable {
    /// The confidence.
    public var confidence = 0.95
    /// What is independent of what.
    public var cluster = Cluster.automatic
    /// Where standard errors come from.
    public var method = Method.robust
    /// Whether the intervals stay valid for a reader who looks after every vote (confidence sequences).
    public var anytime = false
    /// The number of independent units (votes, judges) at which anytime intervals are tightest, about 1.55 times a
    /// plain one; below twice from a tenth to a thousand times as many. Choose it before the data, and keep it.
    public var plannedUnits = 1000.0
    /// The seed of the bootstrap.
    public var seed: UInt64 = 1

    /// What observations are clustered by.
    public enum Cluster: String, Sendable, Hashable, CaseIterable {
        /// By judge where at least five are named; else by prompt where at least twenty are; else not at all.
        case automatic
        case judge, prompt, none
    }

    /// Where standard errors come from.
    public enum Method: Sendable, Hashable {
        /// The sandwich covariance, and the model's own for items that the sandwich cannot judge (see `Inference`).
        case robust
        /// The inverse information: right when the model is.
        case model
        /// This many refits on resampled clusters, percentile intervals.
        case bootstrap(Int)
    }

    /// The defaults.
    public init() {}
}
