/// Bets against every low value on a grid, and remembers which of them the data have refuted.
///
/// A row with weight w and reward r in [0, 1] gives the pseudo-outcome φ, whose mean is the value m to be found and
/// which is at least −f, whatever the row holds:
///
///     value:       φ = w r − b (w − 1),     f = b (W − 1)
///     difference:  φ = (w − 1)(r − b),      f = max(1 − b, b (W − 1))
///
/// with the baseline b = 0, or, where weights have a known bound W, also b = the mean reward so far, which takes the
/// noise of the weights away. Each bettor's capital grows by the factor 1 + min(λ, c/(m + f)) (φ − m) ≥ 1 − c. Their
/// mean falls in m, so that what is refuted is everything below one point of the grid.
struct BetLadder: Sendable, Hashable, Codable {
    private let difference: Bool
    private let largestWeight: Double?
    private let largestLoss: Double
    private let alpha: Double
    private let lowest: Double
    private let step: Double
    /// The capital of each bettor, one after the other, at each point of the grid.
    private var capital: [Double]
    private var plans: [StakePlan]
    private var weightSum = 0.0
    private var rewardSum = 0.0
    /// How many points of the grid are refuted.
    private(set) var refuted = 0
    /// The number of points of the grid.
    let points: Int

    init(difference: Bool, largestWeight: Double?, largestLoss: Double, alpha: Double, resolution: Int) {
        self.difference = difference
        self.largestWeight = largestWeight
        self.largestLoss = largestLoss
        self.alpha = alpha
        lowest = difference ? -1 : 0
        points = (difference ? 2 : 1) * resolution + 1
        step = 1 / Double(resolution)
        let bettors = largestWeight == nil ? 1 : 2
        capital = [Double](repeating: 1 / Double(bettors), count: bettors * points)
        plans = [StakePlan](repeating: StakePlan(alpha: alpha), count: bettors)
    }

    /// The largest value that is refuted, which the truth is at least; the lowest possible one where none is.
    var bound: Double { lowest + step * Double(max(0, refuted - 1)) }

    /// Takes in a row.
    ///
    /// - Parameter open: Only points below this number are still of interest; it may fall from row to row but not rise.
    mutating func add(weight: Double, reward: Double, open: Int) {
        let mean = (0.5 + rewardSum) / (1 + weightSum)
        for bettor in plans.indices {
            let baseline = bettor == 0 ? 0 : min(1, max(0, mean))
            let slack = bettor == 0 ? 0 : baseline * ((largestWeight ?? 1) - 1)
            let outcome =
                difference ? (weight - 1) * (reward - baseline) : weight * reward - baseline * (weight - 1)
            let floor = difference ? max(1 - baseline, slack) : slack
            let stake = plans[bettor].stake
            let (first, loss, lowest, step) = (refuted, largestLoss, lowest, step)
            let offset = bettor * points
            capital.withUnsafeMutableBufferPointer { capital in
                for point in first..<max(first, open) {
                    let value = lowest + step * Double(point)
                    capital[offset + point] *= 1 + min(stake, loss / (value + floor)) * (outcome - value)
                }
            }
            plans[bettor].add(outcome)
        }
        weightSum += weight
        rewardSum += weight * reward
        while refuted < open, total(refuted) * alpha >= 1 { refuted += 1 }
    }

    /// The capital of all bettors against a point.
    private func total(_ point: Int) -> Double {
        var sum = 0.0
        for bettor in plans.indices { sum += capital[bettor * points + point] }
        return sum
    }
}
