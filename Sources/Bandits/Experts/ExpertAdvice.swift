/// What experts advise before one of several arms is chosen.
///
/// ```swift
/// ExpertAdvice([[0.9, 0.1], [0, 1]])      // two experts, two arms
/// ```
public struct ExpertAdvice: Sendable, Hashable, Codable {
    /// For each expert a probability for each arm.
    public var advice: [[Double]]

    /// Creates the advice.
    ///
    /// - Parameter advice: For each expert a probability for each arm; each row adds up to one.
    public init(_ advice: [[Double]]) {
        precondition(
            advice.allSatisfy { row in
                row.allSatisfy { $0 >= 0 } && abs(row.reduce(0, +) - 1) < 1e-6
            }, "an expert's advice is a distribution over the arms")
        self.advice = advice
    }

    /// Creates the advice of experts who name one arm each.
    public init(arms: Int, named: [Int]) {
        precondition(named.allSatisfy { $0 >= 0 && $0 < arms }, "an expert names one of \(arms) arms")
        advice = named.map { choice in (0..<arms).map { $0 == choice ? 1 : 0 } }
    }
}
