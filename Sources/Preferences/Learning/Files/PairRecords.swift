/// What files of comparisons say: answers and prompts, each once, and who preferred which.
///
/// ```swift
/// let records = try PairFile().read(["pairs.jsonl"])
/// let split = HonestSplit(try records.comparisons(), seed: 1)
/// let features = try records.fitted(FeatureRecipe(.tfidf(TFIDF())), on: split.train)
/// let data = HonestSplit(try records.comparisons(features), seed: 1)   // the same cut, with features
/// ```
public struct PairRecords: Sendable, Hashable {
    /// What was found in one file.
    public struct Source: Sendable, Hashable, Codable {
        /// The file.
        public var path: String
        /// The comparisons taken from it.
        public var comparisons: Int
        /// The fields that were read.
        public var used: [String]
        /// The fields that were not.
        public var ignored: [String]
        /// How many comparisons were dropped on request, by reason.
        public var dropped: [String: Int] = [:]
        /// How comparisons were made of records that are none; nil where each is one.
        public var made: String?
    }

    /// The files.
    public internal(set) var sources: [Source] = []
    /// The text of each item; empty where items are numbers only.
    public internal(set) var answers: [String] = []
    /// The texts of the prompts.
    public internal(set) var prompts: [String] = []
    /// For each item the place of its prompt, or -1.
    public internal(set) var promptOf: [Int] = []
    /// The id of each item, where pairs name them.
    public internal(set) var ids: [String] = []
    /// A row of numbers for each item; nil where items are texts only.
    public internal(set) var numbers: FeatureMatrix?
    /// What the columns of the numbers are called; empty for embeddings.
    public internal(set) var columns: [String] = []
    /// The first item of each comparison.
    public internal(set) var left: [Int] = []
    /// The second.
    public internal(set) var right: [Int] = []
    /// The probability with which the first was preferred.
    public internal(set) var labels: [Double] = []
    /// How much each comparison counts.
    public internal(set) var weights: [Double] = []
    /// By how much the chosen should lead.
    public internal(set) var margins: [Double] = []
    /// Who judged.
    public internal(set) var judges: [String?] = []
    /// What each belongs to.
    public internal(set) var groups: [String?] = []
    /// The line of each comparison.
    public internal(set) var lines: [Int] = []
    /// The place of its file in `sources`.
    public internal(set) var files: [Int] = []
    /// For each item its rating on each quality, the mean where it was rated more than once, or not a number.
    public internal(set) var ratings: [[Double]]?
    /// The names of the qualities.
    public internal(set) var qualities: [String] = []

    init() {}

    /// The number of comparisons.
    public var count: Int { left.count }
    /// The number of items.
    public var items: Int { promptOf.count }

    /// Where a comparison stands, as "pairs.jsonl, line 7".
    public func place(of comparison: Int) -> String {
        "\(sources[files[comparison]].path), line \(lines[comparison])"
    }

    /// The features to begin with: words for texts, the numbers for numbers.
    public var recipe: FeatureRecipe {
        guard let numbers else { return FeatureRecipe(.hashed(HashedNGrams())) }
        return FeatureRecipe(
            columns.isEmpty ? .embeddings(width: max(1, numbers.columns)) : .columns(columns))
    }

    /// The comparisons without features, to be split.
    public func comparisons() throws -> ComparisonSet {
        try comparisons(of: named(ItemSet(features: FeatureMatrix(rows: items, columns: 0, values: []))))
    }

    /// The comparisons with the features of a recipe, which learns from all of them.
    ///
    /// A recipe that learns (`.tfidf`) should learn from the training part only: see `fitted(_:on:encoder:)`.
    public func comparisons(_ recipe: FeatureRecipe, encoder: TextEncoder? = nil) throws -> ComparisonSet {
        try comparisons(try fitted(recipe, encoder: encoder))
    }

    /// The comparisons with features.
    public func comparisons(_ features: FittedFeatures) throws -> ComparisonSet {
        try comparisons(of: try items(features))
    }

    /// Learns a recipe from the texts of some of the comparisons; of all unless given.
    ///
    /// - Parameter training: Comparisons of these items, such as the training part of a split.
    public func fitted(
        _ recipe: FeatureRecipe, on training: ComparisonSet? = nil, encoder: TextEncoder? = nil
    ) throws -> FittedFeatures {
        guard recipe.source.readsTexts, !answers.isEmpty else {
            return try recipe.fitted(to: [], encoder: encoder)
        }
        var (isUsed, isAsked) = (
            [Bool](repeating: training == nil, count: items), [Bool](repeating: false, count: prompts.count)
        )
        if let training { for item in training.left + training.right { isUsed[item] = true } }
        for item in 0..<items where isUsed[item] && promptOf[item] >= 0 { isAsked[promptOf[item]] = true }
        return try recipe.fitted(
            to: (0..<items).filter { isUsed[$0] }.map { answers[$0] }
                + prompts.indices.filter { isAsked[$0] }.map { prompts[$0] }, encoder: encoder)
    }

    /// The items with features.
    public func items(_ features: FittedFeatures) throws -> ItemSet {
        switch features.recipe.source {
        case .hashed, .tfidf, .traits, .encoder:
            guard !answers.isEmpty else {
                throw LearningError.data(
                    "the features are those of texts, and \(sources.map(\.path).joined(separator: ", ")) holds numbers"
                )
            }
            return named(try features.items(answers: answers, prompt: promptOf, prompts: prompts))
        case .columns(let names):
            let numbers = try requireNumbers()
            guard columns != names else { return named(ItemSet(features: numbers), columns: names) }
            let places = try names.map { name in
                guard let place = columns.firstIndex(of: name) else {
                    throw LearningError.unknown(kind: "column", name: name, known: columns)
                }
                return place
            }
            var values: [Double] = []
            values.reserveCapacity(items * places.count)
            for item in 0..<items {
                let row = numbers.row(item)
                for place in places { values.append(row[place]) }
            }
            return named(
                ItemSet(features: try FeatureMatrix(rows: items, columns: names.count, values: values)),
                columns: names)
        case .embeddings(let width):
            let numbers = try requireNumbers()
            guard numbers.columns == width else {
                throw LearningError.data(
                    "the items have \(numbers.columns) numbers each, and \(width) are asked for")
            }
            return named(ItemSet(features: numbers))
        }
    }

    private func requireNumbers() throws -> FeatureMatrix {
        guard let numbers else {
            throw LearningError.data(
                "the features are numbers, and \(sources.map(\.path).joined(separator: ", ")) holds texts")
        }
        return numbers
    }

    /// With names, prompts and ratings.
    private func named(_ items: ItemSet, columns: [String] = []) -> ItemSet {
        var items = items
        if !columns.isEmpty { items.featureNames = columns }
        if !ids.isEmpty {
            items.names = ids
        } else if items.names.isEmpty {
            items.names = answers.map { FittedFeatures.shortened($0) }
        }
        if !prompts.isEmpty {
            items.prompts = promptOf
            items.promptNames = prompts.map { FittedFeatures.shortened($0) }
        }
        items.ratings = ratings
        items.qualities = qualities
        return items
    }

    private func comparisons(of items: ItemSet) throws -> ComparisonSet {
        var data = try ComparisonSet(items: items, left: left, right: right, labels: labels)
        data.weights = weights
        data.margins = margins
        try data.setJudges(judges)
        try data.setGroups(groups)
        return data
    }
}
