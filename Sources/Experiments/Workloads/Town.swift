import Foundation
import Kernels
import Signals

/// A town of judges with known tastes: the workload of `make demo`, with everything that goes wrong in real votes.
///
/// Each of three hidden groups has tastes of its own around a common quality; a judge compares two dishes, prefers the
/// one shown first a little, and in some of the answers slips. Some judges answer at random, some always take the first,
/// some have the scale the wrong way round.
public struct Town: Sendable {
    /// The number of dishes.
    public var items = 12
    /// The number of judges.
    public var judges = 120
    /// The number of answers.
    public var answers = 9000
    /// The share of answers that are a coin toss.
    public var noise = 0.15
    /// The log-odds that the dish shown first gains.
    public var positionBias = 0.35
    /// The share of judges that always answer "first".
    public var lazyShare = 0.08
    /// The share of judges that answer at random.
    public var spamShare = 0.1
    /// The share of judges that have the scale the wrong way round.
    public var reversedShare = 0.03
    /// The standard deviation of a group's taste around the common quality.
    public var groupSpread = 1.2
    /// How much likelier a popular dish is to be served: what misleads a plain win rate.
    public var unevenness = 1.0
    /// The seed.
    public var seed: UInt64

    /// Creates a town.
    public init(seed: UInt64 = 1) { self.seed = seed }

    /// What was drawn.
    public struct Draw: Sendable {
        /// The answers, in the order in which they were given.
        public var events: [FeedbackEvent]
        /// Each dish's quality: the mean of its worth over honest judges, centred on zero.
        public var truth: [String: Double]
        /// The hidden group of each judge.
        public var group: [String: Int]
        /// What each judge is: `honest`, `lazy`, `random` or `reversed`.
        public var kind: [String: String]
    }

    /// The dishes, in no particular order.
    static let names = [
        "bibimbap", "bouillabaisse", "ceviche", "falafel", "goulash", "jollof", "laksa", "moussaka", "paella",
        "pho",
        "pierogi", "ramen", "risotto", "shakshuka", "tagine", "tamales",
    ]

    /// Draws the town's answers.
    public func draw() -> Draw {
        var random = CounterRandom(seed: seed)
        let names = (0..<items).map { $0 < Self.names.count ? Self.names[$0] : "dish\($0 + 1)" }
        let quality = (0..<items).map { _ in 0.8 * random.normal() }
        let tastes = (0..<3).map { _ in quality.map { $0 + groupSpread * random.normal() } }
        var groups: [String: Int] = [:], kinds: [String: String] = [:]
        let judgeNames = (0..<judges).map { String(format: "judge%03d", $0 + 1) }
        for name in judgeNames {
            groups[name] = random.categorical(weights: [0.45, 0.33, 0.22])
            let u = random.uniform()
            kinds[name] =
                u < lazyShare
                ? "lazy"
                : u < lazyShare + spamShare
                    ? "random" : u < lazyShare + spamShare + reversedShare ? "reversed" : "honest"
        }
        // Dishes meet in leagues: a strong dish is served to strong company, which a win rate cannot see.
        let served = (0..<items).map { (_: Int) -> Double in exp(unevenness * 0.5 * random.normal()) }
        let ages = ["18-29", "30-49", "50+"]
        var events: [FeedbackEvent] = []
        events.reserveCapacity(answers)
        let start = 1_767_225_600.0
        for answer in 0..<answers {
            let judge = judgeNames[random.below(judges)]
            let group = groups[judge]!
            let first = random.categorical(weights: served)
            let company = (0..<items).map { (other: Int) -> Double in
                other == first ? 0 : served[other] * exp(-unevenness * abs(quality[first] - quality[other]))
            }
            let second = random.categorical(weights: company)
            var d = tastes[group][first] - tastes[group][second] + positionBias
            switch kinds[judge]! {
            case "lazy": d = 4
            case "random": d = 0
            case "reversed": d = -(tastes[group][first] - tastes[group][second]) + positionBias
            default: if random.uniform() < noise { d = 0 }
            }
            let tie = 0.25
            let a = exp(d / 2), b = exp(-d / 2)
            let u = random.uniform() * (a + b + tie)
            let outcome: Comparison.Outcome = u < a ? .left : u < a + b ? .right : .tie
            events.append(
                FeedbackEvent(
                    .comparison(
                        Comparison(left: names[first], right: names[second], outcome: outcome, first: .left)),
                    id: "town-\(seed)-\(answer)", judge: judge, time: start + 40 * Double(answer),
                    groups: ["age": ages[(group + (random.uniform() < 0.3 ? 1 : 0)) % 3]]))
        }
        // The truth is the worth of a dish to the town's honest judges.
        var truth = [Double](repeating: 0, count: items)
        let honest = judgeNames.filter { kinds[$0] == "honest" }
        for judge in honest {
            for i in 0..<items { truth[i] += tastes[groups[judge]!][i] / Double(honest.count) }
        }
        let mean = truth.reduce(0, +) / Double(items)
        return Draw(
            events: events, truth: Dictionary(uniqueKeysWithValues: zip(names, truth.map { $0 - mean })),
            group: groups, kind: kinds)
    }
}
