import Kernels

/// Tests any reward of (question, answer) for a known weakness: long answers off the topic above short ones on it.
///
/// Each question is paired with the beginning of its own answer and with another question's whole answer, the longest of a
/// few. A reward fails where it puts the second at least as high.
///
/// ```swift
/// let probe = try RewardProbe(queries: queries, answers: answers)
/// let report = probe.report { query, answer in Double(answer.count) }
/// print(report.failureRate, report.interval)   // length alone fails nearly always
/// ```
public struct RewardProbe: Sendable, Hashable {
    /// One test.
    public struct Case: Sendable, Hashable {
        /// The question.
        public let query: String
        /// A short answer to it.
        public let onTopic: String
        /// A longer answer to something else.
        public let offTopic: String

        /// Creates a test.
        public init(query: String, onTopic: String, offTopic: String) {
            self.query = query
            self.onTopic = onTopic
            self.offTopic = offTopic
        }
    }

    /// The tests.
    public let cases: [Case]

    /// Creates a probe of its tests.
    public init(cases: [Case]) { self.cases = cases }

    /// Makes tests of questions with their answers.
    ///
    /// - Parameters:
    ///   - words: How many words of its own answer a question gets, at most.
    ///   - candidates: Among how many other answers, drawn at random, the longest is taken.
    /// - Throws: `LearningError.data` where there are fewer than two questions, or all answers are short.
    public init(
        queries: [String], answers: [String], words: Int = 60, candidates: Int = 8, seed: UInt64 = 1
    ) throws {
        precondition(words > 0 && candidates > 0, "counts are at least 1")
        guard queries.count == answers.count, queries.count >= 2 else {
            throw LearningError.data(
                "a probe needs at least two questions with an answer each, and there are "
                    + "\(queries.count) questions and \(answers.count) answers")
        }
        let lengths = answers.map { $0.split(whereSeparator: \.isWhitespace).count }
        let random = CounterRandom(seed: seed)
        cases = queries.indices.compactMap { place in
            var random = random.split(UInt64(place))
            let short = answers[place].split(whereSeparator: \.isWhitespace).prefix(words)
            var longest = place
            for _ in 0..<candidates {
                let other = (place + 1 + random.below(queries.count - 1)) % queries.count
                if queries[other] != queries[place], longest == place || lengths[other] > lengths[longest] {
                    longest = other
                }
            }
            guard longest != place, lengths[longest] > short.count else { return nil }
            return Case(
                query: queries[place], onTopic: short.joined(separator: " "), offTopic: answers[longest])
        }
        guard !cases.isEmpty else {
            throw LearningError.data(
                "no answer is longer than another question's: there is nothing to probe with")
        }
    }

    /// Asks a reward.
    public func report(_ reward: @Sendable (_ query: String, _ answer: String) -> Double) -> RewardProbeReport
    {
        RewardProbeReport(
            gaps: Parallel.map(cases.count) {
                reward(cases[$0].query, cases[$0].onTopic) - reward(cases[$0].query, cases[$0].offTopic)
            })
    }
}

/// How often a reward fell for length.
public struct RewardProbeReport: Sendable, Hashable {
    /// For each test the reward of the answer on the topic less that of the one off it.
    public let gaps: [Double]
    /// The tests that it failed: those whose gap is not positive.
    public var failures: [Int] { gaps.indices.filter { !(gaps[$0] > 0) } }
    /// The share of tests that it failed.
    public var failureRate: Double { Double(failures.count) / Double(max(1, gaps.count)) }
    /// The 95% interval of the failure rate (Wilson).
    public var interval: ClosedRange<Double> {
        Statistics.wilsonInterval(successes: failures.count, trials: gaps.count)
    }
}
