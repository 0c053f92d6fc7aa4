import Foundation
import Kernels
import Tensors

/// Learns what each quality of an answer is from ratings, and from comparisons how much each counts for which prompt.
///
/// Source: Wang, Xiong, Xie, Zhao and Zhang, "Interpretable Preferences via Multi-Objective Reward Modeling and
/// Mixture-of-Experts" (2024), ArmoRM.
///
///     r̂ᵢ(x, y) = wᵢ·z + bᵢ            ridge regressions on ratings, which may be missing
///     r̃ᵢ = r̂ᵢ − λᵢ r̂ᵥ, r̃ᵥ = 0         if a quality v such as verbosity is to be taken out of the others
///     g(e) = s · softmax(MLP(e)/T)     gates of the prompt's features e
///     R(x, y) = Σᵢ gᵢ(e) r̃ᵢ(x, y),   P(a ≻ b) = σ(R(a) − R(b))
///
/// z are the features of an answer with its prompt. Ratings are brought to mean 0 and standard deviation 1 first, so that
/// qualities rated on different scales can be mixed. The regressions stay as they are while the gates are learnt. Where prompts
/// have no features there is one mixture g ≥ 0 for all, which needs no libtorch.
///
/// Ratings are taken from the items that the comparisons name, so that nothing is learnt from items held out for testing;
/// rated items that no comparison names are given as `ratedItems`.
///
/// What the data cannot say: which of two qualities counts that are predicted alike; whether length, once taken out, was wanted.
/// Do not use it without ratings, or where preferences depend on what nobody rated: `linear` sees all features.
///
/// - Complexity: that of `QualityRegression`, then O(steps · batch · gate parameters).
///
/// ```swift
/// let model = try MultiObjectiveReward(debiasedFrom: "verbosity").fit(data)
/// print(try model.explain(data, comparison: 0).ranked[0].name)
/// let terse = try model.steered(["verbosity": 0])
/// ```
public struct MultiObjectiveReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "armorm" }

    /// ℓ.
    public var loss: Loss
    /// The quality v that is taken out of the others; nil for none.
    public var debiasedFrom: String?
    /// How it is taken out.
    public var debiasing: OneSidedDebiasing
    /// The α among which each quality's is chosen.
    public var ridges: [Double]
    /// λ of a mixture for all, on the scale of the mean loss.
    public var ridge: Double
    /// The widths of the gate's hidden layers.
    public var hidden: [Int]
    /// T.
    public var temperature: Double
    /// The share of the gate's hidden units that are left out in training.
    public var dropout: Double
    /// How the gate is trained.
    public var trainer: PairTrainer
    /// Rated items besides those compared, with the same features and qualities.
    public var ratedItems: ItemSet?

    /// Creates the learner.
    public init(
        loss: Loss, debiasedFrom: String? = nil, debiasing: OneSidedDebiasing = OneSidedDebiasing(),
        ridges: [Double] = (-2...4).map { pow(10, Double($0)) }, ridge: Double = 1e-4,
        hidden: [Int] = [32, 32, 32], temperature: Double = 10, dropout: Double = 0.2,
        trainer: PairTrainer = Self.gateTrainer, ratedItems: ItemSet? = nil
    ) {
        precondition(!ridges.isEmpty && ridges.allSatisfy { $0 > 0 }, "the α of a regression are positive")
        precondition(ridge >= 0, "λ is \(ridge), but must not be negative")
        precondition(temperature > 0, "T is \(temperature), but must be positive")
        precondition(hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        self.loss = loss
        self.debiasedFrom = debiasedFrom
        self.debiasing = debiasing
        self.ridges = ridges
        self.ridge = ridge
        self.hidden = hidden
        self.temperature = temperature
        self.dropout = dropout
        self.trainer = trainer
        self.ratedItems = ratedItems
    }

    /// How the gate is trained: with larger steps and more patience than other networks, since T divides its slopes.
    public static var gateTrainer: PairTrainer { PairTrainer(learningRate: 3e-3, patience: 20) }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count == 0 { return "comparisons" }
        let items = ratedItems ?? data.items
        if items.qualities.isEmpty || items.ratings == nil { return "ratings of the items" }
        return nil
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> MultiObjectiveModel {
        try require(data)
        for place in 0..<data.count
        where data.items.prompt(data.left[place]) != data.items.prompt(data.right[place]) {
            throw LearningError.data(
                "comparison \(place + 1) is of answers to two prompts; armorm compares answers to one")
        }
        let rated = try RatedRows(data, with: ratedItems)
        let bias = try debiasedFrom.map { name -> Int in
            guard let place = rated.qualities.firstIndex(of: name) else {
                throw LearningError.unknown(kind: "quality", name: name, known: rated.qualities)
            }
            return place
        }
        let regression = try QualityRegression(
            rated.features, ratings: rated.ratings, units: rated.units, qualities: rated.qualities,
            ridges: ridges, seed: seed)
        var strengths = [Double](repeating: 0, count: rated.qualities.count)
        if let bias {
            let against = rated.features.product(regression.weights.row(bias))
            strengths = Parallel.map(rated.qualities.count) { quality in
                quality == bias
                    ? 1
                    : debiasing.strength(
                        of: rated.features.product(regression.weights.row(quality)), against: against)
            }
        }
        var model = MultiObjectiveModel(
            regression: regression, rated: rated, bias: bias, strengths: strengths,
            gate: .shared([Double](repeating: 1, count: rated.qualities.count)))
        let scores = model.debiasedRatings(data.items.features)
        var limits = rated.limits + Self.limits(scores, data, regression, rated.qualities, bias)
        let certificate: FitCertificate
        if let prompts = data.items.promptFeatures {
            (model.gate, certificate) = try prompted(scores, prompts, data, seed: seed, watch: watch)
        } else {
            (model.gate, certificate) = try shared(scores, data, watch: watch)
            limits.append("the prompts have no features: every quality counts alike for all of them")
        }
        model.certificate = certificate
        model.certificate.limits += limits
        return model
    }

    /// One mixture for all: g = θ², so that none is negative.
    private func shared(
        _ scores: Matrix, _ data: ComparisonSet, watch: FitWatch
    ) throws -> (QualityGate, FitCertificate) {
        let k = scores.columns
        let total = data.weights.reduce(0, +)
        guard total > 0 else { throw LearningError.data("all comparisons have weight 0") }
        var gaps = data
        gaps.items = ItemSet(
            features: try FeatureMatrix(rows: scores.rows, columns: k, values: scores.values))
        let rows = PairRows(gaps)
        let search = LBFGS(maxIterations: 500, gradientTolerance: 1e-7)
        var calls = 0
        let result = try search.minimize(from: [Double](repeating: 0.5, count: k)) { roots, gradient in
            var value = rows.sum(roots.map { $0 * $0 }, into: &gradient) { place, d in
                let (y, c, m) = (data.labels[place], data.weights[place] / total, data.margins[place])
                return (c * loss.value(d, label: y, margin: m), c * loss.slope(d, label: y, margin: m))
            }
            for place in 0..<k {
                let weight = roots[place] * roots[place]
                value += ridge / 2 * weight * weight
                gradient[place] = 2 * roots[place] * (gradient[place] + ridge * weight)
            }
            calls += 1
            try watch.step(calls, of: search.maxIterations, loss: value)
            return value
        }
        return (
            .shared(result.x.map { $0 * $0 }),
            FitCertificate(converged: result.converged, steps: result.iterations, loss: result.value)
        )
    }

    /// Gates by prompt, trained from an even mixture whose scale is the best one.
    private func prompted(
        _ scores: Matrix, _ prompts: FeatureMatrix, _ data: ComparisonSet, seed: UInt64, watch: FitWatch
    ) throws -> (QualityGate, FitCertificate) {
        try trainer.requireTorch(Self.id)
        guard prompts.columns <= 8192 else {
            throw LearningError.data(
                "the prompts have \(prompts.columns) features; the gate takes at most 8192 (an encoder, or fewer buckets)"
            )
        }
        let prompt = try data.left.map { item -> Int in
            guard let prompt = data.items.prompt(item) else {
                throw LearningError.data(
                    "\(data.items.name(item)) has no prompt, and the gate looks at prompts")
            }
            return prompt
        }
        let k = scores.columns
        let even = ItemSet(
            features: try FeatureMatrix((0..<scores.rows).map { [Statistics.mean(scores.row($0))] }))
        var line = data
        line.items = even
        let slope = try LinearReward(loss: loss, ridge: ridge).fit(line).weights[0]
        let standardization = Standardization(prompts)
        let rows = standardization(prompts)
        let contexts = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
        let gaps = Tensor(
            (0..<data.count).flatMap { place in
                zip(scores.row(data.left[place]), scores.row(data.right[place])).map { Float($0 - $1) }
            }, shape: [data.count, k])
        var random = CounterRandom(seed: seed)
        let module = GateModule(
            network: MLP([rows.columns] + hidden + [k], dropout: dropout, using: &random),
            logScale: Parameter(Tensor(Float(log(max(slope, 0.1))))), temperature: temperature)
        let certificate = try trainer.fit(
            Self.id, module, on: data, loss: loss, seed: seed, watch: watch
        ) { places, phase in
            let gates = module(contexts.selecting(Tensor(places.map { prompt[$0] })), phase: phase)
            return (gates * gaps.selecting(Tensor(places))).sum(over: 1)
        }
        let (network, scale) = module.gate
        return (.prompted(network, standardization, scale: scale, temperature: temperature), certificate)
    }

    /// What ratings and comparisons do not say.
    private static func limits(
        _ scores: Matrix, _ data: ComparisonSet, _ regression: QualityRegression, _ qualities: [String],
        _ bias: Int?
    ) -> [String] {
        var limits: [String] = []
        for (quality, name) in qualities.enumerated() where regression.explained[quality] <= 0.01 {
            limits.append(
                "the features do not predict \(name.debugDescription): what the model calls so is noise")
        }
        let kept = qualities.indices.filter { $0 != bias }
        let gaps = qualities.indices.map { quality in
            (0..<data.count).map { scores[data.left[$0], quality] - scores[data.right[$0], quality] }
        }
        for (place, a) in kept.enumerated() {
            for b in kept[(place + 1)...] where abs(Statistics.pearson(gaps[a], gaps[b])) > 0.99 {
                limits.append(
                    "\(qualities[a].debugDescription) and \(qualities[b].debugDescription) are predicted alike: "
                        + "which of them counts is not known")
            }
        }
        return limits
    }
}

extension MultiObjectiveReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(
        debiasedFrom: String? = nil, hidden: [Int] = [32, 32, 32], temperature: Double = 10,
        dropout: Double = 0.2, trainer: PairTrainer = Self.gateTrainer, ratedItems: ItemSet? = nil
    ) {
        self.init(
            loss: LogisticLoss(), debiasedFrom: debiasedFrom, hidden: hidden, temperature: temperature,
            dropout: dropout, trainer: trainer, ratedItems: ratedItems)
    }
}
