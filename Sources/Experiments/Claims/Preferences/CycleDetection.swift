import Kernels
import Preferences
import Signals

/// The test for cycles keeps its level on transitive boards and finds a planted one.
struct CycleDetection: Experiment {
    var claim: String {
        "rejects 2–8% of transitive boards at 5%, and at least 90% of those with a planted cycle"
    }
    var baseline: String { "the level itself" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 600 : 100
        var rows: [ExperimentResult.Row] = []
        for planted in [false, true] {
            let root = CounterRandom(seed: seed, stream: planted ? 1 : 0)
            let found = try Parallel.map(boards) { board throws -> (fit: Bool, cycle: Bool, named: Bool) in
                var random = root.split(UInt64(board))
                var truth = (0..<8).map { _ in 0.6 * random.normal() }
                // The three of the cycle are alike otherwise, so that it is one.
                if planted { truth[1] = truth[0]; truth[2] = truth[0] }
                var log = FeedbackLog()
                for _ in 0..<1500 {
                    let i = random.below(8)
                    var j = random.below(7)
                    if j >= i { j += 1 }
                    var d = truth[i] - truth[j]
                    // Rock, paper and scissors among the first three.
                    if planted, i < 3, j < 3 { d += (j - i + 3) % 3 == 1 ? 1.2 : -1.2 }
                    try log.append(
                        FeedbackEvent(
                            .comparison(
                                Comparison(
                                    left: Boards.name(i), right: Boards.name(j),
                                    outcome: Boards.logistic(d, &random)))))
                }
                var test = IntransitivityTest()
                test.replicates = 99
                test.seed = UInt64(board)
                let report = try test.test(log, try BradleyTerry().fit(log))
                let named = Set(report.worst?.items ?? []) == Set((0..<3).map(Boards.name))
                return ((report.pValue ?? 1) <= 0.05, (report.worst?.pValue ?? 1) <= 0.05, named)
            }
            let n = Double(boards)
            rows.append(
                .init(
                    planted ? "planted cycle" : "transitive",
                    [
                        Double(found.count { $0.fit }) / n, Double(found.count { $0.cycle }) / n,
                        planted ? Double(found.count { $0.named }) / n : .nan,
                    ]))
        }
        let slack = size == .full ? 0 : 0.04
        let level = rows[0].values[0...1].allSatisfy { $0 <= 0.08 + slack }
        let power = rows[1].values[0] >= 0.9 && rows[1].values[1] >= 0.9
        return ExperimentResult(
            columns: ["boards", "misfit found", "cycle found", "cycle named rightly"], rows: rows,
            holds: level && power,
            verdict: "level \(percent(rows[0].values[1])), power \(percent(rows[1].values[1]))")
    }
}
