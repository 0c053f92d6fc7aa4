import Kernels

/// How often one outcome was chosen over another, for the pairs that were asked: what utilities are fitted
/// to.
///
/// ```swift
/// var preferences = try SoftPreferences(outcomes: ["a", "b", "c"])
/// try preferences.add(0, 1, forward: ChoiceTally(first: 8, second: 2), backward: ChoiceTally(first: 3, second: 7))
/// print(preferences.pairs[0].share)   // 0.75
/// ```
public struct SoftPreferences: Sendable, Hashable, Codable {
    /// A pair that was asked.
    public struct Pair: Sendable, Hashable, Codable {
        /// The place of the first outcome.
        public var first: Int
        /// The place of the second.
        public var second: Int
        /// P̂, the share of choices for the first, both orders counting alike; 0.5 where nothing was
        /// answered.
        public var share: Double
        /// The number of answers.
        public var answers: Double
        /// The share of choices for what was shown first, both orders counting alike; 0.5 without an order
        /// effect.
        public var shownFirst: Double
    }

    /// The outcomes, in words.
    public let outcomes: [String]
    /// The pairs that were asked, in the order in which they were.
    public private(set) var pairs: [Pair] = []

    /// Creates an empty set.
    ///
    /// - Throws: `LearningError.data` where there are fewer than two outcomes or one comes twice.
    public init(outcomes: [String]) throws {
        guard outcomes.count >= 2 else {
            throw LearningError.data("\(outcomes.count) outcomes; preferences need at least two")
        }
        var seen: Set<String> = []
        for outcome in outcomes where !seen.insert(outcome).inserted {
            throw LearningError.data("the outcome \(outcome.debugDescription) comes twice")
        }
        self.outcomes = outcomes
    }

    /// Adds what was answered about a pair, asked in both orders.
    ///
    /// - Parameters:
    ///   - forward: The answers with the first outcome shown first.
    ///   - backward: The answers with the second outcome shown first; its `first` counts for the second
    ///     outcome.
    /// - Throws: `LearningError.data` where an outcome does not exist or is compared with itself.
    public mutating func add(
        _ first: Int, _ second: Int, forward: ChoiceTally, backward: ChoiceTally = ChoiceTally()
    ) throws {
        for place in [first, second] where !outcomes.indices.contains(place) {
            throw LearningError.data("a pair names outcome \(place + 1), and there are \(outcomes.count)")
        }
        guard first != second else {
            throw LearningError.data("\(outcomes[first].debugDescription) is compared with itself")
        }
        func mean(_ values: [Double?]) -> Double {
            let known = values.compactMap { $0 }
            return known.isEmpty ? 0.5 : known.reduce(0, +) / Double(known.count)
        }
        let both = forward.share != nil && backward.share != nil
        pairs.append(
            Pair(
                first: first, second: second,
                share: mean([forward.share, backward.share.map { 1 - $0 }]),
                answers: forward.total + backward.total,
                shownFirst: both ? mean([forward.share, backward.share]) : 0.5))
    }

    /// Some of the pairs, of the same outcomes.
    public func selecting(_ places: [Int]) -> SoftPreferences {
        var result = self
        result.pairs = places.map { pairs[$0] }
        return result
    }

    /// The pairs that were answered.
    public var answered: [Pair] { pairs.filter { $0.answers > 0 } }

    /// The number of pairs that each outcome was asked in.
    public var degrees: [Int] {
        var degrees = [Int](repeating: 0, count: outcomes.count)
        for pair in pairs {
            degrees[pair.first] += 1
            degrees[pair.second] += 1
        }
        return degrees
    }

    /// The answered pairs as comparisons of items without features, or with the given ones.
    public func comparisons(features: FeatureMatrix? = nil) throws -> ComparisonSet {
        let answered = answered
        let features = try features ?? FeatureMatrix(rows: outcomes.count, columns: 0, values: [])
        return try ComparisonSet(
            items: ItemSet(features: features, names: outcomes), left: answered.map(\.first),
            right: answered.map(\.second), labels: answered.map(\.share))
    }
}

/// Two outcomes to compare, by their places.
public struct OutcomePair: Sendable, Hashable, Codable {
    /// The first.
    public var first: Int
    /// The second.
    public var second: Int

    /// Creates a pair.
    public init(_ first: Int, _ second: Int) {
        self.first = first
        self.second = second
    }
}
