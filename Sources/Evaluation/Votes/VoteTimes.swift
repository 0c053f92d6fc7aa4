import Kernels

/// The times of a sheet's votes, by judge, and whether they can be believed.
struct VoteTimes {
    /// A longer gap ends a sitting, as in the audit's `SpeedCheck`.
    static let pause = 1800.0

    /// The rows of each judge in the order of their times.
    let rows: [[Int]]
    /// The seconds between a judge's answers within a sitting.
    let gaps: [[Double]]
    /// Why the times say nothing about how fast anybody answered; `nil` where they do.
    let doubt: String?

    init(_ sheet: VoteSheet) {
        rows = sheet.timedRows()
        gaps = rows.map { rows in
            zip(rows.dropFirst(), rows).map { sheet.time[$0] - sheet.time[$1] }.filter { $0 <= Self.pause }
        }
        let timed = rows.joined()
        // Saved together: nearly all judges have answers of one time. A judge alone in that is not doubted but suspicious.
        let answering = gaps.filter { $0.count >= 5 }
        let together = answering.filter { gaps in 2 * gaps.count { $0 == 0 } > gaps.count }
        if timed.isEmpty {
            doubt = "No votes with a judge and a time."
        } else if timed.allSatisfy({ sheet.time[$0].truncatingRemainder(dividingBy: 60) == 0 }) {
            doubt = "Only whole minutes or days are recorded."
        } else if !answering.isEmpty, 2 * together.count > answering.count {
            doubt = "Most judges' answers share one time, which is then when they were saved and not given."
        } else {
            doubt = nil
        }
    }
}
