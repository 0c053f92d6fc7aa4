import Kernels
import Signals

/// A town of judges with one shared order of items, and whatever faults are planted in it.
struct SimulatedTown {
    enum Kind { case honest, lazy, random, reversed, hasty, sided }

    var items = 12
    var prompts = 60
    var judges = 20
    var answersPerJudge = 60
    var noise = 0.15
    var ties = 0.05
    var position = 0.0
    var lengthTaste = 0.0
    var kinds: [Int: Kind] = [:]
    var seed: UInt64 = 1

    /// The events of the town, in the order of their times.
    func events() -> [FeedbackEvent] {
        var events: [FeedbackEvent] = []
        for judge in 0..<judges {
            var random = CounterRandom(seed: seed, stream: UInt64(judge))
            var time = 1_700_000_000 + Double(judge) * 10_000
            for _ in 0..<answersPerJudge {
                time +=
                    (kinds[judge] == .hasty ? 0.6 : 8 + 10 * random.exponential()) * (0.5 + random.uniform())
                let a = random.below(items)
                let b = (a + 1 + random.below(items - 1)) % items
                let lengths = [100 + 400 * random.uniform(), 100 + 400 * random.uniform()]
                var outcome: Comparison.Outcome = a < b ? .left : .right
                if random.bernoulli(noise) { outcome = outcome.mirrored }
                if random.bernoulli(position) { outcome = .left }
                if random.bernoulli(lengthTaste) { outcome = lengths[0] > lengths[1] ? .left : .right }
                if random.bernoulli(ties) { outcome = .tie }
                switch kinds[judge] {
                case .lazy: outcome = random.bernoulli(0.96) ? .left : .right
                case .random: outcome = random.bernoulli(0.5) ? .left : .right
                case .reversed: outcome = outcome.mirrored
                case .sided: outcome = random.bernoulli(0.5) ? .left : outcome
                default: break
                }
                events.append(
                    FeedbackEvent(
                        .comparison(Comparison(left: "item\(a)", right: "item\(b)", outcome: outcome)),
                        judge: "w\(judge)", prompt: "p\(random.below(prompts))",
                        time: (time * 1000).rounded() / 1000,
                        itemFeatures: ["length": lengths]))
            }
        }
        return events
    }

    func log() throws -> FeedbackLog { try FeedbackLog(events()) }
}
