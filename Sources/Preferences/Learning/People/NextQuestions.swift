import Foundation
import Kernels

/// What may be true of a person: shares of belief, and under each what the answers to some questions would be.
public struct Beliefs: Sendable, Hashable {
    /// How probable each possibility is; they add up to 1.
    public var shares: [Double]
    /// P(the first is preferred) for each possibility (rows) and question (columns).
    public var probabilities: Matrix

    /// Creates beliefs; shares are brought to a sum of 1.
    public init(shares: [Double], probabilities: Matrix) {
        precondition(shares.count == probabilities.rows, "a share for each possibility")
        let total = shares.reduce(0, +)
        precondition(total > 0, "something has to be possible")
        self.shares = shares.map { $0 / total }
        self.probabilities = probabilities
    }

    /// The questions whose answers together say most about which possibility is true, chosen one after the other.
    ///
    /// With y the answers to the questions chosen and h the possibility, what is maximised is
    ///
    ///     I(y; h) = H(Σₕ πₕ P(y | h)) − Σₕ πₕ H(P(y | h)),
    ///
    /// over all 2ⁿ answers, which unlike distances of posteriors stays right where the belief has several modes.
    ///
    /// - Parameter count: how many; at most 12.
    /// - Complexity: O(count · questions · possibilities · 2^count).
    public func questions(_ count: Int) -> [NextQuestion] {
        precondition((0...12).contains(count), "\(count) questions; at most 12 can be chosen together")
        // P(answers so far | possibility), one row of possibilities for each vector of answers.
        var seen = [[Double](repeating: 1, count: shares.count)]
        var chosen: [NextQuestion] = []
        var before = 0.0
        for _ in 0..<min(count, probabilities.columns) {
            let known = Set(chosen.map(\.place))
            let open = (0..<probabilities.columns).filter { !known.contains($0) }
            let rows = seen
            let values = Parallel.map(open.count) { information(rows, then: open[$0]) }
            let best = values.indices.max { values[$0] < values[$1] }!
            chosen.append(NextQuestion(place: open[best], information: max(0, values[best] - before)))
            before = values[best]
            seen = seen.flatMap { row in
                [1.0, 0].map { label in
                    row.indices.map { row[$0] * chance($0, open[best], label) }
                }
            }
        }
        return chosen
    }

    private func chance(_ possibility: Int, _ question: Int, _ label: Double) -> Double {
        let p = probabilities.values[possibility * probabilities.columns + question]
        return label > 0.5 ? p : 1 - p
    }

    private func information(_ seen: [[Double]], then question: Int) -> Double {
        func entropy(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
        var sum = 0.0
        for row in seen {
            for label in [1.0, 0] {
                var mixed = 0.0
                for possibility in row.indices {
                    let p = row[possibility] * chance(possibility, question, label)
                    mixed += shares[possibility] * p
                    sum -= shares[possibility] * entropy(p)
                }
                sum += entropy(mixed)
            }
        }
        return sum
    }
}

/// A question worth asking.
public struct NextQuestion: Sendable, Hashable {
    /// Its place among the candidates.
    public let place: Int
    /// What its answer is expected to add, in nats.
    public let information: Double
}

/// A model that can say what to ask a person next.
public protocol QuestionChooser: PreferencePredictor {
    /// What may be true of a person who answered so far, and what their answers to the candidates would be.
    ///
    /// - Throws: `LearningError.data` where features do not fit.
    func beliefs(about candidates: ComparisonSet, after answers: ComparisonSet?) throws -> Beliefs
}

extension QuestionChooser {
    /// The comparisons whose answers would say most about a person.
    ///
    /// ```swift
    /// let next = try model.nextQuestions(4, among: candidates, after: answers)
    /// ```
    ///
    /// - Parameter answers: what the person answered so far; nil for somebody of whom nothing is known.
    /// - Throws: `LearningError.data` where features do not fit.
    public func nextQuestions(
        _ count: Int, among candidates: ComparisonSet, after answers: ComparisonSet? = nil
    ) throws -> [NextQuestion] {
        try beliefs(about: candidates, after: answers).questions(count)
    }
}
