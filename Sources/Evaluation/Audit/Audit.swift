import Signals

/// Judges feedback before anyone models it, and says in plain sentences what to do about what it finds.
///
/// Each part (duplicates, agreement, reliability, habits, speed, position, length, ties, coverage, noise,
/// names, scales, prompts) runs where the data allow it and otherwise says why not. Tests over many judges
/// are corrected for their number, so that clean data raise no warning. Rows of weight 0 are left out; other
/// weights don't matter here, since the audit counts answers. `docs/audit.md` lists every field and every
/// finding.
///
/// The same log and seed give the same report for every number of threads.
///
/// - Complexity: about O(answers · log answers); one million comparisons take a few seconds.
///
/// ```swift
/// let report = try Audit().run(on: log)
/// print(report.verdict, report.summary)
/// for finding in report.findings where finding.severity >= .warning { print(finding.found, finding.advice) }
/// ```
public struct Audit: Sendable, Hashable, Codable {
    /// The fewest answers of a judge before anything is said about that judge.
    public var minimumAnswers: Int
    /// The draws behind the intervals.
    public var bootstrap: ClusterBootstrap

    /// Creates an audit.
    public init(minimumAnswers: Int = 20, bootstrap: ClusterBootstrap = .init(replicates: 500)) {
        self.minimumAnswers = minimumAnswers
        self.bootstrap = bootstrap
    }

    /// Audits a log.
    ///
    /// - Throws: `EvaluationError` where a setting is outside its range.
    public func run(on log: FeedbackLog) throws(EvaluationError) -> AuditReport {
        guard minimumAnswers > 0 else {
            throw .setting(name: "minimumAnswers", value: Double(minimumAnswers), rule: "at least 1")
        }
        guard bootstrap.replicates > 1 else {
            throw .setting(name: "replicates", value: Double(bootstrap.replicates), rule: "at least 2")
        }
        let data = AuditData(log, self)
        var draft = AuditDraft(judges: data.judges.all)
        CountCheck().run(data, &draft)
        DuplicateCheck().run(data, &draft)
        ConflictCheck().run(data, &draft)
        try AgreementCheck().run(data, &draft)
        ReliabilityCheck().run(data, &draft)
        LabelCheck().run(data, &draft)
        HabitCheck().run(data, &draft)
        SpeedCheck().run(data, &draft)
        PositionCheck().run(data, &draft)
        LengthCheck().run(data, &draft)
        TieCheck().run(data, &draft)
        GraphCheck().run(data, &draft)
        try NoiseCheck().run(data, &draft)
        TriadCheck().run(data, &draft)
        NameCheck().run(data, &draft)
        ScaleCheck().run(data, &draft)
        PromptCheck().run(data, &draft)
        let counts = Dictionary(uniqueKeysWithValues: log.counts.map { ($0.key.rawValue, $0.value) })
        return draft.report(counts: counts, minimumAnswers: minimumAnswers)
    }
}
