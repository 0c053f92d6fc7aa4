import Foundation
import Signals

/// Measures how far judges agree who answered the same questions.
struct AgreementCheck {
    /// The most questions that are looked at; beyond that every k-th.
    static let most = 50_000

    func run(_ data: AuditData, _ draft: inout AuditDraft) throws(EvaluationError) {
        draft.section("agreement", "Agreement between judges")
        guard data.judges.count > 1 else {
            draft.section(
                "agreement.alpha", "Krippendorff's alpha",
                absent: data.judges.isEmpty ? "No judges are named." : "There is one judge only.")
            return
        }
        guard !data.sets.isEmpty else {
            draft.section(
                "agreement.alpha", "Krippendorff's alpha", absent: "No kind of answer here can be shared.")
            return
        }
        for set in data.sets { try measure(set, data, &draft) }
    }

    private func measure(
        _ set: AnswerSet, _ data: AuditData, _ draft: inout AuditDraft
    ) throws(EvaluationError) {
        let grouped = set.grouped()
        let shared = (0..<set.units).filter { grouped.range($0).count > 1 }
        let title = "Agreement on \(set.kind)"
        guard !shared.isEmpty else {
            draft.section(
                "agreement.alpha", title, absent: "No question about \(set.kind) was answered by two judges.")
            return
        }
        let step = (shared.count + Self.most - 1) / Self.most
        let chosen = stride(from: 0, to: shared.count, by: step).map { shared[$0] }
        var units = ReliabilityUnits()
        var clusters: [Int] = []
        for unit in chosen {
            let values = grouped.rows[grouped.range(unit)].map { set.value[Int($0)] }
            try units.append(values)
            clusters.append(Int(set.cluster[unit]) % 1000)
            if set.isMirrored {
                try units.append(values.map { -$0 })
                clusters.append(Int(set.cluster[unit]) % 1000)
            }
        }
        let alpha = try KrippendorffAlpha(set.scale, bootstrap: data.settings.bootstrap)
            .estimate(units, clusters: clusters)
        report(alpha, set, title, questions: shared.count, hasPrompts: data.pairs.hasPrompts, &draft)
        try fleiss(set, grouped, chosen, data, &draft)
        try cohen(set, grouped, chosen, data, &draft)
    }

    private func report(
        _ alpha: AgreementEstimate, _ set: AnswerSet, _ title: String, questions: Int, hasPrompts: Bool,
        _ draft: inout AuditDraft
    ) {
        guard let value = alpha.value else {
            draft.add(
                "agreement.alpha", .note, title,
                "\(Plain.count(questions, "question")) about \(set.kind) were answered by several judges. "
                    + alpha.certificate.sentence, evidence: ["questions": Double(questions)])
            return
        }
        var severity: AuditReport.Severity = value < 0.2 ? .note : .ok
        var advice = ""
        if value < 0.2 {
            advice =
                "Low agreement is usual where tastes differ; fit groups or judge reliability, and look at "
                + "the instructions."
        }
        if let interval = alpha.interval, interval.lower <= 0, questions >= 100 {
            severity = interval.upper < 0.1 ? .serious : .warning
            advice =
                "Find out why judges don't agree before modelling: instructions, mixed-up names, or "
                + "questions without an answer."
        }
        if set.kind == "comparisons", !hasPrompts, severity > .note { severity = .note }
        var evidence = ["alpha": value, "questions": Double(questions)]
        evidence["lower"] = alpha.interval?.lower
        evidence["upper"] = alpha.interval?.upper
        let range = alpha.interval.map {
            " (95% interval \(Plain.decimal($0.lower)) to \(Plain.decimal($0.upper)))"
        }
        draft.add(
            "agreement.alpha", severity, title,
            "On \(Plain.count(questions, "question")) about \(set.kind) that several judges answered, "
                + "agreement beyond "
                + "chance is \(Plain.decimal(value))\(range ?? ""); 1 is perfect and 0 is chance "
                + "(Krippendorff's alpha).",
            advice: advice, evidence: evidence)
    }

    private func fleiss(
        _ set: AnswerSet, _ grouped: AnswerSet.Grouped, _ chosen: [Int], _ data: AuditData,
        _ draft: inout AuditDraft
    ) throws(EvaluationError) {
        let size = grouped.range(chosen[0]).count
        let values = Set(chosen.flatMap { grouped.rows[grouped.range($0)].map { set.value[Int($0)] } })
            .sorted()
        guard size > 2, chosen.allSatisfy({ grouped.range($0).count == size }), values.count <= 50 else {
            return
        }
        var counts: [[Int]] = []
        var clusters: [Int] = []
        for unit in chosen {
            for sign in set.isMirrored ? [1.0, -1] : [1] {
                var row = [Int](repeating: 0, count: set.isMirrored ? 3 : values.count)
                for place in grouped.rows[grouped.range(unit)] {
                    let value = set.value[Int(place)] * sign
                    row[set.isMirrored ? Int(value) + 1 : values.firstIndex(of: value)!] += 1
                }
                counts.append(row)
                clusters.append(Int(set.cluster[unit]) % 1000)
            }
        }
        let kappa = try FleissKappa(bootstrap: data.settings.bootstrap).estimate(
            counts: counts, clusters: clusters)
        add("agreement.fleiss", "Fleiss' kappa", kappa, set, ["judgesPerQuestion": Double(size)], [], &draft)
    }

    private func cohen(
        _ set: AnswerSet, _ grouped: AnswerSet.Grouped, _ chosen: [Int], _ data: AuditData,
        _ draft: inout AuditDraft
    ) throws(EvaluationError) {
        let judges = Set(set.judge).sorted()
        let values = Set(set.value).sorted()
        guard judges.count == 2, values.count <= 50 else { return }
        var sides: (a: [Int], b: [Int]) = ([], [])
        var clusters: [Int] = []
        for unit in chosen {
            let rows = grouped.rows[grouped.range(unit)].map { set.value[Int($0)] }
            for sign in set.isMirrored ? [1.0, -1] : [1] {
                let codes = rows.map { set.isMirrored ? Int($0 * sign) + 1 : values.firstIndex(of: $0)! }
                sides.a.append(codes[0])
                sides.b.append(codes[1])
                clusters.append(Int(set.cluster[unit]) % 1000)
            }
        }
        let kappa = try CohenKappa(bootstrap: data.settings.bootstrap).estimate(
            sides.a, sides.b, categories: set.isMirrored ? 3 : values.count, clusters: clusters)
        add("agreement.cohen", "Cohen's kappa", kappa, set, [:], judges.map { data.judges[$0] }, &draft)
    }

    private func add(
        _ id: String, _ name: String, _ kappa: AgreementEstimate, _ set: AnswerSet, _ more: [String: Double],
        _ judges: [String], _ draft: inout AuditDraft
    ) {
        guard let value = kappa.value else { return }
        var evidence = more
        evidence["kappa"] = value
        evidence["lower"] = kappa.interval?.lower
        evidence["upper"] = kappa.interval?.upper
        let range = kappa.interval.map {
            " (95% interval \(Plain.decimal($0.lower)) to \(Plain.decimal($0.upper)))"
        }
        draft.add(
            id, .ok, "\(name) on \(set.kind)",
            "\(name) is \(Plain.decimal(value))\(range ?? "") on \(set.kind), taken as names without order.",
            evidence: evidence, judges: judges)
    }
}
