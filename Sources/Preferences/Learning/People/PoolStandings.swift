import Kernels

/// How a thing fares against a pool of others.
public struct PoolStanding: Sendable, Hashable {
    /// The mean log-odds of being preferred to one of the pool.
    public let score: Double
    /// The mean probability of being preferred, from 0 to 1.
    public let reward: Double
}

extension PreferencePredictor {
    /// How each item fares against a pool, for somebody.
    ///
    /// The mean probability is a reward on one scale for all people, where the model's own scores may have another scale for
    /// each (self-play, as in Poddar et al., "Personalizing Reinforcement Learning from Human Feedback with Variational
    /// Preference Learning", 2024). Over the pool itself it averages 1/2, and is 1/2 everywhere for who has no
    /// preferences. An item that is in the pool meets itself with the score 0. For models whose preferences go in circles
    /// the standing is what is left of a ranking.
    ///
    /// ```swift
    /// let rewards = try model.standings(of: answers, for: .judge("ann")).map(\.reward)
    /// ```
    ///
    /// - Parameter pool: what items are held against; they themselves unless given. Features and prompts are as those of the
    ///   items.
    /// - Throws: as `predict` does.
    /// - Complexity: O(items · pool).
    public func standings(
        of items: ItemSet, against pool: ItemSet? = nil, for audience: Audience = .everyone
    ) throws -> [PoolStanding] {
        let count = items.count
        let others = pool?.count ?? count
        guard others > 0 else { throw LearningError.data("the pool to stand against is empty") }
        var all = items
        if let pool {
            guard pool.features.columns == items.features.columns else {
                throw LearningError.data(
                    "the pool has \(pool.features.columns) features, the items \(items.features.columns)")
            }
            guard pool.prompts.isEmpty, items.prompts.isEmpty else {
                throw LearningError.data("items of prompts are held against one another, not against a pool")
            }
            all = ItemSet(features: items.features.appending(pool.features))
        }
        let start = pool == nil ? 0 : count
        var (left, right): ([Int], [Int]) = ([], [])
        for item in 0..<count {
            for other in 0..<others where start + other != item {
                left.append(item)
                right.append(start + other)
            }
        }
        let pairs = try ComparisonSet(
            items: all, left: left, right: right, labels: left.map { _ in 0.5 })
        let predictions = try predict(pairs, for: audience)
        var scores = [Double](repeating: 0, count: count)
        var rewards = [Double](repeating: pool == nil ? 0.5 : 0, count: count)
        for (item, prediction) in zip(left, predictions) {
            scores[item] += prediction.value
            rewards[item] += prediction.probability
        }
        return zip(scores, rewards).map {
            PoolStanding(score: $0 / Double(others), reward: $1 / Double(others))
        }
    }
}
