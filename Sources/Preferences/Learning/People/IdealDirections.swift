/// Finds the tastes that judges are mixtures of, where what is liked may depend on the prompt.
///
/// Source: Chen, Chen, Rege, Wang and Vinayak, "PAL: Pluralistic Alignment Framework for Learning from Heterogeneous
/// Preferences" (2024), the model with ideal directions.
///
///     aᵢ(x) = Σₖ wᵢₖ gₖ(x),   P(a ≻ b | i, x) = σ(⟨f(a) − f(b), aᵢ(x)⟩)
///
/// with f a map from standardised features to `dimensions` numbers (linear unless `hidden` says otherwise), g₁…g_K small networks
/// over the prompt's features, and wᵢ ≥ 0 the weights of judge i, which add up to 1. Where prompts have no features of their
/// own, each gₖ is the same direction for all of them: a mixture of K weighted sums of features. K, the people and newcomers are
/// treated as `IdealPoints` does.
///
/// What the data cannot say: the order of the prototypes, and f and g up to changes of the space between them; only their product
/// is known. For a judge with few answers, which mixture they are.
///
/// When not to use it: with one judge, or where judges answer fewer than about five comparisons each.
///
/// - Complexity: O(steps · batch · parameters) for each K and restart.
///
/// ```swift
/// let model = try IdealDirections().fit(data, seed: 1)
/// print(model.curve, model.certificate.limits)
/// ```
public struct IdealDirections: PrototypeLearner {
    public static let id = "pal-directions"

    /// ℓ.
    public var loss: any PairLoss
    /// K, at most 8; nil chooses among 1…5.
    public var prototypes: Int?
    /// d, the dimension of the space of directions.
    public var dimensions: Int
    /// The widths of the hidden layers of f; none is a linear map.
    public var hidden: [Int]
    /// The widths of the hidden layers of g.
    public var contextHidden: [Int]
    /// How many starts are tried for each K; the best on held-out comparisons is kept.
    public var restarts: Int
    /// How it is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: any PairLoss = LogisticLoss(), prototypes: Int? = nil, dimensions: Int = 16,
        hidden: [Int] = [], contextHidden: [Int] = [32], restarts: Int = 2,
        trainer: PairTrainer = IdealPoints.usualTrainer
    ) {
        precondition(prototypes.map { (1...8).contains($0) } ?? true, "K is from 1 to 8")
        precondition(
            dimensions > 0 && (hidden + contextHidden).allSatisfy { $0 > 0 }, "a layer has at least one unit")
        precondition(restarts > 0, "there is at least one start")
        self.loss = loss
        self.prototypes = prototypes
        self.dimensions = dimensions
        self.hidden = hidden
        self.contextHidden = contextHidden
        self.restarts = restarts
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if let lack = IdealPoints.lacks(data) { return lack }
        let prompts = data.items.prompts
        return data.items.promptFeatures != nil && (prompts.isEmpty || prompts.contains { $0 < 0 })
            ? "a prompt for each item, as some prompts have features" : nil
    }

    public func fit(
        _ data: ComparisonSet, seed: UInt64, watch: FitWatch
    ) throws -> PrototypeModel<IdealDirections> {
        try require(data)
        return try PrototypeTraining(
            id: Self.id, loss: loss, hidden: hidden, dimensions: dimensions, prototypes: prototypes,
            restarts: restarts, trainer: trainer, isPoints: false, contextHidden: contextHidden
        ).fit(data, seed: seed, watch: watch)
    }
}
