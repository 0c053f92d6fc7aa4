import Foundation
import Heed

/// The HTML report of a ranking, from what the command found.
struct RankReport {
    var fit: RankingFit
    var checks: FitChecks?
    var data: InputOptions.Input
    var command: String
    var title = "Ranking"
    var columns: [RankingReport.ItemColumn] = []
    var setting: String?

    func html() throws -> String {
        var report = RankingReport(fit, title: title)
        report.sources = data.sources.map { RankingReport.Source($0, format: "", events: 0) }
        if data.sources.count == 1 {
            report.sources[0].events = data.log.count
        }
        report.pairs = Self.pairs(data.log)
        report.columns = columns
        report.setting = setting
        report.version = heedVersion
        report.command = "heed " + command
        report.dates = Self.dates(data.log)
        if let map = checks?.map {
            report.judgeMap = map.points.map { point in
                JudgePlot.Point(
                    point.judge, x: point.x, y: point.y, group: point.group.map { "group \($0 + 1)" },
                    answers: point.answers, agreement: point.agreement)
            }
        }
        if let goodness = checks?.goodness {
            report.calibration = RankingReport.CalibrationResult(
                bins: goodness.bins.map {
                    CalibrationPlot.Bin(
                        forecast: $0.predicted, observed: $0.observed, interval: $0.interval, count: $0.weight
                    )
                }, error: goodness.calibrationError, text: goodness.verdict)
        }
        if let cycles = checks?.cycles {
            report.cycles = RankingReport.CycleResult(
                worst: cycles.worst?.items ?? [], shares: cycles.worst?.shares ?? [], text: cycles.verdict)
        }
        if let audit = try? Audit().run(on: data.log) {
            report.findings = audit.findings.filter { $0.severity > .ok }.map { finding in
                RankingReport.Finding(
                    finding.severity == .serious ? .serious : finding.severity == .warning ? .warning : .note,
                    finding.title, finding.found, remedy: finding.advice.isEmpty ? nil : finding.advice)
            }
        }
        return report.document.html()
    }

    /// What was observed of each pair.
    private static func pairs(_ log: FeedbackLog) -> [RankingReport.Pair] {
        struct Key: Hashable {
            var a: UInt32
            var b: UInt32
        }
        var seen: [Key: (wins: Double, count: Double)] = [:]
        let table = log.comparisons
        for row in 0..<table.count where table.outcome[row] != .skip {
            let p = table.probability[row]
            let share: Double
            if !p.isNaN {
                share = p
            } else {
                share = table.outcome[row] == .left ? 1 : table.outcome[row] == .right ? 0 : 0.5
            }
            let flipped = table.left[row] > table.right[row]
            let key =
                flipped
                ? Key(a: table.right[row], b: table.left[row]) : Key(a: table.left[row], b: table.right[row])
            let weight = table.context.weight[row]
            let known = seen[key] ?? (0, 0)
            seen[key] = (known.wins + weight * (flipped ? 1 - share : share), known.count + weight)
        }
        return seen.sorted { $0.key.a != $1.key.a ? $0.key.a < $1.key.a : $0.key.b < $1.key.b }.map {
            RankingReport.Pair(
                log.items[$0.key.a], log.items[$0.key.b], wins: $0.value.wins, count: $0.value.count)
        }
    }

    private static func dates(_ log: FeedbackLog) -> String? {
        var first = Double.infinity, last = -Double.infinity
        for context in [log.comparisons.context, log.rankings.context, log.ratings.context] {
            for time in context.time.values where !time.isNaN {
                first = min(first, time)
                last = max(last, time)
            }
        }
        guard first <= last else { return nil }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "yyyy-MM-dd"
        return formatter.string(from: Date(timeIntervalSince1970: first)) + " to "
            + formatter.string(from: Date(timeIntervalSince1970: last))
    }
}
