import Foundation
import Kernels

/// Finds the arm that wins most comparisons while it asks for few comparisons of bad ones.
///
/// Source: Wu and Liu, "Double Thompson Sampling for Dueling Bandits" (2016). With Bᵢⱼ the number of
/// times i has beaten j, nᵢⱼ = Bᵢⱼ + Bⱼᵢ and the bounds
///
///     uᵢⱼ, lᵢⱼ = Bᵢⱼ/nᵢⱼ ± √(α log t / nᵢⱼ),   uᵢⱼ = 1, lᵢⱼ = 0 where nᵢⱼ = 0,
///
/// the first arm is one that, by the upper bounds, may beat the most others (a Copeland winner), and
/// among these the one that beats the most in a draw θᵢⱼ ~ Beta(Bᵢⱼ + 1, Bⱼᵢ + 1). The second is the one
/// with the largest fresh draw of beating the first, among those that are not known to lose to it (lᵢ ≤
/// ½). The winner is at last compared with itself.
///
/// The regret grows like K² log T in general, and like K log T + K² log log T where one arm beats all
/// others. No order of the arms is assumed: preferences may be cyclic. Not for very many arms, which are
/// learnt pair by pair; `NeuralDuelingBandit` learns from their features. The probability of a duel has no closed form:
/// `propensity` is always 1 here, and does not serve to weigh a log.
///
/// - Complexity: O(K²) for a choice, O(1) for an outcome.
///
/// ```swift
/// var policy = DoubleThompson(arms: 4)
/// let decision = policy.choose(BanditContext())
/// policy.learn(decision, 1)      // the first was preferred
/// print(policy.winner)
/// ```
public struct DoubleThompson: DuelPolicy, Hashable {
    public static let id = "double-thompson"

    /// The number of arms.
    public let arms: Int
    /// The width α of the bounds.
    public let exploration: Double
    public var journal: Journal
    /// The number of times that arm i has beaten arm j, at `i * arms + j`; a tie is half a win for each.
    public private(set) var wins: [Double]

    /// Creates a policy that has seen nothing.
    ///
    /// - Parameters:
    ///   - arms: The number of arms, at least 1.
    ///   - exploration: The width of the bounds, above 0.5 for the guarantee.
    ///   - seed: The seed.
    public init(arms: Int, exploration: Double = 0.6, seed: UInt64 = 1) {
        precondition(arms > 0, "a bandit needs at least one arm")
        precondition(exploration > 0, "exploration must be positive")
        self.arms = arms
        self.exploration = exploration
        journal = Journal(seed: seed)
        wins = [Double](repeating: 0, count: arms * arms)
    }

    /// The bounds of the probability that one arm beats another.
    ///
    /// - Parameter round: The number t of the decision, from 1 on.
    public func bounds(of i: Int, over j: Int, round: Int) -> (lower: Double, upper: Double) {
        if i == j { return (0.5, 0.5) }
        let (won, lost) = (wins[i * arms + j], wins[j * arms + i])
        let n = won + lost
        guard n > 0 else { return (0, 1) }
        let width = (exploration * log(Double(max(round, 1))) / n).squareRoot()
        return (won / n - width, won / n + width)
    }

    /// The arm that has won most: the number of arms that it has beaten more often than not, then its
    /// share of all its duels.
    public var winner: Int {
        var best = (arm: 0, beaten: -1, share: -1.0)
        for i in 0..<arms {
            var beaten = 0, won = 0.0, total = 0.0
            for j in 0..<arms where j != i {
                let (w, l) = (wins[i * arms + j], wins[j * arms + i])
                if w > l { beaten += 1 }
                won += w
                total += w + l
            }
            let share = total > 0 ? won / total : 0
            if (beaten, share) > (best.beaten, best.share) { best = (i, beaten, share) }
        }
        return best.arm
    }

    public mutating func decide(
        _ context: BanditContext, random: inout CounterRandom
    ) -> PolicyDecision<BanditContext, Duel<Int>> {
        let choices = context.choices(of: arms)
        // Duels that were decided elsewhere count as rounds too.
        let round = max(journal.decided, Int(wins.reduce(0, +)) + 1)
        // The arms that may beat the most others, and among them the one that does so in a draw.
        let reach = choices.map { i in
            choices.reduce(0) { $0 + ($1 != i && bounds(of: i, over: $1, round: round).upper > 0.5 ? 1 : 0) }
        }
        let most = reach.max()!
        var beaten = [Int](repeating: 0, count: choices.count)
        for a in choices.indices {
            for b in 0..<a {
                let drawn = draw(choices[a], over: choices[b], &random)
                if drawn > 0.5 { beaten[a] += 1 } else if drawn < 0.5 { beaten[b] += 1 }
            }
        }
        let first = choices[
            Self.randomMaximum(choices.indices.map { reach[$0] == most ? Double(beaten[$0]) : -1 }, &random)]
        let draws = choices.map { i in
            i == first
                ? 0.5
                : bounds(of: i, over: first, round: round).lower <= 0.5 ? draw(i, over: first, &random) : -1
        }
        let second = choices[Self.randomMaximum(draws, &random)]
        return PolicyDecision(context: context, action: Duel(first, second))
    }

    public mutating func update(_ decision: PolicyDecision<BanditContext, Duel<Int>>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "a duel's outcome lies between 0 and 1")
        let (i, j) = (decision.action.first, decision.action.second)
        guard i != j else { return }
        wins[i * arms + j] += outcome
        wins[j * arms + i] += 1 - outcome
    }

    /// A draw of the probability that one arm beats another.
    private func draw(_ i: Int, over j: Int, _ random: inout CounterRandom) -> Double {
        let x = random.gamma(shape: wins[i * arms + j] + 1), y = random.gamma(shape: wins[j * arms + i] + 1)
        return x / (x + y)
    }

    /// The place of the largest value, drawn where several are.
    private static func randomMaximum(_ values: [Double], _ random: inout CounterRandom) -> Int {
        let largest = values.max()!
        let places = values.indices.filter { values[$0] == largest }
        return places.count == 1 ? places[0] : places[random.below(places.count)]
    }
}
