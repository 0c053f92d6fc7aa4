import Kernels

/// A reward model fitted to some rows.
struct RewardFit: Sendable {
    private let family: RewardModel.Family
    private let design: RewardDesign
    private let offset: Double
    private let theta: [Double]

    /// Fits `rows`; where there are none, the average of `fallback` is predicted.
    init(
        model: RewardModel, design: RewardDesign, sample: OffPolicySample, rows: [Int], weights: [Double],
        fallback: [Int]
    ) {
        family = model.family
        self.design = design
        let k = sample.actionCount
        let total = rows.reduce(0) { $0 + weights[$1] }
        let scale = total > 0 ? Double(rows.count) / total : 0
        let scaled = rows.map { total > 0 ? weights[$0] * scale : 1 }
        let base = rows.isEmpty ? fallback : rows
        let average =
            rows.isEmpty
            ? Statistics.mean(base.map { sample.reward[$0] })
            : Statistics.weightedMean(rows.map { sample.reward[$0] }, weights: scaled)
        let mass = Double(base.count)
        offset =
            family == .ridge ? average : Special.logit((average * mass + 0.5) / (mass + 1))
        guard !rows.isEmpty else {
            theta = [Double](repeating: 0, count: design.columns * (design.layout == .perAction ? k : 1))
            return
        }
        var groups = [[Int]](repeating: [], count: design.layout == .perAction ? k : 1)
        for i in rows.indices {
            groups[design.layout == .perAction ? Int(sample.action[rows[i]]) : 0].append(i)
        }
        var all = [Double](repeating: 0, count: design.columns * groups.count)
        for (group, members) in groups.enumerated() where !members.isEmpty {
            var phi = SparseRows()
            for i in members { design.append(rows[i], Int(sample.action[rows[i]]), to: &phi) }
            let regression = PenalizedRegression(
                rows: phi, columns: design.columns, targets: members.map { sample.reward[rows[$0]] },
                weights: members.map { scaled[$0] }, offset: offset, lambda: model.lambda)
            let found = family == .ridge ? regression.ridge() : regression.logistic()
            for (column, value) in found.enumerated() { all[column * groups.count + group] = value }
        }
        theta = all
    }

    /// The predicted reward of every action in some rows.
    func predict(_ rows: [Int]) -> [Double] {
        let k = design.actions
        var predicted: [Double] = [], scores = [Double](repeating: 0, count: k)
        predicted.reserveCapacity(rows.count * k)
        for row in rows {
            design.scores(row, theta, into: &scores)
            for a in 0..<k {
                let value = offset + scores[a]
                predicted.append(family == .ridge ? value : Special.logistic(value))
            }
        }
        return predicted
    }
}
