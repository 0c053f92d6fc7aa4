/// Comparisons of things that features describe: what preference models learn from and are asked about.
///
/// Columns of equal length, one entry for each comparison. Wherever a comparison has no judge or group, its entry is -1.
///
/// ```swift
/// let items = try ItemSet(features: FeatureMatrix([[1, 0], [0, 1], [1, 1]]))
/// var data = try ComparisonSet(items: items, left: [0, 2], right: [1, 1], labels: [1, 0.5])
/// try data.setJudges(["ann", "ben"])
/// ```
public struct ComparisonSet: Sendable, Hashable {
    /// The things compared.
    public var items: ItemSet
    /// The first item of each comparison.
    public private(set) var left: [Int]
    /// The second item.
    public private(set) var right: [Int]
    /// The probability with which the first was preferred: 1, 0, 0.5 for a tie, or between.
    public var labels: [Double]
    /// How much each comparison counts; 1 unless said otherwise.
    public var weights: [Double]
    /// By how much the chosen should lead: the loss is taken at d − margin, d being the difference of scores towards the
    /// chosen one. 0 unless said otherwise.
    public var margins: [Double]
    /// The place of each judge in `judgeNames`.
    public private(set) var judges: [Int]
    /// The judges' names.
    public private(set) var judgeNames: [String] = []
    /// The place of each group in `groupNames`.
    public private(set) var groups: [Int]
    /// The groups' names: of judges, of data sources, of anything that must not be averaged away.
    public private(set) var groupNames: [String] = []

    /// Creates comparisons.
    ///
    /// - Throws: `LearningError.data` where an item is compared with itself or does not exist, a label is outside 0...1,
    ///   or two columns have different lengths.
    public init(items: ItemSet, left: [Int], right: [Int], labels: [Double]) throws {
        guard left.count == right.count, left.count == labels.count else {
            throw LearningError.data(
                "\(left.count) first items, \(right.count) second ones and \(labels.count) labels; "
                    + "a comparison has one of each")
        }
        for place in left.indices {
            for item in [left[place], right[place]] where !(0..<items.count).contains(item) {
                throw LearningError.data(
                    "comparison \(place + 1) names item \(item + 1), and there are \(items.count)")
            }
            guard left[place] != right[place] else {
                throw LearningError.data(
                    "comparison \(place + 1) is of \(items.name(left[place])) with itself")
            }
            guard (0...1).contains(labels[place]) else {
                throw LearningError.data(
                    "the label of comparison \(place + 1) is \(labels[place]); it is the probability, from 0 to 1, "
                        + "that the first was preferred")
            }
        }
        self.items = items
        self.left = left
        self.right = right
        self.labels = labels
        weights = [Double](repeating: 1, count: left.count)
        margins = [Double](repeating: 0, count: left.count)
        judges = [Int](repeating: -1, count: left.count)
        groups = judges
    }

    /// Creates comparisons of pairs of rows: the items are all first ones, then all second ones.
    ///
    /// - Throws: `LearningError.data` as the other does, and where the two have different numbers of rows or columns.
    public init(first: FeatureMatrix, second: FeatureMatrix, labels: [Double]) throws {
        guard first.columns == second.columns else {
            throw LearningError.data(
                "the first items have \(first.columns) features, the second ones \(second.columns)")
        }
        guard first.rows == second.rows else {
            throw LearningError.data("there are \(first.rows) first items and \(second.rows) second ones")
        }
        try self.init(
            items: ItemSet(features: first.appending(second)), left: Array(0..<first.rows),
            right: Array(first.rows..<2 * first.rows), labels: labels)
    }

    /// The number of comparisons.
    public var count: Int { left.count }

    /// Says who judged each comparison, by name; nil for nobody known.
    public mutating func setJudges(_ names: [String?]) throws {
        (judges, judgeNames) = try Self.places(of: names, count: count, what: "judges")
    }

    /// Says which group each comparison belongs to, by name; nil for none.
    public mutating func setGroups(_ names: [String?]) throws {
        (groups, groupNames) = try Self.places(of: names, count: count, what: "groups")
    }

    /// The place of the prompt that a comparison is about, or nil.
    public func prompt(_ comparison: Int) -> Int? { items.prompt(left[comparison]) }

    /// Some of the comparisons, in the order asked for; a place may come more than once. Items and names are all kept.
    public func selecting(_ places: [Int]) -> ComparisonSet {
        var result = self
        result.left = places.map { left[$0] }
        result.right = places.map { right[$0] }
        result.labels = places.map { labels[$0] }
        result.weights = places.map { weights[$0] }
        result.margins = places.map { margins[$0] }
        result.judges = places.map { judges[$0] }
        result.groups = places.map { groups[$0] }
        return result
    }

    /// The same comparisons seen from the other side.
    public func swapped() -> ComparisonSet {
        var result = self
        (result.left, result.right) = (right, left)
        result.labels = labels.map { 1 - $0 }
        return result
    }

    /// The difference of the two items' features, for each comparison.
    public func differences() -> FeatureMatrix { PairDifferences.matrix(self) }

    /// The first items, one row for each comparison.
    public var first: FeatureMatrix { items.features.selecting(left) }

    /// The second items, one row for each comparison.
    public var second: FeatureMatrix { items.features.selecting(right) }

    /// Requires as many features as a model has learnt from.
    func require(features: Int) throws {
        guard items.features.columns == features else {
            throw LearningError.data(
                "the items have \(items.features.columns) features, the model has learnt from \(features)")
        }
    }

    private static func places(of names: [String?], count: Int, what: String) throws -> ([Int], [String]) {
        guard names.count == count else {
            throw LearningError.data("\(names.count) \(what) for \(count) comparisons")
        }
        var known: [String: Int] = [:]
        var list: [String] = []
        let places = names.map { name -> Int in
            guard let name else { return -1 }
            if let place = known[name] { return place }
            known[name] = list.count
            list.append(name)
            return list.count - 1
        }
        return (places, list)
    }
}
