import Heed
import Kernels

/// The replay that `heed simulate` plays policies in.
struct World: Sendable {
    let mode: SimulateCommand.Mode
    let replay: any Replay
    /// The number of rows that a run goes through.
    let rows: Int
    /// What a reader should know of how the world was made.
    let note: String

    /// Makes the world that was asked for, or the one that fits the log.
    init(_ logged: LoggedDecisions, mode: SimulateCommand.Mode?, floor: Double?, rounds: Int?) throws {
        let rewarded = logged.rewardedRows
        let known = !rewarded.isEmpty && rewarded.allSatisfy { logged.log.propensity[$0] > 0 }
        let chosen: SimulateCommand.Mode
        if let wanted = mode ?? (rounds != nil ? .fitted : floor != nil ? .replay : nil) {
            chosen = wanted
        } else if !known {
            chosen = .fitted
        } else {
            let smallest = rewarded.map { logged.log.propensity[$0] }.min() ?? 0
            chosen = smallest * Double(rewarded.count) >= 2000 ? .replay : .progressive
        }
        self.mode = chosen
        switch chosen {
        case .replay:
            let made = try RejectionReplay(logged, floor: floor)
            replay = made
            rows = logged.count
            let share = NumberText.percent(made.floor, made.floor < 0.01 ? 3 : 1)
            note =
                "accepts \(share) of the decisions"
                + (made.below == 0
                    ? ""
                    : "; \(made.below) have a smaller probability than that and pull the result their way")
        case .progressive:
            replay = try ProgressiveReplay(logged)
            rows = logged.count
            note = "learns from every decision of the log, and weighs rewards by probabilities"
        case .fitted:
            let made = try FittedEnvironment(logged, rounds: rounds)
            replay = made
            rows = made.rounds
            note =
                "draws occasions of the log and rewards from a model of them "
                + (made.isBinary
                    ? "(logistic regression for each action)" : "(ridge regression for each action)")
        }
    }

    /// Plays a policy; `done` hears how many more rows are done.
    func play(_ policy: inout any ArmPolicy, seed: UInt64, done: (Int) -> Void) throws -> ReplayTrace {
        var last = 0
        let trace = try replay.play(&policy, seed: seed) { rows in
            done(rows - last)
            last = rows
            return !Task.isCancelled
        }
        done(rows - last)
        return trace
    }

    /// One line on how the numbers came about.
    func explanation(_ result: SimulateJSON) -> String {
        "Mode \(mode.rawValue): \(note). \(result.rows) decisions, \(result.arms) actions, \(result.features) features, "
            + "\(result.runs) runs each."
    }
}
