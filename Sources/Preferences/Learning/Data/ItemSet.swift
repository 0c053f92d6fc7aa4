/// Things that are scored: answers to prompts, or anything else that features describe.
///
/// ```swift
/// let items = try ItemSet(features: FeatureMatrix([[0.2, 1.0], [0.4, 0.0]]), names: ["a", "b"])
/// ```
public struct ItemSet: Sendable, Hashable {
    /// One row for each item; where there are prompts, of the answer together with its prompt.
    public var features: FeatureMatrix
    /// The items' names; empty where they have none.
    public var names: [String] = []
    /// What the features are called, where each means something by itself; empty otherwise.
    public var featureNames: [String] = []
    /// The place of each item's prompt in `promptNames`, -1 for none; empty where no item has one.
    public var prompts: [Int] = []
    /// The prompts' names (their text, if short).
    public var promptNames: [String] = []
    /// One row for each prompt, of the prompt alone; nil where they have no features.
    public var promptFeatures: FeatureMatrix?
    /// One row for each item, one column for each quality; not a number where it was not rated. Nil without ratings.
    public var ratings: [[Double]]?
    /// The names of the qualities.
    public var qualities: [String] = []

    /// Creates items without prompts.
    public init(features: FeatureMatrix, names: [String] = []) {
        precondition(names.isEmpty || names.count == features.rows, "a name for each item, or none")
        self.features = features
        self.names = names
    }

    /// The number of items.
    public var count: Int { features.rows }

    /// The place of an item's prompt, or nil.
    public func prompt(_ item: Int) -> Int? { prompts.isEmpty || prompts[item] < 0 ? nil : prompts[item] }

    /// What an item is called in messages.
    public func name(_ item: Int) -> String { names.isEmpty ? "item \(item + 1)" : names[item] }

    /// Some of the items, in the order asked for; all prompts are kept.
    public func selecting(_ indices: [Int]) -> ItemSet {
        var result = self
        result.features = features.selecting(indices)
        if !names.isEmpty { result.names = indices.map { names[$0] } }
        if !prompts.isEmpty { result.prompts = indices.map { prompts[$0] } }
        if let ratings { result.ratings = indices.map { ratings[$0] } }
        return result
    }

    /// The features of each item's prompt, for models that look at prompts.
    ///
    /// - Throws: `LearningError.data` where an item has no prompt or prompts have no features.
    public func contexts() throws -> FeatureMatrix {
        guard let promptFeatures else {
            throw LearningError.data("the prompts have no features of their own, which this model needs")
        }
        return promptFeatures.selecting(
            try (0..<count).map {
                guard let prompt = prompt($0) else {
                    throw LearningError.data("\(name($0)) has no prompt, and this model looks at prompts")
                }
                return prompt
            })
    }
}
