import Kernels
import Preferences
import Signals

/// Where ties are differences too small to notice, the model that says so predicts best and finds the threshold.
struct ThresholdTies: Experiment {
    enum Method: Sendable { case raoKupper, thurstone }

    var method: Method

    var claim: String {
        "on its own data the model has a higher log-likelihood than Davidson's in at least 90% of boards, and finds the "
            + "threshold within 5%"
    }
    var baseline: String { "Davidson" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let boards = size == .full ? 100 : 20
        let kappa = 0.8
        let root = CounterRandom(seed: seed)
        let method = method
        let found = try Parallel.map(boards) { board throws -> (gain: Double, kappa: Double) in
            var random = root.split(UInt64(board))
            let truth = (0..<12).map { _ in 1.5 * random.normal() }
            let log = Boards.comparisons(
                truth, count: 6000, random: &random,
                answer: Boards.threshold(kappa, normal: method == .thurstone))
            let fit = method == .thurstone ? try ThurstoneMosteller().fit(log) : try RaoKupper().fit(log)
            return (fit.logLikelihood - (try Davidson().fit(log)).logLikelihood, fit.coefficients[0].estimate)
        }
        let better = Double(found.count { $0.gain > 0 }) / Double(boards)
        let mean = Statistics.mean(found.map(\.kappa))
        return ExperimentResult(
            columns: ["boards", "share better", "mean gain in log-likelihood", "threshold (true 0.8)"],
            rows: [.init("\(boards)", [better, Statistics.mean(found.map(\.gain)), mean])],
            holds: better >= 0.9 && abs(mean - kappa) < 0.05 * kappa,
            verdict: "better in \(percent(better)) of boards, threshold \(fixed(mean))")
    }
}
