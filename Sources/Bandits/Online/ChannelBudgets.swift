import Foundation
import Kernels

/// Divides an advertising budget over channels that do not tell how they bid, and keeps to a return on the
/// money spent.
///
/// Source: Deng, Golrezaei, Jaillet, Liang and Mirrokni, "Multi-channel Autobidding with Budget and ROI
/// Constraints" (2023). Each period it sets a budget ρⱼ for each channel j, which then spends Dⱼ ≤ ρⱼ and
/// brings the value Vⱼ. The aim is
///
///     max Σⱼ E Vⱼ   with   Σⱼ E Vⱼ ≥ γ Σⱼ E Dⱼ   (return)   and   Σⱼ E Dⱼ ≤ ρ   (budget).
///
/// With prices λ and μ on the two constraints, budgets from a grid A, and the average values V̄ⱼ(a) and
/// spends D̄ⱼ(a) over nⱼ(a) periods,
///
///     ρⱼ = argmax_{a∈A} (1 + λ)(V̄ⱼ(a) + c√(2 log T/nⱼ(a))) − (λγ + μ)D̄ⱼ(a),        untried a first,
///     λ ← clip(λ − η(ΣVⱼ − γΣDⱼ), 0, C),   μ ← clip(μ − η(ρ − ΣDⱼ), 0, C),   η = 1/√T.
///
/// Setting budgets alone reaches the best of all divisions; setting a return for each channel alone can fall
/// short without bound. The average value is within O(M·T^(−1/3)) of the best for M channels, and the
/// constraints hold on average up to as much; in single periods, and early on, they do not.
///
/// - Complexity: O(M·|A|) for a choice, O(M) for an outcome.
///
/// ```swift
/// var policy = ChannelBudgets(channels: 2, maxBudget: 6, budget: 4, returnTarget: 1.2, horizon: 20_000)
/// let decision = policy.choose()                 // decision.action: a budget for each channel
/// policy.learn(decision, [ChannelResult(value: 3.1, spend: 2), ChannelResult(value: 1.2, spend: 1.8)])
/// print(policy.returnPrice, policy.budgetPrice, policy.averageBudgets)
/// ```
public struct ChannelBudgets: Policy, Hashable {
    public static let id = "sgd-ucb-autobidding"

    /// The number of channels M.
    public let channels: Int
    /// The budgets a channel can get, A.
    public let grid: [Double]
    /// The spend ρ of a period.
    public let budget: Double
    /// The value γ that each unit of money has to bring.
    public let returnTarget: Double
    /// The scale c of the bonus: the spread of one channel's value in a period, or less to converge faster.
    public let exploration: Double
    /// The largest price C.
    public let maxPrice: Double
    /// The number of periods T.
    public let horizon: Int
    public var journal: Journal
    /// The price λ of the return.
    public private(set) var returnPrice = 0.0
    /// The price μ of the budget.
    public private(set) var budgetPrice = 0.0
    /// The number of periods learnt.
    public private(set) var periods = 0
    private var counts: [Double]
    private var values: [Double]
    private var spends: [Double]
    private var budgetSums: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - channels: The number of channels M.
    ///   - maxBudget: The largest budget of one channel.
    ///   - levels: The number of budgets in the grid from 0 to the largest; `nil` for T^(1/3) + 1.
    ///   - budget: The spend ρ of a period.
    ///   - returnTarget: The value γ that each unit of money has to bring; 0 asks for none.
    ///   - exploration: The scale c of the bonus.
    ///   - maxPrice: The largest price C.
    ///   - horizon: The number of periods T.
    ///   - seed: Kept in the journal; nothing is random.
    public init(
        channels: Int, maxBudget: Double, levels: Int? = nil, budget: Double, returnTarget: Double = 0,
        exploration: Double = 1, maxPrice: Double = 8, horizon: Int, seed: UInt64 = 1
    ) {
        precondition(channels > 0, "there must be at least one channel")
        precondition(horizon > 1, "horizon must be at least 2")
        precondition(maxBudget > 0 && maxBudget.isFinite && budget >= 0, "budgets must be positive")
        precondition(returnTarget >= 0 && exploration >= 0 && maxPrice >= 0, "a setting is negative")
        let count = levels ?? Int(cbrt(Double(horizon)).rounded(.up)) + 1
        precondition(count > 1, "a grid needs at least two budgets")
        self.channels = channels
        grid = (0..<count).map { maxBudget * Double($0) / Double(count - 1) }
        self.budget = budget
        self.returnTarget = returnTarget
        self.exploration = exploration
        self.maxPrice = maxPrice
        self.horizon = horizon
        journal = Journal(seed: seed)
        counts = [Double](repeating: 0, count: channels * count)
        values = counts
        spends = counts
        budgetSums = [Double](repeating: 0, count: channels)
    }

    /// The average value that a channel brought with each budget of the grid, and the number of periods it
    /// had it.
    public func values(of channel: Int) -> [(mean: Double, count: Int)] {
        grid.indices.map { (values[channel * grid.count + $0], Int(counts[channel * grid.count + $0])) }
    }

    /// The average budget of each channel: what to play when learning is over.
    public var averageBudgets: [Double] { budgetSums.map { $0 / Double(max(periods, 1)) } }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Double]> {
        PolicyDecision(action: (0..<channels).map { grid[level($0)] })
    }

    public mutating func update(
        _ decision: PolicyDecision<NoContext, [Double]>, _ outcome: [ChannelResult]
    ) {
        precondition(
            outcome.count == channels && decision.action.count == channels,
            "a period needs a result of every channel")
        precondition(
            outcome.allSatisfy { $0.value.isFinite && $0.spend.isFinite }, "values and spends must be finite")
        var value = 0.0, spend = 0.0
        let spacing = grid[1]
        for (channel, result) in outcome.enumerated() {
            let level = Int((decision.action[channel] / spacing).rounded())
            let slot = channel * grid.count + min(max(level, 0), grid.count - 1)
            counts[slot] += 1
            values[slot] += (result.value - values[slot]) / counts[slot]
            spends[slot] += (result.spend - spends[slot]) / counts[slot]
            budgetSums[channel] += decision.action[channel]
            value += result.value
            spend += result.spend
        }
        periods += 1
        let eta = 1 / Double(horizon).squareRoot()
        returnPrice = min(max(returnPrice - eta * (value - returnTarget * spend), 0), maxPrice)
        budgetPrice = min(max(budgetPrice - eta * (budget - spend), 0), maxPrice)
    }

    /// The place in the grid that is worth most to a channel at the current prices.
    private func level(_ channel: Int) -> Int {
        let bonus = exploration * (2 * log(Double(horizon))).squareRoot()
        var best = 0
        var most = -Double.infinity
        for level in grid.indices {
            let slot = channel * grid.count + level
            guard counts[slot] > 0 else { return level }
            let value = values[slot] + bonus / counts[slot].squareRoot()
            let score = (1 + returnPrice) * value - (returnPrice * returnTarget + budgetPrice) * spends[slot]
            if score > most {
                most = score
                best = level
            }
        }
        return best
    }
}
