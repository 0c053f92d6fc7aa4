import Kernels

/// Makes comparisons of the votes that answers in a forum have.
///
/// Source: Wang et al., "WorldPM: Scaling Human Preference Modeling" (2025). Two answers to one question are a comparison, won by
/// the one with more net votes, if the votes differ by at least `gap` and both answers were seen often enough. Of each thread at
/// most `perThread` comparisons are taken, at random, so that long threads do not speak for all; sides are random too.
///
/// What votes cannot say: the earlier answer is read, and voted for, more often; `minimumExposure` keeps out only what hardly
/// anybody saw.
///
/// ```swift
/// let data = try VotePairs(gap: 2).comparisons(threads, items: answers, seed: 1)
/// ```
public struct VotePairs: Sendable, Hashable {
    /// A question with its answers.
    public struct Thread: Sendable, Hashable {
        /// The question's name or text.
        public var question: String
        /// The answers.
        public var answers: [Answer]

        /// Creates a thread.
        public init(_ question: String, _ answers: [Answer]) {
            self.question = question
            self.answers = answers
        }
    }

    /// An answer and what it got.
    public struct Answer: Sendable, Hashable {
        /// Its place among the items.
        public var item: Int
        /// Votes for it less votes against.
        public var votes: Double
        /// How often it was seen, or votes of both kinds; nil where that is not known, which counts as enough.
        public var exposure: Double?

        /// Creates an answer.
        public init(item: Int, votes: Double, exposure: Double? = nil) {
            self.item = item
            self.votes = votes
            self.exposure = exposure
        }
    }

    /// By how many votes the winner leads at least.
    public var gap: Double
    /// How often both were seen at least.
    public var minimumExposure: Double
    /// The most comparisons of a thread.
    public var perThread: Int

    /// Creates the rule.
    public init(gap: Double = 1, minimumExposure: Double = 0, perThread: Int = 8) {
        precondition(gap > 0, "equal votes are no preference")
        precondition(perThread > 0, "a thread gives a comparison at least")
        self.gap = gap
        self.minimumExposure = minimumExposure
        self.perThread = perThread
    }

    /// The comparisons; each item gets its thread as its prompt.
    ///
    /// - Throws: `LearningError.data` where an answer names an item that there is not, or an item is in two threads.
    public func comparisons(_ threads: [Thread], items: ItemSet, seed: UInt64 = 1) throws -> ComparisonSet {
        var items = items
        var prompts = [Int](repeating: -1, count: items.count)
        var (left, right, labels): ([Int], [Int], [Double]) = ([], [], [])
        for (number, thread) in threads.enumerated() {
            for answer in thread.answers {
                guard prompts.indices.contains(answer.item) else {
                    throw LearningError.data(
                        "the thread \(thread.question.debugDescription) names item \(answer.item + 1), and there are "
                            + "\(items.count)")
                }
                guard prompts[answer.item] < 0 else {
                    throw LearningError.data("\(items.name(answer.item)) is an answer twice")
                }
                guard answer.votes.isFinite else {
                    throw LearningError.data("\(items.name(answer.item)) has \(answer.votes) votes")
                }
                prompts[answer.item] = number
            }
            var random = CounterRandom(seed: seed).split(UInt64(number))
            let seen = thread.answers.filter { $0.exposure ?? .infinity >= minimumExposure }
            var pairs: [(Answer, Answer)] = []
            for (place, a) in seen.enumerated() {
                for b in seen.dropFirst(place + 1) where abs(a.votes - b.votes) >= gap {
                    pairs.append((a, b))
                }
            }
            random.shuffle(&pairs)
            for (a, b) in pairs.prefix(perThread) {
                let (first, second) = random.bernoulli(0.5) ? (a, b) : (b, a)
                left.append(first.item)
                right.append(second.item)
                labels.append(first.votes > second.votes ? 1 : 0)
            }
        }
        items.prompts = prompts
        items.promptNames = threads.map(\.question)
        return try ComparisonSet(items: items, left: left, right: right, labels: labels)
    }
}
