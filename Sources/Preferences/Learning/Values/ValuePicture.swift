import Foundation

/// The values that bear on a situation, side by side: how they pull in all, and whether they pull apart.
///
///     q = Σₖ rₖ vₖ / Σₖ rₖ,   conflict = −Σ q log q (nats),   steering = Σₖ uₖ rₖ (P(supports) − P(opposes))
///
/// ```swift
/// let picture = model.picture(of: "breaking a promise to help a friend")
/// print(picture.conflict ?? 0, picture.isPlural)
/// ```
public struct ValuePicture: Sendable, Hashable, Codable {
    /// The values, the most relevant first.
    public var values: [ValueJudgement]

    /// How the values pull, in all.
    public struct Shares: Sendable, Hashable, Codable {
        /// For the action.
        public var supports: Double
        /// Against it.
        public var opposes: Double
        /// Either way.
        public var either: Double

        /// −Σ q log q, in nats: 0 where all pull the same way, at most log 3.
        public var entropy: Double {
            [supports, opposes, either].reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
        }
    }

    /// Creates a picture.
    public init(_ values: [ValueJudgement]) { self.values = values }

    /// q; nil where no value bears on the situation.
    public var shares: Shares? {
        let total = values.reduce(0) { $0 + $1.relevance }
        guard total > 0 else { return nil }
        func share(_ part: KeyPath<ValueJudgement, Double>) -> Double {
            values.reduce(0) { $0 + $1.relevance * $1[keyPath: part] } / total
        }
        return Shares(supports: share(\.supports), opposes: share(\.opposes), either: share(\.either))
    }

    /// The entropy of q: how far people may disagree; nil where no value bears on the situation.
    public var conflict: Double? { shares?.entropy }

    /// Whether a value supports the action and another one opposes it, each with a probability above a half.
    public var isPlural: Bool {
        values.contains { $0.supports > 0.5 } && values.contains { $0.opposes > 0.5 }
    }

    /// How far the values of one's choice speak for the action: positive for, negative against.
    public func steering(_ weight: (SituationValue) -> Double = { _ in 1 }) -> Double {
        values.reduce(0) { $0 + weight($1.value) * $1.relevance * ($1.supports - $1.opposes) }
    }
}
