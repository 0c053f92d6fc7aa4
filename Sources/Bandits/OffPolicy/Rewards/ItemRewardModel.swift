import Kernels

/// Predicts the reward of every action from numbers that describe the actions, from models that did not see the row's own reward.
///
/// Ridge regression on the features z(x, a) of each possible action, fitted across folds:
///
///     q̂(x, a) = μ + θ₀ + θᵀz(x, a),   θ = argmin Σᵢ (rᵢ − μ − θ₀ − θᵀz(xᵢ, aᵢ))² + λ‖θ‖²
///
/// with μ the average reward and an intercept θ₀ that is not penalised. One θ serves all actions, so that an action that was never taken is predicted by what it is like. Rows of one unit share
/// a fold. `RewardModel` is for actions that are known by their number alone.
///
/// - Complexity: O(iterations · values) for each fold, by conjugate gradients; O(n K z) for the predictions.
///
/// ```swift
/// sample.predicted = try ItemRewardModel().crossFitted(sample) { row, action in items[action] }
/// ```
public struct ItemRewardModel: Sendable, Hashable {
    /// The ridge penalty λ.
    public var lambda: Double
    /// The number of folds.
    public var folds: Int
    /// The seed that deals units to folds.
    public var seed: UInt64

    /// Creates a kind of model.
    ///
    /// - Precondition: a positive penalty and at least one fold.
    public init(lambda: Double = 1, folds: Int = 5, seed: UInt64 = 1) {
        precondition(lambda > 0 && lambda.isFinite, "the ridge penalty is positive")
        precondition(folds > 0, "there is at least one fold")
        self.lambda = lambda
        self.folds = folds
        self.seed = seed
    }

    /// The predicted reward of every action in every row; n × K, for ``OffPolicySample/predicted``.
    ///
    /// - Parameter features: What describes an action in a row; `nil` where it is not possible there, which predicts μ.
    /// - Throws: `BanditError.data` where there are fewer units than folds.
    public func crossFitted(
        _ sample: OffPolicySample, features: (_ row: Int, _ action: Int) -> FeatureVector?
    ) throws(BanditError) -> [Double] {
        let n = sample.count, k = sample.actionCount
        let units = Units.places(sample.unit, count: n)
        guard folds == 1 || units.count >= folds else {
            throw .data("\(folds) folds need as many rows or units, and there are \(units.count)")
        }
        var random = CounterRandom(seed: seed)
        let rank = random.permutation(units.count)
        let fold = units.unit.map { rank[$0] % folds }
        let taken = (0..<n).map { features($0, Int(sample.action[$0])) ?? FeatureVector() }
        let dimension = taken.reduce(0) { max($0, $1.dimension) }
        var predicted = [Double](repeating: 0, count: n * k)
        for held in 0..<folds {
            let seen = (0..<n).filter { folds == 1 || fold[$0] != held }
            let mean = seen.isEmpty ? 0 : seen.reduce(0) { $0 + sample.reward[$1] } / Double(seen.count)
            let theta = fit(taken, seen, dimension) { sample.reward[$0] - mean }
            theta.withUnsafeBufferPointer { theta in
                for row in 0..<n where fold[row] == held {
                    for action in 0..<k {
                        guard let z = features(row, action) else {
                            predicted[row * k + action] = mean
                            continue
                        }
                        var value = mean + theta[dimension]
                        z.forEach { if $0 < dimension { value += $1 * theta[$0] } }
                        predicted[row * k + action] = value
                    }
                }
            }
        }
        return predicted
    }

    /// The coefficients, the intercept last.
    private func fit(
        _ z: [FeatureVector], _ rows: [Int], _ dimension: Int, residual: (Int) -> Double
    ) -> [Double] {
        var target = [Double](repeating: 0, count: dimension + 1)
        var diagonal = [Double](repeating: lambda, count: dimension + 1)
        // Just enough for the intercept of a fold without rows.
        diagonal[dimension] = 1e-9 + Double(rows.count)
        for row in rows {
            let gap = residual(row)
            target[dimension] += gap
            z[row].forEach {
                target[$0] += gap * $1
                diagonal[$0] += $1 * $1
            }
        }
        let solved = ConjugateGradient(tolerance: 1e-8).solve(
            count: dimension + 1,
            apply: { x, out in
                for i in 0..<dimension { out[i] = lambda * x[i] }
                out[dimension] = 1e-9 * x[dimension]
                for row in rows {
                    let product = z[row].dot(x) + x[dimension]
                    z[row].forEach { out[$0] += product * $1 }
                    out[dimension] += product
                }
            }, preconditioner: diagonal, rhs: target)
        return solved.x
    }
}
