import Kernels

/// How often a policy of slates shows each action at each position, alone and in pairs, in one context.
public struct SlateMoments: Sendable, Hashable {
    /// The number of actions K.
    public let actionCount: Int
    /// The number of positions L.
    public let length: Int
    /// The probability of action a at position l, at `l * actionCount + a`.
    public let mean: [Double]
    /// The probability of two at once, (L·K) × (L·K).
    public let pairs: Matrix

    /// Creates the moments of a policy from all slates that it can show.
    ///
    /// - Parameters:
    ///   - actions: The number of actions K.
    ///   - slates: The slates, each a list of actions, all equally long.
    ///   - probabilities: The probability of each slate.
    /// - Precondition: one probability for each slate, at least one slate, all of one length, actions in 0..<K.
    public init(actions: Int, slates: [[Int]], probabilities: [Double]) {
        precondition(slates.count == probabilities.count && !slates.isEmpty, "each slate has a probability")
        let length = slates[0].count, size = length * actions
        var mean = [Double](repeating: 0, count: size)
        var pairs = Matrix(rows: size, columns: size)
        for (slate, p) in zip(slates, probabilities) {
            precondition(
                slate.count == length && slate.allSatisfy { (0..<actions).contains($0) },
                "slates of one length")
            let places = slate.enumerated().map { $0.offset * actions + $0.element }
            for i in places {
                mean[i] += p
                for j in places { pairs[i, j] += p }
            }
        }
        self.init(actionCount: actions, length: length, mean: mean, pairs: pairs)
    }

    private init(actionCount: Int, length: Int, mean: [Double], pairs: Matrix) {
        self.actionCount = actionCount
        self.length = length
        self.mean = mean
        self.pairs = pairs
    }

    /// The moments of a policy that shows every ranking without repetition equally often.
    ///
    /// - Precondition: `actions >= length`.
    public static func uniformRankings(actions: Int, length: Int) -> SlateMoments {
        precondition(length > 0 && actions >= length, "a ranking needs as many actions as positions")
        let k = Double(actions)
        return SlateMoments(
            actionCount: actions, length: length,
            mean: [Double](repeating: 1 / k, count: length * actions),
            pairs: Matrix(rows: length * actions, columns: length * actions) { i, j in
                if i == j { return 1 / k }
                return i / actions == j / actions || i % actions == j % actions ? 0 : 1 / (k * (k - 1))
            })
    }

    /// Γ⁺v.
    func pseudoInverse(times v: [Double]) -> [Double] {
        guard let eigen = SymmetricEigen(pairs) else { return [Double](repeating: .nan, count: v.count) }
        let floor = 1e-10 * (eigen.values.map(abs).max() ?? 0)
        var result = [Double](repeating: 0, count: v.count)
        for (j, value) in eigen.values.enumerated() where value > floor {
            var part = 0.0
            for i in v.indices { part += eigen.vectors[i, j] * v[i] }
            for i in v.indices { result[i] += eigen.vectors[i, j] * part / value }
        }
        return result
    }

    /// Γv.
    func times(_ v: [Double]) -> [Double] {
        (0..<v.count).map { i in
            var sum = 0.0
            for j in v.indices { sum += pairs[i, j] * v[j] }
            return sum
        }
    }
}
