import Foundation
import Kernels

/// Says whether a decision maker learns: how its regret grew, and whether its regret per round kept falling.
///
/// Source: Park, Liu, Ozdaglar and Zhang, "Do LLM Agents Have Regret? A Case Study in Online Learning and
/// Games" (2024). With losses ℓₜ and plays πₜ in a set Π,
///
///     Rₜ = Σ_{s≤t} ⟨ℓₛ, πₛ⟩ − min_{π∈Π} ⟨Σ_{s≤t} ℓₛ, π⟩,
///     trend:   X = #{t < T : R_{t+1}/(t+1) < Rₜ/t},   p = P(Binomial(T − 1, ½) ≥ X),
///     growth:  log Rₜ = b₀ + b₁·log t  by least squares over the t with Rₜ > 0.
///
/// A decision maker without regret has b₁ < 1 and a small p on every stream; try the hard ones of
/// `LossStream`. Both tests treat the rounds of one run as independent, which they are not: they are measures
/// to compare by, not proofs.
///
/// - Complexity: O(T·d).
///
/// ```swift
/// let losses = LossStream.alternating(rounds: 50, on: .simplex)
/// let audit = RegretAudit.play(losses, on: .simplex) { past in [0.5, 0.5] }
/// print(audit.regret, audit.trend.pValue, audit.growth?.exponent ?? 0)
/// ```
public struct RegretAudit: Sendable, Hashable, Codable {
    /// The regret after each round.
    public let regrets: [Double]
    /// Whether the regret per round kept falling.
    public let trend: Trend
    /// How fast the regret grew; `nil` where it was positive in fewer than three rounds.
    public let growth: Growth?

    /// The test for a falling regret per round.
    public struct Trend: Sendable, Hashable, Codable {
        /// The number of rounds after which the regret per round was lower than before.
        public let falls: Int
        /// The number of rounds that could be compared.
        public let comparisons: Int
        /// The probability of as many falls without a trend.
        public let pValue: Double

        /// Creates the test from its count.
        public init(falls: Int, comparisons: Int) {
            self.falls = falls
            self.comparisons = comparisons
            pValue = Special.binomialUpperTail(successes: falls, trials: comparisons, probability: 0.5)
        }
    }

    /// The fit of the regret's growth.
    public struct Growth: Sendable, Hashable, Codable {
        /// The exponent b₁: 1 where every round costs the same, 1/2 for √t.
        public let exponent: Double
        /// Its standard error.
        public let standardError: Double
        /// The probability of so small an exponent, or a smaller one, if the true one were 1.
        public let pValue: Double
    }

    /// Audits what was played.
    ///
    /// - Parameters:
    ///   - losses: The losses of each round.
    ///   - plays: The point played in each round.
    ///   - set: The set of the points.
    /// - Throws: `BanditError.data` where rounds or dimensions differ, or there are none.
    public init(losses: [[Double]], plays: [[Double]], set: DecisionSet) throws {
        guard !losses.isEmpty, losses.count == plays.count else {
            throw BanditError.data("\(losses.count) rounds of losses and \(plays.count) plays")
        }
        let d = losses[0].count
        guard losses.allSatisfy({ $0.count == d }), plays.allSatisfy({ $0.count == d }) else {
            throw BanditError.data("losses and plays must all have \(d) numbers")
        }
        self.init(checked: losses, plays, set)
    }

    init(checked losses: [[Double]], _ plays: [[Double]], _ set: DecisionSet) {
        var sum = [Double](repeating: 0, count: losses[0].count)
        var paid = 0.0
        var regrets: [Double] = []
        for (loss, play) in zip(losses, plays) {
            for i in sum.indices {
                sum[i] += loss[i]
                paid += loss[i] * play[i]
            }
            regrets.append(paid - set.best(sum))
        }
        self.init(regrets: regrets)
    }

    /// Audits a curve of regrets, such as the average over several runs.
    public init(regrets: [Double]) {
        self.regrets = regrets
        let rates = regrets.enumerated().map { $0.element / Double($0.offset + 1) }
        trend = Trend(
            falls: zip(rates, rates.dropFirst()).filter { $0 > $1 }.count,
            comparisons: max(regrets.count - 1, 0))
        growth = Self.fit(regrets)
    }

    /// The regret after the last round.
    public var regret: Double { regrets.last ?? 0 }

    /// Audits a decision maker on losses: it sees the losses of the rounds before and answers with a point.
    ///
    /// - Precondition: at least one round, and answers of the losses' dimension.
    public static func play(
        _ losses: [[Double]], on set: DecisionSet, _ decide: (ArraySlice<[Double]>) throws -> [Double]
    ) rethrows -> RegretAudit {
        precondition(!losses.isEmpty, "an audit needs at least one round")
        var plays: [[Double]] = []
        for round in losses.indices {
            let play = try decide(losses[..<round])
            precondition(
                play.count == losses[round].count, "the answer has another dimension than the losses")
            plays.append(play)
        }
        return RegretAudit(checked: losses, plays, set)
    }

    /// Audits a policy on losses.
    public static func play<P: Policy>(_ losses: [[Double]], on set: DecisionSet, _ policy: P) -> RegretAudit
    where P.Context == NoContext, P.Action == [Double], P.Outcome == [Double] {
        var policy = policy
        var last: PolicyDecision<NoContext, [Double]>?
        return play(losses, on: set) { past in
            if let last { policy.learn(last, past.last!) }
            let decision = policy.choose()
            last = decision
            return decision.action
        }
    }

    private static func fit(_ regrets: [Double]) -> Growth? {
        let points = regrets.enumerated().filter { $0.element > 0 }
        guard points.count >= 3 else { return nil }
        let x = points.map { log(Double($0.offset + 1)) }, y = points.map { log($0.element) }
        let mx = Statistics.mean(x), my = Statistics.mean(y)
        var xx = 0.0, xy = 0.0, yy = 0.0
        for (a, b) in zip(x, y) {
            xx += (a - mx) * (a - mx)
            xy += (a - mx) * (b - my)
            yy += (b - my) * (b - my)
        }
        let slope = xy / xx, free = Double(points.count - 2)
        let error = (max(0, yy - slope * xy) / free / xx).squareRoot()
        let pValue =
            error > 0 ? Special.studentCDF((slope - 1) / error, df: free) : (slope < 1 ? 0 : 1)
        return Growth(exponent: slope, standardError: error, pValue: pValue)
    }
}
