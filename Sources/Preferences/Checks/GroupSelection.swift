import Kernels

/// Chooses the number of taste groups by how well they predict held-out answers; see `JudgeMap`.
struct GroupSelection {
    /// The chosen number.
    private(set) var chosen = 1
    /// The evidence for each number that was tried.
    private(set) var evidence: [JudgeMapResult.Evidence] = []

    /// Fewer judges than this make no groups.
    static let fewestJudges = 8

    init(_ data: JudgeAnswers, items: Int, most: Int, seed: UInt64) {
        let limit = data.judges.count < Self.fewestJudges || items < 3 ? 1 : min(most, data.judges.count / 4)
        guard limit > 1 else { return }
        let halves = data.halves(seed: seed)
        let spaces = (TasteSpace(halves.0, items: items), TasteSpace(halves.1, items: items))
        let weight = data.judges.reduce(0) { $0 + $1.weight }
        var predicted: [[Double]] = []
        var totals: [Double] = []
        for groups in 1...limit {
            var one = TasteMixture(items: items, groups: groups), two = one
            one.fit(halves.0, spaces.0, seed: seed)
            two.fit(halves.1, spaces.1, seed: seed)
            predicted.append(zip(one.predict(halves.1), two.predict(halves.0)).map { $0 + $1 })
            totals.append(predicted[groups - 1].reduce(0, +))
            let (gain, error) = Self.difference(predicted[groups - 1], predicted[0])
            evidence.append(
                JudgeMapResult.Evidence(groups: groups, gain: gain / weight, error: error / weight))
            // Two more groups that predict no better: it will not come back.
            if groups >= 3, totals[groups - 1] <= totals[groups - 3], totals[groups - 2] <= totals[groups - 3]
            {
                break
            }
        }
        let best = totals.indices.max { totals[$0] < totals[$1] }!
        for k in 0...best {
            let (gain, error) = Self.difference(predicted[best], predicted[k])
            if gain <= 2 * error {
                chosen = k + 1
                break
            }
        }
    }

    /// The sum of the differences of two lists, with its standard error.
    private static func difference(_ a: [Double], _ b: [Double]) -> (Double, Double) {
        let gaps = zip(a, b).map { $0 - $1 }
        return (
            gaps.reduce(0, +), (Statistics.variance(gaps) * Double(gaps.count)).squareRoot()
        )
    }
}
