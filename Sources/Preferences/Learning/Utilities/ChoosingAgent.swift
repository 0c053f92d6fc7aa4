import Kernels

/// Whoever is asked which of two things they prefer: a language model behind an endpoint, a crowd, a
/// simulation.
///
/// ```swift
/// let agent = FunctionAgent { first, second in try endpoint.prefersFirst(first, second) ? .first : .second }
/// ```
public protocol ChoosingAgent: Sendable {
    /// Asks several times which is preferred, the first being shown first.
    ///
    /// Calls may come from several threads at once. An agent that draws its answers draws them from
    /// `random`, which belongs to this pair; others leave it alone. Answers may be fewer than asked for,
    /// and fractions of one where an agent gives probabilities.
    func choose(
        _ first: String, _ second: String, times: Int, using random: inout CounterRandom
    ) throws -> ChoiceTally
}

/// How often each of two things was chosen; what is neither was no answer.
public struct ChoiceTally: Sendable, Hashable, Codable {
    /// For what was shown first.
    public var first: Double
    /// For what was shown second.
    public var second: Double

    /// Creates a tally.
    public init(first: Double = 0, second: Double = 0) {
        precondition(first >= 0 && second >= 0, "tallies are not negative")
        self.first = first
        self.second = second
    }

    /// The answers in all.
    public var total: Double { first + second }
    /// The share of the first; nil without answers.
    var share: Double? { total > 0 ? first / total : nil }
}

/// One answer to a forced choice.
public enum ForcedChoice: Sendable, Hashable {
    /// What was shown first.
    case first
    /// What was shown second.
    case second
    /// A refusal, or an answer that could not be read.
    case none
}

/// An agent that is a function, asked once for each answer.
public struct FunctionAgent: ChoosingAgent {
    private let answer: @Sendable (_ first: String, _ second: String) throws -> ForcedChoice

    /// Creates the agent.
    public init(_ answer: @escaping @Sendable (_ first: String, _ second: String) throws -> ForcedChoice) {
        self.answer = answer
    }

    public func choose(
        _ first: String, _ second: String, times: Int, using random: inout CounterRandom
    ) throws -> ChoiceTally {
        var tally = ChoiceTally()
        for _ in 0..<times {
            switch try answer(first, second) {
            case .first: tally.first += 1
            case .second: tally.second += 1
            case .none: break
            }
        }
        return tally
    }
}

/// An agent with known utilities that vary from answer to answer, for simulations: U(o) ~ N(μ, s²).
public struct SimulatedAgent: ChoosingAgent {
    /// The mean utility of each outcome.
    public let means: [Double]
    /// The standard deviation of each.
    public let deviations: [Double]
    /// The probability that an answer is what was shown first, whatever it is.
    public let firstBias: Double
    private let places: [String: Int]

    /// Creates the agent.
    public init(outcomes: [String], means: [Double], deviations: [Double], firstBias: Double = 0) {
        precondition(
            outcomes.count == means.count && means.count == deviations.count,
            "a mean and a deviation for each outcome")
        precondition(deviations.allSatisfy { $0 >= 0 }, "deviations are not negative")
        precondition((0...1).contains(firstBias), "a bias is a probability")
        self.means = means
        self.deviations = deviations
        self.firstBias = firstBias
        places = Dictionary(zip(outcomes, outcomes.indices), uniquingKeysWith: { first, _ in first })
    }

    public func choose(
        _ first: String, _ second: String, times: Int, using random: inout CounterRandom
    ) throws -> ChoiceTally {
        let (a, b) = (try place(first), try place(second))
        var tally = ChoiceTally()
        for _ in 0..<times {
            let lead =
                means[a] - means[b] + deviations[a] * random.normal() - deviations[b] * random.normal()
            let isFirst = random.bernoulli(firstBias) || lead > 0
            if isFirst { tally.first += 1 } else { tally.second += 1 }
        }
        return tally
    }

    private func place(_ name: String) throws -> Int {
        guard let place = places[name] else {
            throw LearningError.unknown(kind: "outcome", name: name, known: places.keys.sorted())
        }
        return place
    }
}

/// Votes that a crowd has already given; pairs that nobody voted on have no answers.
public struct RecordedVotes: ChoosingAgent {
    private struct Shown: Hashable {
        var first: String
        var second: String
    }
    private var tallies: [Shown: ChoiceTally] = [:]

    /// Creates an empty record.
    public init() {}

    /// Adds a vote.
    public mutating func add(_ choice: ForcedChoice, first: String, second: String) {
        var tally = tallies[Shown(first: first, second: second)] ?? ChoiceTally()
        switch choice {
        case .first: tally.first += 1
        case .second: tally.second += 1
        case .none: return
        }
        tallies[Shown(first: first, second: second)] = tally
    }

    public func choose(
        _ first: String, _ second: String, times: Int, using random: inout CounterRandom
    ) -> ChoiceTally {
        tallies[Shown(first: first, second: second)] ?? ChoiceTally()
    }
}
