import Foundation
import Kernels
import Tensors

/// Infers from a few answers who somebody is, and scores things for them: opposite tastes are told apart, not averaged away.
///
/// Source: Poddar, Wan, Ivison, Gupta and Jaques, "Personalizing Reinforcement Learning from Human Feedback with Variational
/// Preference Learning" (2024). A person is a vector z of L numbers, a priori N(0, I):
///
///     P(a ≻ b | z) = σ(r(a, z) − r(b, z)),   r(x, z) = (w + Bᵀz)·x + MLP([x, z])
///     minimise  mean ℓ(r(a, z) − r(b, z), y) + β KL(q(z | answers) ‖ N(0, I)),   z ~ q
///
/// The posterior q is the product of the prior and a factor for each answer (won over lost),
///
///     Λ = 1 + Σ λ(x_won, x_lost),   μ = Σ η(x_won, x_lost)/Λ,   q = N(μ, diag(1/Λ)),
///
/// with λ ≥ 0 a network and η = C (x_won − x_lost) and a network: the order of answers does not matter, swapping sides and label changes nothing, no answer leaves
/// the prior, and each answer makes q narrower. (The source takes the mean over encoded answers and lets a network say the
/// width, and has no linear parts; with them, many features need far fewer comparisons.) In training, people are inferred from some of their answers and judged by others; β is raised from 0 in four
/// cycles. It learns to infer, so that newcomers need no training.
///
/// Unless `latent` is given, a network for all alike (L = 0, Bradley–Terry) is trained too, and people are told apart only where
/// that gains two standard errors of held-out log loss; otherwise the certificate says that no plurality was found.
///
/// What the data cannot say: z itself, which has no axes of its own, and the scale of r for each z. `standings` gives rewards on
/// one scale.
///
/// When not to use it: with a handful of judges (`IdealPoints` needs fewer), or where judges answer fewer than about five
/// comparisons each.
///
/// - Complexity: O(steps · batch · parameters), and twice as much again for the choice.
///
/// ```swift
/// let model = try VariationalPreferences().fit(data, seed: 1)
/// let predictions = try model.predict(data, for: .newcomer(answers))
/// let next = try model.nextQuestions(4, among: candidates, after: answers)
/// ```
public struct VariationalPreferences: PreferenceLearner {
    public static let id = "vpl"

    /// ℓ.
    public var loss: any PairLoss
    /// L; 0 is one network for all, nil chooses between 8 and 0.
    public var latent: Int?
    /// The widths of the hidden layers, of the rewards and of what reads answers.
    public var hidden: [Int]
    /// β, the weight of the divergence for each comparison.
    public var beta: Double
    /// From how many of their answers people are inferred in training, at most.
    public var context: Int
    /// How it is trained.
    public var trainer: PairTrainer

    /// Creates the learner.
    public init(
        loss: any PairLoss = LogisticLoss(), latent: Int? = nil, hidden: [Int] = [32],
        beta: Double = 0.02, context: Int = 32,
        trainer: PairTrainer = PairTrainer(steps: 3000, weightDecay: 0.3, patience: 20)
    ) {
        precondition(latent.map { $0 >= 0 } ?? true, "L is not negative")
        precondition(!hidden.isEmpty && hidden.allSatisfy { $0 > 0 }, "a layer has at least one unit")
        precondition(beta >= 0, "β is \(beta), but must not be negative")
        precondition(context > 0, "people are inferred from at least one answer")
        self.loss = loss
        self.latent = latent
        self.hidden = hidden
        self.beta = beta
        self.context = context
        self.trainer = trainer
    }

    public func lacks(_ data: ComparisonSet) -> String? { IdealPoints.lacks(data) }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> VariationalModel {
        try require(data)
        try trainer.requireTorch(Self.id)
        func train(_ latent: Int, _ data: ComparisonSet) throws -> VariationalModel {
            try VariationalTraining(self, data, seed: seed).fit(latent, watch)
        }
        if let latent { return try train(latent, data) }
        let sizes = [0, 8]
        let choice = try Plurality.choose(data, seed: seed) { rest, asked in
            try sizes.map { Plurality.losses(try train($0, rest).predict(asked, for: .each), asked) }
        }
        var model = try train(sizes[choice.place], data)
        if choice.place == 0 {
            model.certificate.limits.append(
                "no plurality was found: telling people apart predicts held-out comparisons no better than one taste "
                    + "for all, so everybody gets the same answer")
        }
        return model
    }
}

/// One training of a variational model.
struct VariationalTraining {
    private let learner: VariationalPreferences
    private let data: ComparisonSet
    private let seed: UInt64
    private let people: KnownPeople
    private let owners: [Int]
    private let split: (train: [Int], held: [Int])
    private let standardization: Standardization
    private let features: Tensor

    init(_ learner: VariationalPreferences, _ data: ComparisonSet, seed: UInt64) {
        self.learner = learner
        self.data = data
        self.seed = seed
        people = KnownPeople(data)
        owners = people.places(data)
        split = learner.trainer.split(data, seed: seed)
        standardization = Standardization(data.items.features)
        let rows = standardization(data.items.features)
        features = Tensor(rows.values.map { Float($0) }, shape: [rows.rows, rows.columns])
    }

    private struct Network: Module {
        let reward: MLP
        /// w, then B, (1 + L, features).
        let slopes: Parameter
        /// From both sides to η and the logits of λ.
        let evidence: MLP?
        /// C, (L, features).
        let reading: Parameter?
    }

    /// Trains with a latent of some size.
    func fit(_ latent: Int, _ watch: FitWatch) throws -> VariationalModel {
        var random = CounterRandom(seed: seed).split(UInt64(latent))
        let (width, hidden) = (data.items.features.columns, learner.hidden)
        let network = Network(
            reward: MLP([width + latent] + hidden + [1], using: &random),
            slopes: Parameter(
                .randomNormal(
                    [1 + latent, width], deviation: 0.1 / Double(width).squareRoot(), using: &random)),
            evidence: latent == 0 ? nil : MLP([2 * width] + hidden + [2 * latent], using: &random),
            reading: latent == 0
                ? nil
                : Parameter(
                    .randomNormal(
                        [latent, width], deviation: 1 / Double(width).squareRoot(), using: &random)))
        var own = [[Int]](repeating: [], count: people.names.count)
        for place in split.train where owners[place] >= 0 { own[owners[place]].append(place) }
        var divergence = Tensor(Float(0))
        var step = 0
        var certificate = try learner.trainer.fit(
            VariationalPreferences.id, network, on: data, loss: learner.loss, seed: seed, watch: watch,
            penalty: { _ in
                // Four cycles, each from 0 up over its first half, then level.
                let cycle = Double(learner.trainer.steps) / 4
                let phase = Double(step).truncatingRemainder(dividingBy: cycle) / cycle
                step += 1
                return divergence * (learner.beta * 0.5 * (1 - cos(.pi * min(1, 2 * phase))))
            }
        ) { places, phase in
            let ends = places.map { data.left[$0] } + places.map { data.right[$0] }
            let items = features.selecting(Tensor(ends))
            var inputs = items
            let slopes = items.linear(network.slopes.value)
            var linear = slopes[.rest, 0]
            if network.evidence != nil {
                let isTraining = if case .training = phase { true } else { false }
                let (who, contexts) = contexts(
                    of: places, own, count: isTraining ? nil : 64, using: &random)
                let (mean, precision) = posterior(network, contexts, latent)
                var z = mean
                if isTraining {
                    let noise = Tensor.randomNormal([contexts.count, latent], using: &random)
                    z = mean + noise / precision.squareRoot()
                    let variance = precision.reciprocal()
                    divergence =
                        (variance + mean.squared() - 1.0 + precision.log()).sum(over: 1).mean(over: 0) * 0.5
                }
                let own = z.selecting(Tensor(who + who))
                inputs = .concatenated([items, own], over: 1)
                linear = linear + (slopes[.rest, 1..<latent + 1] * own).sum(over: 1)
            }
            let scores = (network.reward(inputs, phase: phase).flattened() + linear).reshaped(to: [
                2, places.count,
            ])
            return scores[0] - scores[1]
        }
        certificate.limits = limits(latent)
        return try VariationalModel(
            reward: DenseNetwork(network.reward), slopes: Self.matrix(network.slopes),
            evidence: network.evidence.map { DenseNetwork($0) }, reading: network.reading.map(Self.matrix),
            standardization: standardization, latent: latent, people: people, certificate: certificate
        ).knowing(data)
    }

    private func limits(_ latent: Int) -> [String] {
        var limits: [String] = []
        if latent > 0 {
            limits.append("the numbers that describe a person are known up to any change of their space")
        }
        if people.names.count < 2 {
            limits.append("there is one judge only, so that tastes cannot be told apart")
        }
        let nobody = owners.count { $0 < 0 }
        if latent > 0, nobody > 0 {
            limits.append("\(nobody) comparisons have no judge and say nothing about who differs")
        }
        return limits
    }

    private static func matrix(_ parameter: Parameter) -> Matrix {
        let value = parameter.value
        return Matrix(rows: value.size(0), columns: value.size(1), values: value.doubles)
    }

    /// The people of some comparisons and, for each, the answers to infer them from: in training some that are not among these
    /// comparisons, otherwise the first.
    private func contexts(
        of places: [Int], _ own: [[Int]], count: Int?, using random: inout CounterRandom
    ) -> (who: [Int], contexts: [[Int]]) {
        var numbers: [Int: Int] = [:]
        var people: [Int] = []
        let asked = Set(places)
        let who = places.map { place in
            if let number = numbers[owners[place]] { return number }
            numbers[owners[place]] = people.count
            people.append(owners[place])
            return people.count - 1
        }
        let contexts = people.map { person -> [Int] in
            guard person >= 0 else { return [] }
            if let count { return Array(own[person].prefix(count)) }
            var left = own[person].filter { !asked.contains($0) }
            let wanted = min(left.count, 1 + random.below(learner.context))
            for place in 0..<wanted { left.swapAt(place, place + random.below(left.count - place)) }
            return Array(left.prefix(wanted))
        }
        return (who, contexts)
    }

    /// The means and precisions of q for each person.
    private func posterior(
        _ network: Network, _ contexts: [[Int]], _ latent: Int
    ) -> (mean: Tensor, precision: Tensor) {
        let rows = VariationalModel.evidence(of: data, contexts)
        guard let evidence = network.evidence, let reading = network.reading, !rows.people.isEmpty else {
            return (.zeros([contexts.count, latent]), .ones([contexts.count, latent]))
        }
        let (won, lost) = (features.selecting(Tensor(rows.won)), features.selecting(Tensor(rows.lost)))
        let read = evidence(.concatenated([won, lost], over: 1))
        let eta = read[.rest, 0..<latent] + (won - lost).linear(reading.value)
        let weights = Tensor(rows.weights.map { Float($0) }, shape: [rows.weights.count, 1])
        let parts = Tensor.concatenated(
            [eta, read[.rest, latent..<2 * latent].softplus()], over: 1)
        let sums = Tensor.zeros([contexts.count, 2 * latent]).indexAdding(
            parts * weights, at: Tensor(rows.people))
        let precision = sums[.rest, latent..<2 * latent] + 1.0
        return (sums[.rest, 0..<latent] / precision, precision)
    }
}
