import Foundation
import Kernels

/// Describes an answer under a prompt with instructions: what it is like, and which kinds of instructions it obeys.
///
/// The features are those of the answer, then for each kind of instruction in the prompt +1 if the answer obeys it and −1 if
/// not (added up where there are several), then the sum of these over all kinds.
public struct InstructionFeatures: Sendable {
    /// The names of the features of the answer.
    public let answerNames: [String]
    private let describe: @Sendable (_ prompt: String, _ answer: String) -> [Double]

    /// Creates features of answers by a function.
    ///
    /// - Parameter describe: Gives as many numbers as there are names.
    public init(
        _ answerNames: [String],
        _ describe: @escaping @Sendable (_ prompt: String, _ answer: String) -> [Double]
    ) {
        self.answerNames = answerNames
        self.describe = describe
    }

    /// Describes answers by their length, how far they repeat themselves, and how far they are about the prompt.
    public init() {
        self.init(["log of words", "variety", "relevance"]) { prompt, answer in
            let score = RelevanceReward().score(query: prompt, answer: answer, kind: .open)
            return [log(1 + Double(TextShape.words(answer))), score.variety, score.relevance]
        }
    }

    /// The names of all features.
    public var names: [String] {
        answerNames + TextConstraint.Kind.allCases.map { "obeys \($0.rawValue)" } + ["obeys"]
    }

    /// The features of an answer.
    public func callAsFunction(_ prompt: InstructedPrompt, _ answer: String) -> [Double] {
        let own = describe(prompt.prompt, answer)
        precondition(own.count == answerNames.count, "\(own.count) features for \(answerNames.count) names")
        var signs = [Double](repeating: 0, count: TextConstraint.Kind.allCases.count)
        for constraint in prompt.constraints {
            let place = TextConstraint.Kind.allCases.firstIndex(of: constraint.kind)!
            signs[place] += constraint.isSatisfied(by: answer) ? 1 : -1
        }
        return own + signs + [signs.reduce(0, +)]
    }
}

/// Learns from comparisons of texts a reward that follows the instructions in prompts, by pairs that it makes itself.
///
/// It makes intra- and inter-sample pairs (`InstructionPairs`), describes every answer under its prompt
/// (`InstructionFeatures`), and learns by `MultiLevelReward`. It sees instructions that are given as `TextConstraint`s, not those
/// that a prompt words otherwise.
///
/// ```swift
/// let model = try InstructionReward().fit(comparisons, seed: 1)
/// print(model.score(InstructedPrompt("Explain tides.", [.atMostWords(50)]), answer))
/// ```
public struct InstructionReward: Sendable {
    /// How answers are described.
    public var features: InstructionFeatures
    /// How pairs are made.
    public var pairs: InstructionPairs
    /// What learns.
    public var learner: MultiLevelReward

    /// Creates the learner.
    public init(
        features: InstructionFeatures = InstructionFeatures(), pairs: InstructionPairs = InstructionPairs(),
        learner: MultiLevelReward = MultiLevelReward()
    ) {
        self.features = features
        self.pairs = pairs
        self.learner = learner
    }

    /// Learns.
    ///
    /// - Throws: `LearningError`.
    public func fit(
        _ comparisons: [InstructedComparison], seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> InstructionRewardModel {
        let (intra, inter) = pairs.make(comparisons, seed: seed)
        let model = try learner.fit(data(comparisons, intra, inter), watch: watch)
        return try InstructionRewardModel(features: features, reward: model)
    }

    /// The comparisons on three levels as features.
    func data(
        _ comparisons: [InstructedComparison], _ intra: [IntraSamplePair], _ inter: [InterSamplePair]
    ) throws -> MultiLevelSet {
        let asked: [(InstructedPrompt, String)] =
            comparisons.flatMap { [($0.prompt, $0.chosen), ($0.prompt, $0.rejected)] }
            + intra.flatMap { [($0.suited, $0.answer), ($0.unsuited, $0.answer)] }
            + inter.flatMap {
                [
                    ($0.wider, $0.chosen), ($0.wider, $0.rejected), ($0.narrower, $0.chosen),
                    ($0.narrower, $0.rejected),
                ]
            }
        let rows = Parallel.map(asked.count) { features(asked[$0].0, asked[$0].1) }
        let width = features.names.count
        let items = ItemSet(
            features: try FeatureMatrix(rows: rows.count, columns: width, values: rows.flatMap { $0 }))
        func pair(_ first: Int) -> MultiLevelSet.Pair { .init(first, over: first + 1) }
        let n = comparisons.count
        let m = 2 * n + 2 * intra.count
        return try MultiLevelSet(
            base: ComparisonSet(
                items: items, left: (0..<n).map { 2 * $0 }, right: (0..<n).map { 2 * $0 + 1 },
                labels: [Double](repeating: 1, count: n)),
            intra: intra.indices.map { pair(2 * n + 2 * $0) },
            inter: inter.indices.map { .init(pair(m + 4 * $0), over: pair(m + 4 * $0 + 2)) })
    }
}

/// A reward of answers under prompts with instructions.
public struct InstructionRewardModel: Sendable {
    /// How answers are described.
    public let features: InstructionFeatures
    /// The weighted sum of the features.
    public let reward: LinearRewardModel

    /// Puts a saved reward and the features that it was learnt with together.
    ///
    /// - Throws: `LearningError.data` where the two do not fit.
    public init(features: InstructionFeatures, reward: LinearRewardModel) throws {
        guard reward.features == features.names.count else {
            throw LearningError.data(
                "the answers are described by \(features.names.count) features, the model has learnt from \(reward.features)"
            )
        }
        self.features = features
        self.reward = reward
    }

    /// r(x, y).
    public func score(_ prompt: InstructedPrompt, _ answer: String) -> Double {
        zip(features(prompt, answer), reward.weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Why one answer scores higher than another under the same prompt.
    public func explain(_ prompt: InstructedPrompt, first: String, second: String) -> ComparisonExplanation {
        let (a, b) = (features(prompt, first), features(prompt, second))
        return ComparisonExplanation(
            features.names.enumerated().map { place, name in
                .init(
                    name: name, weight: reward.weights[place], first: a[place], second: b[place],
                    contribution: reward.weights[place] * (a[place] - b[place]))
            })
    }

    /// The share of comparisons in which the chosen answer scores higher, even scores counting half, with its 95% interval.
    public func accuracy(
        on comparisons: [InstructedComparison]
    ) -> (share: Double, interval: ClosedRange<Double>) {
        let gaps = comparisons.map { score($0.prompt, $0.chosen) - score($0.prompt, $0.rejected) }
        let hits = gaps.count { $0 > 0 }
        let even = gaps.count { $0 == 0 }
        return (
            gaps.isEmpty ? .nan : (Double(hits) + Double(even) / 2) / Double(gaps.count),
            Statistics.wilsonInterval(successes: hits + even / 2, trials: gaps.count)
        )
    }
}
