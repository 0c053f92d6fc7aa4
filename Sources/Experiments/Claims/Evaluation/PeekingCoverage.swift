import Foundation
import Kernels
import Preferences
import Signals

/// Looking at a board again and again, anytime-valid intervals stay right and plain ones do not.
struct PeekingCoverage: Experiment {
    var claim: String {
        "over a stream of 10,000 votes looked at 60 times, an item's anytime interval ever misses in at most 5% of items, "
            + "the plain one in at least 25%; the width is at most twice"
    }
    var baseline: String { "plain 95% intervals" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let streams = size == .full ? 300 : 40
        let items = 6, votes = size == .full ? 10_000 : 4000, looks = size == .full ? 60 : 40
        let root = CounterRandom(seed: seed)
        let found = try Parallel.map(streams) { stream throws -> (plain: Int, anytime: Int, ratio: Double) in
            var random = root.split(UInt64(stream))
            let truth = Boards.centred((0..<items).map { _ in 0.7 * random.normal() })
            let events = Array(
                Boards.comparisons(truth, count: votes, random: &random, answer: Boards.logistic).events)
            var plainMiss = [Bool](repeating: false, count: items), anytimeMiss = plainMiss
            var ratio = 0.0
            var log = FeedbackLog()
            var next = 0
            for look in 0..<looks {
                // Looks are even in the logarithm: often at first, when a miss is likeliest.
                let until = Int(100 * pow(Double(votes) / 100, Double(look) / Double(looks - 1)))
                while next < min(until, events.count) {
                    try log.append(events[next])
                    next += 1
                }
                var options = BoardOptions()
                let plain = try BradleyTerry(options).fit(log)
                options.intervals.anytime = true
                let anytime = try BradleyTerry(options).fit(log)
                for (a, b) in zip(plain.items, anytime.items) {
                    let i = Boards.number(a.item)
                    if !a.interval.contains(truth[i]) { plainMiss[i] = true }
                    if !b.interval.contains(truth[i]) { anytimeMiss[i] = true }
                }
                ratio = anytime.intervals.criticalValue / plain.intervals.criticalValue
            }
            return (plainMiss.count { $0 }, anytimeMiss.count { $0 }, ratio)
        }
        let n = Double(streams * items)
        let plain = Double(found.reduce(0) { $0 + $1.plain }) / n
        let anytime = Double(found.reduce(0) { $0 + $1.anytime }) / n
        let ratio = found.map(\.ratio).max() ?? 0
        return ExperimentResult(
            columns: ["intervals", "ever missed", "width at the end against plain"],
            rows: [.init("anytime", [anytime, ratio]), .init("plain", [plain, 1])],
            holds: anytime <= 0.05 && plain >= 0.25 && ratio <= 2,
            verdict:
                "ever missed \(percent(anytime)) against \(percent(plain)), \(fixed(ratio)) times as wide")
    }
}
