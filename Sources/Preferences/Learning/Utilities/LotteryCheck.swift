import Kernels

/// An uncertain prospect: outcomes with their probabilities.
public struct Lottery: Sendable, Hashable, Codable {
    /// The places of what may come.
    public let outcomes: [Int]
    /// The probability of each.
    public let probabilities: [Double]

    /// Creates a lottery.
    ///
    /// - Throws: `LearningError.data` where probabilities are negative or do not add up to 1.
    public init(_ outcomes: [Int], probabilities: [Double]) throws {
        guard outcomes.count == probabilities.count, !outcomes.isEmpty, probabilities.allSatisfy({ $0 >= 0 }),
            abs(probabilities.reduce(0, +) - 1) < 1e-9
        else {
            throw LearningError.data(
                "a lottery needs a probability for each of its outcomes, from 0 on and adding up to 1")
        }
        self.outcomes = outcomes
        self.probabilities = probabilities
    }

    /// The lottery in words: "40%: a day off; 60%: a pay rise".
    public func text(_ names: [String]) -> String {
        zip(outcomes, probabilities).map { "\((1000 * $1).rounded() / 10)%: \(names[$0])" }
            .joined(separator: "; ")
    }

    /// Σ pᵢ μᵢ.
    public func expected(_ means: [Double]) -> Double {
        zip(outcomes, probabilities).reduce(0) { $0 + $1.1 * means[$1.0] }
    }
}

/// Whether an agent values uncertain prospects as their expected utility.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Lotteries are asked about like other outcomes, in
/// words that give the probabilities or that leave them to be understood; the error is mean |μ_L − Σ pᵢ
/// μᵢ|, in units of the spread of all utilities. The same with lotteries changed places says how large it
/// would be without any relation.
///
/// ```swift
/// let check = ExpectedUtilityCheck(utilities, lotteries: [(place: 60, lottery: lottery)])
/// ```
public struct ExpectedUtilityCheck: Sendable, Hashable {
    /// mean |μ_L − Σ pᵢ μᵢ|.
    public let error: Double
    /// Its standard error over lotteries; nil with one lottery.
    public let standardError: Double?
    /// The error where each lottery is held against all others' expected utilities.
    public let shuffledError: Double
    /// The correlation of the lotteries' utilities with expected ones; not a number where either is constant.
    public let correlation: Double

    /// Looks at lotteries that were fitted along with their outcomes.
    ///
    /// - Parameter lotteries: The place of each among the utilities, and what it is of.
    public init(_ utilities: UtilityModel, lotteries: [(place: Int, lottery: Lottery)]) {
        precondition(!lotteries.isEmpty, "at least one lottery")
        let stated = lotteries.map { utilities.means[$0.place] }
        let expected = lotteries.map { $0.lottery.expected(utilities.means) }
        let errors = zip(stated, expected).map { abs($0 - $1) }
        let n = Double(errors.count)
        error = Statistics.mean(errors)
        standardError = errors.count > 1 ? (Statistics.variance(errors) / n).squareRoot() : nil
        var shuffled = 0.0
        for (i, a) in stated.enumerated() {
            for (j, b) in expected.enumerated() where i != j { shuffled += abs(a - b) }
        }
        shuffledError = errors.count > 1 ? shuffled / (n * (n - 1)) : .nan
        correlation = Statistics.pearson(stated, expected)
    }
}
