import Foundation
import Kernels

/// Finds good settings where people can only say which of two they prefer.
///
/// Source: Chu and Ghahramani, "Preference Learning with Gaussian Processes" (2005); Brochu, de Freitas
/// and Ghosh, "Active Preference Learning with Discrete Choice Data" (2007). `PreferenceProcess` infers
/// the utility; after some duels between points of a Latin hypercube the favourite x̂, the compared point
/// with the largest mean, meets the challenger
///
///     x = argmax E max(u(x) − u(x̂), 0),
///
/// under the joint posterior of both utilities. Duels without an outcome count as ties, so that several
/// can be open at once. Not for more than some ten parameters or some 300 duels; not where outcomes can
/// be measured, which says more than a choice.
///
/// - Complexity: O(m³) for a choice after m duels.
///
/// ```swift
/// var search = PreferentialOptimization(space: try SearchSpace(parsing: ["size=8..24", "gap=0..2"]))
/// let decision = search.choose()
/// search.learn(decision, 1)      // the first was preferred
/// print(search.recommendation!)
/// ```
public struct PreferentialOptimization: Policy, Hashable {
    public static let id = "preferential-bo"

    /// The parameters.
    public let space: SearchSpace
    /// The number of duels before the first that is chosen by the model.
    public let initialDuels: Int
    public var journal: Journal
    /// The number of outcomes learnt.
    public var duels: Int { outcomes.count }

    private var compared: [Duel<[Double]>] = []
    private var outcomes: [Double] = []
    private var pending: [Pending] = []
    private var hyperparameters: [Double]?

    private struct Pending: Sendable, Hashable, Codable {
        let id: Int
        let duel: Duel<[Double]>
    }

    /// Creates a search that has seen nothing.
    ///
    /// - Parameters:
    ///   - space: The parameters.
    ///   - initialDuels: The number of duels before the model chooses; `nil` for 2(d + 1) with d
    ///     parameters.
    ///   - seed: The seed.
    public init(space: SearchSpace, initialDuels: Int? = nil, seed: UInt64 = 1) {
        let count = initialDuels ?? 2 * (space.parameters.count + 1)
        precondition(count > 0, "a model needs a first duel")
        self.space = space
        self.initialDuels = count
        journal = Journal(seed: seed)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, Duel<SearchPoint>> {
        pending.removeAll { !journal.isWaiting($0.id) }
        let duel = nextDuel(&random)
        pending.append(Pending(id: journal.decided - 1, duel: duel))
        return PolicyDecision(action: Duel(space.decode(duel.first), space.decode(duel.second)))
    }

    /// - Precondition: The decision's points are of this space, and the outcome lies in 0...1.
    public mutating func update(_ decision: PolicyDecision<NoContext, Duel<SearchPoint>>, _ outcome: Double) {
        precondition(outcome >= 0 && outcome <= 1, "a duel's outcome lies between 0 and 1")
        guard let first = space.encode(decision.action.first),
            let second = space.encode(decision.action.second)
        else { preconditionFailure("the duel's points are not in the space") }
        if let id = decision.id { pending.removeAll { $0.id == id } }
        compared.append(Duel(first, second))
        outcomes.append(outcome)
    }

    /// The compared point with the largest mean utility; `nil` before the first outcome.
    public var recommendation: SearchPoint? {
        outcomes.isEmpty ? nil : space.decode(favourite(fitted.process))
    }

    /// The probability that one point would be preferred to another; `nil` before the first outcome or
    /// outside the space.
    public func probability(of point: SearchPoint, over other: SearchPoint) -> Double? {
        guard !outcomes.isEmpty, let x = space.encode(point), let y = space.encode(other) else { return nil }
        return fitted.process.probability(of: x, over: y)
    }

    private var fitted: (process: PreferenceProcess, hyperparameters: [Double]) {
        PreferenceProcess.fit(
            duels: compared, outcomes: outcomes, groups: space.groups, start: hyperparameters)
    }

    private func favourite(_ process: PreferenceProcess) -> [Double] {
        var best: (mean: Double, unit: [Double])?
        for unit in compared.flatMap({ [$0.first, $0.second] }) {
            let mean = process.mean(at: unit)
            if mean > best?.mean ?? -.infinity { best = (mean, unit) }
        }
        return best!.unit
    }

    private mutating func nextDuel(_ random: inout CounterRandom) -> Duel<[Double]> {
        guard compared.count + pending.count >= initialDuels, !compared.isEmpty else {
            var design = CounterRandom(seed: journal.seed, stream: 1)
            let rows = space.latinHypercube(2 * initialDuels, &design)
            let row = 2 * (journal.decided - 1)
            guard row >= 0, row < rows.count else {
                return Duel(space.randomUnit(&random), space.randomUnit(&random))
            }
            return Duel(rows[row], rows[row + 1])
        }
        let model = fitted
        hyperparameters = model.hyperparameters
        let incumbent = favourite(model.process)
        var process = model.process
        if !pending.isEmpty {
            process = PreferenceProcess(
                duels: compared + pending.map(\.duel), outcomes: outcomes + pending.map { _ in 0.5 },
                kernel: process.kernel)
        }
        let challenger = AcquisitionSearch(randomPoints: 300, neighbours: 60, climbs: 2).maximum(
            PreferenceImprovement(process, incumbent: incumbent), space: space, near: [incumbent],
            random: &random)
        // Which of the two comes first must not tell which is the favourite.
        return random.bernoulli(0.5) ? Duel(incumbent, challenger) : Duel(challenger, incumbent)
    }
}
