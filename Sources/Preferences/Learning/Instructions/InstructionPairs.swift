import Kernels

/// Makes comparisons about obeying many instructions out of ordinary ones.
///
/// Source: Sun, Cai, Zhu et al., "Multi-Level Aware Preference Learning: Enhancing RLHF for Complex Multi-Instruction Tasks"
/// (2025). Of a comparison (x, chosen, rejected) come
///
/// - intra-sample pairs: one answer y under x with instructions that it obeys, against x with some that it does not;
/// - inter-sample pairs: both answers under x with instructions that only the chosen one obeys, where its lead should be wider
///   than under x with those that only the rejected one obeys, or under x alone.
///
/// Every pair has been checked, and prompts that contradict themselves are left out.
///
/// ```swift
/// let maker = InstructionPairs(ConstraintGenerator(vocabulary: answers))
/// let (intra, inter) = maker.make(comparisons, seed: 1)
/// ```
public struct InstructionPairs: Sendable {
    /// What writes the instructions.
    public var generator: ConstraintGenerator
    /// The most instructions that an intra-sample pair adds to a prompt.
    public var mostInstructions: Int
    /// The most instructions that an inter-sample pair adds to a prompt.
    public var mostSeparating: Int

    /// Creates a maker of pairs.
    public init(
        _ generator: ConstraintGenerator = ConstraintGenerator(), mostInstructions: Int = 4,
        mostSeparating: Int = 3
    ) {
        precondition(mostInstructions > 0 && mostSeparating > 0, "counts are at least 1")
        self.generator = generator
        self.mostInstructions = mostInstructions
        self.mostSeparating = mostSeparating
    }

    /// An intra-sample pair for each answer and an inter-sample pair for each comparison, where there are any.
    public func make(
        _ comparisons: [InstructedComparison], seed: UInt64 = 1
    ) -> (intra: [IntraSamplePair], inter: [InterSamplePair]) {
        let random = CounterRandom(seed: seed)
        let made = Parallel.map(comparisons.count) { place in
            var random = random.split(UInt64(place))
            let comparison = comparisons[place]
            return (
                intra: [comparison.chosen, comparison.rejected].compactMap {
                    intra($0, under: comparison.prompt, using: &random)
                }, inter: inter(comparison, using: &random)
            )
        }
        return (made.flatMap(\.intra), made.compactMap(\.inter))
    }

    /// One answer under two prompts; nil where no instructions were found.
    public func intra(
        _ answer: String, under prompt: InstructedPrompt, using random: inout CounterRandom
    ) -> IntraSamplePair? {
        for _ in 0..<10 {
            let contrast = IntraSamplePair.Contrast.allCases[random.below(2)]
            let count = 1 + random.below(mostInstructions)
            let (suitedFlags, unsuitedFlags) = flags(contrast, count, &random)
            let suited = constraints(suitedFlags, for: answer, &random)
            let unsuited = constraints(unsuitedFlags, for: answer, &random)
            let pair = IntraSamplePair(
                answer: answer, suited: prompt.adding(suited), unsuited: prompt.adding(unsuited),
                contrast: contrast, before: prompt.constraints.count)
            if pair.isValid { return pair }
        }
        return nil
    }

    /// Two answers under two prompts; nil where no instructions were found that tell them apart.
    public func inter(
        _ comparison: InstructedComparison, using random: inout CounterRandom
    ) -> InterSamplePair? {
        let (chosen, rejected) = (comparison.chosen, comparison.rejected)
        for _ in 0..<10 {
            let wider = separating(chosen, from: rejected, &random)
            let narrower = random.bernoulli(0.5) ? separating(rejected, from: chosen, &random) : []
            let pair = InterSamplePair(
                chosen: chosen, rejected: rejected, wider: comparison.prompt.adding(wider),
                narrower: comparison.prompt.adding(narrower), before: comparison.prompt.constraints.count)
            if pair.isValid { return pair }
        }
        return nil
    }

    /// Which instructions are to be obeyed, under either prompt.
    private func flags(
        _ contrast: IntraSamplePair.Contrast, _ count: Int, _ random: inout CounterRandom
    ) -> ([Bool], [Bool]) {
        switch contrast {
        case .allAgainstSome:
            let wrong = 1 + random.below(count)
            return (
                [Bool](repeating: true, count: count), (0..<count).map { $0 >= wrong }
            )
        case .someAgainstNone:
            let right = 1 + random.below(count)
            return (
                (0..<count).map { $0 < right }, [Bool](repeating: false, count: count)
            )
        }
    }

    /// Instructions of different kinds that an answer obeys or not, as the flags say; none where that fails.
    private func constraints(
        _ flags: [Bool], for answer: String, _ random: inout CounterRandom
    ) -> [TextConstraint] {
        var kinds = generator.kinds
        random.shuffle(&kinds)
        var result: [TextConstraint] = []
        var next = kinds.makeIterator()
        for flag in flags {
            var found: TextConstraint?
            while found == nil, let kind = next.next() {
                found = generator.constraint(kind, for: answer, satisfied: flag, using: &random)
            }
            guard let found else { return [] }
            result.append(found)
        }
        random.shuffle(&result)
        return result
    }

    /// Instructions of different kinds that the first answer obeys and the second does not.
    private func separating(
        _ first: String, from second: String, _ random: inout CounterRandom
    ) -> [TextConstraint] {
        var kinds = generator.kinds
        random.shuffle(&kinds)
        let wanted = 1 + random.below(mostSeparating)
        var result: [TextConstraint] = []
        for kind in kinds where result.count < wanted {
            if let found = generator.constraint(kind, for: first, satisfied: true, using: &random),
                !found.isSatisfied(by: second)
            {
                result.append(found)
            }
        }
        return result
    }
}
