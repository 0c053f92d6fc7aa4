/// One thing that a reviewer says about a response: where, what is wrong, and what to do.
public struct CritiqueUnit: Sendable, Hashable, Codable {
    /// Where it is: a sentence, a line, a step.
    public var site: String
    /// By which criterion it is a flaw.
    public var criterion: String
    /// What is wrong.
    public var flaw: String
    /// What to do.
    public var suggestion: String
    /// How bad it is, from 0 to 5.
    public var severity: Int
    /// Who says so.
    public var agent: String

    /// Creates a unit.
    public init(
        site: String, criterion: String = "", flaw: String = "", suggestion: String = "", severity: Int = 1,
        agent: String = ""
    ) {
        precondition((0...5).contains(severity), "severity is from 0 to 5")
        self.site = site
        self.criterion = criterion
        self.flaw = flaw
        self.suggestion = suggestion
        self.severity = severity
        self.agent = agent
    }

    /// In words.
    public var text: String {
        let parts = ["\(site)\(criterion.isEmpty ? "" : " (\(criterion))")", flaw, suggestion]
        return parts.filter { !$0.isEmpty }.joined(separator: ": ")
    }

    /// What makes two units about the same thing: the words of site and criterion.
    var place: [String] { TextTokens.words(site) + ["/"] + TextTokens.words(criterion) }
}

/// What is reviewed.
public struct CritiqueCase: Sendable, Hashable, Codable {
    /// The task.
    public var task: String
    /// The response to it.
    public var response: String
    /// What it is to be judged by; empty for anything.
    public var criteria: [String]
    /// A response that is known to be good.
    public var reference: String?

    /// Creates a case.
    public init(task: String, response: String, criteria: [String] = [], reference: String? = nil) {
        self.task = task
        self.response = response
        self.criteria = criteria
        self.reference = reference
    }
}

/// How good a unit is.
public enum UnitGrade: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is right.
    case correct
    /// It is right, but somewhere else.
    case inaccurateSite
    /// It leaves out what matters.
    case incomplete
    /// What it suggests does not help.
    case unhelpful
    /// It has been said.
    case duplicate
    /// There is a flaw, but not for this reason.
    case wrongReason
    /// There is no such flaw.
    case fabricated

    /// What it costs a critique: 0 for a correct unit, 1 for what a correction mends, 2 for what is of no use, 4 and 5
    /// for what is wrong.
    public var weight: Double {
        switch self {
        case .correct: 0
        case .inaccurateSite, .incomplete: 1
        case .unhelpful, .duplicate: 2
        case .wrongReason: 4
        case .fabricated: 5
        }
    }

    /// Whether a correction mends it.
    var isMinor: Bool { self == .inaccurateSite || self == .incomplete || self == .unhelpful }
}

/// A unit with what a judge thinks of it.
public struct GradedUnit: Sendable, Hashable, Codable {
    /// The unit.
    public var unit: CritiqueUnit
    /// How good it is.
    public var grade: UnitGrade
    /// How sure the judge is, from 0 to 1.
    public var confidence: Double
    /// What the unit should have said, where it has small faults.
    public var correction: CritiqueUnit?

    /// Creates one.
    public init(
        _ unit: CritiqueUnit, _ grade: UnitGrade, confidence: Double = 1, correction: CritiqueUnit? = nil
    ) {
        precondition((0...1).contains(confidence), "confidence is from 0 to 1")
        self.unit = unit
        self.grade = grade
        self.confidence = confidence
        self.correction = correction
    }

    /// What is to be believed of it; nil where nothing is.
    var accepted: CritiqueUnit? {
        if grade == .correct { return unit }
        return grade.isMinor ? correction : nil
    }
}
