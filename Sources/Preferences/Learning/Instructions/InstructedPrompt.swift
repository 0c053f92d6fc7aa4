/// A prompt with instructions that can be checked.
public struct InstructedPrompt: Sendable, Hashable {
    /// What is asked.
    public var prompt: String
    /// What the answer has to obey.
    public var constraints: [TextConstraint]

    /// Creates a prompt.
    public init(_ prompt: String, _ constraints: [TextConstraint] = []) {
        self.prompt = prompt
        self.constraints = constraints
    }

    /// The prompt followed by the instructions.
    public var text: String { ([prompt] + constraints.map(\.instruction)).joined(separator: " ") }

    /// How many of the instructions an answer obeys.
    public func satisfied(by answer: String) -> Int { constraints.count { $0.isSatisfied(by: answer) } }

    /// Whether two of the instructions exclude each other.
    public var isContradictory: Bool {
        constraints.indices.contains { a in
            constraints[(a + 1)...].contains { constraints[a].contradicts($0) }
        }
    }

    /// The prompt with more instructions.
    public func adding(_ more: [TextConstraint]) -> InstructedPrompt {
        InstructedPrompt(prompt, constraints + more)
    }
}

/// Two answers to a prompt, of which the first was preferred.
public struct InstructedComparison: Sendable, Hashable {
    /// What was asked.
    public var prompt: InstructedPrompt
    /// The answer that was preferred.
    public var chosen: String
    /// The other.
    public var rejected: String

    /// Creates a comparison.
    public init(_ prompt: InstructedPrompt, chosen: String, rejected: String) {
        self.prompt = prompt
        self.chosen = chosen
        self.rejected = rejected
    }
}

/// One answer under two prompts, the first of which it suits better.
public struct IntraSamplePair: Sendable, Hashable {
    /// How much better.
    public enum Contrast: String, Sendable, Hashable, CaseIterable {
        /// It obeys all that the first adds, and not all that the second adds.
        case allAgainstSome
        /// It obeys something that the first adds, and nothing that the second adds.
        case someAgainstNone
    }

    /// The answer.
    public let answer: String
    /// The prompt that it suits.
    public let suited: InstructedPrompt
    /// The prompt that it suits less.
    public let unsuited: InstructedPrompt
    /// How the two differ.
    public let contrast: Contrast
    /// How many instructions the prompt had before.
    let before: Int

    /// Whether the answer, checked again, does what the pair says, and no prompt contradicts itself.
    public var isValid: Bool {
        let (a, b) = (suited.constraints.dropFirst(before), unsuited.constraints.dropFirst(before))
        let (obeyed, other) = (
            a.count { $0.isSatisfied(by: answer) }, b.count { $0.isSatisfied(by: answer) }
        )
        guard !a.isEmpty, !b.isEmpty, !suited.isContradictory, !unsuited.isContradictory else { return false }
        switch contrast {
        case .allAgainstSome: return obeyed == a.count && other < b.count
        case .someAgainstNone: return obeyed > 0 && other == 0
        }
    }
}

/// Two answers under two prompts: under the first prompt the chosen one should lead by more.
public struct InterSamplePair: Sendable, Hashable {
    /// The answer that was preferred.
    public let chosen: String
    /// The other.
    public let rejected: String
    /// The prompt under which the lead widens.
    public let wider: InstructedPrompt
    /// The prompt under which it is as it was, or narrows.
    public let narrower: InstructedPrompt
    /// How many instructions the prompt had before.
    let before: Int

    /// Whether the answers, checked again, do what the pair says, and no prompt contradicts itself.
    public var isValid: Bool {
        let (a, b) = (wider.constraints.dropFirst(before), narrower.constraints.dropFirst(before))
        return !a.isEmpty && !wider.isContradictory && !narrower.isContradictory
            && a.allSatisfy { $0.isSatisfied(by: chosen) && !$0.isSatisfied(by: rejected) }
            && b.allSatisfy { !$0.isSatisfied(by: chosen) && $0.isSatisfied(by: rejected) }
    }
}
