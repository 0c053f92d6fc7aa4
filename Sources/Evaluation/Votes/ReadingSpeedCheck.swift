import Foundation
import Kernels
import Signals

/// Finds judges who answer faster than anybody could read.
///
/// The rule of the audit's `SpeedCheck` (a median under two seconds) with words and a stated error. An answer is too quick
/// where it took less than `floor` seconds, or less than it takes to skim the words of those items that the judge had not been
/// shown before. It took as long as its `seconds` say, else as long as since the judge's last answer of the same sitting. Honest
/// judges are taken to be too quick in at most half of their answers; k of n have p = P(Binomial(n, ½) ≥ k). Holm's correction
/// over the judges makes the chance that any honest judge is named at most α.
///
/// - Complexity: O(votes · log votes).
public struct ReadingSpeedCheck: Sendable, Hashable, Codable {
    /// The chance that any honest judge is named.
    public var falseAlarms = 0.01
    /// No answer is given in less than this many seconds after reading.
    public var floor = 2.0
    /// How many words a second are skimmed: twelve are three times as many as are read.
    public var wordsPerSecond = 12.0
    /// The fewest timed answers of a judge who is looked at.
    public var minimumAnswers = 20

    /// Creates the check.
    public init() {}

    /// Looks at the judges of a log.
    ///
    /// - Parameter words: how many words each item has, where that is known.
    public func run(on log: FeedbackLog, words: [String: Int] = [:]) throws(EvaluationError) -> VoteReport {
        let sheet = VoteSheet(log)
        return try run(sheet, VoteTimes(sheet), words: Self.columns(words, log))
    }

    /// The words of each item by code.
    static func columns(_ words: [String: Int], _ log: FeedbackLog) -> [Double] {
        words.isEmpty ? [] : log.items.all.map { Double(max(0, words[$0] ?? 0)) }
    }

    func run(_ sheet: VoteSheet, _ times: VoteTimes, words: [Double]) throws(EvaluationError) -> VoteReport {
        var report = VoteReport()
        let measured = !sheet.seconds.allSatisfy(\.isNaN)
        if let doubt = times.doubt, !measured {
            report.absent[.tooFast] = doubt
            return report
        }
        var found: [(judge: Int, quick: Int, all: Int, median: Double)] = []
        for (judge, rows) in times.rows.enumerated() {
            let tally = tally(rows, sheet, words, useGaps: times.doubt == nil)
            if tally.taken.count >= minimumAnswers {
                found.append((judge, tally.quick, tally.taken.count, Statistics.median(tally.taken)))
            }
        }
        let raw = found.map {
            min(1, max(0, Special.binomialUpperTail(successes: $0.quick, trials: $0.all, probability: 0.5)))
        }
        let adjusted = try HolmAdjustment().adjust(raw)
        for (place, judge) in found.enumerated() where adjusted[place] <= falseAlarms {
            let share = Double(judge.quick) / Double(judge.all)
            report.suspicions.append(
                VoteSuspicion(
                    judge: sheet.judges[UInt32(judge.judge)], rule: .tooFast,
                    found:
                        "\(Plain.percent(share)) of \(Plain.count(judge.all, "answer")) came faster than the question "
                        + "can be read; the median is \(Plain.seconds(judge.median)).",
                    evidence: [
                        "share": share, "answers": Double(judge.all), "median": judge.median,
                        "p": adjusted[place],
                    ]))
        }
        return report
    }

    private func tally(
        _ rows: [Int], _ sheet: VoteSheet, _ words: [Double], useGaps: Bool
    ) -> (quick: Int, taken: [Double]) {
        var known = Set<UInt32>()
        var quick = 0
        var taken: [Double] = []
        for (place, row) in rows.enumerated() {
            var unread = 0.0
            if !words.isEmpty {
                for item in sheet.items(row) where known.insert(item).inserted { unread += words[Int(item)] }
            }
            var seconds = sheet.seconds[row]
            if seconds.isNaN, useGaps, place > 0 {
                let gap = sheet.time[row] - sheet.time[rows[place - 1]]
                if gap <= VoteTimes.pause { seconds = gap }
            }
            guard !seconds.isNaN else { continue }
            taken.append(seconds)
            if seconds < max(floor, unread / wordsPerSecond) { quick += 1 }
        }
        return (quick, taken)
    }
}
