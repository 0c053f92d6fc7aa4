import Kernels

/// Keeps a pair of critiques only where acting on the better one leads to better revisions.
///
/// Source: Lan, Zhang, Lyu, Li, Xu, Huang, Lin, Mao and Chen, "Training Language Models to Critique With Multi-agent
/// Feedback" (2024), multi-agent revision validating.
///
///     keep where mean g(revisions following c⁺) − mean g(revisions following c⁻) > margin
///
/// over R revisers with n samples each, g being a reward or a check. Where revisions pay no heed to critiques, half of
/// the pairs are kept whatever they are worth: the filter is as good as revisers and g are.
///
/// ```swift
/// let reading = RevisionFilter().reading(chosen: [[7, 8], [6, 9]], rejected: [[5, 5], [6, 4]])
/// print(reading.keeps, reading.gap, reading.deviation)
/// ```
public struct RevisionFilter: Sendable, Hashable {
    /// By how much the revisions must be better.
    public var margin: Double
    /// How many revisions each reviser writes after each critique.
    public var samples: Int
    /// How many questions are asked at a time.
    public var concurrency: Int

    /// What the revisions of a pair say.
    public struct Reading: Sendable, Hashable, Codable {
        /// The difference of the means.
        public var gap: Double
        /// Its standard error, from how far the revisers differ; nil for fewer than two revisers.
        public var deviation: Double?
        /// Whether the pair is kept.
        public var keeps: Bool
    }

    /// Creates a filter.
    public init(margin: Double = 0, samples: Int = 8, concurrency: Int = 4) {
        precondition(margin >= 0, "a margin is not negative")
        precondition(samples > 0 && concurrency > 0, "counts are positive")
        self.margin = margin
        self.samples = samples
        self.concurrency = concurrency
    }

    /// Reads the scores of revisions: one row for each reviser.
    ///
    /// - Precondition: as many rows on both sides, none of them empty.
    public func reading(chosen: [[Double]], rejected: [[Double]]) -> Reading {
        precondition(chosen.count == rejected.count && !chosen.isEmpty, "a row of each reviser on both sides")
        let gaps = zip(chosen, rejected).map { Statistics.mean($0) - Statistics.mean($1) }
        precondition(gaps.allSatisfy(\.isFinite), "each reviser has revisions with finite scores")
        let gap = Statistics.mean(gaps)
        return Reading(
            gap: gap,
            deviation: gaps.count > 1
                ? (Statistics.variance(gaps) / Double(gaps.count)).squareRoot() : nil,
            keeps: gap > margin)
    }

    /// Has revisers act on both critiques of a pair, and reads the scores of what they write.
    ///
    /// - Throws: What revisers and `score` throw; `LearningError.data` where a score is not finite.
    public func reading(
        _ pair: CritiquePair, revisers: [any CritiqueReviser], seed: UInt64 = 1,
        score: @escaping @Sendable (_ subject: CritiqueCase, _ revision: String) async throws -> Double
    ) async throws -> Reading {
        precondition(!revisers.isEmpty, "a filter needs a reviser")
        let each = samples
        let scores = try await ChatWork.map(2 * revisers.count * each, concurrency: concurrency) { place in
            // The same seeds on both sides: what chance does to one it does to the other.
            let (side, job) = (place % 2, place / 2)
            let revision = try await revisers[job / each].revise(
                pair.subject, following: side == 0 ? pair.chosen : pair.rejected,
                seed: CounterRandom(seed: seed).split(UInt64(job)).word)
            let score = try await score(pair.subject, revision)
            guard score.isFinite else { throw LearningError.data("the score of a revision is \(score)") }
            return score
        }
        func rows(_ side: Int) -> [[Double]] {
            revisers.indices.map { reviser in (0..<each).map { scores[2 * (reviser * each + $0) + side] } }
        }
        return reading(chosen: rows(0), rejected: rows(1))
    }
}
