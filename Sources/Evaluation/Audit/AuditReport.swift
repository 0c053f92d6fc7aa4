/// What an audit found out about a log, before anyone models it. `docs/audit.md` describes every field.
public struct AuditReport: Sendable, Hashable, Codable {
    /// Whether the data can be modelled.
    public enum Verdict: String, Sendable, Hashable, Codable {
        /// Nothing stands in the way.
        case fit
        /// It can be modelled if the warnings are minded.
        case withCare
        /// Something must be put right first, or a result would mislead.
        case notYet
    }

    /// How much a finding matters.
    public enum Severity: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        /// Checked, and as it should be.
        case ok
        /// Worth knowing; nothing needs to be done.
        case note
        /// A model that takes no account of this may mislead.
        case warning
        /// A model of these data would mislead.
        case serious

        public static func < (a: Severity, b: Severity) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }

    /// One thing that was found, with what to do about it.
    public struct Finding: Sendable, Hashable, Codable {
        /// Names the kind of finding for ever.
        public var id: String
        /// How much it matters.
        public var severity: Severity
        /// The kind of finding in a few words.
        public var title: String
        /// What was found, with its numbers, in plain sentences.
        public var found: String
        /// What to do about it, in plain sentences; empty where there is nothing to do.
        public var advice: String
        /// The numbers behind it, all finite.
        public var evidence: [String: Double]
        /// The judges it is about, the worst first.
        public var judges: [String]
        /// The items, tasks or names it is about, the worst first.
        public var items: [String]
    }

    /// A part of the audit, and whether the data allowed it.
    public struct Section: Sendable, Hashable, Codable {
        /// Names the part.
        public var id: String
        /// What the part looks at, in a few words.
        public var title: String
        /// Why it could not be done, or `nil` where it was.
        public var absent: String?
    }

    /// One judge in numbers; a number is `nil` where the data don't allow it.
    public struct Judge: Sendable, Hashable, Codable {
        /// The judge's name.
        public var judge: String
        /// The number of answers, skips included.
        public var answers: Int
        /// The number of answers that could be set against the consensus of the other judges.
        public var assessed: Int
        /// The share of those that agree with it.
        public var agreement: Double?
        /// The lower end of its 95% Wilson interval.
        public var lower: Double?
        /// The upper end of its 95% Wilson interval.
        public var upper: Double?
        /// The agreement that answering blindly would give.
        public var chance: Double?
        /// The share of decided comparisons won by the left item.
        public var leftShare: Double?
        /// The share of answered comparisons that are ties.
        public var tieShare: Double?
        /// The share of comparisons that were skipped.
        public var skipShare: Double?
        /// The entropy of the answers in bits: 0 for a judge that always says the same.
        public var entropy: Double?
        /// The median number of seconds between an answer and the next one of the same sitting.
        public var secondsPerAnswer: Double?
        /// The ids of the findings that name this judge.
        public var findings: [String]
    }

    /// The version of this layout.
    public var format = "heed-audit/1"
    /// Whether the data can be modelled.
    public var verdict: Verdict
    /// The verdict in a plain sentence.
    public var summary: String
    /// The number of events of each kind.
    public var counts: [String: Int]
    /// What was found, the most severe first.
    public var findings: [Finding]
    /// The parts of the audit, done or not.
    public var sections: [Section]
    /// The judges with enough answers to say something about, in the order of the log.
    public var judges: [Judge]

    /// The findings of one kind.
    public func findings(_ id: String) -> [Finding] { findings.filter { $0.id == id } }
}
