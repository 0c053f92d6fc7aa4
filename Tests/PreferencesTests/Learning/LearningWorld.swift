import Kernels

@testable import Preferences

/// Comparisons with a known truth.
enum LearningWorld {
    /// Items with normal features, compared at random, answered as Bradley–Terry with utility w·x.
    static func linear(
        _ weights: [Double], items: Int = 200, count: Int = 400, judges: Int = 0, seed: UInt64 = 1
    ) throws -> ComparisonSet {
        var random = CounterRandom(seed: seed)
        let rows = (0..<items).map { _ in weights.map { _ in random.normal() } }
        var (left, right, labels, names): ([Int], [Int], [Double], [String?]) = ([], [], [], [])
        for _ in 0..<count {
            let a = random.below(items)
            let b = (a + 1 + random.below(items - 1)) % items
            let d = zip(weights, zip(rows[a], rows[b])).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            left.append(a)
            right.append(b)
            labels.append(random.bernoulli(Special.logistic(d)) ? 1 : 0)
            names.append(judges > 0 ? "judge \(random.below(judges) + 1)" : nil)
        }
        var data = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix(rows)), left: left, right: right, labels: labels)
        try data.setJudges(names)
        return data
    }
}
