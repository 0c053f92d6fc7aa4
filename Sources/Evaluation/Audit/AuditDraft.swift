/// A report in the making.
struct AuditDraft {
    private(set) var findings: [AuditReport.Finding] = []
    private(set) var sections: [AuditReport.Section] = []
    /// The profile of each judge, by code.
    var judges: [AuditReport.Judge]
    private let codes: [String: Int]

    init(judges names: [String]) {
        judges = names.map { AuditReport.Judge(judge: $0, answers: 0, assessed: 0, findings: []) }
        codes = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Notes that a part was done, or why not.
    mutating func section(_ id: String, _ title: String, absent: String? = nil) {
        sections.append(AuditReport.Section(id: id, title: title, absent: absent))
    }

    /// Adds a finding; numbers that are not finite are left out of the evidence.
    mutating func add(
        _ id: String, _ severity: AuditReport.Severity, _ title: String, _ found: String, advice: String = "",
        evidence: [String: Double] = [:], judges named: [String] = [], items: [String] = []
    ) {
        findings.append(
            AuditReport.Finding(
                id: id, severity: severity, title: title, found: found, advice: advice,
                evidence: evidence.filter { $0.value.isFinite }, judges: named, items: items))
        for name in named {
            if let code = codes[name], judges[code].findings.last != id { judges[code].findings.append(id) }
        }
    }

    /// The finished report.
    func report(counts: [String: Int], minimumAnswers: Int) -> AuditReport {
        let serious = findings.filter { $0.severity == .serious }
        let warnings = findings.filter { $0.severity == .warning }
        let verdict: AuditReport.Verdict = serious.isEmpty ? (warnings.isEmpty ? .fit : .withCare) : .notYet
        let summary =
            switch verdict {
            case .fit: "Fit to model: nothing that was checked stands in the way."
            case .withCare: "Fit to model with care: " + Self.headline(warnings, "warning")
            case .notYet: "Not yet fit to model: " + Self.headline(serious, "serious finding")
            }
        let order = findings.indices.sorted {
            (findings[$1].severity, $0) < (findings[$0].severity, $1)
        }
        return AuditReport(
            verdict: verdict, summary: summary, counts: counts, findings: order.map { findings[$0] },
            sections: sections,
            judges: judges.filter { $0.answers >= minimumAnswers }
                .sorted { $0.judge.utf8.lexicographicallyPrecedes($1.judge.utf8) })
    }

    private static func headline(_ findings: [AuditReport.Finding], _ noun: String) -> String {
        Plain.count(findings.count, noun) + (findings.count > 1 ? ", first of all: " : ": ")
            + Plain.lowerFirst(findings[0].title) + "."
    }
}
