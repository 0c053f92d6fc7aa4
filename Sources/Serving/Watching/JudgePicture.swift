import Evaluation
import Foundation
import HeedAPI
import Signals

/// The judges of a space, and what the audit and the checks of votes found.
struct JudgePicture {
    /// The judges, those with reasons first, then by answers.
    private(set) var judges: [JudgeView] = []
    /// What the audit found.
    private(set) var findings: [FindingView] = []
    /// The judges whom a rule names.
    private(set) var suspects: Set<String> = []

    /// At most this many judges are listed.
    static let most = 10_000

    /// - Parameter items: the items as they are shown, for the time that reading takes.
    init(_ log: FeedbackLog, items: [Item]) throws {
        guard !log.isEmpty else { return }
        let audit = try Audit().run(on: log)
        let report = try VoteAudit().run(on: log, audit: audit, words: Self.words(items))
        findings = audit.findings.filter { $0.severity > .ok }.map(FindingView.init)
        var reasons: [String: [Suspicion]] = [:]
        for suspicion in report.suspicions {
            reasons[suspicion.judge, default: []].append(
                Suspicion(rule: suspicion.rule.rawValue, found: suspicion.found, evidence: suspicion.evidence)
            )
        }
        suspects = Set(reasons.keys)
        let profiles = Dictionary(
            audit.judges.map { ($0.judge, $0) }, uniquingKeysWith: { first, _ in first })
        judges = Self.answers(log).map { judge, answers in
            let profile = profiles[judge]
            return JudgeView(
                judge: judge, answers: answers,
                agreement: profile?.agreement.map { Estimate($0, low: profile?.lower, high: profile?.upper) },
                seconds: profile?.secondsPerAnswer, reasons: reasons[judge] ?? [])
        }
        judges = Array(Self.sorted(judges).prefix(Self.most))
    }

    /// Judges as they are listed: those with reasons or set aside first, then by answers, then by name.
    static func sorted(_ judges: [JudgeView]) -> [JudgeView] {
        func rank(_ judge: JudgeView) -> Int { judge.reasons.isEmpty && !judge.setAside ? 1 : 0 }
        return judges.sorted { (rank($0), $1.answers, $0.judge) < (rank($1), $0.answers, $1.judge) }
    }

    /// How many votes each judge gave.
    private static func answers(_ log: FeedbackLog) -> [(String, Int)] {
        var counts = [Int](repeating: 0, count: log.judges.count)
        for table in [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
            log.labels.context,
        ] where !table.judge.isEmpty {
            for row in 0..<table.count where table.judge[row] != Names.none {
                counts[Int(table.judge[row])] += 1
            }
        }
        var others: [String: Int] = [:]
        for event in log.others {
            guard let judge = event.judge else { continue }
            if let code = log.judges.code(of: judge) {
                counts[Int(code)] += 1
            } else {
                others[judge, default: 0] += 1
            }
        }
        return counts.indices.filter { counts[$0] > 0 }.map { (log.judges[UInt32($0)], counts[$0]) }
            + others.map { ($0.key, $0.value) }
    }

    /// How many words each item has as it is shown; an image has none.
    static func words(_ items: [Item]) -> [String: Int] {
        Dictionary(
            items.map { item in
                let text = (item.text ?? "") + " " + (item.json ?? "")
                return (item.id, text.split(whereSeparator: \.isWhitespace).count)
            }, uniquingKeysWith: { first, _ in first })
    }
}

extension FindingView {
    init(_ finding: AuditReport.Finding) {
        let severity =
            switch finding.severity {
            case .ok, .note: "info"
            case .warning: "warning"
            case .serious: "serious"
            }
        self.init(severity: severity, title: finding.title, found: finding.found, advice: finding.advice)
    }
}
