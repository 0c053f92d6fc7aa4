import Foundation
import Kernels

/// Classifies a stream of examples one by one and treats groups alike, without keeping any example.
///
/// Source: Basu Roy Chowdhury, Monath, Beirami, Kidambi, Dubey, Ahmed and Chaturvedi, "Enhancing Group
/// Fairness in Online Settings Using Oblique Decision Forests" (2024). In a tree of depth h, node i sends x
/// to the left with nᵢ(x) = σ(wᵢ·x + bᵢ), and leaf l has logits θ_l. With p_l(x) the product of the gates on
/// the way to l,
///
///     f(x) = (1/T) Σ_trees Σ_l p_l(x) softmax(θ_l)
///     gradient = ∇(−log f_y(x)) + G,    Gᵢ = λ·φ(Fᵢ)·(Bᵢ¹ − Bᵢ⁰),    Fᵢ = Aᵢ¹ − Aᵢ⁰,    φ(F) = clip(F/δ, −1, 1)
///
/// where Aᵢᵃ and Bᵢᵃ are running means of nᵢ(x) and ∂nᵢ/∂(wᵢ, bᵢ) over the examples of group a. Adam takes
/// the steps. G moves the gates only, never the leaves, and is zero until two groups have been seen; with
/// more groups each node takes the two with the largest and smallest A. Leaves lie in [0, 1], so equal gates
/// bound the gap of the forest.
///
/// Most of the trade-off lies between λ = 0 and 0.3. The task's gradient is divided by the number of trees
/// and G is not, so the strength of λ depends on T. The penalty is full from |F| = δ on, which sampling noise
/// alone can reach: a large λ costs accuracy even where the groups are alike. Not for features on very
/// different scales: standardise them first.
///
/// - Complexity: O(T·2ʰ·d) for an example; the memory is O(T·2ʰ·d) for each group, whatever the length of the stream.
///
/// ```swift
/// var policy = FairForest(features: 6, lambda: 0.1)
/// let decision = policy.choose(GroupedFeatures(features: x, group: 1))
/// policy.learn(decision, label)
/// print(decision.action.label, policy.accuracy, policy.gap()?.value)
/// ```
public struct FairForest: Policy, Hashable {
    public static let id = "aranyani"

    /// The number d of features.
    public let features: Int
    /// The number of classes.
    public let classes: Int
    /// The number of groups.
    public let groups: Int
    /// The number of decisions on the way to a leaf.
    public let depth: Int
    /// The number T of trees.
    public let trees: Int
    /// The weight of fairness against accuracy.
    public let lambda: Double
    /// The disparity δ of a node from which on it is penalised in full.
    public let tolerance: Double
    /// The step of Adam.
    public let eta: Double
    /// What the running means keep at each example, in (0, 1); `nil` for plain means over all examples.
    public let memory: Double?
    /// What must be alike between groups.
    public let notion: FairnessNotion
    public var journal: Journal

    /// The gates (tree, node, feature and intercept), then the leaves' logits (tree, leaf, class).
    var parameters: [Double]
    private var adam: AdamState
    /// For each group, the number of examples in its running means.
    public private(set) var groupCounts: [Double]
    /// A: the mean of every gate (group, tree, node).
    public internal(set) var gateMeans: [Double]
    /// B: the mean of every gate's gradient (group, tree, node, feature and intercept).
    var slopeMeans: [Double]
    private var correct = 0.0
    private var predicted: [Double]
    private var audited: [Double]

    /// Creates a forest with random parameters: gates ∼ N(0, 1), logits ∼ U(0, 1).
    ///
    /// - Parameters:
    ///   - features: The number d of features.
    ///   - classes: The number of classes, at least 2.
    ///   - groups: The number of groups, at least 1.
    ///   - depth: The depth h of each tree, 1...12.
    ///   - trees: The number T of trees.
    ///   - eta: The step of Adam.
    ///   - lambda: The weight of fairness; 0 for none.
    ///   - tolerance: The disparity δ of a node from which on the penalty is full.
    ///   - memory: What the running means keep at each example (with bias correction); `nil` for plain means.
    ///   - notion: What must be alike.
    ///   - seed: The seed of the first parameters.
    public init(
        features: Int, classes: Int = 2, groups: Int = 2, depth: Int = 4, trees: Int = 3,
        eta: Double = 2e-3, lambda: Double = 0.1, tolerance: Double = 0.01, memory: Double? = nil,
        notion: FairnessNotion = .demographicParity, seed: UInt64 = 1
    ) {
        precondition(features > 0 && classes > 1 && groups > 0, "a forest needs features, classes and groups")
        precondition(trees > 0 && (1...12).contains(depth), "a forest needs trees of a depth in 1...12")
        precondition(lambda >= 0 && tolerance > 0 && eta >= 0, "lambda, tolerance and eta are not negative")
        precondition(memory.map { $0 > 0 && $0 < 1 } ?? true, "memory lies between 0 and 1")
        self.features = features
        self.classes = classes
        self.groups = groups
        self.depth = depth
        self.trees = trees
        self.lambda = lambda
        self.tolerance = tolerance
        self.eta = eta
        self.memory = memory
        self.notion = notion
        journal = Journal(seed: seed)
        let nodes = trees * (1 << depth - 1), leaves = trees * (1 << depth)
        var random = CounterRandom(seed: seed, stream: 1)
        parameters =
            (0..<nodes * (features + 1)).map { _ in random.normal() }
            + (0..<leaves * classes).map { _ in random.uniform() }
        adam = AdamState(count: parameters.count)
        groupCounts = [Double](repeating: 0, count: groups)
        gateMeans = [Double](repeating: 0, count: groups * nodes)
        slopeMeans = [Double](repeating: 0, count: groups * nodes * (features + 1))
        predicted = [Double](repeating: 0, count: groups * classes)
        audited = groupCounts
    }

    /// The number of examples learnt, each a step.
    public var steps: Int { adam.steps }

    /// The share of the learnt examples that had been classified rightly; 0 before the first.
    public var accuracy: Double { correct / max(Double(steps), 1) }

    /// The widest gap between groups in how often this class was predicted; `nil` until two groups have been
    /// seen.
    ///
    /// For equal opportunity only examples whose label is 1 count.
    public func gap(label: Int = 1) -> ParityGap? {
        ParityGap(hits: (0..<groups).map { predicted[$0 * classes + label] }, totals: audited)
    }

    public mutating func decide(
        _ context: GroupedFeatures, random: inout CounterRandom
    ) -> PolicyDecision<GroupedFeatures, ClassPrediction> {
        let p = probabilities(context.features)
        let label = p.indices.max { p[$0] < p[$1] } ?? 0
        return PolicyDecision(context: context, action: ClassPrediction(label: label, probabilities: p))
    }

    public mutating func update(
        _ decision: PolicyDecision<GroupedFeatures, ClassPrediction>, _ outcome: Int
    ) {
        let example = decision.context, label = decision.action.label
        precondition((0..<groups).contains(example.group), "a group is not one of \(groups)")
        precondition((0..<classes).contains(outcome), "a label is not one of \(classes)")
        if label == outcome { correct += 1 }
        let counts = notion == .demographicParity || outcome == 1
        if counts {
            predicted[example.group * classes + label] += 1
            audited[example.group] += 1
        }
        let pass = forward(example.features)
        var gradient = taskGradient(example.features, label: outcome, pass)
        if counts { remember(example, gates: pass.gates) }
        addFairnessGradient(to: &gradient)
        adam.step(&parameters, against: gradient, eta: eta)
    }

    /// Adds an example to the running means of its group.
    private mutating func remember(_ example: GroupedFeatures, gates: [Double]) {
        let group = example.group
        groupCounts[group] += 1
        let n = groupCounts[group]
        let rate = memory.map { (1 - $0) / (1 - pow($0, n)) } ?? 1 / n
        let nodes = gates.count, width = features + 1
        for node in 0..<nodes {
            let gate = gates[node], slope = gate * (1 - gate)
            gateMeans[group * nodes + node] += rate * (gate - gateMeans[group * nodes + node])
            let start = (group * nodes + node) * width
            for i in 0..<features {
                slopeMeans[start + i] += rate * (slope * example.features[i] - slopeMeans[start + i])
            }
            slopeMeans[start + features] += rate * (slope - slopeMeans[start + features])
        }
    }

    func addFairnessGradient(to gradient: inout [Double]) {
        let seen = (0..<groups).filter { groupCounts[$0] > 0 }
        guard lambda > 0, seen.count > 1 else { return }
        let nodes = gateMeans.count / groups, width = features + 1
        for node in 0..<nodes {
            var high = seen[0], low = seen[0]
            for group in seen {
                if gateMeans[group * nodes + node] > gateMeans[high * nodes + node] { high = group }
                if gateMeans[group * nodes + node] < gateMeans[low * nodes + node] { low = group }
            }
            let disparity = gateMeans[high * nodes + node] - gateMeans[low * nodes + node]
            let force = lambda * min(disparity / tolerance, 1)
            let a = (high * nodes + node) * width, b = (low * nodes + node) * width
            for i in 0..<width {
                gradient[node * width + i] += force * (slopeMeans[a + i] - slopeMeans[b + i])
            }
        }
    }
}
