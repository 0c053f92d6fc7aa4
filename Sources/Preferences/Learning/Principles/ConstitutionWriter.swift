import Kernels

/// Asks a language model for principles that explain choices, has it vote by each, and keeps those that hold.
///
/// Source: Findeis, Kaufmann, Hüllermeier, Albanie and Mullins, "Inverse Constitutional AI: Compressing Preferences
/// into Principles" (2025).
///
/// Five steps: (1) for each pair the model gives reasons why the chosen answer may have won, and reasons with the
/// opposite aim; (2) the reasons are clustered; (3) one of each cluster is kept; (4) the model votes by each on every
/// pair; (5) principles that are right more often than wrong, for at least ρ of all pairs, are ordered by votes for
/// less votes against; where more than n remain, the first `ratio` · n are clustered into n and the best of each stays.
///
/// Which answer is shown first is drawn for each question, so that a model that favours places adds noise and no bias.
///
/// What the data cannot say: principles describe what choices go along with, as this model reads them. Write several
/// constitutions with other seeds and compare them by `ConstitutionStability.jaccard`.
///
/// - Complexity: 2 questions for each pair and ⌈clusters / votesPerQuestion⌉ more.
///
/// ```swift
/// let constitution = try await ConstitutionWriter(model).write(pairs, seed: 1)
/// print(constitution.text)
/// ```
public struct ConstitutionWriter<Model: ChatModel>: Sendable {
    /// Who proposes and votes.
    public var model: Model
    /// n, the most principles.
    public var principles: Int
    /// How many reasons are asked for each pair, and as many with the opposite aim.
    public var reasons: Int
    /// K, into how many clusters the reasons are put.
    public var clusters: Int
    /// Which principles are kept.
    public var filter: PrincipleFilter
    /// How many times n may remain before the last clustering.
    public var ratio: Double
    /// By how many principles the model votes in one question.
    public var votesPerQuestion: Int
    /// How many questions are asked at a time.
    public var concurrency: Int

    /// Creates the writer.
    public init(
        _ model: Model, principles: Int = 5, reasons: Int = 3, clusters: Int = 40,
        filter: PrincipleFilter = PrincipleFilter(), ratio: Double = 1.5, votesPerQuestion: Int = 10,
        concurrency: Int = 4
    ) {
        precondition(principles >= 0 && reasons > 0 && clusters > 0, "counts are positive")
        precondition(ratio >= 1, "the ratio is at least 1")
        precondition(votesPerQuestion > 0 && concurrency > 0, "counts are positive")
        self.model = model
        self.principles = principles
        self.reasons = reasons
        self.clusters = clusters
        self.filter = filter
        self.ratio = ratio
        self.votesPerQuestion = votesPerQuestion
        self.concurrency = concurrency
    }

    /// Writes a constitution.
    ///
    /// - Throws: `LearningError.data` where no pair was decided; what the model throws. Answers that cannot be read are
    ///   counted, not thrown.
    public func write(_ pairs: [TextPair], seed: UInt64 = 1) async throws -> WrittenConstitution {
        let decided = pairs.filter { $0.label != 0.5 }
        guard !decided.isEmpty else { throw LearningError.data("icai needs comparisons that are no ties") }
        let proposals = try await propose(decided, seed: seed)
        let representatives = PrincipleClusters.representatives(proposals, count: clusters, seed: seed)
        let counts = try await test(representatives.map { proposals[$0] }, on: decided, seed: seed)
        var kept = zip(representatives, counts).filter { filter.keeps($1) }.map {
            WrittenConstitution.Article(text: proposals[$0], counts: $1)
        }
        kept.sort { ($1.counts.lead, $0.text) < ($0.counts.lead, $1.text) }
        if kept.count > principles, principles > 0 {
            kept = Array(kept.prefix(Int((ratio * Double(principles)).rounded(.up))))
            let groups = PrincipleClusters.assign(kept.map(\.text), count: principles, seed: seed).clusters
            var seen: Set<Int> = []
            let best = kept.indices.filter { seen.insert(groups[$0]).inserted }
            let rest = kept.indices.filter { !best.contains($0) }
            kept = (best + rest).prefix(principles).sorted().map { kept[$0] }
        }
        return WrittenConstitution(
            articles: Array(kept.prefix(principles)), model: model.name, comparisons: decided.count,
            proposals: proposals.count)
    }

    /// Reasons for the choices, in the order of the pairs.
    func propose(_ pairs: [TextPair], seed: UInt64) async throws -> [String] {
        let (model, reasons) = (model, reasons)
        let lists = try await ChatWork.map(2 * pairs.count, concurrency: concurrency) { place in
            let pair = pairs[place / 2]
            guard let (chosen, rejected) = pair.ordered else { return [String]() }
            let aim =
                place % 2 == 0
                ? "Give \(reasons) principles by which a judge would have chosen the selected answer."
                : "Give \(reasons) principles about faults that a judge who chose the selected answer would have "
                    + "found in the other one, or would have overlooked in the selected one."
            let reply = try await model.reply(
                to: [
                    .system("You find the rules behind choices between two answers."),
                    .user(
                        """
                        Prompt:
                        \(pair.prompt)

                        Selected answer:
                        \(chosen)

                        Other answer:
                        \(rejected)

                        \(aim) Each is one short general sentence that begins with "The better answer" and does not \
                        mention this prompt. Reply with a JSON array of strings and nothing else.
                        """),
                ],
                options: ChatOptions(
                    temperature: 0.7, seed: CounterRandom(seed: seed).split(UInt64(place)).word))
            return Array((ChatWork.value([String].self, in: reply) ?? []).prefix(reasons))
        }
        var seen: Set<String> = []
        return lists.joined().map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.filter {
            !$0.isEmpty && $0.utf8.count <= 400 && seen.insert($0).inserted
        }
    }

    /// The counts of each principle.
    func test(_ texts: [String], on pairs: [TextPair], seed: UInt64) async throws -> [PrincipleCounts] {
        let batches = stride(from: 0, to: texts.count, by: votesPerQuestion).map {
            Array(texts[$0..<min(texts.count, $0 + votesPerQuestion)])
        }
        guard !batches.isEmpty else { return [] }
        let (model, random) = (model, CounterRandom(seed: seed).split(0x707E))
        let votes = try await ChatWork.map(batches.count * pairs.count, concurrency: concurrency) { place in
            var random = random.split(UInt64(place))
            return try await PrincipleBallot.votes(
                batches[place / pairs.count], on: pairs[place % pairs.count],
                isSwapped: random.bernoulli(0.5), model: model)
        }
        var counts = [PrincipleCounts](repeating: PrincipleCounts(), count: texts.count)
        for (place, list) in votes.enumerated() {
            let start = place / pairs.count * votesPerQuestion
            for (index, vote) in list.enumerated() {
                counts[start + index].add(vote, choseFirst: pairs[place % pairs.count].label > 0.5)
            }
        }
        return counts
    }
}

extension CounterRandom {
    /// The first word of this generator.
    var word: UInt64 {
        var copy = self
        return copy.next()
    }
}
