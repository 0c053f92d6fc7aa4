import Foundation
import Kernels

/// Finds the interventions on a network of causes that raise one node the most, when neither the network nor
/// its strengths are known.
///
/// Source: Peng, Zhang and Mitra, "Asymmetric Graph Error Control with Low Complexity in Causal Bandits"
/// (2025), CSL-UCB. Nodes follow linear equations in an unknown order, and an action a ∈ {0, 1}ᴺ switches the
/// weights into each node between two modes:
///
///     x = B_aᵀx + ε,   E ε = ν,   Var εₙ = sₙ²,   μ_a = e_Yᵀ(I − B_aᵀ)⁻¹ν for the target Y
///
/// Each (mode, node) pair learns from its own rounds, the first of them: early actions are random, later ones
/// repeat. All edges are assumed, and only edges of cycles deleted until there are none, because a missing
/// edge leaves a bias and a spurious one hardly matters. With Ĉ = (I − B̂_a)⁻¹, μ̂ = Ĉᵀν and Nₙ parents of n,
/// the action maximises μ̂_a + c·width_a,
///
///     width_a = |Ĉ[:, Y]|·|μ̂|·√(4 log(2N/δ)·Σₙ √(Nₙ(Nₙ + 2))·sₙ²·λ_max((XₙXₙᵀ)⁻¹))
///     c = c₀(1 + cos(π(t − t₀)/(T − t₀))),   c₀ = exploration·max μ̂ / max width
///
/// where t₀ is the last reset. A pair is forgotten and learnt anew when its last w residuals, with mean m and
/// deviation ŝ, have log(sₙ/ŝ) + (ŝ² + m²)/(2sₙ²) − ½ > 2.
///
/// The means and deviations of the noise must be known. With few nodes it only ties with a bandit over the 2ᴺ
/// actions; the gain comes where 2ᴺ is large against T. Not for effects that are not linear.
///
/// - Complexity: O(N⁴n²) for a graph with n rounds, every `topologyPeriod` rounds; O(2ᴺN³) for the action, every
///   `weightPeriod` (up to 12 nodes; coordinate ascent beyond). The memory does not grow with T.
///
/// ```swift
/// var policy = CausalUCB(noiseMean: [1, 1, 1], noiseDeviation: [1, 1, 1], horizon: 600)
/// let decision = policy.choose()            // decision.action[n]: intervene on node n?
/// policy.learn(decision, values)            // the values of all nodes
/// print(policy.graphs, policy.estimate(decision.action)?.mean ?? 0)
/// ```
public struct CausalUCB: Policy, Hashable {
    public static let id = "asymmetric-graph-causal-bandit"

    /// ν: the mean of each node's noise.
    public let noiseMean: [Double]
    /// s: the standard deviation of each node's noise.
    public let noiseDeviation: [Double]
    /// T: the number of rounds over which exploration fades.
    public let horizon: Int
    /// The node to raise.
    public let target: Int
    /// What is known of the graphs.
    public let knowledge: CausalGraphs
    /// The width's share at the start, as a part of the best mean.
    public let exploration: Double
    /// The probability δ with which the widths may be too small.
    public let delta: Double
    /// The number of rounds from which each mechanism is learnt at least.
    public let learningRounds: Int
    /// The number of rounds from which each mechanism is learnt at most.
    public let sampleLimit: Int
    /// The number of rounds between two graphs.
    public let topologyPeriod: Int
    /// The number of rounds between two estimates of the weights.
    public let weightPeriod: Int
    /// What the change statistic must exceed; `nil` does not look for changes.
    public let changeThreshold: Double?
    /// The number w of residuals in the change statistic.
    public let changeWindow: Int
    /// The round from which on changes are looked for.
    public let changeStart: Int
    public var journal: Journal
    /// The graphs of the nodes left alone and of the nodes intervened on; empty until they are known.
    public private(set) var graphs: [ParentGraph] = []
    /// The mechanisms that were found to have changed.
    public private(set) var alarms: [MechanismAlarm] = []
    /// The number of outcomes learnt from.
    public private(set) var rounds = 0
    /// (mode, node): the sample of a mechanism.
    private var samples: [MechanismSample]
    /// (mode): whether its samples have grown since its graph was learnt.
    private var outdated = [true, true]
    /// (mode, node, parent): B̂.
    private var weights: [Double]
    /// (mode, node): √(N(N + 2))·s²·λ_max.
    private var uncertainty: [Double]
    private var plan: [Bool]?
    private var scale: Double?
    private var lastReset = 0

    /// Creates a policy that knows nothing of the weights.
    ///
    /// - Parameters:
    ///   - noiseMean: The mean ν of each node's noise.
    ///   - noiseDeviation: The standard deviation s of each node's noise.
    ///   - horizon: The number T of rounds over which exploration fades.
    ///   - target: The node to raise; the last one by default.
    ///   - knowledge: What is known of the graphs.
    ///   - exploration: The width's share at the start, as a part of the best mean.
    ///   - delta: The probability δ with which the widths may be too small.
    ///   - learningRounds: The random rounds of each mechanism before it is used; more than there are nodes.
    ///   - sampleLimit: The number of rounds from which each mechanism is learnt at most.
    ///   - topologyPeriod: The number of rounds between two graphs.
    ///   - weightPeriod: The number of rounds between two estimates of the weights.
    ///   - changeThreshold: What the change statistic must exceed; `nil` does not look for changes.
    ///   - changeWindow: The number w of residuals in the statistic.
    ///   - changeStart: The round from which on changes are looked for.
    ///   - seed: The seed of the random rounds.
    public init(
        noiseMean: [Double], noiseDeviation: [Double], horizon: Int, target: Int? = nil,
        knowledge: CausalGraphs = .learned, exploration: Double = 0.2, delta: Double = 0.05,
        learningRounds: Int = 20, sampleLimit: Int = 100, topologyPeriod: Int = 50, weightPeriod: Int = 20,
        changeThreshold: Double? = 2, changeWindow: Int = 20, changeStart: Int = 200, seed: UInt64 = 1
    ) {
        let nodes = noiseMean.count
        precondition(nodes > 0 && noiseDeviation.count == nodes, "every node needs a mean and a deviation")
        precondition(noiseDeviation.allSatisfy { $0 > 0 }, "a standard deviation is positive")
        precondition(learningRounds > max(nodes, 5), "learningRounds must exceed the nodes, and 5")
        precondition(sampleLimit >= learningRounds, "sampleLimit is at least learningRounds")
        precondition(delta > 0 && delta < 1 && exploration >= 0 && horizon > 0, "settings are positive")
        precondition(topologyPeriod > 0 && weightPeriod > 0 && changeWindow > 1, "periods are positive")
        precondition((0..<nodes).contains(target ?? nodes - 1), "the target is a node")
        if case .given(let observed, let intervened) = knowledge {
            precondition(observed.nodes == nodes && intervened.nodes == nodes, "a graph has all nodes")
            graphs = [observed, intervened]
        }
        self.noiseMean = noiseMean
        self.noiseDeviation = noiseDeviation
        self.horizon = horizon
        self.target = target ?? nodes - 1
        self.knowledge = knowledge
        self.exploration = exploration
        self.delta = delta
        self.learningRounds = learningRounds
        self.sampleLimit = sampleLimit
        self.topologyPeriod = topologyPeriod
        self.weightPeriod = weightPeriod
        self.changeThreshold = changeThreshold
        self.changeWindow = changeWindow
        self.changeStart = changeStart
        journal = Journal(seed: seed)
        samples = [MechanismSample](repeating: MechanismSample(nodes: nodes), count: 2 * nodes)
        weights = [Double](repeating: 0, count: 2 * nodes * nodes)
        uncertainty = [Double](repeating: 0, count: 2 * nodes)
    }

    /// The number N of nodes.
    public var nodes: Int { noiseMean.count }

    /// Whether some mechanism still has to be learnt, so that actions are random.
    public var isExploring: Bool { plan == nil }

    /// The estimated weight of a parent in a node's mechanism.
    public func weight(of parent: Int, into node: Int, intervened: Bool) -> Double {
        weights[((intervened ? nodes : 0) + node) * nodes + parent]
    }

    /// What an action is thought to do; `nil` while mechanisms are learnt, or where its weights have no
    /// solution.
    public func estimate(_ action: [Bool]) -> InterventionEstimate? {
        isExploring ? nil : solved(action)
    }

    public mutating func decide(
        _ context: NoContext, random: inout CounterRandom
    ) -> PolicyDecision<NoContext, [Bool]> {
        if let plan { return PolicyDecision(action: plan) }
        let action = (0..<nodes).map { _ in random.bernoulli(0.5) }
        return PolicyDecision(action: action, propensity: pow(0.5, Double(nodes)))
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, [Bool]>, _ outcome: [Double]) {
        precondition(outcome.count == nodes && decision.action.count == nodes, "every node has a value")
        precondition(outcome.allSatisfy(\.isFinite), "the nodes' values must be finite")
        rounds += 1
        for node in 0..<nodes {
            let intervened = decision.action[node]
            if samples[pair(node, intervened)].append(outcome, limit: sampleLimit, window: changeWindow) {
                outdated[intervened ? 1 : 0] = true
            }
        }
        let ready = samples.allSatisfy { $0.rows >= learningRounds }
        guard ready else { return }
        if plan == nil || rounds % topologyPeriod == 0 { learnGraphs() }
        if plan == nil || rounds % weightPeriod == 0 || rounds % topologyPeriod == 0 {
            learnWeights()
            replan()
        }
        if let changeThreshold, rounds >= changeStart { lookForChanges(changeThreshold) }
    }

    private func pair(_ node: Int, _ intervened: Bool) -> Int { (intervened ? nodes : 0) + node }

    private mutating func learnGraphs() {
        guard case .learned = knowledge else { return }
        if graphs.isEmpty { graphs = [.complete(nodes), .complete(nodes)] }
        for mode in 0..<2 where outdated[mode] {
            let mine = Array(samples[mode * nodes..<(mode + 1) * nodes])
            graphs[mode] = EdgeDeletion.graph(mine, mean: noiseMean, neighbours: 5)
            outdated[mode] = false
        }
    }

    private mutating func learnWeights() {
        for pair in 0..<2 * nodes {
            let node = pair % nodes, parents = graphs[pair / nodes].parents[node]
            let fit = MechanismFit(
                samples[pair].moments(), node: node, parents: parents, mean: noiseMean[node])
            for parent in 0..<nodes { weights[pair * nodes + parent] = 0 }
            for (parent, weight) in zip(parents, fit.weights) { weights[pair * nodes + parent] = weight }
            let count = Double(parents.count)
            uncertainty[pair] =
                (count * (count + 2)).squareRoot() * noiseDeviation[node] * noiseDeviation[node]
                * fit.leastCertain
        }
    }

    private func solved(_ action: [Bool]) -> InterventionEstimate? {
        var system = [Double](repeating: 0, count: nodes * nodes), spread = 0.0
        for node in 0..<nodes {
            let pair = pair(node, action[node])
            spread += uncertainty[pair]
            for parent in 0..<nodes { system[node * nodes + parent] = -weights[pair * nodes + parent] }
            system[node * nodes + node] += 1
        }
        // system = I − Bᵀ: μ̂ solves it for ν, and Ĉ[:, Y] solves its transpose for e_Y.
        var unit = [Double](repeating: 0, count: nodes)
        unit[target] = 1
        guard let means = SmallSystem.solve(system, noiseMean),
            let effects = SmallSystem.solve(SmallSystem.transposed(system, nodes), unit)
        else { return nil }
        let factor = (4 * log(2 * Double(nodes) / delta) * spread).squareRoot()
        return InterventionEstimate(
            mean: means[target], width: VectorMath.length(effects) * VectorMath.length(means) * factor)
    }

    private mutating func replan() {
        if scale == nil {
            let highest = solved(best { $0.mean })?.mean ?? 0, widest = solved(best { $0.width })?.width ?? 0
            scale = widest > 0 ? exploration * abs(highest) / widest : 0
        }
        let passed = Double(rounds - lastReset) / Double(max(horizon - lastReset, 1))
        let factor = (scale ?? 0) * (1 + cos(.pi * min(passed, 1)))
        plan = best { $0.mean + factor * $0.width }
    }

    /// The action with the largest score: of all up to 12 nodes, beyond by switching one node after the
    /// other.
    private func best(by score: (InterventionEstimate) -> Double) -> [Bool] {
        func value(_ action: [Bool]) -> Double { solved(action).map(score) ?? -.infinity }
        var action = plan ?? [Bool](repeating: false, count: nodes)
        var top = value(action)
        if nodes <= 12 {
            for code in 0..<(1 << nodes) {
                let other = (0..<nodes).map { code >> $0 & 1 == 1 }
                let found = value(other)
                if found > top { (top, action) = (found, other) }
            }
            return action
        }
        var improved = true
        while improved {
            improved = false
            for node in 0..<nodes {
                var other = action
                other[node].toggle()
                let found = value(other)
                if found > top { (top, action, improved) = (found, other, true) }
            }
        }
        return action
    }

    private mutating func lookForChanges(_ threshold: Double) {
        for pair in 0..<2 * nodes where samples[pair].recentRows == changeWindow {
            let node = pair % nodes, recent = samples[pair].recent
            let residuals = (0..<changeWindow).map { row in
                var residual = recent[row * nodes + node] - noiseMean[node]
                for parent in 0..<nodes {
                    residual -= weights[pair * nodes + parent] * recent[row * nodes + parent]
                }
                return residual
            }
            guard Self.changeStatistic(residuals, deviation: noiseDeviation[node]) > threshold else {
                continue
            }
            alarms.append(MechanismAlarm(round: rounds, node: node, intervened: pair >= nodes))
            samples[pair].forget()
            lastReset = rounds
            plan = nil
        }
    }

    /// The Kullback–Leibler divergence of the normal distribution that fits the residuals from N(0, s²).
    static func changeStatistic(_ residuals: [Double], deviation: Double) -> Double {
        let square = deviation * deviation
        let seen = max(Statistics.variance(residuals, degreesRemoved: 0), 1e-300)
        let power = residuals.reduce(0) { $0 + $1 * $1 } / Double(residuals.count)
        return 0.5 * log(square / seen) + 0.5 * power / square - 0.5
    }
}
