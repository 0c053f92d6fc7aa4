import Kernels

extension LoggedDecisions {
    /// The lists of a log as slate estimates need them, for a policy that fills each place on its own.
    ///
    /// The propensity of a place is taken as that of its item given the items above it. Lists of another length than the most frequent one, and
    /// those with a place that has no reward or no propensity, are left out.
    ///
    /// - Parameters:
    ///   - candidate: The policy to be valued; place by place it chooses as for a decision of its own.
    ///   - rows: The rows of the log.
    ///   - model: Predicts the reward at each place, for estimates that use predictions.
    /// - Returns: The sample; `nil` where the log has no lists of two places or more.
    /// - Throws: `BanditError` where the rows cannot be used.
    public func slates(
        _ candidate: CandidatePolicy, rows: [Int], model: RewardModel
    ) throws(BanditError) -> SlateSample? {
        let (lists, length) = lists(rows)
        guard length > 1, !lists.isEmpty else { return nil }
        let cells = lists.flatMap { $0 }
        var sample = try sample(candidate, rows: cells)
        sample.position = cells.indices.map { Int32($0 % length) + 1 }
        var model = model
        model.byPosition = true
        let predicted = try model.crossFitted(sample, features: features(of: cells))
        var propensity = sample.propensity, target = [Double](repeating: 1, count: cells.count)
        let own = cells.indices.map { sample.target[$0 * arms + Int(sample.action[$0])] }
        var ahead = [Double](repeating: 0, count: cells.count * arms)
        for list in lists.indices {
            var rest = 0.0
            for place in stride(from: length - 1, through: 0, by: -1) {
                let cell = list * length + place
                var value = 0.0
                for arm in 0..<arms {
                    ahead[cell * arms + arm] = predicted[cell * arms + arm] + rest
                    value += sample.target[cell * arms + arm] * predicted[cell * arms + arm]
                }
                rest += value
            }
            for place in 0..<length {
                let cell = list * length + place
                target[cell] = own[cell]
                if place > 0 {
                    target[cell] *= target[cell - 1]
                    propensity[cell] *= propensity[cell - 1]
                }
            }
        }
        return try SlateSample(
            actionCount: arms, length: length, action: sample.action, reward: sample.reward,
            propensity: propensity,
            target: target, positionPropensity: sample.propensity, positionTarget: own, choice: sample.target,
            predicted: ahead)
    }

    /// The rows of each complete list, from the top, and the length that most lists have.
    private func lists(_ rows: [Int]) -> (lists: [[Int]], length: Int) {
        guard !log.slate.isEmpty else { return ([], 0) }
        var places: [UInt32: Int] = [:]
        var all: [[Int]] = []
        for row in rows where log.slate[row] != .max && log.propensity[row] > 0 && hasReward(row) {
            if let place = places[log.slate[row]] {
                all[place].append(row)
            } else {
                places[log.slate[row]] = all.count
                all.append([row])
            }
        }
        var counts: [Int: Int] = [:]
        for list in all { counts[list.count, default: 0] += 1 }
        guard let length = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else {
            return ([], 0)
        }
        let whole = all.filter { $0.count == length }
        return (whole.map { list in list.sorted { log.position[$0] < log.position[$1] } }, length)
    }
}
