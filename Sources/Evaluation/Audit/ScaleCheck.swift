import Foundation
import Kernels
import Signals

/// Looks at how each judge uses the rating scale.
struct ScaleCheck {
    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let sets = data.sets.filter { $0.scale == .interval }
        draft.section(
            "scales", "How judges use the scale",
            absent: sets.isEmpty ? "There are no ratings by named judges." : nil)
        for set in sets { measure(set, data, &draft) }
    }

    private func measure(_ set: AnswerSet, _ data: AuditData, _ draft: inout AuditDraft) {
        var scores = [[Double]](repeating: [], count: data.judges.count)
        for (row, value) in set.value.enumerated() { scores[Int(set.judge[row])].append(value) }
        let judged = scores.indices.filter { scores[$0].count >= data.settings.minimumAnswers }
        guard judged.count > 1 else {
            draft.section(
                "scale.use", "How judges use the scale",
                absent: "Fewer than two judges have \(data.settings.minimumAnswers) \(set.kind).")
            return
        }
        let means = judged.map { Statistics.mean(scores[$0]) }
        let spreads = judged.map { Statistics.variance(scores[$0]).squareRoot() }
        let typical = Statistics.median(spreads)
        let all = Statistics.variance(set.value).squareRoot()
        let shift = Statistics.variance(means).squareRoot()
        let narrow = judged.indices.filter { spreads[$0] < typical / 3 }
        let high = judged.indices.max { means[$0] < means[$1] }!
        let low = judged.indices.min { means[$0] < means[$1] }!
        draft.add(
            "scale.use", shift > all / 2 || !narrow.isEmpty ? .note : .ok,
            "How judges use the scale (\(set.kind))",
            "Judges' mean \(set.kind) run from \(Plain.decimal(means[low])) (judge "
                + "\(data.judges[UInt32(judged[low])])) to "
                + "\(Plain.decimal(means[high])) (judge \(data.judges[UInt32(judged[high])])); a judge's "
                + "scores typically "
                + "spread by \(Plain.decimal(typical))."
                + (narrow.isEmpty
                    ? ""
                    : " \(Plain.count(narrow.count, "judge")) use\(narrow.count == 1 ? "s" : "") less than "
                        + "a third of that, "
                        + "such as \(Plain.list(narrow.map { data.judges[UInt32(judged[$0])] }))."),
            advice: shift > all / 2 || !narrow.isEmpty
                ? "Compare scores within a judge only: take off each judge's mean and divide by the "
                    + "spread, or turn ratings "
                    + "into comparisons."
                : "",
            evidence: [
                "lowestMean": means[low], "highestMean": means[high], "spread": typical,
                "spreadOfMeans": shift,
                "narrow": Double(narrow.count), "judges": Double(judged.count),
            ], judges: narrow.map { data.judges[UInt32(judged[$0])] })
    }
}
