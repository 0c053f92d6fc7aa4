import Kernels

/// Tells how many votes the schedule saves against random pairs.
///
/// Simulated: in each repetition true scores are drawn from what is believed now, two rankings start from
/// nothing, one asking what `ComparisonScheduler` proposes and one asking random pairs, both learn from
/// answers drawn from the true scores in the same way, and each goes on until the criterion holds. What is
/// saved is told from the medians over the repetitions.
///
/// Of more than `maxItems` items as many are taken, spread evenly over the ranking. Complexity: O(repetitions
/// · votes · items²), in parallel over repetitions; 16 items take under a second.
///
/// ```swift
/// let savings = try ScheduleSavings.simulate(scheduler)
/// print(savings.sentence)
/// ```
public struct ScheduleSavings: Sendable, Hashable {
    /// When a simulated ranking is good enough.
    public enum Criterion: Sendable, Hashable {
        /// Kendall's τ between the scores and the true ones is at least this.
        case agreement(Double)
        /// At least this share of the goal's questions is settled, as this rule sees it.
        case settled(Double, by: StoppingRule)
        /// The mean entropy of which of two neighbours is better is at most this many bits.
        case entropy(Double)
    }

    /// The settings of a simulation.
    public struct Settings: Sendable, Hashable {
        /// When a ranking is good enough.
        public var criterion = Criterion.agreement(0.9)
        /// How often to repeat.
        public var repetitions = 10
        /// The most items to simulate.
        public var maxItems = 40
        /// The votes after which a ranking is given up; `nil` for 200 an item.
        public var maxVotes: Int?
        /// The seed.
        public var seed: UInt64 = 1

        /// The defaults.
        public init() {}
    }

    /// A median with its range.
    public struct Spread: Sendable, Hashable {
        /// The median over the repetitions.
        public var median: Double
        /// The smallest and the largest.
        public var range: ClosedRange<Double>

        init(_ values: [Double]) {
            median = Statistics.median(values)
            range = values.min()!...values.max()!
        }
    }

    /// The votes that the schedule needed.
    public var active: Spread
    /// The votes that random pairs needed.
    public var random: Spread
    /// Active over random, repetition by repetition: single runs differ widely, see `saved` for the whole.
    public var ratio: Spread
    /// How many repetitions there were.
    public var repetitions: Int
    /// In how many of them one side or both gave up; those count with the most votes allowed.
    public var unfinished: Int
    /// How many items were simulated.
    public var items: Int

    /// The votes after which a ranking was given up.
    public var maxVotes: Int

    /// The share of the votes that the schedule saves, between the medians; negative where it needs more.
    public var saved: Double { 1 - active.median / random.median }

    /// The result in words.
    public var sentence: String {
        if 2 * unfinished > repetitions {
            return "no figure: \(unfinished) of \(repetitions) simulations were not done after "
                + "\(maxVotes) votes"
        }
        let percent = Int((100 * saved).rounded())
        let end = unfinished > 0 ? " (\(unfinished) of \(repetitions) simulations were cut short)" : ""
        return "about \(Int(active.median)) votes by the schedule where random pairs take "
            + "\(Int(random.median)): " + (percent >= 0 ? "\(percent)% saved" : "\(-percent)% more") + end
    }

    /// Simulates what a scheduler's belief makes likely.
    ///
    /// - Throws: `PreferenceError` for fewer than two items, or a setting outside its range.
    public static func simulate(
        _ scheduler: ComparisonScheduler, settings: Settings = Settings()
    ) throws -> ScheduleSavings {
        let all = scheduler.items.count
        if all < 2 { throw PreferenceError.tooFewItems(found: all) }
        if settings.repetitions < 1 {
            throw PreferenceError.setting(
                name: "repetitions", value: "\(settings.repetitions)", expected: "at least 1")
        }
        let items = max(2, min(all, settings.maxItems))
        let order = scheduler.order
        let chosen = (0..<items).map { order[$0 * (all - 1) / (items - 1)] }
        let limit = settings.maxVotes ?? 200 * items
        let root = CounterRandom(seed: settings.seed, stream: 0x5341_5645)
        let runs = try Parallel.map(2 * settings.repetitions) { run throws -> Int? in
            var random = root.split(UInt64(run / 2))
            let drawn = scheduler.posterior.draw(&random)
            var simulation = try SimulatedVotes(
                truth: chosen.map { drawn[$0] }, answers: scheduler.posterior.answers,
                options: scheduler.options, criterion: settings.criterion,
                random: random.split(UInt64(run % 2)))
            return try simulation.votes(active: run % 2 == 0, limit: limit)
        }
        func counts(_ side: Int) -> [Double] {
            (0..<settings.repetitions).map { Double(runs[2 * $0 + side] ?? limit) }
        }
        let active = counts(0), random = counts(1)
        return ScheduleSavings(
            active: Spread(active), random: Spread(random),
            ratio: Spread(zip(active, random).map { $0 / $1 }),
            repetitions: settings.repetitions,
            unfinished: (0..<settings.repetitions).count { runs[2 * $0] == nil || runs[2 * $0 + 1] == nil },
            items: items, maxVotes: limit)
    }
}
