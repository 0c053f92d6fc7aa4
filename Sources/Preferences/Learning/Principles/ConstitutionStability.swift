import Kernels

/// Which principles come again when a constitution is learnt from other halves of the data.
///
/// The data fix the principles of one fit; halves of the prompts (or pairs of items), drawn anew, show how much of that
/// is chance.
///
///     Jaccard(A, B) = |A ∩ B| / |A ∪ B|, the mean over pairs of halves
///
/// ```swift
/// let stability = try ConstitutionStability(InverseConstitution(), on: data, seed: 1)
/// print(stability.jaccard, stability.shares.first ?? "")
/// ```
public struct ConstitutionStability: Sendable, Hashable {
    /// How often one principle came.
    public struct Share: Sendable, Hashable {
        /// The principle in words.
        public var text: String
        /// The share of fits that it was in.
        public var share: Double
    }

    /// The mean likeness of two of the constitutions, from 0 to 1; 1 where all are empty.
    public let jaccard: Double
    /// Every principle that came, the most frequent first.
    public let shares: [Share]

    /// Fits on random halves.
    ///
    /// - Parameter halves: how many, at least 2.
    public init(_ learner: InverseConstitution, on data: ComparisonSet, halves: Int = 6, seed: UInt64 = 1)
        throws
    {
        precondition(halves >= 2, "stability needs two fits")
        let units = HonestSplit.units(data)
        let lists = try (0..<halves).map { half in
            let part = HonestSplit.parts(units, share: 0.5, seed: seed &+ UInt64(half) &* 7919).part
            return try learner.fit(data.selecting(part), seed: seed).everyone.articles.map(\.text)
        }
        jaccard = Self.jaccard(lists)
        var counts: [String: Int] = [:]
        for list in lists { for text in list { counts[text, default: 0] += 1 } }
        shares = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            Share(text: $0.key, share: Double($0.value) / Double(halves))
        }
    }

    /// The mean likeness of two of some lists.
    public static func jaccard(_ lists: [[String]]) -> Double {
        var (sum, pairs) = (0.0, 0.0)
        for a in lists.indices {
            for b in lists.indices where b > a {
                let (first, second) = (Set(lists[a]), Set(lists[b]))
                let union = first.union(second).count
                sum += union == 0 ? 1 : Double(first.intersection(second).count) / Double(union)
                pairs += 1
            }
        }
        return pairs == 0 ? 1 : sum / pairs
    }
}
