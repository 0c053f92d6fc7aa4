import Foundation

/// How to spend observations where changing arms costs one unit: how many batches, and what to look at in
/// each.
///
/// Source: Cheng, Zhou and Ji, "Understanding the Role of Feedback in Online Learning with Switching Costs"
/// (2023). With T rounds, K arms and N batches, the expected regret including switches is at most
///
///     all, or the others:   (9/8)·T·√(log K/N) + √(N·log K),   η = √(log K/N),
///     the played arm:       T·√(2K·log K/N) + N,               η = √(2·log K/(N·K)).
///
/// A budget of B observations in all gives N = B/K batches in which every arm is observed, or N ≤ B with the
/// played arm alone; B extra observations beside the free one of the played arm give N = B/(K − 1), or any N
/// without them. The plan is the one with the least bound. In the worst case extra observations begin to pay
/// at about T^(2/3); where losses are benign they help before.
///
/// ```swift
/// let plan = SwitchingPlan(arms: 4, horizon: 20_000, budget: .total(12_800))
/// print(plan.estimator, plan.batches, plan.predictedRegret)
/// ```
public struct SwitchingPlan: Sendable, Hashable, Codable {
    /// What is observed in the one round of each batch that is looked at.
    public enum Estimator: String, Sendable, Hashable, Codable, CaseIterable {
        /// The losses of all arms.
        case all
        /// The losses of the arms that are not played, beside the played arm's, which is free.
        case others
        /// The loss of the played arm alone.
        case played
    }

    /// What observations cost.
    public enum Budget: Sendable, Hashable {
        /// So many losses in all; that of the played arm counts too.
        case total(Int)
        /// So many losses beside those of the played arms, which are free.
        case extra(Int)
    }

    /// The number of arms K.
    public let arms: Int
    /// The number of rounds T.
    public let horizon: Int
    /// What is observed.
    public let estimator: Estimator
    /// The number of batches N.
    public let batches: Int
    /// The learning rate η.
    public let eta: Double

    /// The plan with the least bound for a budget.
    ///
    /// - Precondition: at least 2 arms, 1 round, and a budget of at least one observation in all, or 0 extra.
    public init(arms: Int, horizon: Int, budget: Budget) {
        let k = Double(arms), t = Double(horizon)
        // The number of batches at which the played arm's bound is least.
        let best = Int(pow(t * (k * log(k) / 2).squareRoot(), 2.0 / 3).rounded())
        var plans: [SwitchingPlan] = []
        func add(_ estimator: Estimator, _ batches: Int) {
            guard batches > 0 else { return }
            plans.append(
                SwitchingPlan(
                    arms: arms, horizon: horizon, estimator: estimator, batches: min(batches, horizon)))
        }
        switch budget {
        case .total(let count):
            precondition(count > 0, "a plan needs at least one observation")
            add(.played, max(1, min(best, count)))
            add(.all, count / arms)
        case .extra(let count):
            precondition(count >= 0, "a budget cannot be negative")
            add(.played, max(1, best))
            add(.others, count / max(arms - 1, 1))
        }
        self = plans.min { $0.predictedRegret < $1.predictedRegret }!
    }

    /// A plan of one's own.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 2.
    ///   - horizon: The number of rounds T.
    ///   - estimator: What is observed in each batch.
    ///   - batches: The number of batches, in 1...horizon.
    ///   - eta: The learning rate, positive; `nil` for the one of the bound.
    public init(arms: Int, horizon: Int, estimator: Estimator, batches: Int, eta: Double? = nil) {
        precondition(arms > 1 && horizon > 0, "a plan needs at least two arms and one round")
        precondition(batches > 0 && batches <= horizon, "the number of batches lies in 1...horizon")
        precondition(eta.map { $0 > 0 } ?? true, "eta must be positive")
        self.arms = arms
        self.horizon = horizon
        self.estimator = estimator
        self.batches = batches
        let k = Double(arms), n = Double(batches)
        self.eta = eta ?? (estimator == .played ? 2 * log(k) / (n * k) : log(k) / n).squareRoot()
    }

    /// The bound on the expected regret, switches included, with the learning rate of the bound.
    public var predictedRegret: Double {
        let k = Double(arms), t = Double(horizon), n = Double(batches)
        switch estimator {
        case .all, .others: return 1.125 * t * (log(k) / n).squareRoot() + (n * log(k)).squareRoot()
        case .played: return t * (2 * k * log(k) / n).squareRoot() + n
        }
    }

    /// The number of losses that have to be paid for.
    public var observations: Int {
        switch estimator {
        case .all: batches * arms
        case .others: batches * (arms - 1)
        case .played: batches
        }
    }

    /// The first round of a batch.
    public func start(ofBatch batch: Int) -> Int {
        let (high, low) = batch.multipliedFullWidth(by: horizon)
        return batches.dividingFullWidth((high, low)).quotient
    }
}
