import Signals

/// Finds judges whose votes look bought or broken, with the reason. Nothing is dropped: what to do is for others to decide.
///
/// Bursts, copies and answers faster than reading each have a stated chance `falseAlarms` of naming any honest judge; judges who
/// answer at random or always the same are those that the audit names (see `Audit`), at its own.
///
/// ```swift
/// let report = try VoteAudit().run(on: log, audit: Audit().run(on: log))
/// for suspicion in report.suspicions { print(suspicion.judge, suspicion.rule, suspicion.found) }
/// ```
public struct VoteAudit: Sendable, Hashable, Codable {
    /// Many votes in a short time.
    public var burst = BurstCheck()
    /// The same answers as another judge.
    public var sybil = SybilCheck()
    /// Faster than reading.
    public var speed = ReadingSpeedCheck()

    /// Creates the checks.
    public init() {}

    /// Looks at the judges of a log.
    ///
    /// - Parameters:
    ///   - audit: the audit of the same log, for its findings about judges.
    ///   - words: how many words each item has, where that is known.
    public func run(
        on log: FeedbackLog, audit: AuditReport? = nil, words: [String: Int] = [:]
    ) throws(EvaluationError) -> VoteReport {
        let sheet = VoteSheet(log)
        let times = VoteTimes(sheet)
        let parts = [
            try burst.run(sheet, times), try sybil.run(sheet),
            try speed.run(sheet, times, words: ReadingSpeedCheck.columns(words, log)),
        ]
        var report = VoteReport()
        for part in parts {
            report.suspicions += part.suspicions
            report.clusters += part.clusters
            report.absent.merge(part.absent) { first, _ in first }
        }
        for (id, rule) in [("judges.random", VoteSuspicion.Rule.random), ("judges.lazy", .oneSided)] {
            for finding in audit?.findings(id) ?? [] {
                report.suspicions += finding.judges.map { habit($0, rule, audit) }
            }
        }
        report.suspicions.sort {
            $0.rule.rawValue != $1.rule.rawValue ? $0.rule.rawValue < $1.rule.rawValue : $0.judge < $1.judge
        }
        return report
    }

    private func habit(_ judge: String, _ rule: VoteSuspicion.Rule, _ audit: AuditReport?) -> VoteSuspicion {
        let profile = audit?.judges.first { $0.judge == judge }
        var evidence: [String: Double] = [:]
        evidence["agreement"] = profile?.agreement
        evidence["chance"] = profile?.chance
        evidence["leftShare"] = profile?.leftShare
        evidence["entropy"] = profile?.entropy
        evidence["answers"] = (profile?.answers).map(Double.init)
        let found: String
        if rule == .random {
            let figures = (profile?.agreement).map { " (\(Plain.percent($0)) of answers)" } ?? ""
            found = "Agrees with the others no more often than blind answers would\(figures)."
        } else {
            found = "Gives nearly always the same answer, whatever the question."
        }
        return VoteSuspicion(judge: judge, rule: rule, found: found, evidence: evidence)
    }
}
