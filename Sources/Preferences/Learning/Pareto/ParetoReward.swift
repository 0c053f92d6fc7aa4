import Kernels
import Tensors

/// Learns one score from groups of people, or sources, that disagree, by steps that help all of them: what they share is kept,
/// and what the loudest alone want is not.
///
/// Source: Zeng et al., "On Diversified Preferences of Large Language Model Alignment" (2024), MORE. With the head w of the score
/// r(x) = w·z(x), each step takes as many comparisons of every group i, and
///
///     gᵢ = ∂/∂w of the mean loss ℓᵢ of group i,   mᵢ ← (1 − a) mᵢ + a gᵢ
///     λ = argmin over the simplex of ‖Σᵢ λᵢ m̃ᵢ‖²,  m̃ᵢ = mᵢ or mᵢ scaled as `normalization` says
///     θ ← θ − η ∂/∂θ Σᵢ λᵢ ℓᵢ
///
/// Groups whose gradients are nearly parallel share one weight, so that three groups with the same leaning count as one. z(x) = x
/// for the linear trunk, scaled so that the largest curvature of the loss is 1/4; the hidden layers of a network otherwise.
/// Groups with fewer than `smallestGroup` comparisons, and those without a group, are one group together: a few comparisons that
/// are soon learnt by heart would take all the weight.
///
/// What the data cannot say: a leaning that all groups have is part of what they share. Where losses no longer fall together,
/// training stands still at a point that depends on the path; it is one of many that no step improves for all. A single loud
/// group is not turned down near the end. The method answers for everyone only.
///
/// - Complexity: O(steps · K · (batch · parameters + K³)).
///
/// ```swift
/// let model = try ParetoReward().fit(data, seed: 1)
/// print(model.groupNames, model.meanWeights)
/// ```
public struct ParetoReward<Loss: PairLoss>: PreferenceLearner {
    public static var id: String { "more-rm" }

    /// What a group's gradient is divided by before weights are sought.
    public enum Normalization: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing: a group that is learnt by heart, so that its gradient is short, gets nearly all weight.
        case none
        /// Its length, so that directions alone count.
        case length
        /// The group's loss.
        case loss
        /// Both.
        case both
    }

    /// How the groups' losses are weighed.
    public enum Weighting: String, Sendable, Hashable, Codable {
        /// By the step that helps all.
        case minimumNorm
        /// All alike: equal batches and nothing more, to compare with.
        case uniform
    }

    /// What is under the head.
    public enum Trunk: Sendable, Hashable {
        /// The features themselves.
        case linear
        /// Layers of these widths, trained along.
        case network(hidden: [Int])
    }

    /// ℓ.
    public var loss: Loss
    /// z.
    public var trunk: Trunk
    /// The number of steps.
    public var steps: Int
    /// How many comparisons of each group a step takes.
    public var batch: Int
    /// η: of plain descent for the linear trunk, of AdamW for a network; nil for 0.5 and 0.001.
    public var learningRate: Double?
    /// a, how much of a new gradient comes into the running mean.
    public var momentum: Double
    /// How the groups' losses are weighed.
    public var weighting: Weighting
    /// How gradients are scaled before their weights are sought.
    public var normalization: Normalization
    /// The pull of all weights to zero.
    public var weightDecay: Double
    /// How many comparisons make a group of its own.
    public var smallestGroup: Int
    /// The share of units held out: the model is the one of all steps, its scores times a factor, with the least mean of the
    /// groups' losses on them; 0 for that of the last step.
    public var validationShare: Double

    /// Creates the learner.
    public init(
        loss: Loss, trunk: Trunk = .linear, steps: Int = 600, batch: Int = 64, learningRate: Double? = nil,
        momentum: Double = 0.1, weighting: Weighting = .minimumNorm,
        normalization: Normalization = .length, weightDecay: Double = 1e-3,
        smallestGroup: Int = 50, validationShare: Double = 0.1
    ) {
        precondition(steps > 0 && batch > 0 && smallestGroup > 0, "counts are at least 1")
        precondition(momentum > 0 && momentum <= 1, "a is above 0 and at most 1")
        precondition((0..<1).contains(validationShare), "a share is from 0 to below 1")
        precondition(weightDecay >= 0 && learningRate ?? 1 > 0, "η is above 0, the decay not negative")
        self.loss = loss
        self.trunk = trunk
        self.steps = steps
        self.batch = batch
        self.learningRate = learningRate
        self.momentum = momentum
        self.weighting = weighting
        self.normalization = normalization
        self.weightDecay = weightDecay
        self.smallestGroup = smallestGroup
        self.validationShare = validationShare
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count == 0 { return "comparisons" }
        if ParetoGroups(data, smallest: smallestGroup).places.count < 2 {
            return "two groups or sources with at least \(smallestGroup) comparisons"
        }
        return trunk == .linear ? nil : NeuralReward().lacks(data)
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> ParetoRewardModel {
        try require(data)
        let groups = ParetoGroups(data, smallest: smallestGroup)
        var course = ParetoCourse(
            groups: groups.places, units: HonestSplit.units(data), batch: batch, momentum: momentum,
            validationShare: validationShare, seed: seed)
        switch trunk {
        case .linear:
            let model = try fitLinear(data, &course, watch)
            return ParetoRewardModel(.linear(model), groupNames: groups.names, trace: course.trace(every: 10))
        case .network(let hidden):
            let model = try fitNetwork(data, hidden, &course, seed, watch)
            return ParetoRewardModel(
                .network(model), groupNames: groups.names, trace: course.trace(every: 10))
        }
    }

    /// λ of this step, from each group's head gradient and loss.
    func weights(_ course: inout ParetoCourse, gradients: [[Double]], losses: [Double]) -> [Double] {
        if weighting == .uniform {
            let equal = [Double](repeating: 1 / Double(losses.count), count: losses.count)
            course.record(equal)
            return equal
        }
        course.mix(gradients)
        var gram = MinimumNorm.gram(course.momenta)
        if normalization != .none {
            let sizes = losses.indices.map { group in
                let length = max(gram[group, group].squareRoot(), 1e-12)
                let loss = max(losses[group], 1e-12)
                return switch normalization {
                case .none: 1.0
                case .length: length
                case .loss: loss
                case .both: length * loss
                }
            }
            gram = Matrix(rows: gram.rows, columns: gram.columns) { gram[$0, $1] / (sizes[$0] * sizes[$1]) }
        }
        let weights = MinimumNorm.weights(gram)
        course.record(weights)
        return weights
    }
}

extension ParetoReward where Loss == LogisticLoss {
    /// Creates the learner with the Bradley–Terry loss.
    public init(
        trunk: Trunk = .linear, steps: Int = 600, batch: Int = 64, learningRate: Double? = nil,
        momentum: Double = 0.1, weighting: Weighting = .minimumNorm,
        normalization: Normalization = .length, weightDecay: Double = 1e-3,
        smallestGroup: Int = 50, validationShare: Double = 0.1
    ) {
        self.init(
            loss: LogisticLoss(), trunk: trunk, steps: steps, batch: batch, learningRate: learningRate,
            momentum: momentum, weighting: weighting, normalization: normalization, weightDecay: weightDecay,
            smallestGroup: smallestGroup, validationShare: validationShare)
    }
}
