import Kernels
import Preferences

/// Rewards learnt as regret lead to good behaviour where people judge by regret; partial returns can learn
/// to avoid the goal.
struct RegretWorlds: Experiment {
    var claim: String {
        "gridworlds with 300 comparisons by regret: behaviour learnt as regret is worth at least 0.95 of the best, and more than "
            + "0.9 in at least 15 points more of the worlds than behaviour learnt as partial return; held-out "
            + "likelihood tells judges by regret from judges by partial return in at least 80% of the worlds"
    }
    var baseline: String { "a linear reward on partial returns, on the same comparisons" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let worlds = size == .full ? 24 : 8
        var rows: [ExperimentResult.Row] = []
        var shares: [[Double]] = []
        var means: [Double] = []
        for count in size == .full ? [300, 100] : [300] {
            let scores = try Parallel.map(worlds) { place in
                try Self.scores(count, CounterRandom(seed: seed).split(UInt64(place)), UInt64(place))
            }
            let names = ["regret", "partial return"]
            shares.append(
                (0..<2).map { method in
                    Double(scores.count { $0[method] > 0.9 }) / Double(worlds)
                })
            for method in 0..<2 {
                let mean = Statistics.mean(scores.map { $0[method] })
                means.append(mean)
                rows.append(
                    .init("\(names[method]), \(count) comparisons", [mean, shares[shares.count - 1][method]]))
            }
        }
        let told = try Parallel.map(worlds) { place in
            try Self.told(CounterRandom(seed: seed).split(UInt64(place)), UInt64(place))
        }
        let right = Double(told.reduce(0, +)) / Double(2 * worlds)
        rows.append(.init("told apart by held-out likelihood", [.nan, right]))
        return ExperimentResult(
            columns: ["learnt as", "mean value", "share above 0.9"], rows: rows,
            holds: means[0] >= 0.95 && shares[0][0] >= shares[0][1] + 0.15 && right >= 0.8,
            verdict:
                "value \(fixed(means[0])) against \(fixed(means[1])), good in \(percent(shares[0][0])) of the worlds against "
                + "\(percent(shares[0][1])), judges told apart in \(percent(right))")
    }

    private static let truth = [-1, -3, -0.3, 10.0]

    /// A 5 × 5 board: 5 cells of mud, 4 coins, a goal that ends; walls stop. Features say what is entered.
    private static func world(_ random: inout CounterRandom) throws -> TabularProcess {
        var kinds = [Int](repeating: 0, count: 25)
        let order = random.permutation(25)
        for cell in order[0..<5] { kinds[cell] = 1 }
        for cell in order[5..<9] { kinds[cell] = 2 }
        kinds[order[9]] = 3
        var transitions: [[[(state: Int, probability: Double)]]] = []
        var features: [[[Double]]] = []
        for cell in 0..<25 {
            if kinds[cell] == 3 {
                transitions.append([])
                features.append([])
                continue
            }
            var (steps, rows): ([[(state: Int, probability: Double)]], [[Double]]) = ([], [])
            for (dx, dy) in [(1, 0), (-1, 0), (0, 1), (0, -1)] {
                let (x, y) = (cell % 5 + dx, cell / 5 + dy)
                let next = (0..<5).contains(x) && (0..<5).contains(y) ? y * 5 + x : cell
                steps.append([(next, 1)])
                rows.append((0..<4).map { $0 == kinds[next] ? 1 : 0 })
            }
            transitions.append(steps)
            features.append(rows)
        }
        return try TabularProcess(
            states: 25, actions: 4, gamma: 0.999, transitions: transitions, features: features)
    }

    /// Comparisons of random segments of three steps, judged by regret or by partial return.
    private static func judged(
        _ count: Int, _ kind: SegmentRewardModel.Kind, _ random: inout CounterRandom
    ) throws -> SegmentSet {
        let process = try world(&random)
        let starts = (0..<process.states).filter { !process.isEnd[$0] }
        var data = SegmentSet(process: process)
        for _ in 0..<count {
            let pair = (0..<2).map { _ in
                process.randomSegment(from: starts[random.below(starts.count)], length: 3, using: &random)
            }
            try data.add(pair[0], pair[1], label: 1)
        }
        let judge = SegmentRewardModel(process: process, kind: kind, weights: truth)
        var result = SegmentSet(process: process)
        for (place, p) in try judge.probabilities(data).enumerated() {
            try result.add(data.first[place], data.second[place], label: random.bernoulli(p) ? 1 : 0)
        }
        return result
    }

    private static func scores(_ count: Int, _ random: CounterRandom, _ seed: UInt64) throws -> [Double] {
        var random = random
        let data = try judged(count, .regret, &random)
        return [
            try RegretReward().fit(data, seed: seed).normalisedValue(trueWeights: truth),
            try PartialReturnReward().fit(data).normalisedValue(trueWeights: truth),
        ]
    }

    /// For a world with judges of each kind: how many of the two are taken for what they are.
    private static func told(_ random: CounterRandom, _ seed: UInt64) throws -> Int {
        var right = 0
        for kind in [SegmentRewardModel.Kind.regret, .partialReturn] {
            var random = random
            let data = try judged(300, kind, &random)
            if try SegmentModelComparison(data, seed: seed).better.kind == kind { right += 1 }
        }
        return right
    }
}
