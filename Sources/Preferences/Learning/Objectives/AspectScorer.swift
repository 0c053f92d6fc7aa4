import Kernels

/// Scores an answer on a few aspects that an expert has named, each from 0 (worst) to 5 (best).
///
/// Whoever knows what makes an answer good writes one: rules, a small model, marks that a judge gave. `AspectReward` learns how
/// much each aspect counts.
///
/// ```swift
/// let scorer = AspectFunction(["short", "polite"]) { _, answer in
///     [answer.count < 200 ? 5 : 1, answer.contains("please") ? 5 : 2]
/// }
/// let items = ItemSet(features: try scorer.features(prompts: prompts, answers: answers))
/// ```
public protocol AspectScorer: Sendable {
    /// The names of the aspects.
    var aspects: [String] { get }
    /// The scores of an answer, one for each aspect.
    func scores(prompt: String, answer: String) -> [Double]
}

extension AspectScorer {
    /// The scores of many answers as features, one row for each.
    ///
    /// - Precondition: there is a prompt for each answer, and the scorer gives a score for each aspect.
    /// - Throws: `LearningError.data` where a score is not finite.
    public func features(prompts: [String], answers: [String]) throws -> FeatureMatrix {
        precondition(prompts.count == answers.count, "\(prompts.count) prompts for \(answers.count) answers")
        let width = aspects.count
        let rows = Parallel.map(answers.count) { place in
            let row = scores(prompt: prompts[place], answer: answers[place])
            precondition(row.count == width, "a scorer of \(width) aspects gave \(row.count) scores")
            return row
        }
        return try FeatureMatrix(rows: rows.count, columns: width, values: rows.flatMap { $0 })
    }
}

/// Aspects by a function.
public struct AspectFunction: AspectScorer {
    public let aspects: [String]
    private let function: @Sendable (_ prompt: String, _ answer: String) -> [Double]

    /// Creates a scorer.
    public init(
        _ aspects: [String],
        _ function: @escaping @Sendable (_ prompt: String, _ answer: String) -> [Double]
    ) {
        self.aspects = aspects
        self.function = function
    }

    public func scores(prompt: String, answer: String) -> [Double] { function(prompt, answer) }
}
