/// The rows of a log as an off-policy estimate needs them: what was done and paid off, and what another policy would do.
///
/// Arrays with one entry for each row and action are flat: row i, action a stands at `i * actionCount + a`.
public struct OffPolicySample: Sendable {
    /// The number of actions K.
    public var actionCount: Int
    /// The action taken, 0..<K.
    public var action: [Int32]
    /// The reward r.
    public var reward: [Double]
    /// The probability π₀(a|x) with which the logging policy took it.
    public var propensity: [Double]
    /// The probability π(a|x) of every action under the policy to be valued; n × K.
    public var target: [Double]
    /// The expected reward q̂(x, a) of every action by a model; n × K, or empty where there is no model.
    public var predicted: [Double]
    /// The place in the list that the action was shown in, 1 at the top; empty where lists play no part.
    public var position: [Int32]
    /// The unit that each row belongs to, such as a person or a page view; rows of one unit are not independent.
    /// Empty where every row stands alone.
    public var unit: [Int32]

    /// Creates a sample.
    ///
    /// - Throws: `BanditError.data` where lengths disagree, an action is not one of K, a reward is not finite, a propensity is
    ///   not in (0, 1], or the target's probabilities of a row are negative or do not add up to one within 1e-6.
    public init(
        actionCount: Int, action: [Int32], reward: [Double], propensity: [Double], target: [Double],
        predicted: [Double] = [], position: [Int32] = [], unit: [Int32] = []
    ) throws(BanditError) {
        self.actionCount = actionCount
        self.action = action
        self.reward = reward
        self.propensity = propensity
        self.target = target
        self.predicted = predicted
        self.position = position
        self.unit = unit
        try check()
    }

    /// The number of rows n.
    public var count: Int { action.count }

    /// π(aᵢ|xᵢ) / π₀(aᵢ|xᵢ) of the action taken in a row.
    @inline(__always)
    public func weight(_ row: Int) -> Double {
        target[row * actionCount + Int(action[row])] / propensity[row]
    }

    private func check() throws(BanditError) {
        let n = count
        guard n > 0, actionCount > 0 else { throw .data("there is no decision to estimate from") }
        guard reward.count == n, propensity.count == n, target.count == n * actionCount,
            predicted.isEmpty || predicted.count == n * actionCount, position.isEmpty || position.count == n,
            unit.isEmpty || unit.count == n
        else { throw .data("the columns of the sample differ in length") }
        for row in 0..<n {
            guard action[row] >= 0, Int(action[row]) < actionCount else {
                throw .data("row \(row + 1): action \(action[row]) is not one of \(actionCount)")
            }
            guard reward[row].isFinite else { throw .data("row \(row + 1): the reward is \(reward[row])") }
            guard propensity[row] > 0, propensity[row] <= 1 else {
                throw .data(
                    "row \(row + 1): the propensity is \(propensity[row]), but must lie in (0, 1]: an action "
                        + "that was taken had a chance")
            }
            let weight = weight(row)
            guard weight.isFinite, (weight * weight * reward[row]).isFinite else {
                throw .data(
                    "row \(row + 1): the propensity \(propensity[row]) or the reward \(reward[row]) is too extreme to weigh"
                )
            }
            var sum = 0.0
            for a in row * actionCount..<(row + 1) * actionCount {
                guard target[a] >= 0 else {
                    throw .data("row \(row + 1): the policy gives an action probability \(target[a])")
                }
                sum += target[a]
            }
            guard abs(sum - 1) <= 1e-6 else {
                throw .data("row \(row + 1): the policy's probabilities add up to \(sum)")
            }
        }
        guard predicted.allSatisfy(\.isFinite) else { throw .data("a predicted reward is not finite") }
    }
}

/// Estimates what a policy would have earned from what another one did: one small struct for each method.
public protocol ValueEstimator: Sendable {
    /// The method's id, as in `heed ope --estimator ID` and in the catalogue.
    static var id: String { get }
    /// Whether it uses the predicted rewards of the sample.
    static var needsPredictions: Bool { get }
    /// Estimates the value V = E[Σₐ π(a|x) E[r|x, a]].
    ///
    /// - Throws: `BanditError` where the sample lacks what the method needs.
    func estimate(_ sample: OffPolicySample) throws(BanditError) -> ValueEstimate
}

/// An estimate of a policy's value, as the mean of one number for each row.
public struct ValueEstimate: Sendable, Hashable {
    /// The method's id.
    public var estimator: String
    /// The estimated value.
    public var value: Double
    /// What each row contributes to it. Their mean is `value`; for self-normalised methods they are linearised, value +
    /// the influence of the row, so that the standard error of their mean is the estimate's.
    public var contributions: [Double]

    /// Creates an estimate.
    public init(estimator: String, value: Double, contributions: [Double]) {
        self.estimator = estimator
        self.value = value
        self.contributions = contributions
    }
}
