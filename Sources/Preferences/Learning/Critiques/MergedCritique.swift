/// One critique made of the good units of several, and how good each of these was.
///
/// Source: Lan, Zhang, Lyu, Li, Xu, Huang, Lin, Mao and Chen, "Training Language Models to Critique With Multi-agent
/// Feedback" (2024).
///
/// Units that a judge finds correct, or corrects, are gathered by site and criterion; of each gathering the one that
/// the judge is surest of speaks. The score of a critique is
///
///     S(c) = − Σ weight(grade of u) over its units u − missed · (number of merged units that it lacks)
///
/// A critique without units would be perfect if it were not for what it misses.
///
/// What the data cannot say: what no reviewer saw is not in it, and a flaw that the judge believes in is.
///
/// - Complexity: O(units · words).
///
/// ```swift
/// let merged = MergedCritique(graded)
/// print(merged.text, merged.score(of: "ann"))
/// ```
public struct MergedCritique: Sendable, Hashable, Codable {
    /// The units, in the order in which their like came first.
    public let units: [CritiqueUnit]
    /// How many reviewers stand behind each.
    public let supporters: [Int]
    /// The graded units that it was made of.
    public let graded: [GradedUnit]
    /// What a critique loses for each merged unit that it lacks.
    public let missed: Double

    /// Merges.
    public init(_ graded: [GradedUnit], missed: Double = 1) {
        precondition(missed >= 0, "what is missed costs nothing or more")
        self.graded = graded
        self.missed = missed
        var places: [[String]: Int] = [:]
        var best: [(unit: CritiqueUnit, confidence: Double, agents: Set<String>)] = []
        for each in graded {
            guard let unit = each.accepted else { continue }
            if let place = places[unit.place] {
                best[place].agents.insert(each.unit.agent)
                if each.confidence > best[place].confidence {
                    (best[place].unit, best[place].confidence) = (unit, each.confidence)
                }
            } else {
                places[unit.place] = best.count
                best.append((unit, each.confidence, [each.unit.agent]))
            }
        }
        units = best.map(\.unit)
        supporters = best.map(\.agents.count)
    }

    /// The units, one on a line.
    public var text: String { Self.text(units) }

    /// The units of a reviewer, as they came.
    public func units(of agent: String) -> [CritiqueUnit] {
        graded.map(\.unit).filter { $0.agent == agent }
    }

    /// S of a reviewer's critique.
    public func score(of agent: String) -> Double {
        let own = graded.filter { $0.unit.agent == agent }
        let said = Set(own.compactMap { $0.accepted?.place })
        let lacks = units.count { !said.contains($0.place) }
        return -own.reduce(0) { $0 + $1.grade.weight } - missed * Double(lacks)
    }

    /// The best and the worst of the reviewers' critiques and this one, where at least `gap` lies between them.
    ///
    /// - Parameter agents: who reviewed; also those who found nothing.
    public func pair(agents: [String], of subject: CritiqueCase, gap: Double = 1) -> CritiquePair? {
        var rows = [(score: 0.0, author: CritiquePair.merged, units: units)]
        rows += agents.map { (score(of: $0), $0, units(of: $0)) }
        guard let worst = rows.dropFirst().min(by: { $0.score < $1.score }) else { return nil }
        // Of equals the merged one is chosen, which comes first.
        let best = rows.dropFirst().reduce(rows[0]) { $1.score > $0.score ? $1 : $0 }
        guard best.score - worst.score >= gap else { return nil }
        return CritiquePair(
            subject: subject, chosen: best.units, rejected: worst.units, chosenBy: best.author,
            rejectedBy: worst.author, gap: best.score - worst.score)
    }

    static func text(_ units: [CritiqueUnit]) -> String {
        units.isEmpty ? "No flaws found." : units.map { "- \($0.text)" }.joined(separator: "\n")
    }
}

/// Two critiques of one response, of which the first has the better score.
public struct CritiquePair: Sendable, Hashable, Codable {
    /// The author of a critique that was merged.
    public static let merged = "merged"

    /// What they are about.
    public var subject: CritiqueCase
    /// The better one.
    public var chosen: [CritiqueUnit]
    /// The other one.
    public var rejected: [CritiqueUnit]
    /// Who wrote the better one.
    public var chosenBy: String
    /// Who wrote the other one.
    public var rejectedBy: String
    /// By how much its score is better.
    public var gap: Double

    /// Creates a pair.
    public init(
        subject: CritiqueCase, chosen: [CritiqueUnit], rejected: [CritiqueUnit],
        chosenBy: String = CritiquePair.merged, rejectedBy: String = "", gap: Double = 1
    ) {
        self.subject = subject
        self.chosen = chosen
        self.rejected = rejected
        self.chosenBy = chosenBy
        self.rejectedBy = rejectedBy
        self.gap = gap
    }

    /// The critiques as answers to the task and its response, for learners of texts.
    public var texts: TextPair {
        TextPair(
            prompt: "\(subject.task)\n\n\(subject.response)", chosen: MergedCritique.text(chosen),
            rejected: MergedCritique.text(rejected))
    }
}
