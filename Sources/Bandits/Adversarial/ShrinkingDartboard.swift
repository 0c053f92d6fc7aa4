import Foundation
import Kernels

/// Keeps to one arm for long, because changing arms costs, and looks at losses only as often as a budget
/// allows.
///
/// Source: Cheng, Zhou and Ji, "Understanding the Role of Feedback in Online Learning with Switching Costs"
/// (2023); Geulen, Vöcking and Winkler, "Regret Minimization for Online Buffering Problems Using the Weighted
/// Majority Algorithm" (2010) for the dartboard. The T rounds are cut into N batches. One arm is played
/// through a batch, in one round of which, drawn evenly, losses in [0, 1] are observed:
///
///     ℓ̂(a) = ℓ(a)  where all are seen,     ℓ̂(a) = ℓ(a)·1[a = played]/p(a)  where only the played arm's is,
///     w(a) = e^(−η·Σ ℓ̂(a)),
///     keep the arm with probability w_new(a)/w_old(a), otherwise draw anew from w_new/Σ w_new.
///
/// Whatever arm is kept, an arm's probability stays w/Σ w, the law of exponential weights, while about
/// η·(loss in the observed rounds) switches are expected. Where only the played arm is seen the arm is drawn
/// anew for each batch (EXP3 over batches). `SwitchingPlan` says how many batches a budget is worth, and what
/// regret to expect.
///
/// The action names the arms to look at; the outcome is their losses in this order, empty where none were
/// wanted. Outcomes may come late. The propensity is the arm's probability under the weights at its batch's
/// start.
///
/// - Complexity: O(1) for a round, O(K) at the start of a batch and for an observation.
///
/// ```swift
/// var learner = ShrinkingDartboard(SwitchingPlan(arms: 4, horizon: 1000, budget: .total(200)))
/// let decision = learner.choose()
/// learner.learn(decision, decision.action.observed.map { $0 == 2 ? 0.1 : 0.6 })
/// print(learner.switches, learner.observations)
/// ```
public struct ShrinkingDartboard: Policy, Hashable {
    public static let id = "switching-cost-feedback"

    /// How many batches there are and what is observed.
    public let plan: SwitchingPlan
    public var journal: Journal
    /// The estimated loss of each arm, in units of one round for each batch.
    public private(set) var losses: [Double]
    /// The number of times the arm was changed.
    public private(set) var switches = 0
    /// The number of losses that were asked for and have to be paid.
    public private(set) var observations = 0
    /// The arm being played; `nil` before the first round.
    public private(set) var arm: Int?
    /// The probability of each arm in the batch under way.
    public private(set) var law: [Double]

    /// The estimated losses when the arm was last drawn or kept.
    private var lossesAtLaw: [Double]
    private var round = 0
    private var batch = 0
    private var nextStart = 0
    private var looksAt = 0

    /// Creates a learner that has seen nothing.
    public init(_ plan: SwitchingPlan, seed: UInt64 = 1) {
        self.plan = plan
        journal = Journal(seed: seed)
        losses = [Double](repeating: 0, count: plan.arms)
        lossesAtLaw = losses
        law = [Double](repeating: 1 / Double(plan.arms), count: plan.arms)
    }

    /// The distribution of exponential weights after all losses seen.
    public var weights: [Double] { ExponentialWeights.distribution(losses, eta: plan.eta) }

    /// After the plan's last round the learner goes on in batches of the same length.
    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, ObservedPull> {
        if round == nextStart { beginBatch(&random) }
        let arm = arm!
        var pull = ObservedPull(arm: arm)
        if round == looksAt {
            pull.observed = plan.estimator == .played ? [arm] : Array(0..<plan.arms)
            observations += plan.estimator == .others ? plan.arms - 1 : pull.observed.count
        }
        round += 1
        return PolicyDecision(
            context: context, action: pull, propensity: law[arm], propensities: law, mark: batch - 1)
    }

    public mutating func update(
        _ decision: PolicyDecision<NoContext, ObservedPull>, _ outcome: [Double]
    ) {
        let observed = decision.action.observed
        precondition(outcome.count == observed.count, "\(outcome.count) losses for \(observed.count) arms")
        for (arm, loss) in zip(observed, outcome) {
            precondition(loss >= 0 && loss <= 1, "losses lie in 0...1")
            losses[arm] += plan.estimator == .played ? loss / decision.propensity : loss
        }
    }

    private mutating func beginBatch(_ random: inout CounterRandom) {
        let start = plan.start(ofBatch: batch)
        batch += 1
        nextStart = plan.start(ofBatch: batch)
        looksAt = start + random.below(nextStart - start)
        law = weights
        let next = nextArm(&random)
        if let arm, arm != next { switches += 1 }
        arm = next
        lossesAtLaw = losses
    }

    private func nextArm(_ random: inout CounterRandom) -> Int {
        if let arm, plan.estimator != .played {
            let kept = exp(-plan.eta * (losses[arm] - lossesAtLaw[arm]))
            if random.uniform() < kept { return arm }
        }
        return Arms.draw(law, at: random.uniform())
    }
}
