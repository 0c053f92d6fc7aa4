import Kernels

/// Comparisons on three levels over the same items, an item being an answer under a prompt.
public struct MultiLevelSet: Sendable {
    /// Two items of which the first is better.
    public struct Pair: Sendable, Hashable {
        /// An answer under a prompt that it suits.
        public var better: Int
        /// The same answer under a prompt that it suits less.
        public var worse: Int

        /// Creates a pair.
        public init(_ better: Int, over worse: Int) {
            self.better = better
            self.worse = worse
        }
    }

    /// Two leads of which the first is wider.
    public struct Leads: Sendable, Hashable {
        /// The chosen and the rejected answer under the prompt where the lead is wider.
        public var wider: Pair
        /// The same two under the other prompt.
        public var narrower: Pair

        /// Creates a comparison of leads.
        public init(_ wider: Pair, over narrower: Pair) {
            self.wider = wider
            self.narrower = narrower
        }
    }

    /// Answers against answers.
    public let base: ComparisonSet
    /// Prompts against prompts, for one answer each.
    public let intra: [Pair]
    /// Leads against leads.
    public let inter: [Leads]

    /// Creates a set.
    ///
    /// - Throws: `LearningError.data` where an item does not exist.
    public init(base: ComparisonSet, intra: [Pair], inter: [Leads]) throws {
        let named = (intra + inter.flatMap { [$0.wider, $0.narrower] }).flatMap { [$0.better, $0.worse] }
        for item in named where !(0..<base.items.count).contains(item) {
            throw LearningError.data(
                "a comparison names item \(item + 1), and there are \(base.items.count)")
        }
        self.base = base
        self.intra = intra
        self.inter = inter
    }
}

/// Learns a weighted sum of features from comparisons on three levels, so that it obeys many instructions at once.
///
/// Source: Sun, Cai, Zhu et al., "Multi-Level Aware Preference Learning: Enhancing RLHF for Complex Multi-Instruction Tasks"
/// (2025).
///
///     r(x, y) = w·φ(x, y),   w = argmin L(w) + (λ/2) ‖w‖²
///
/// with L the `MultiLevelLoss`. All three levels are differences of features, so that this is one logistic regression. Without
/// the second and third level it is `LinearReward`. There are no standard errors: pairs that were made up are no observations.
///
/// What the data cannot say: whether people want instructions to be obeyed as much as the made-up pairs say; `intraWeight` and
/// `interWeight` are that choice, and a held-out set of true comparisons shows what it costs.
///
/// - Complexity: O(n d) for each of some dozens of iterations.
///
/// ```swift
/// let model = try MultiLevelReward(loss: MultiLevelLoss(intraWeight: 0.3)).fit(set)
/// ```
public struct MultiLevelReward: Sendable {
    /// The method's id.
    public static let id = "mapl"

    /// L.
    public var loss: MultiLevelLoss
    /// λ, on the scale of L.
    public var ridge: Double

    /// Creates the learner.
    public init(loss: MultiLevelLoss = MultiLevelLoss(), ridge: Double = 1e-3) {
        precondition(ridge >= 0, "λ is \(ridge), but must not be negative")
        self.loss = loss
        self.ridge = ridge
    }

    /// Learns.
    ///
    /// - Throws: `LearningError.data` where there are no comparisons of answers.
    public func fit(_ data: MultiLevelSet, watch: FitWatch = FitWatch()) throws -> LinearRewardModel {
        let base = data.base
        guard base.count > 0 else {
            throw LearningError.data("mapl needs comparisons, which these data do not have")
        }
        let total = base.weights.reduce(0, +)
        guard total > 0 else { throw LearningError.data("all comparisons have weight 0") }
        var rows = base.differences()
        var (labels, weights) = (base.labels, base.weights)
        var margins = base.margins
        func add(_ more: FeatureMatrix, _ weight: Double) {
            guard more.rows > 0, weight > 0 else { return }
            rows = rows.appending(more)
            labels += [Double](repeating: 1, count: more.rows)
            margins += [Double](repeating: 0, count: more.rows)
            weights += [Double](repeating: weight * total / Double(more.rows), count: more.rows)
        }
        add(try Self.gaps(base.items, data.intra), loss.intraWeight)
        let wider = try Self.gaps(base.items, data.inter.map(\.wider))
        let narrower = try Self.gaps(base.items, data.inter.map(\.narrower))
        add(try wider.subtracting(narrower), loss.interWeight)
        // Each difference against nothing, as if it were an item.
        let zero = try FeatureMatrix(
            rows: 1, columns: rows.columns, values: [Double](repeating: 0, count: rows.columns))
        var flat = try ComparisonSet(
            items: ItemSet(features: rows.appending(zero)), left: Array(0..<rows.rows),
            right: [Int](repeating: rows.rows, count: rows.rows), labels: labels)
        flat.weights = weights
        flat.margins = margins
        let share = weights.reduce(0, +) / total
        let learner = LinearReward(loss: LogisticLoss(), ridge: ridge / share, widestCovariance: 0)
        return try learner.fit(flat, seed: 1, watch: watch)
    }

    private static func gaps(_ items: ItemSet, _ pairs: [MultiLevelSet.Pair]) throws -> FeatureMatrix {
        try items.features.selecting(pairs.map(\.better)).subtracting(
            items.features.selecting(pairs.map(\.worse)))
    }
}

extension FeatureMatrix {
    /// The differences of rows, one by one.
    func subtracting(_ other: FeatureMatrix) throws -> FeatureMatrix {
        try ComparisonSet(first: self, second: other, labels: [Double](repeating: 1, count: rows))
            .differences()
    }
}
