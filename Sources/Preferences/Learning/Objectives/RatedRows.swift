import Kernels

/// The rated items that a method may learn from: those that the comparisons name, and those given besides.
struct RatedRows {
    let features: FeatureMatrix
    /// Ratings with mean 0 and standard deviation 1 for each quality; not a number where there is none.
    let ratings: [[Double]]
    let qualities: [String]
    /// The mean and the standard deviation of each quality's ratings.
    let means: [Double]
    let scales: [Double]
    /// The prompt of each row, or a number of its own.
    let units: [Int]
    let limits: [String]

    init(_ data: ComparisonSet, with further: ItemSet?) throws {
        let items = data.items
        var isNamed = [Bool](repeating: false, count: items.count)
        for item in data.left + data.right { isNamed[item] = true }
        var features: FeatureMatrix?
        var ratings: [[Double]] = []
        var units: [Int] = []
        var limits: [String] = []
        qualities = items.ratings == nil ? further?.qualities ?? [] : items.qualities
        if let all = items.ratings {
            let rows = items.features.rows == 0 ? [] : (0..<items.count).filter { Self.isRated(all[$0]) }
            let named = rows.filter { isNamed[$0] }
            if named.count < rows.count {
                limits.append(
                    "\(rows.count - named.count) rated items are in no comparison that is learnt from, "
                        + "and their ratings were not used")
            }
            features = items.features.selecting(named)
            ratings = named.map { all[$0] }
            units = named.map { items.prompt($0) ?? items.promptNames.count + $0 }
        }
        if let further, let all = further.ratings {
            guard further.qualities == qualities else {
                throw LearningError.data(
                    "the rated items have the qualities \(further.qualities), those compared \(qualities)")
            }
            guard further.features.columns == items.features.columns else {
                throw LearningError.data(
                    "the rated items have \(further.features.columns) features, those compared "
                        + "\(items.features.columns)")
            }
            let rows = (0..<further.count).filter { Self.isRated(all[$0]) }
            let added = further.features.selecting(rows)
            let start = (units.max() ?? -1) + 1
            features = features.map { $0.appending(added) } ?? added
            ratings += rows.map { all[$0] }
            units += rows.map { start + (further.prompt($0) ?? further.promptNames.count + $0) }
        }
        for row in ratings where row.count != qualities.count {
            throw LearningError.data("an item has \(row.count) ratings for \(qualities.count) qualities")
        }
        guard let features, features.rows > 0 else {
            throw LearningError.data("none of the items compared has a rating")
        }
        var (means, scales) = ([Double](), [Double]())
        for (quality, name) in qualities.enumerated() {
            let known = ratings.map { $0[quality] }.filter { !$0.isNaN }
            guard known.allSatisfy(\.isFinite) else {
                throw LearningError.data("a rating of \(name.debugDescription) is infinite")
            }
            let scale = Statistics.variance(known, degreesRemoved: 0).squareRoot()
            guard known.count >= 2, scale > 0 else {
                throw LearningError.data(
                    "\(name.debugDescription) has \(known.count) ratings, all the same: nothing can be learnt from it; "
                        + "leave this quality out")
            }
            means.append(Statistics.mean(known))
            scales.append(scale)
        }
        self.features = features
        self.ratings = ratings.map { row in
            row.enumerated().map { ($1 - means[$0]) / scales[$0] }
        }
        (self.means, self.scales, self.units, self.limits) = (means, scales, units, limits)
    }

    private static func isRated(_ row: [Double]) -> Bool { row.contains { !$0.isNaN } }
}
