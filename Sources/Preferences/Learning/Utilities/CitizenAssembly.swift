import Kernels

/// A simulated assembly of citizens whose votes say how utilities ought to be.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Citizens are drawn from the shares of a population
/// (age, region, …), each attribute on its own: that they go together, as income with age, is lost unless
/// they are given as one attribute. Each citizen votes on each pair after reading a statement for and
/// against; the share of votes is the target P*(x ≻ y).
///
/// ```swift
/// let assembly = CitizenAssembly(
///     citizens: 30, marginals: [.init("age", [("young", 0.4), ("old", 0.6)])], seed: 1)
/// let votes = try assembly.vote(on: pairs, outcomes: outcomes) { citizen, first, second, _, _ in
///     try model.answer(as: citizen, first, second)
/// }
/// ```
public struct CitizenAssembly: Sendable, Hashable {
    /// An attribute and the shares of its values.
    public struct Marginal: Sendable, Hashable, Codable {
        /// The attribute.
        public var name: String
        /// Its values.
        public var values: [String]
        /// The share of each; they need not add up to 1.
        public var shares: [Double]

        /// Creates a marginal.
        public init(_ name: String, _ shares: [(value: String, share: Double)]) {
            precondition(
                shares.allSatisfy { $0.share >= 0 } && shares.contains { $0.share > 0 },
                "shares are not negative and one is positive")
            self.name = name
            values = shares.map(\.value)
            self.shares = shares.map(\.share)
        }
    }

    /// One citizen.
    public struct Citizen: Sendable, Hashable, Codable {
        /// The citizen's number.
        public var number: Int
        /// The value of each attribute, in the order of the marginals.
        public var profile: [String]
    }

    /// Those who sit in the assembly.
    public let citizens: [Citizen]
    /// The seed of their votes.
    public let seed: UInt64

    /// Draws an assembly.
    public init(citizens: Int, marginals: [Marginal], seed: UInt64 = 1) {
        precondition(citizens > 0, "an assembly has at least one citizen")
        let random = CounterRandom(seed: seed).split(0xc17)
        self.seed = seed
        self.citizens = (0..<citizens).map { number in
            var random = random.split(UInt64(number))
            return Citizen(
                number: number,
                profile: marginals.map { $0.values[random.categorical(weights: $0.shares)] })
        }
    }

    /// Lets all citizens vote on pairs, each in both orders.
    ///
    /// - Parameters:
    ///   - statements: What is read before the vote on a pair: short texts for one side and for the other.
    ///   - vote: How a citizen votes; may be called from several threads.
    /// - Throws: What `vote` throws; `LearningError.data` where a pair does not fit the outcomes.
    public func vote(
        on pairs: [OutcomePair], outcomes: [String],
        statements: @Sendable (OutcomePair) -> [String] = { _ in [] },
        by vote:
            @Sendable (
                _ citizen: Citizen, _ first: String, _ second: String, _ statements: [String],
                _ random: inout CounterRandom
            ) throws -> ForcedChoice
    ) throws -> SoftPreferences {
        let random = CounterRandom(seed: seed).split(0x907e)
        let tallies = try Parallel.map(pairs.count) {
            index -> (forward: ChoiceTally, backward: ChoiceTally) in
            let pair = pairs[index]
            let read = statements(pair)
            var random = random.split(UInt64(index))
            func tally(_ first: Int, _ second: Int) throws -> ChoiceTally {
                var tally = ChoiceTally()
                for citizen in citizens {
                    switch try vote(citizen, outcomes[first], outcomes[second], read, &random) {
                    case .first: tally.first += 1
                    case .second: tally.second += 1
                    case .none: break
                    }
                }
                return tally
            }
            return (try tally(pair.first, pair.second), try tally(pair.second, pair.first))
        }
        var preferences = try SoftPreferences(outcomes: outcomes)
        for (pair, tally) in zip(pairs, tallies) {
            try preferences.add(pair.first, pair.second, forward: tally.forward, backward: tally.backward)
        }
        return preferences
    }
}
