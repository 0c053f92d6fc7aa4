/// Things about an answer that can be counted and have names: its length, its lists, how often it hedges.
///
/// They turn pairs of texts into comparisons with features that principles can be about.
///
/// ```swift
/// let traits = TextTraits.standard
/// let data = try traits.comparisons(pairs)
/// let constitution = try InverseConstitution(traits: traits).fit(data)
/// ```
public struct TextTraits: Sendable {
    /// One of them.
    public struct Trait: Sendable {
        /// What more and less of it are called.
        public var name: TraitName
        let measure: @Sendable (TextFacts) -> Double

        /// Creates one of your own; `measure` is given the prompt and the answer.
        public init(
            more: String, less: String,
            measure: @escaping @Sendable (_ prompt: String, _ answer: String) -> Double
        ) {
            name = TraitName(more: more, less: less)
            self.measure = { measure($0.prompt, $0.answer) }
        }

        init(_ more: String, _ less: String, _ measure: @escaping @Sendable (TextFacts) -> Double) {
            name = TraitName(more: more, less: less)
            self.measure = measure
        }
    }

    /// The traits, in the order of the features.
    public var list: [Trait]

    /// Creates a list of traits.
    public init(_ list: [Trait]) { self.list = list }

    /// What the traits are called.
    public var names: [TraitName] { list.map(\.name) }

    /// The numbers of one answer.
    public func features(prompt: String, answer: String) -> [Double] {
        let facts = TextFacts(prompt: prompt, answer: answer)
        return list.map { $0.measure(facts) }
    }

    /// Pairs of texts as comparisons whose features are the traits.
    ///
    /// - Throws: `LearningError.data` where a trait is not a finite number.
    public func comparisons(_ pairs: [TextPair]) throws -> ComparisonSet {
        try ComparisonSet(pairs) { features(prompt: $0, answer: $1) }
    }

    /// Traits for answers in English to all kinds of prompts.
    public static let standard = TextTraits([
        Trait("is longer", "is shorter") { Double($0.words.count) },
        Trait("has more paragraphs", "has fewer paragraphs") { Double($0.paragraphs) },
        Trait("has more items in bulleted lists", "has fewer items in bulleted lists") { Double($0.bullets) },
        Trait("has more items in numbered lists", "has fewer items in numbered lists") {
            Double($0.numbered)
        },
        Trait("has more headings", "has fewer headings") { Double($0.headings) },
        Trait("has more bold or italic text", "has less bold or italic text") {
            Double($0.count(of: "**") / 2)
        },
        Trait("has more blocks of code", "has fewer blocks of code") { Double($0.count(of: "```") / 2) },
        Trait("asks more questions", "asks fewer questions") { Double($0.count(of: "?")) },
        Trait("exclaims more", "exclaims less") { Double($0.count(of: "!")) },
        Trait("hedges more", "hedges less") { Double($0.phrases(TextFacts.hedges)) },
        Trait("refuses or apologises more", "refuses or apologises less") {
            Double($0.phrases(TextFacts.refusals))
        },
        Trait("speaks more of itself", "speaks less of itself") { Double($0.hits(TextFacts.selves)) },
        Trait("addresses the reader more", "addresses the reader less") {
            Double($0.hits(TextFacts.readers))
        },
        Trait("is more polite in words", "is less polite in words") { Double($0.hits(TextFacts.courtesies)) },
        Trait("gives more reasons", "gives fewer reasons") { Double($0.phrases(TextFacts.reasons)) },
        Trait("gives more examples", "gives fewer examples") { Double($0.phrases(TextFacts.examples)) },
        Trait("names more numbers", "names fewer numbers") { Double($0.numbers) },
        Trait("has more links", "has fewer links") { Double($0.count(of: "http")) },
        Trait("quotes more", "quotes less") { Double($0.count(of: "\"") + $0.count(of: "\u{201C}")) },
        Trait("uses more of the prompt's words", "uses fewer of the prompt's words") { $0.promptCoverage },
        Trait("has longer words", "has shorter words") { $0.wordLength },
        Trait("has longer sentences", "has shorter sentences") { $0.sentenceLength },
        Trait("repeats itself less", "repeats itself more") { $0.variety },
        Trait("denies more", "denies less") { Double($0.hits(TextFacts.denials)) },
        Trait("ends with a question", "does not end with a question") { $0.endsAsking ? 1 : 0 },
    ])
}
