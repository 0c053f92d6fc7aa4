import Foundation
import Kernels
import Signals

/// Sets each judge's answers against the consensus of the others.
///
/// For comparisons, the consensus on a decided answer is what the majority of the other judges decided on the
/// same question, or on the same pair of items, or which item won more often with the other judges: whichever
/// of the three tells most, n (2r − 1)² for n answers that agree at rate r. Blind answers agree half of the
/// time. For labels and thumbs it is the most frequent answer of the others, and blind answers agree by Σ q_c
/// r_c, with the judge's own frequencies q and those of the consensus r. Verdicts on judges are corrected for
/// their number (Holm) at 1%.
struct ReliabilityCheck {
    /// How often each judge, by code, agreed.
    struct Tally {
        var assessed: [Int]
        var agreed: [Int]
        var chance: [Double]

        init(_ judges: Int) {
            assessed = [Int](repeating: 0, count: judges)
            agreed = assessed
            chance = [Double](repeating: 0.5, count: judges)
        }
    }

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        draft.section("reliability", "Each judge against the others")
        guard data.judges.count > 1 else {
            draft.section(
                "judges.reliability", "Each judge against the others",
                absent: data.judges.isEmpty ? "No judges are named." : "There is one judge only.")
            return
        }
        var best: (tally: Tally, basis: String)?
        for set in data.sets where set.scale != .interval {
            let found =
                set.isMirrored ? comparisons(data) : (labels(set, data.judges.count), "the same questions")
            if found.0.assessed.reduce(0, +) > best?.tally.assessed.reduce(0, +) ?? 0 { best = found }
        }
        if let best { report(best.tally, best.basis, data, &draft) }
        let scored = ratings(data, &draft)
        if best == nil && !scored {
            draft.section(
                "judges.reliability", "Each judge against the others",
                absent: "No answers of different judges can be set against each other.")
        }
    }

    private func comparisons(_ data: AuditData) -> (Tally, String) {
        let pairs = data.pairs
        let rows = (0..<pairs.count).filter { pairs.judge[$0] != Names.none && pairs.answer[$0] != .tie }
        var candidates = [
            (majority(data, rows, question: pairs.pair, questions: pairs.pairs), "the same pairs"),
            (winRates(data, rows), "which item wins more often"),
        ]
        if pairs.hasPrompts {
            let same = majority(data, rows, question: pairs.unit, questions: pairs.units)
            candidates.append((same, "the same questions"))
        }
        return candidates.max { Self.information($0.0) < Self.information($1.0) }!
    }

    /// How much a tally tells about judges: n (2r − 1)² for n answers that agree at rate r.
    private static func information(_ tally: Tally) -> Double {
        let n = Double(tally.assessed.reduce(0, +))
        guard n > 0 else { return 0 }
        let edge = 2 * Double(tally.agreed.reduce(0, +)) / n - 1
        return n * edge * abs(edge)
    }

    /// The majority of the other judges' answers to the same question; an even split assesses nobody.
    private func majority(_ data: AuditData, _ rows: [Int], question: [UInt32], questions: Int) -> Tally {
        let pairs = data.pairs
        var all = [Int32](repeating: 0, count: questions)
        var own = CodeTable(capacity: min(rows.count, 1 << 20))
        var mine: [Int32] = []
        var code = [UInt32](repeating: 0, count: rows.count)
        for (index, row) in rows.enumerated() {
            let sign: Int32 = pairs.answer[row] == .first ? 1 : -1
            all[Int(question[row])] += sign
            code[index] = own.intern(pairs.judge[row], question[row])
            if Int(code[index]) == mine.count { mine.append(0) }
            mine[Int(code[index])] += sign
        }
        var tally = Tally(data.judges.count)
        for (index, row) in rows.enumerated() {
            let others = all[Int(question[row])] - mine[Int(code[index])]
            guard others != 0 else { continue }
            let judge = Int(pairs.judge[row])
            tally.assessed[judge] += 1
            if (others > 0) == (pairs.answer[row] == .first) { tally.agreed[judge] += 1 }
        }
        return tally
    }

    /// Which item won the larger share of its decided comparisons with the other judges.
    private func winRates(_ data: AuditData, _ rows: [Int]) -> Tally {
        let pairs = data.pairs
        var wins = [Double](repeating: 0, count: data.log.items.count)
        var games = wins
        var table = CodeTable(capacity: min(2 * rows.count, 1 << 20))
        var own: [(wins: Double, games: Double)] = []
        func visit(_ body: (_ row: Int, _ item: Int, _ code: Int, _ won: Bool) -> Void) {
            for row in rows {
                let first = pairs.answer[row] == .first
                body(row, Int(pairs.a[row]), Int(table.intern(pairs.judge[row], pairs.a[row])), first)
                body(row, Int(pairs.b[row]), Int(table.intern(pairs.judge[row], pairs.b[row])), !first)
            }
        }
        visit { _, item, code, won in
            if code == own.count { own.append((0, 0)) }
            games[item] += 1
            own[code].games += 1
            if won {
                wins[item] += 1
                own[code].wins += 1
            }
        }
        var tally = Tally(data.judges.count)
        var share = 0.0
        var known = false
        visit { row, item, code, won in
            let left = games[item] - own[code].games
            let rate = left > 0 ? (wins[item] - own[code].wins + 1) / (left + 2) : .nan
            if item == Int(pairs.a[row]) {
                (share, known) = (rate, left > 0)
                return
            }
            guard known, left > 0, rate != share else { return }
            let judge = Int(pairs.judge[row])
            tally.assessed[judge] += 1
            if (rate > share) == won { tally.agreed[judge] += 1 }
        }
        return tally
    }

    private func labels(_ set: AnswerSet, _ judges: Int) -> Tally {
        let grouped = set.grouped()
        var tally = Tally(judges)
        var answered = CodeTable()
        var expected = CodeTable()
        var counts: (answered: [Int], expected: [Int]) = ([], [])
        for unit in 0..<set.units {
            let rows = grouped.rows[grouped.range(unit)]
            guard rows.count > 1 else { continue }
            var votes: [Double: Int] = [:]
            for row in rows { votes[set.value[Int(row)], default: 0] += 1 }
            for row in rows {
                let mine = set.value[Int(row)]
                var others = votes
                others[mine]! -= 1
                let top = others.values.max()!
                let leaders = others.filter { $0.value == top }
                guard leaders.count == 1, let consensus = leaders.first?.key else { continue }
                let judge = set.judge[Int(row)]
                tally.assessed[Int(judge)] += 1
                if consensus == mine { tally.agreed[Int(judge)] += 1 }
                Self.count(&answered, &counts.answered, judge, mine)
                Self.count(&expected, &counts.expected, judge, consensus)
            }
        }
        var chance = [Double](repeating: 0, count: judges)
        for (code, key) in answered.keys.enumerated() {
            let other = Int(expected.intern(key))
            guard other < counts.expected.count else { continue }
            chance[Int(key >> 32)] += Double(counts.answered[code]) * Double(counts.expected[other])
        }
        for judge in 0..<judges where tally.assessed[judge] > 0 {
            let n = Double(tally.assessed[judge])
            tally.chance[judge] = chance[judge] / (n * n)
        }
        return tally
    }

    private static func count(
        _ table: inout CodeTable, _ counts: inout [Int], _ judge: UInt32, _ value: Double
    ) {
        let code = Int(table.intern(judge, UInt32(truncatingIfNeeded: Int64(value))))
        if code >= counts.count { counts.append(0) }
        counts[code] += 1
    }

    private func report(_ tally: Tally, _ basis: String, _ data: AuditData, _ draft: inout AuditDraft) {
        let least = data.settings.minimumAnswers
        let judged = tally.assessed.indices.filter { tally.assessed[$0] >= least }
        let pooledN = tally.assessed.reduce(0, +)
        let pooled = Double(tally.agreed.reduce(0, +)) / Double(max(1, pooledN))
        for judge in tally.assessed.indices where tally.assessed[judge] > 0 {
            let n = tally.assessed[judge]
            let range = Statistics.wilsonInterval(successes: tally.agreed[judge], trials: n)
            draft.judges[judge].assessed = n
            draft.judges[judge].agreement = Double(tally.agreed[judge]) / Double(n)
            draft.judges[judge].lower = range.lowerBound
            draft.judges[judge].upper = range.upperBound
            draft.judges[judge].chance = tally.chance[judge]
        }
        guard !judged.isEmpty else {
            draft.section(
                "judges.reliability", "Each judge against the others",
                absent: "No judge has \(least) answers that others can be set against.")
            return
        }
        draft.add(
            "judges.reliability", .ok, "Each judge against the others",
            "Judges agree with the consensus of the others on \(basis) in \(Plain.percent(pooled)) of "
                + "\(Plain.count(pooledN, "answer")).",
            evidence: ["agreement": pooled, "answers": Double(pooledN), "judges": Double(judged.count)])
        let below = holm(judged.map { Self.lower(tally.agreed[$0], tally.assessed[$0], tally.chance[$0]) })
        let reversed = judged.indices.filter {
            let judge = judged[$0]
            return below[$0] < 0.01
                && Double(tally.agreed[judge]) < tally.chance[judge] * Double(tally.assessed[judge])
        }.map { judged[$0] }
        let weak = holm(judged.map { Self.lower(tally.agreed[$0], tally.assessed[$0], pooled) })
        let random = judged.indices.filter { index in
            let judge = judged[index]
            let rate = Double(tally.agreed[judge]) / Double(tally.assessed[judge])
            let chance = tally.chance[judge]
            let surely = Statistics.wilsonInterval(
                successes: tally.agreed[judge], trials: tally.assessed[judge])
            return weak[index] < 0.01 && !reversed.contains(judge) && surely.lowerBound <= chance
                && rate < chance + 0.3 * (pooled - chance)
        }.map { judged[$0] }
        reversedFinding(reversed, tally, data, &draft)
        randomFinding(random, tally, data, &draft)
    }

    private func reversedFinding(
        _ judges: [Int], _ tally: Tally, _ data: AuditData, _ draft: inout AuditDraft
    ) {
        let sorted = judges.sorted { rate($0, tally) < rate($1, tally) }
        guard !sorted.isEmpty else {
            draft.add("judges.reversed", .ok, "Reversed judges", "No judge goes against the others.")
            return
        }
        draft.add(
            "judges.reversed", .warning, "Reversed judges",
            Plain.sentences(
                sorted.map {
                    "\(data.judges[UInt32($0)]) agrees with the others in only "
                        + "\(Plain.percent(rate($0, tally))) of "
                        + "\(Plain.count(tally.assessed[$0], "answer")), less than blind answers would."
                }, rest: "judge"),
            advice:
                "Ask whether they mixed up the buttons, or fit with judge reliability, which turns such "
                + "answers round.",
            evidence: ["judges": Double(sorted.count)], judges: sorted.map { data.judges[UInt32($0)] })
    }

    private func randomFinding(_ judges: [Int], _ tally: Tally, _ data: AuditData, _ draft: inout AuditDraft)
    {
        let sorted = judges.sorted { (tally.assessed[$1], $0) < (tally.assessed[$0], $1) }
        guard !sorted.isEmpty else {
            draft.add("judges.random", .ok, "Random judges", "No judge looks as if answering at random.")
            return
        }
        draft.add(
            "judges.random", .warning, "Random judges",
            Plain.sentences(
                sorted.map {
                    "\(data.judges[UInt32($0)]) agrees with the others in "
                        + "\(Plain.percent(rate($0, tally))) of "
                        + "\(Plain.count(tally.assessed[$0], "answer")); answering blindly would give "
                        + "\(Plain.percent(tally.chance[$0]))."
                }, rest: "judge"),
            advice:
                "Look at their work, or fit with judge reliability, which gives such judges little weight.",
            evidence: ["judges": Double(sorted.count)], judges: sorted.map { data.judges[UInt32($0)] })
    }

    private func rate(_ judge: Int, _ tally: Tally) -> Double {
        Double(tally.agreed[judge]) / Double(tally.assessed[judge])
    }

    private func holm(_ p: [Double]) -> [Double] { (try? HolmAdjustment().adjust(p)) ?? p }

    private static func lower(_ agreed: Int, _ assessed: Int, _ chance: Double) -> Double {
        min(1, max(0, Special.binomialLowerTail(successes: agreed, trials: assessed, probability: chance)))
    }

    /// Scores: the correlation of each judge's scores with the mean of the others' for the same question.
    private func ratings(_ data: AuditData, _ draft: inout AuditDraft) -> Bool {
        var done = false
        for set in data.sets where set.scale == .interval {
            let grouped = set.grouped()
            var points: [UInt32: (x: [Double], y: [Double])] = [:]
            for unit in 0..<set.units {
                let rows = grouped.rows[grouped.range(unit)]
                guard rows.count > 1 else { continue }
                let sum = rows.reduce(0) { $0 + set.value[Int($1)] }
                for row in rows {
                    let mine = set.value[Int(row)]
                    points[set.judge[Int(row)], default: ([], [])].x.append(mine)
                    points[set.judge[Int(row)]]!.y.append((sum - mine) / Double(rows.count - 1))
                }
            }
            let judged = points.keys.filter { points[$0]!.x.count >= data.settings.minimumAnswers }.sorted()
            guard !judged.isEmpty else { continue }
            done = true
            let found = judged.map { Statistics.spearman(points[$0]!.x, points[$0]!.y) }
            let p = zip(judged, found).map { judge, rho in
                rho.isNaN
                    ? 1
                    : Special.normalCDF(
                        atanh(max(-0.999999, min(0.999999, rho)))
                            * (Double(points[judge]!.x.count - 3) / 1.06).squareRoot())
            }
            let adjusted = holm(p)
            let against = judged.indices.filter { adjusted[$0] < 0.01 }
            let usable = found.filter { !$0.isNaN }
            let median = usable.isEmpty ? 0 : Statistics.median(usable)
            draft.add(
                "ratings.reliability", .ok, "Judges against the others on \(set.kind)",
                "The median judge's \(set.kind) correlate \(Plain.decimal(median)) "
                    + "with the mean of the others (rank correlation; 1 is the same order).",
                evidence: [
                    "correlation": median,
                    "judges": Double(judged.count),
                ])
            guard !against.isEmpty else { continue }
            let names = against.map { data.judges[judged[$0]] }
            draft.add(
                "ratings.reversed", .warning, "Judges who score the wrong way round",
                Plain.sentences(
                    against.map {
                        "Judge \(data.judges[judged[$0]])'s \(set.kind) correlate "
                            + "\(Plain.decimal(found[$0])) with those "
                            + "of the others."
                    }, rest: "judge"),
                advice: "Ask whether they read the scale the other way round, and turn or drop their scores.",
                evidence: ["judges": Double(names.count)], judges: names)
        }
        return done
    }
}
