import Kernels
import Preferences
import Signals

/// Where each judge has tastes of their own, intervals clustered by judge cover and plain ones do not.
struct ClusteredCoverage: Experiment {
    var claim: String {
        "clustered by judge, 95% intervals cover 93.5–96.5% where plain ones cover below 90%"
    }
    var baseline: String { "robust intervals that take votes as independent" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 4000 : 400
        let items = 8
        let common = (0..<items).map { 0.3 * Double($0) }
        @Sendable func draw(_ judges: Int, _ answers: Int, _ random: inout CounterRandom) throws
            -> FeedbackLog
        {
            var log = FeedbackLog()
            for judge in 0..<judges {
                let taste = common.map { $0 + 0.7 * random.normal() }
                for _ in 0..<answers {
                    let i = random.below(items)
                    var j = random.below(items - 1)
                    if j >= i { j += 1 }
                    try log.append(
                        FeedbackEvent(
                            .comparison(
                                Comparison(
                                    left: Boards.name(i), right: Boards.name(j),
                                    outcome: Boards.logistic(taste[i] - taste[j], &random))),
                            judge: "judge\(judge)"))
                }
            }
            return log
        }
        // What a very large town of judges would say: the number that the intervals are about.
        var plain = BoardOptions()
        plain.intervals.cluster = .none
        var first = CounterRandom(seed: seed, stream: 1)
        let target = try BradleyTerry(plain).fit(try draw(size == .full ? 30_000 : 8000, 25, &first))
        let truth = Dictionary(uniqueKeysWithValues: target.items.map { ($0.item, $0.score) })
        var rows: [ExperimentResult.Row] = []
        var holds = true
        for (number, shape) in [(40, 25), (10, 50)].enumerated() {
            let root = CounterRandom(seed: seed, stream: UInt64(10 + number))
            let hits = try Parallel.map(boards) { board throws -> (Int, Int) in
                var random = root.split(UInt64(board))
                let log = try draw(shape.0, shape.1, &random)
                var options = BoardOptions()
                options.intervals.cluster = .judge
                func count(_ options: BoardOptions) throws -> Int {
                    try BradleyTerry(options).fit(log).items.count {
                        $0.interval.contains(truth[$0.item] ?? .nan)
                    }
                }
                let clustered = try count(options)
                options.intervals.cluster = .none
                return (clustered, try count(options))
            }
            let n = Double(boards * items)
            let clustered = Double(hits.reduce(0) { $0 + $1.0 }) / n
            let independent = Double(hits.reduce(0) { $0 + $1.1 }) / n
            rows.append(.init("\(shape.0) judges, \(shape.1) votes each", [clustered, independent]))
            let slack = size == .full ? 0 : 0.012
            if !(0.935 - slack...0.965 + slack).contains(clustered) || independent > 0.9 { holds = false }
        }
        return ExperimentResult(
            columns: ["town", "clustered", "independent"], rows: rows, holds: holds,
            verdict: rows.map { "\($0.name): \(percent($0.values[0])) against \(percent($0.values[1]))" }
                .joined(separator: "; "))
    }
}
