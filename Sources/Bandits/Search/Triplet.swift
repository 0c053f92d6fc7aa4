/// A question: which of two things is more like a third?
public struct Triplet: Sendable, Hashable, Codable {
    /// The features of the thing that the others are held against.
    public let reference: [Double]
    /// The features of the first candidate.
    public let first: [Double]
    /// The features of the second candidate.
    public let second: [Double]

    /// Creates a question.
    ///
    /// - Precondition: all three have as many features.
    public init(reference: [Double], first: [Double], second: [Double]) {
        precondition(
            reference.count == first.count && first.count == second.count,
            "a triplet has features of one length")
        self.reference = reference
        self.first = first
        self.second = second
    }
}
