import Kernels
import Preferences

/// Choosing comparisons by expected information reaches the same order with fewer votes than random pairs.
struct ActiveSavings: Experiment {
    var claim: String { "at least 25% fewer votes to the same agreement with the true order (median)" }
    var baseline: String { "random pairs" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        var rows: [ExperimentResult.Row] = []
        var holds = true
        for items in size == .full ? [16, 24, 40] : [16] {
            var options = ScheduleOptions()
            options.seed = seed
            let scheduler = try ComparisonScheduler(items: (0..<items).map(Boards.name), options: options)
            var settings = ScheduleSavings.Settings()
            settings.repetitions = size == .full ? 60 : 40
            settings.seed = seed
            let savings = try ScheduleSavings.simulate(scheduler, settings: settings)
            rows.append(
                .init("\(items) items", [savings.active.median, savings.random.median, savings.ratio.median]))
            if savings.ratio.median > 0.75 { holds = false }
        }
        return ExperimentResult(
            columns: ["board", "votes by information", "votes at random", "ratio"], rows: rows, holds: holds,
            verdict: rows.map { "\($0.name): \(percent(1 - $0.values[2])) saved" }.joined(separator: "; "))
    }
}
