import Kernels

/// Plays every available arm equally often and learns nothing: what any policy has to beat.
///
/// - Complexity: O(K) for a choice.
///
/// ```swift
/// var policy = UniformChoice(arms: 4)
/// print(policy.choose(BanditContext()).propensity)   // 0.25
/// ```
public struct UniformChoice: ArmPolicy, Hashable {
    public static let id = "uniform"

    public let arms: Int?
    public var journal: Journal

    /// Creates the policy.
    ///
    /// - Parameters:
    ///   - arms: The number of arms; `nil` where the contexts' `armFeatures` say it.
    ///   - seed: The seed of the draws.
    public init(arms: Int?, seed: UInt64 = 1) {
        precondition(arms.map { $0 > 0 } ?? true, "a bandit needs at least one arm")
        self.arms = arms
        journal = Journal(seed: seed)
    }

    public func propensities(_ context: BanditContext, into p: inout [Double], random: inout CounterRandom) {
        let choices = context.choices(of: p.count)
        for arm in choices { p[arm] = 1 / Double(choices.count) }
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Int>, _ outcome: Double) {}
}
