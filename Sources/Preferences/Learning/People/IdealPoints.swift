/// Finds the tastes that judges are mixtures of: things are liked by how close they come to each judge's ideal point.
///
/// Source: Chen, Chen, Rege, Wang and Vinayak, "PAL: Pluralistic Alignment Framework for Learning from Heterogeneous
/// Preferences" (2024), the model with fixed ideal points.
///
///     aᵢ = Σₖ wᵢₖ pₖ,   P(a ≻ b | i) = σ(‖f(b) − aᵢ‖² − ‖f(a) − aᵢ‖²)
///
/// with f a map from standardised features to `dimensions` numbers (linear unless `hidden` says otherwise), p₁…p_K ideal points
/// that all share, and wᵢ ≥ 0 the weights of judge i, which add up to 1. All are trained together; the log-odds are the same
/// mixture of the prototypes' own. Then f and p stay, and each judge is placed by Bayes' rule on a grid of mixtures, with the
/// population (learnt from all judges) as what is believed before: a judge with few answers stays near everyone. A newcomer is
/// placed in the same way.
///
/// K is the smallest of 1…5 within a standard error of the best log loss of comparisons that were held out of everything, and
/// more than 1 only where that gains two standard errors over one taste for all; otherwise the certificate says that no
/// plurality was found.
///
/// What the data cannot say: the order of the prototypes, rotations and shifts of their space, and, for a judge with few
/// answers, which mixture they are. A mixture of two prototypes may also be a person of a third kind that is rare.
///
/// When not to use it: with one judge, or where judges answer fewer than about five comparisons each.
///
/// - Complexity: O(steps · batch · parameters) for each K and restart.
///
/// ```swift
/// let model = try IdealPoints().fit(data, seed: 1)
/// for person in PeopleReport(model).people { print(person.name, person.position.weights) }
/// ```
public struct IdealPoints: PrototypeLearner {
    public static let id = "pal"

    /// ℓ.
    public var loss: any PairLoss
    /// K, at most 8; nil chooses among 1…5.
    public var prototypes: Int?
    /// d, the dimension of the space of ideal points.
    public var dimensions: Int
    /// The widths of the hidden layers of f; none is a linear map.
    public var hidden: [Int]
    /// How many starts are tried for each K; the best on held-out comparisons is kept.
    public var restarts: Int
    /// How it is trained.
    public var trainer: PairTrainer

    /// How prototypes are trained unless said otherwise: watched closely, as scores grow without bound, and held back.
    public static let usualTrainer = PairTrainer(
        steps: 3000, batch: 512, learningRate: 0.005, weightDecay: 1, validationShare: 0.15,
        validateEvery: 10, patience: 15)

    /// Creates the learner.
    public init(
        loss: any PairLoss = LogisticLoss(), prototypes: Int? = nil, dimensions: Int = 16,
        hidden: [Int] = [], restarts: Int = 2, trainer: PairTrainer = usualTrainer
    ) {
        precondition(prototypes.map { (1...8).contains($0) } ?? true, "K is from 1 to 8")
        precondition(dimensions > 0 && hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        precondition(restarts > 0, "there is at least one start")
        self.loss = loss
        self.prototypes = prototypes
        self.dimensions = dimensions
        self.hidden = hidden
        self.restarts = restarts
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? { Self.lacks(data) }

    /// What data have to hold to tell people apart.
    static func lacks(_ data: ComparisonSet) -> String? {
        if data.count < 20 { return "at least 20 comparisons" }
        if data.judges.allSatisfy({ $0 < 0 }) { return "judges (who answered each comparison)" }
        return data.items.features.columns > 8192
            ? "at most 8192 features (an encoder, or fewer hash buckets)" : nil
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> PrototypeModel<
        IdealPoints
    > {
        try require(data)
        return try PrototypeTraining(
            id: Self.id, loss: loss, hidden: hidden, dimensions: dimensions, prototypes: prototypes,
            restarts: restarts, trainer: trainer, isPoints: true, contextHidden: []
        ).fit(data, seed: seed, watch: watch)
    }
}
