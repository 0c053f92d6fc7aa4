import Kernels

/// The chance that an arm is paid, a logistic model of features fitted to many records at once.
public struct ChoiceModel: Sendable, Hashable, Codable {
    /// The number of arms with weights of their own; `nil` where all share weights on their features.
    public let arms: Int?
    /// The dimension of the features.
    public let features: Int
    /// The weights of each model one after the other, the intercept last in each.
    public let weights: [Double]
    /// The share of rewards in the training records.
    public let baseRate: Double
    /// The number of training records.
    public let records: Int

    /// The pull of an intercept towards the base rate: too weak to matter beside a few records, enough to keep it finite without.
    private static let pull = 0.01

    init(records: [BatchRecord], weights: [Double], arms: Int?, features: Int, lambda: Double) {
        self.arms = arms
        self.features = features
        self.records = records.count
        let total = weights.reduce(0, +)
        baseRate = zip(records, weights).reduce(0) { $0 + $1.0.reward * $1.1 } / total
        // Kept off 0 and 1 by half a record.
        let rate = (baseRate * total + 0.5) / (total + 1)
        let anchor = Special.logit(rate)
        var rows = [[Int]](repeating: [], count: arms ?? 1)
        for (index, record) in records.enumerated() { rows[arms == nil ? 0 : record.arm].append(index) }
        self.weights = rows.flatMap { group in
            var x: [Double] = []
            x.reserveCapacity(group.count * (features + 1))
            for index in group {
                let context = records[index].context
                let vector = arms == nil ? context.armFeatures[records[index].arm] : context.features
                x += vector.dense(features)
                x.append(1)
            }
            return LogisticFit.weights(
                rows: x, rewards: group.map { records[$0].reward }, importance: group.map { weights[$0] },
                precision: [Double](repeating: lambda, count: features) + [Self.pull],
                center: [Double](repeating: 0, count: features) + [anchor])
        }
    }

    /// The chance that an arm is paid.
    public func chance(_ context: BanditContext, _ arm: Int) -> Double {
        let x = arms == nil ? context.armFeatures[arm] : context.features
        precondition(x.dimension <= features, "\(x.dimension) features where the model has \(features)")
        let at = (arms == nil ? 0 : arm) * (features + 1)
        return Special.logistic(
            weights.withUnsafeBufferPointer { x.dot($0, offset: at) } + weights[at + features])
    }
}
