/// How often each action was tried, and what it paid on average.
struct QueryRecord: Sendable, Hashable, Codable {
    private(set) var counts: [Double]
    private(set) var means: [Double]

    init(actions: Int) {
        counts = [Double](repeating: 0, count: actions)
        means = counts
    }

    mutating func add(_ action: Int, _ reward: Double) {
        precondition(reward.isFinite, "a reward must be a finite number")
        counts[action] += 1
        means[action] += (reward - means[action]) / counts[action]
    }

    /// The action of the best average among those tried often enough.
    func best(among actions: some Sequence<Int>, atLeast tries: Double) -> Int? {
        var best: Int?
        for action in actions
        where counts[action] >= tries && means[action] > (best.map { means[$0] } ?? -.infinity) {
            best = action
        }
        return best
    }
}
