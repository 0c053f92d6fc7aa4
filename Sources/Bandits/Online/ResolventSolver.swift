import Kernels

/// Solves v − u + η(F(v) + N_X(v)) ∋ 0 for v by variance-reduced extragradient steps, from where it last
/// ended.
///
/// With a snapshot w whose mean F(w) is known, H(w) = w − u + ηF(w), p = 2/n, τ = 0.9√p/(1 + ηL), each step
/// is
///
///     v̄ = (1 − p)v + pw,   v̂ = Π_X(v̄ − τH(w)),   v ← Π_X(v̄ − τ(H(w) + v̂ − w + η(Fᵢ(v̂) − Fᵢ(w)))),
///
/// and with probability p the snapshot moves to v.
struct ResolventSolver<Sum: FiniteSumOperator> {
    let sum: Sum
    let set: ConvexSet?
    let eta: Double
    /// The chance p of a new snapshot.
    private let chance: Double
    private let tau: Double
    private(set) var point: [Double]
    private var snapshot: [Double]
    /// The mean of all operators at the snapshot.
    private(set) var mean: [Double]
    private var random: CounterRandom

    /// Evaluates all operators once.
    init(sum: Sum, set: ConvexSet?, eta: Double, constant: Double, point: [Double], random: CounterRandom) {
        self.sum = sum
        self.set = set
        self.eta = eta
        chance = min(1, 2 / Double(sum.components))
        tau = 0.9 * chance.squareRoot() / (1 + eta * constant)
        self.point = point
        snapshot = point
        mean = sum.mean(at: point)
        self.random = random
    }

    /// Makes the point the snapshot: n evaluations.
    mutating func refresh() {
        snapshot = point
        mean = sum.mean(at: point)
    }

    /// Takes steps while the budget lasts, one refresh kept in hand.
    ///
    /// - Returns: The number of evaluations.
    mutating func run(around center: [Double], steps: Int, budget: Int) -> Int {
        let d = point.count
        var used = 0
        var pull = [Double](repeating: 0, count: d), ahead = pull, change = pull
        for _ in 0..<steps {
            guard used + 2 + sum.components <= budget else { break }
            for i in 0..<d {
                pull[i] = snapshot[i] - center[i] + eta * mean[i]
                point[i] = (1 - chance) * point[i] + chance * snapshot[i]
                ahead[i] = point[i] - tau * pull[i]
                change[i] = 0
            }
            set?.project(&ahead)
            let component = random.below(sum.components)
            sum.add(component, at: ahead, times: eta, to: &change)
            sum.add(component, at: snapshot, times: -eta, to: &change)
            for i in 0..<d { point[i] -= tau * (pull[i] + ahead[i] - snapshot[i] + change[i]) }
            set?.project(&point)
            used += 2
            if random.uniform() < chance {
                refresh()
                used += sum.components
            }
        }
        return used
    }
}
