import Foundation
import Kernels
import Signals

/// Tests whether the place of an item (shown first, on the left, at home) wins by itself.
///
/// Each pair is compared with itself in the other order (`PairContrast`), so that only pairs shown both ways
/// speak and strong items that often come first do not look like a bias.
struct PositionCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let pairs = data.pairs
        draft.section("position", "Whether the first place wins by itself")
        guard pairs.positionsKnown else {
            let reason =
                data.log.comparisons.count == 0
                ? "There are no comparisons."
                : pairs.winnerFirst
                    ? "The winner always stands on the same side in this file, so places are not recorded."
                    : "No comparison was decided."
            draft.section("position.bias", "The first place", absent: reason)
            return
        }
        let rows = (0..<pairs.count).filter { pairs.answer[$0] != .tie && pairs.aFirst[$0] != nil }
        guard rows.count >= 20 else {
            draft.section(
                "position.bias", "The first place", absent: "Fewer than 20 decided comparisons have a place.")
            return
        }
        let place = data.log.comparisons.first.isEmpty ? "on the left" : "in the first place"
        let contrast = PairContrast(pairs, rows: rows, firstHasTrait: rows.map { pairs.aFirst[$0]! })
        let raw = contrast.raw
        guard contrast.both > 0 else {
            draft.add(
                "position.bias", .note, "The first place",
                "The item \(place) wins \(Plain.percent(raw)) of "
                    + "\(Plain.count(rows.count, "decided comparison")), but no "
                    + "pair was shown both ways, so this cannot be told from how strong the items are.",
                advice: "Show each pair in both orders, drawn at random.",
                evidence: ["share": raw, "comparisons": Double(rows.count), "both": 0])
            return
        }
        overall(contrast, place, data, &draft)
        perJudge(contrast, place, data, &draft)
    }

    private func overall(
        _ contrast: PairContrast, _ place: String, _ data: AuditData, _ draft: inout AuditDraft
    ) {
        let clusters = data.clustering(contrast.rows)
        let share = contrast.share(clusters: clusters.codes, count: clusters.count)
        let p = share.p
        let size = abs(share.value - 0.5)
        let severity: AuditReport.Severity =
            p < 0.01 && size >= 0.02 ? (size >= 0.15 ? .serious : .warning) : (p < 0.05 ? .note : .ok)
        let found =
            "Between equals, the item \(place) wins \(Plain.percent(share.value, within: 2 * share.half)) "
            + "of the time "
            + "(\(Plain.percents(share.lower, share.upper)), clustered by \(clusters.name)), from "
            + "\(Plain.number(contrast.both)) decided comparisons of pairs shown both ways; over all "
            + "\(Plain.number(contrast.rows.count)) it wins "
            + "\(Plain.percent(contrast.raw, within: 2 * share.half))."
        draft.add(
            "position.bias", severity, "The first place", found,
            advice: severity >= .warning
                ? "Fit with a position effect, and show each pair in both orders, drawn at random."
                : severity == .note
                    ? "The effect is small or uncertain; a position effect in the model would settle it."
                    : "",
            evidence: [
                "share": share.value, "lower": share.lower, "upper": share.upper, "p": p,
                "rawShare": contrast.raw, "comparisons": Double(contrast.rows.count),
                "both": Double(contrast.both), "clusters": Double(clusters.count),
            ])
    }

    /// The same figure from each judge's rows alone, with the pairs' means over all judges, set against
    /// √Σ (x − x̄ₚ)²(z − z̄ₚ)².
    private func perJudge(
        _ contrast: PairContrast, _ place: String, _ data: AuditData, _ draft: inout AuditDraft
    ) {
        let pairs = data.pairs
        guard !data.judges.isEmpty else { return }
        var tally = [(n: Int, top: Double, bottom: Double, square: Double)](
            repeating: (0, 0, 0, 0), count: data.judges.count)
        for (index, row) in contrast.rows.enumerated() where pairs.judge[row] != Names.none {
            let judge = Int(pairs.judge[row])
            let (x, z) = (contrast.x[index], contrast.z[index])
            guard x != 0 else { continue }
            tally[judge].n += 1
            tally[judge].top += x * z
            tally[judge].bottom += x * x
            tally[judge].square += x * z * x * z
        }
        let judged = tally.indices.filter {
            tally[$0].n >= data.settings.minimumAnswers && tally[$0].bottom >= 5 && tally[$0].square > 0
        }
        guard !judged.isEmpty else { return }
        let p = judged.map { 2 * Special.normalCDF(-abs(tally[$0].top) / tally[$0].square.squareRoot()) }
        let adjusted = (try? HolmAdjustment().adjust(p)) ?? p
        let share = { (judge: Int) in
            min(1, max(0, 0.5 + tally[judge].top / tally[judge].bottom / 2))
        }
        let found = judged.indices.filter { adjusted[$0] < 0.01 && abs(share(judged[$0]) - 0.5) >= 0.1 }
            .map { judged[$0] }.sorted { (abs(share($1) - 0.5), $0) < (abs(share($0) - 0.5), $1) }
        guard !found.isEmpty else {
            draft.add(
                "position.judges", .ok, "Judges who favour a place",
                "None of \(Plain.count(judged.count, "judge")) favours a place beyond chance.",
                evidence: ["checked": Double(judged.count), "judges": 0])
            return
        }
        draft.add(
            "position.judges", .warning, "Judges who favour a place",
            Plain.sentences(
                found.map {
                    "Between equals, judge \(data.judges[UInt32($0)]) chooses the item \(place) in "
                        + "\(Plain.percent(share($0))) of cases (from "
                        + "\(Plain.count(tally[$0].n, "comparison")))."
                }, rest: "judge"),
            advice:
                "Look at their work, and show pairs in random order; a position effect in the model helps "
                + "if all "
                + "lean the same way.",
            evidence: ["checked": Double(judged.count), "judges": Double(found.count)],
            judges: found.map { data.judges[UInt32($0)] })
    }
}
