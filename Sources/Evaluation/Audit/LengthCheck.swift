import Foundation
import Kernels
import Signals

/// Tests whether longer items win, for every item feature whose name speaks of a length.
///
/// Where most pairs were met with either item the longer one, each pair is compared with itself
/// (`PairContrast`), so that strong items that write much do not look like a bias. Besides, the log-odds that
/// the left item wins are fitted as β · ln(l_left / l_right), over all rows and without an intercept.
struct LengthCheck {
    private static let words = ["length", "len", "token", "char", "word"]

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let features = data.log.comparisons.context.itemFeatures.filter { name, column in
            !column.isEmpty && Self.words.contains { name.lowercased().contains($0) }
        }
        draft.section("length", "Whether longer items win")
        guard !features.isEmpty else {
            draft.section(
                "length.bias", "Whether longer items win",
                absent: data.log.comparisons.count == 0
                    ? "There are no comparisons." : "No item feature named like a length is recorded.")
            return
        }
        for (name, column) in features.sorted(by: { $0.key < $1.key }) { measure(name, column, data, &draft) }
    }

    private func measure(
        _ name: String, _ column: Column<Double>, _ data: AuditData, _ draft: inout AuditDraft
    ) {
        let pairs = data.pairs
        var rows: [Int] = []
        var x: [Double] = []
        var y: [Bool] = []
        for row in 0..<pairs.count where pairs.row[row] >= 0 && pairs.answer[row] != .tie {
            let source = Int(pairs.row[row])
            let (left, right) = (column[2 * source], column[2 * source + 1])
            guard left > 0, right > 0, left != right else { continue }
            rows.append(row)
            x.append(log(left / right))
            y.append(data.log.comparisons.outcome[source] == .left)
        }
        guard rows.count >= 20 else {
            draft.section(
                "length.bias", "Whether longer items win",
                absent: "Fewer than 20 decided comparisons have two different values of \(name).")
            return
        }
        let clusters = data.clustering(rows)
        let contrast = PairContrast(
            pairs, rows: rows,
            firstHasTrait: rows.indices.map { (x[$0] > 0) == (pairs.a[rows[$0]] == left(rows[$0], data)) })
        let raw = contrast.rawShare(
            clusters: clusters.codes, count: clusters.count, won: rows.indices.map { (x[$0] > 0) == y[$0] })
        let within = contrast.both >= 20 && 5 * contrast.both >= rows.count
        let share = within ? contrast.share(clusters: clusters.codes, count: clusters.count) : raw
        let size = abs(share.value - 0.5)
        let severity: AuditReport.Severity = share.p < 0.01 ? (size >= 0.05 ? .warning : .note) : .ok
        var evidence = [
            "share": share.value, "lower": share.lower, "upper": share.upper, "p": share.p,
            "rawShare": raw.value,
            "comparisons": Double(rows.count), "both": Double(contrast.both),
            "clusters": Double(clusters.count),
        ]
        var slope = ""
        let line = LogisticLine(
            x: x, y: y, weights: [Double](repeating: 1, count: x.count), hasIntercept: false)
        if !line.isSeparated {
            let fit = line.fit()
            if fit.converged, let covariance = line.sandwich(fit, clusters: clusters.codes) {
                let t = Special.studentQuantile(0.975, df: Double(clusters.count - 1))
                let half = t * covariance.slope.squareRoot()
                evidence["slope"] = fit.slope
                evidence["slopeLower"] = fit.slope - half
                evidence["slopeUpper"] = fit.slope + half
                if !within {
                    let even = Special.logistic(fit.slope * log(2))
                    slope = " Twice the length wins \(Plain.percent(even)) of the time."
                }
            }
        }
        draft.add(
            "length.bias", severity, "Whether the longer wins (\(name))",
            found(name, contrast, within, share, clusters.name) + slope,
            advice: severity == .warning
                ? "Length may be liked, or it may go with quality: rank with \(name) as a covariate and "
                    + "see whether the order changes."
                : "", evidence: evidence, items: [name])
    }

    private func found(
        _ name: String, _ contrast: PairContrast, _ within: Bool, _ share: PairContrast.Share,
        _ cluster: String
    ) -> String {
        let wins = Plain.percent(share.value, within: 2 * share.half)
        let range = "(\(Plain.percents(share.lower, share.upper)), clustered by \(cluster))"
        let count = Plain.count(contrast.rows.count, "decided comparison")
        return within
            ? "Between equals, the item with more \(name) wins \(wins) of the time \(range), by comparing "
                + "each pair of "
                + "items with itself; over all \(count) it wins \(Plain.percent(contrast.raw))."
            : "The item with more \(name) wins \(wins) of \(count) \(range)."
    }

    private func left(_ row: Int, _ data: AuditData) -> UInt32 {
        data.log.comparisons.left[Int(data.pairs.row[row])]
    }
}
