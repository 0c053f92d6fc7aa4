import Bandits
import Foundation
import Kernels

/// Steps along gradients lose little on any stream; following the leader and standing still each lose all on
/// one.
struct AdversarialStream: Experiment {
    var claim: String {
        "linear losses on a box of 5 dimensions: on a stream that alternates and on one that leans to one side, the regret of online "
            + "gradient descent grows with a slope of at most 0.6 on a log–log scale and is in the end at most 10% of that of following "
            + "the leader and of standing still on the stream that each is worst on"
    }
    var baseline: String { "the best point so far (follow the leader); the centre of the box" }

    private static let dimension = 5

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 5, rounds = size == .full ? 65_536 : 8192
        let marks = [rounds / 16, rounds / 8, rounds / 4, rounds / 2, rounds]
        let root = CounterRandom(seed: seed)
        var rows: [ExperimentResult.Row] = []
        var regrets: [[Double]] = [], slopes: [Double] = []
        for stream in 0..<2 {
            let all = Parallel.map(runs) { run in
                Self.play(
                    isAlternating: stream == 0, marks: marks, random: root.split(UInt64(2 * run + stream)))
            }
            let name = stream == 0 ? "alternating" : "leaning"
            for (player, label) in ["gradient descent", "follow the leader", "centre"].enumerated() {
                let mean = marks.indices.map { mark in Statistics.mean(all.map { $0[player][mark] }) }
                let slope = ArmWorlds.slope(Array(marks.suffix(3)), Array(mean.suffix(3)))
                regrets.append(mean)
                slopes.append(slope)
                rows.append(.init("\(label), \(name)", [mean[4], slope]))
            }
        }
        let worst = max(regrets[0][4], regrets[3][4])
        let leader = worst / regrets[1][4], still = worst / regrets[5][4]
        let slope = max(slopes[0], slopes[3])
        return ExperimentResult(
            columns: ["player, stream", "regret", "slope"], rows: rows,
            holds: slope <= 0.6 && leader <= 0.1 && still <= 0.1,
            verdict:
                "slope \(fixed(slope)); the larger regret is \(percent(leader)) of the leader's and \(percent(still)) of the centre's"
        )
    }

    /// The regret of gradient descent, of following the leader and of the centre after each of `marks`.
    private static func play(isAlternating: Bool, marks: [Int], random: CounterRandom) -> [[Double]] {
        var random = random
        let set = ConvexSet.box(
            lower: [Double](repeating: -1, count: dimension), upper: [Double](repeating: 1, count: dimension))
        let signs = (0..<dimension).map { _ in random.bernoulli(0.5) ? 1.0 : -1 }
        var policy = OnlineGradientDescent(set: set)
        var leader = RegretMeter(dimension: dimension), still = leader
        var regrets: [[Double]] = [[], [], []]
        for round in 1...(marks.last ?? 1) {
            let gradient = signs.map { sign in
                if isAlternating { return round == 1 ? 0.5 * sign : round % 2 == 0 ? -sign : sign }
                return 0.2 * sign + random.normal()
            }
            let best = leader.rounds == 0 ? set.center : set.minimizer(leader.gradientSum)
            leader.add(gradient, at: best)
            still.add(gradient, at: set.center)
            let decision = policy.choose()
            policy.learn(decision, gradient)
            if marks.contains(round) {
                for (player, meter) in [policy.meter, leader, still].enumerated() {
                    regrets[player].append(meter.regret(on: set))
                }
            }
        }
        return regrets
    }
}
