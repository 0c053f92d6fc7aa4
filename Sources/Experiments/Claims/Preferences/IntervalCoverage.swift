import Foundation
import Kernels
import Preferences
import Signals

/// 95% intervals hold the truth in 94% to 96% of items on boards of ordinary size, and in at least 94% on boards so
/// sparse that items are unbeaten; the plain sandwich fails there.
struct IntervalCoverage: Experiment {
    var claim: String {
        "95% intervals cover 94–96% on ordinary boards and at least 94% on sparse and steep ones"
    }
    var baseline: String { "the plain sandwich without the guard for sparse boards" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 10_000 : 800
        let shapes: [(name: String, items: Int, games: Int, spread: Double, sparse: Bool)] = [
            ("12 items, 600 games", 12, 600, 1, false), ("20 items, 2000 games", 20, 2000, 1, false),
            ("20 items, 60 games (sparse)", 20, 60, 1, true),
            ("10 items, 300 games (steep)", 10, 300, 2.5, true),
        ]
        var rows: [ExperimentResult.Row] = []
        var holds = true
        var baselineFails = false
        for (number, shape) in shapes.enumerated() {
            let root = CounterRandom(seed: seed, stream: UInt64(number))
            let count = shape.games > 1000 ? boards / 2 : boards
            let found = try Parallel.map(count) {
                board throws -> (hits: Int, plain: Int, items: Int, width: Double) in
                var random = root.split(UInt64(board))
                let truth = (0..<shape.items).map { _ in shape.spread * random.normal() }
                let log = Boards.comparisons(
                    truth, count: shape.games, random: &random, answer: Boards.logistic)
                let fit = try BradleyTerry().fit(log)
                let plain = Self.plainErrors(fit)
                var hits = 0, plainHits = 0, items = 0, width = 0.0
                for part in 0...(fit.items.map(\.part).max() ?? 0) {
                    let members = fit.items.filter { $0.part == part }
                    if members.count < 2 { continue }
                    let truths = Boards.centred(members.map { truth[Boards.number($0.item)] })
                    for (item, x) in zip(members, truths) {
                        let lower =
                            item.open == .below || item.open == .both ? -.infinity : item.interval.lowerBound
                        let upper =
                            item.open == .above || item.open == .both ? .infinity : item.interval.upperBound
                        hits += lower <= x && x <= upper ? 1 : 0
                        plainHits += abs(x - item.score) <= 1.96 * plain[item.index] ? 1 : 0
                        items += 1
                        width += item.interval.upperBound - item.interval.lowerBound
                    }
                }
                return (hits, plainHits, items, width)
            }
            let items = Double(found.reduce(0) { $0 + $1.items })
            let coverage = Double(found.reduce(0) { $0 + $1.hits }) / items
            let plain = Double(found.reduce(0) { $0 + $1.plain }) / items
            rows.append(
                .init(
                    shape.name, [Double(count), coverage, plain, found.reduce(0) { $0 + $1.width } / items]))
            // The quick size has a standard error of its own.
            let slack = size == .full ? 0 : 0.006
            if coverage < 0.94 - slack || (!shape.sparse && coverage > 0.96 + slack) { holds = false }
            if shape.sparse, plain < 0.94 { baselineFails = true }
        }
        let verdict =
            rows.map {
                "\($0.name): \(percent($0.values[1])) against \(percent($0.values[2])) of the plain sandwich"
            }
            .joined(separator: "; ")
        return ExperimentResult(
            columns: ["board", "boards", "coverage", "plain sandwich", "mean width"], rows: rows,
            holds: holds && baselineFails, verdict: verdict)
    }

    /// The standard errors of the sandwich alone, whatever the board.
    private static func plainErrors(_ fit: RankingFit) -> [Double] { fit.uncertainty.sandwichErrors }
}
