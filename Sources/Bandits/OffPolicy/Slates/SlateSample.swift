/// The rows of a log of slates, which are lists of a fixed number of actions, as an off-policy estimate needs them.
///
/// Arrays with one entry for each slate and position are flat: slate i, position l stands at `i * length + l`; those with one
/// for each action too have slate i, position l, action a at `(i * length + l) * actionCount + a`.
public struct SlateSample: Sendable {
    /// The number of actions K that a position can hold.
    public var actionCount: Int
    /// The number of positions L.
    public var length: Int
    /// The action at each position, 0..<K; n × L.
    public var action: [Int32]
    /// The reward at each position; n × L. A slate's reward is their sum.
    public var reward: [Double]
    /// The probability π₀(a₁…aₗ|x) that the logging policy shows these actions down to position l; n × L.
    public var propensity: [Double]
    /// The probability π(a₁…aₗ|x) under the policy to be valued; n × L.
    public var target: [Double]
    /// The probability π₀(aₗ at l|x) that the logging policy shows the action at its position, whatever the others; n × L or
    /// empty.
    public var positionPropensity: [Double]
    /// The probability π(aₗ at l|x) under the policy to be valued; n × L or empty.
    public var positionTarget: [Double]
    /// The probability π(a|x, a₁…aₗ₋₁) of each action at position l after the actions that the log shows above; n × L × K or
    /// empty.
    public var choice: [Double]
    /// The expected reward from position l on, Q̂ₗ(x, a₁…aₗ₋₁, a), under the policy to be valued; n × L × K or empty.
    public var predicted: [Double]
    /// The number of each slate's context among those that have ``SlateMoments``; n or empty where all are alike.
    public var context: [Int32]

    /// Creates a sample.
    ///
    /// - Throws: `BanditError.data` where lengths disagree, an action is not one of K, a reward is not finite, a propensity is
    ///   not in (0, 1], a probability of the policy to be valued is not in 0...1, or its choices at a position do not add up
    ///   to one within 1e-6.
    public init(
        actionCount: Int, length: Int, action: [Int32], reward: [Double], propensity: [Double],
        target: [Double],
        positionPropensity: [Double] = [], positionTarget: [Double] = [], choice: [Double] = [],
        predicted: [Double] = [], context: [Int32] = []
    ) throws(BanditError) {
        self.actionCount = actionCount
        self.length = length
        self.action = action
        self.reward = reward
        self.propensity = propensity
        self.target = target
        self.positionPropensity = positionPropensity
        self.positionTarget = positionTarget
        self.choice = choice
        self.predicted = predicted
        self.context = context
        try checkLengths()
        try checkValues()
    }

    /// The number of slates n.
    public var count: Int { length > 0 ? action.count / length : 0 }

    private func checkLengths() throws(BanditError) {
        guard length > 0, actionCount > 0, !action.isEmpty else {
            throw .data("there is no slate to estimate from")
        }
        let cells = action.count, n = cells / length
        guard n * length == cells, reward.count == cells, propensity.count == cells, target.count == cells,
            positionPropensity.isEmpty || positionPropensity.count == cells,
            positionTarget.count == positionPropensity.count,
            choice.isEmpty || choice.count == cells * actionCount,
            predicted.isEmpty || predicted.count == cells * actionCount,
            context.isEmpty || context.count == n
        else { throw .data("the columns of the sample of slates differ in length") }
    }

    private func checkValues() throws(BanditError) {
        func place(_ cell: Int) -> String { "slate \(cell / length + 1), position \(cell % length + 1)" }
        for cell in action.indices {
            guard action[cell] >= 0, Int(action[cell]) < actionCount else {
                throw .data("\(place(cell)): action \(action[cell]) is not one of \(actionCount)")
            }
            guard reward[cell].isFinite else { throw .data("\(place(cell)): the reward is \(reward[cell])") }
        }
        for probabilities in [propensity, positionPropensity] {
            for (cell, p) in probabilities.enumerated() {
                guard p > 0, p <= 1 else {
                    throw .data("\(place(cell)): the propensity is \(p), but must lie in (0, 1]")
                }
            }
        }
        for probabilities in [target, positionTarget] {
            for (cell, p) in probabilities.enumerated() {
                guard p >= 0, p <= 1 + 1e-9 else {
                    throw .data("\(place(cell)): the policy's probability is \(p), but must lie in 0...1")
                }
            }
        }
        for cell in 0..<choice.count / actionCount {
            let row = choice[cell * actionCount..<(cell + 1) * actionCount]
            let sum = row.reduce(0, +)
            guard row.allSatisfy({ $0 >= 0 }), abs(sum - 1) <= 1e-6 else {
                throw .data("\(place(cell)): the policy's probabilities add up to \(sum), or one is negative")
            }
        }
        guard predicted.allSatisfy(\.isFinite) else { throw .data("a predicted reward is not finite") }
        guard context.allSatisfy({ $0 >= 0 }) else { throw .data("a context has a negative number") }
    }
}
