import Foundation
import Kernels

/// Turns comparisons into a short list of principles, such as "is longer" or "hedges less", that reproduce most of the
/// choices.
///
/// Source: Findeis, Kaufmann, Hüllermeier, Albanie and Mullins, "Inverse Constitutional AI: Compressing Preferences
/// into Principles" (2025), with principles that are features and directions in place of sentences that a language
/// model judges by; `ConstitutionWriter` is the version with sentences.
///
///     voteₚ(a, b) = sign(s (xₐ − x_b)) where |xₐ − x_b| > margin, otherwise 0
///     keep p where for > against, for ≥ ρ · all;   order by for − against;   the first n that do not vote alike
///     P(a ≻ b) = σ(k Σₚ wₚ voteₚ(a, b)),   wₚ = log((for + 1)/(against + 1))
///
/// for and against count the comparisons in which the vote is, or is not, what was chosen; k ≥ 0 fits the
/// probabilities. Of principles whose votes agree on more than `alike` of the comparisons where either votes only the
/// first is kept. Judges and groups with at least `smallestGroup` comparisons get a constitution of their own.
///
/// For texts use `TextTraits`, which describes answers by things that have names.
///
/// What the data cannot say: principles describe what choices go along with, not why they were made; other principles
/// may fit as well. `ConstitutionStability` says which come again in other samples. Not for features that mean nothing
/// one by one, such as hashed words or embeddings: the principles found there say nothing to people.
///
/// - Complexity: O(n d), and O(n) for each of at most 100 candidates.
///
/// ```swift
/// let traits = TextTraits.standard
/// let constitution = try InverseConstitution(traits: traits).fit(traits.comparisons(pairs))
/// print(constitution.everyone.text)
/// ```
public struct InverseConstitution: PreferenceLearner {
    public static var id: String { "icai" }

    /// n, the most principles.
    public var principles: Int
    /// Which principles are kept.
    public var filter: PrincipleFilter
    /// How far features must differ for a vote, in root mean squares of their differences.
    public var margin: Double
    /// From which share of like votes on two principles count as one.
    public var alike: Double
    /// From how many comparisons on a judge or a group has a constitution of its own.
    public var smallestGroup: Int
    /// What each feature is called; empty for numbers.
    public var traits: [TraitName]
    /// Decides where no principle does, with log-odds 1: a column and whether more of it is better. Nil for even
    /// chances.
    public var fallback: FeatureDirection?

    /// Creates the learner.
    public init(
        principles: Int = 5, filter: PrincipleFilter = PrincipleFilter(), margin: Double = 0,
        alike: Double = 0.9, smallestGroup: Int = 100, traits: [TraitName] = [],
        fallback: FeatureDirection? = nil
    ) {
        precondition(principles >= 0, "the number of principles is not negative")
        precondition(margin >= 0, "a margin is not negative")
        precondition(alike > 0 && alike <= 1, "a share of like votes is above 0 and at most 1")
        precondition(smallestGroup > 0, "a group has at least one comparison")
        self.principles = principles
        self.filter = filter
        self.margin = margin
        self.alike = alike
        self.smallestGroup = smallestGroup
        self.traits = traits
        self.fallback = fallback
    }

    /// Creates the learner for texts described by traits.
    public init(principles: Int = 5, traits: TextTraits) {
        self.init(principles: principles, traits: traits.names)
    }

    public func lacks(_ data: ComparisonSet) -> String? {
        if data.count == 0 { return "comparisons" }
        if data.items.features.columns > 200 { return "at most 200 features that mean something one by one" }
        if !data.labels.contains(where: { $0 != 0.5 }) { return "comparisons that are no ties" }
        let width = data.items.features.columns
        if !traits.isEmpty, traits.count != width { return "\(traits.count) features, one for each trait" }
        return fallback.map { $0.column >= width } == true ? "the feature that decides ties" : nil
    }

    public func fit(_ data: ComparisonSet, seed: UInt64, watch: FitWatch) throws -> Constitution {
        try require(data)
        let votes = FeatureVotes(data, margin: margin)
        let everyone = charter(votes, data, Array(0..<data.count))
        try watch.step(1, of: 2, loss: everyone.loss)
        func own(_ places: [Int], _ names: [String]) -> [String: Charter] {
            var members = [[Int]](repeating: [], count: names.count)
            for (place, name) in places.enumerated() where name >= 0 { members[name].append(place) }
            var result: [String: Charter] = [:]
            for (name, places) in zip(names, members) where places.count >= smallestGroup {
                let charter = charter(votes, data, places)
                if !charter.articles.isEmpty { result[name] = charter }
            }
            return result
        }
        let judges = own(data.judges, data.judgeNames)
        let groups = own(data.groups, data.groupNames)
        var limits = [
            "principles say what the choices go along with, not why they were made; others may fit as well"
        ]
        if everyone.articles.isEmpty, principles > 0 {
            limits.append("no feature goes along with the choices often enough to be a principle")
        }
        for twin in everyone.twins {
            limits.append("\(twin.debugDescription): votes alike, so that the choices cannot tell them apart")
        }
        return Constitution(
            features: data.items.features.columns, everyone: everyone, judges: judges, groups: groups,
            fallback: fallback,
            certificate: FitCertificate(converged: true, steps: 1, loss: everyone.loss, limits: limits))
    }

    /// The constitution of some of the comparisons.
    private func charter(_ votes: FeatureVotes, _ data: ComparisonSet, _ places: [Int]) -> Charter {
        let counts = votes.counts(data, places)
        var candidates = counts.indices.compactMap { column -> Charter.Article? in
            let isMore = counts[column].lead >= 0
            let own = isMore ? counts[column] : counts[column].mirrored
            guard filter.keeps(own) else { return nil }
            return Charter.Article(
                column: column, prefersMore: isMore, margin: votes.margins[column],
                text: name(column, isMore, data.items.featureNames), counts: own)
        }
        candidates.sort { ($1.counts.lead, $0.column) < ($0.counts.lead, $1.column) }
        candidates = Array(candidates.prefix(max(100, 2 * principles)))
        let columns = votes.columns(candidates.map(\.column), places)
        var (kept, twins): ([Int], [String]) = ([], [])
        for candidate in candidates.indices where kept.count < principles {
            let twin = kept.first { other in
                let sign: Int8 =
                    candidates[candidate].prefersMore == candidates[other].prefersMore ? 1 : -1
                return FeatureVotes.likeness(columns[candidate], columns[other], sign: sign) > alike
            }
            if let twin {
                twins.append("\(candidates[candidate].text) / \(candidates[twin].text)")
            } else {
                kept.append(candidate)
            }
        }
        let sums = places.indices.map { index in
            kept.reduce(0.0) { sum, article in
                let sign: Double = candidates[article].prefersMore ? 1 : -1
                return sum + sign * candidates[article].counts.weight * Double(columns[article][index])
            }
        }
        let labels = places.map { data.labels[$0] }
        let weights = places.map { data.weights[$0] }
        let (scale, loss) = VoteScale.fit(sums, labels: labels, weights: weights)
        return Charter(
            articles: kept.map { candidates[$0] }, scale: scale, comparisons: places.count, loss: loss,
            twins: twins)
    }

    private func name(_ column: Int, _ isMore: Bool, _ names: [String]) -> String {
        if traits.isEmpty {
            // The features of the standard traits are called by what more of them is.
            if let known = TextTraits.standard.names.first(where: {
                names.indices.contains(column) && $0.more == names[column]
            }) {
                return isMore ? known.more : known.less
            }
            return "has \(isMore ? "more" : "less") of "
                + (names.isEmpty ? "feature \(column + 1)" : names[column])
        }
        return isMore ? traits[column].more : traits[column].less
    }
}

/// What more and less of a feature are called, as in "is longer" and "is shorter".
public struct TraitName: Sendable, Hashable, Codable {
    /// More of it.
    public var more: String
    /// Less of it.
    public var less: String

    /// Creates the names.
    public init(more: String, less: String) {
        self.more = more
        self.less = less
    }
}

/// A feature, and which way is better.
public struct FeatureDirection: Sendable, Hashable, Codable {
    /// The feature's column.
    public var column: Int
    /// Whether more of it is better.
    public var prefersMore: Bool

    /// Creates one.
    public init(column: Int, prefersMore: Bool = true) {
        precondition(column >= 0, "columns count from 0")
        self.column = column
        self.prefersMore = prefersMore
    }
}
