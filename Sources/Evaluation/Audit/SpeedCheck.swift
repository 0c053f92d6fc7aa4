import Foundation
import Kernels
import Signals

/// Looks at the time between a judge's answers.
///
/// A gap longer than 30 minutes ends a sitting and is left out. A judge is named whose median gap is under
/// two seconds, or under a third of the median judge's and further from it than 3.5 median absolute
/// deviations on the logarithmic scale.
struct SpeedCheck {
    private static let pause = 1800.0
    private static let hasty = 2.0

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        draft.section("speed", "Time between answers")
        var times = [[Double]](repeating: [], count: data.judges.count)
        var resolution = (seconds: true, minutes: true, days: true)
        var timed = 0
        func add(_ judge: UInt32, _ time: Double) {
            guard !time.isNaN else { return }
            timed += 1
            if time.truncatingRemainder(dividingBy: 60) != 0 { resolution.minutes = false }
            if time.truncatingRemainder(dividingBy: 86_400) != 0 { resolution.days = false }
            if judge != Names.none { times[Int(judge)].append(time) }
        }
        let log = data.log
        for table in [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
            log.labels.context,
        ] where !table.time.isEmpty {
            for row in 0..<table.count { add(table.judge[row], table.time[row]) }
        }
        for event in log.others {
            if let time = event.time, let judge = event.judge {
                add(data.judges.code(of: judge) ?? Names.none, time)
            }
        }
        var reason: String?
        if timed == 0 {
            reason = "No times are recorded."
        } else if data.judges.isEmpty {
            reason = "No judges are named."
        } else if resolution.days {
            reason = "Only days are recorded, not times of day."
        } else if resolution.minutes {
            reason = "Only whole minutes are recorded."
        }
        if let reason {
            draft.section("speed.fast", "Time between answers", absent: reason)
            return
        }
        measure(times, data, &draft)
    }

    private func measure(_ times: [[Double]], _ data: AuditData, _ draft: inout AuditDraft) {
        var medians: [(judge: Int, median: Double, gaps: Int)] = []
        var total = 0
        var short = 0
        var zero = 0
        var bursts: [(judge: Int, answers: Int)] = []
        for (judge, list) in times.enumerated() where list.count > 1 {
            let sorted = list.sorted()
            let gaps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.filter { $0 <= Self.pause }
            guard !gaps.isEmpty else { continue }
            total += gaps.count
            short += gaps.count { $0 < Self.hasty }
            zero += gaps.count { $0 == 0 }
            let median = Statistics.median(gaps)
            draft.judges[judge].secondsPerAnswer = median
            if gaps.count >= data.settings.minimumAnswers { medians.append((judge, median, gaps.count)) }
            let burst = Self.burst(sorted)
            if burst > 60 { bursts.append((judge, burst)) }
        }
        guard total > 0, 2 * zero <= total else {
            draft.section(
                "speed.fast", "Time between answers",
                absent: total == 0
                    ? "No judge has two times within half an hour."
                    : "Most answers of a judge share one time, which is then when they were saved and not "
                        + "given."
            )
            return
        }
        let typical = medians.isEmpty ? Double.nan : Statistics.median(medians.map(\.median))
        let spread = Self.spread(medians.map(\.median))
        let fast = medians.filter {
            $0.median < Self.hasty
                || ($0.median < typical / 3
                    && log(typical / $0.median) > 3.5 * spread)
        }.sorted { ($0.median, $0.judge) < ($1.median, $1.judge) }
        let share = Double(short) / Double(total)
        let intro =
            typical.isNaN
            ? ""
            : "The median judge takes \(Plain.seconds(typical)) per answer, and "
                + "\(Plain.percent(share)) of answers came within 2 seconds. "
        let named = fast.map {
            "Judge \(data.judges[UInt32($0.judge)]) takes \(Plain.seconds($0.median)) (median of "
                + "\(Plain.count($0.gaps, "answer")))."
        }
        draft.add(
            "speed.fast", fast.isEmpty ? .ok : .warning, "Time between answers",
            fast.isEmpty
                ? intro.isEmpty
                    ? "No judge has enough timed answers to be called hasty." : intro + "No judge is hasty."
                : intro + Plain.sentences(named, rest: "judge"),
            advice: fast.isEmpty
                ? "" : "Check whether anybody could read and answer that fast; look at their agreement too.",
            evidence: ["median": typical, "shareUnder2s": share, "judges": Double(fast.count)],
            judges: fast.map { data.judges[UInt32($0.judge)] })
        guard !bursts.isEmpty else { return }
        bursts.sort { ($1.answers, $0.judge) < ($0.answers, $1.judge) }
        draft.add(
            "speed.bursts", .note, "Bursts of answers",
            Plain.sentences(
                bursts.map {
                    "Judge \(data.judges[UInt32($0.judge)]) gave \(Plain.number($0.answers)) answers "
                        + "within one minute."
                }, rest: "judge"),
            advice: "Check whether these answers were given by hand.",
            evidence: ["judges": Double(bursts.count), "most": Double(bursts[0].answers)],
            judges: bursts.map { data.judges[UInt32($0.judge)] })
    }

    /// The most answers within 60 seconds.
    private static func burst(_ sorted: [Double]) -> Int {
        var start = 0
        var most = 0
        for end in sorted.indices {
            while sorted[end] - sorted[start] > 60 { start += 1 }
            most = max(most, end - start + 1)
        }
        return most
    }

    /// The median absolute deviation of logarithms, scaled to a standard deviation, at least 0.1.
    private static func spread(_ medians: [Double]) -> Double {
        let logs = medians.map { log(max($0, 1e-3)) }
        guard logs.count > 4 else { return 0.5 }
        let middle = Statistics.median(logs)
        return max(0.1, 1.4826 * Statistics.median(logs.map { abs($0 - middle) }))
    }
}
