import Foundation
import Kernels
import Signals

/// Finds judges who give far more votes in a short time than people do here.
///
/// The pace of a judge is the lower quartile of the seconds between their answers; the usual pace is the median over the judges
/// and s its spread (median absolute deviation of logarithms, at least 0.2; 0.5 with fewer than five judges). An honest judge is
/// taken to be no quicker than λ = exp(t s)/usual, where t is the upper α/2m point of Student's t for m judges, and to answer no
/// more evenly than a Poisson process of that rate. The most votes M of a judge of n votes within the window w (a scan
/// statistic) then have p ≤ n P(Poisson(λ w) ≥ M − 1), since a window that holds the most begins at some vote. Holm's correction
/// over the judges at α/2 makes the chance that any honest judge is named at most α.
///
/// Source: Naus, "The distribution of the size of the maximum cluster of points on a line" (1965), for the statistic; the bound is
/// the union bound.
///
/// - Complexity: O(votes · log votes).
public struct BurstCheck: Sendable, Hashable, Codable {
    /// The chance that any honest judge is named.
    public var falseAlarms = 0.01
    /// The length of the window in seconds.
    public var window = 60.0
    /// The fewest votes of a judge who is looked at.
    public var minimumAnswers = 20

    /// Creates the check.
    public init() {}

    /// Looks at the judges of a log.
    public func run(on log: FeedbackLog) throws(EvaluationError) -> VoteReport {
        let sheet = VoteSheet(log)
        return try run(sheet, VoteTimes(sheet))
    }

    func run(_ sheet: VoteSheet, _ times: VoteTimes) throws(EvaluationError) -> VoteReport {
        var report = VoteReport()
        if let doubt = times.doubt {
            report.absent[.burst] = doubt
            return report
        }
        let paces = times.gaps.filter { $0.count >= 10 }.map { Statistics.quantile($0, 0.25) }
        let tested = times.rows.indices.filter { times.rows[$0].count >= minimumAnswers }
        guard paces.count >= 3, !tested.isEmpty else {
            report.absent[.burst] =
                "Fewer than three judges with eleven timed answers: no pace is known as usual."
            return report
        }
        let usual = max(0.05, Statistics.median(paces))
        let logs = paces.map { log2(max($0, 0.05) / usual) * 0.693_147_180_559_945_3 }
        let spread = paces.count < 5 ? 0.5 : max(0.2, 1.4826 * Statistics.median(logs.map { abs($0) }))
        // A median absolute deviation is worth about 0.4 of as many observations.
        let freedom = max(2, 0.4 * Double(paces.count - 1))
        let reach = Special.studentQuantile(1 - falseAlarms / Double(2 * tested.count), df: freedom)
        let rate = min(100, exp(min(20, reach * spread)) / usual)
        let mean = rate * window
        let most = tested.map { busiest(times.rows[$0], sheet) }
        let raw = zip(tested, most).map { judge, rows in
            rows.count < 2
                ? 1
                : min(
                    1,
                    Double(times.rows[judge].count) * Special.regularizedGammaP(Double(rows.count - 1), mean))
        }
        let adjusted = try HolmAdjustment().adjust(raw.map { max(0, $0) })
        for (place, judge) in tested.enumerated() where adjusted[place] <= falseAlarms / 2 {
            report.suspicions.append(suspicion(judge, most[place], usual, mean, adjusted[place], sheet))
        }
        return report
    }

    /// The rows of the window with the most votes.
    private func busiest(_ rows: [Int], _ sheet: VoteSheet) -> ArraySlice<Int> {
        var start = 0
        var best = 0..<0
        for end in rows.indices {
            while sheet.time[rows[end]] - sheet.time[rows[start]] > window { start += 1 }
            if end + 1 - start > best.count { best = start..<(end + 1) }
        }
        return rows[best]
    }

    private func suspicion(
        _ judge: Int, _ rows: ArraySlice<Int>, _ usual: Double, _ mean: Double, _ p: Double,
        _ sheet: VoteSheet
    ) -> VoteSuspicion {
        var favours: [UInt32: Int] = [:]
        for row in rows where sheet.favoured[row] != Names.none {
            favours[sheet.favoured[row], default: 0] += 1
        }
        let share = Double(favours.values.max() ?? 0) / Double(rows.count)
        let forOne = share > 0.8 ? " \(Plain.percent(share)) of them are for one item." : ""
        return VoteSuspicion(
            judge: sheet.judges[UInt32(judge)], rule: .burst,
            found:
                "\(Plain.count(rows.count, "vote")) within \(Plain.seconds(window)), where the usual pace is one in "
                + "\(Plain.seconds(usual)).\(forOne)",
            evidence: [
                "votes": Double(rows.count), "window": window, "expectedAtMost": mean, "usualSeconds": usual,
                "shareForOneItem": share, "p": p,
            ])
    }
}
