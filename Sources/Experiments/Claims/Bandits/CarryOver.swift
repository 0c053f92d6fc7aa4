import Bandits
import Foundation
import Kernels

/// Actions whose effect builds up over rounds: a policy that waits for it against one that believes each reward.
struct CarryOver: Experiment {
    var claim: String {
        "a hidden state with memory 0.9, seven actions, 4000 rounds: DynLin-UCB's mean regret is at most 0.3 of LinUCB's at the same scale and "
            + "at the same width, and that of every run at most 500"
    }
    var baseline: String {
        "LinUCB on every reward, with scale 0.02 of its own width, and with DynLin's width"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 5
        let all = Parallel.map(runs) { run in
            [Player.dynamic, .narrow, .wide].map { play($0, seed: seed, run: UInt64(run)) }
        }
        let means = (0..<3).map { player in Statistics.mean(all.map { $0[player] }) }
        let worst = (0..<3).map { player in all.map { $0[player] }.max() ?? 0 }
        let ratios = [means[0] / means[1], means[0] / means[2]]
        return ExperimentResult(
            columns: ["policy", "mean regret", "largest"],
            rows: zip(["DynLin-UCB", "LinUCB, scale 0.02", "LinUCB, DynLin's width"], zip(means, worst)).map {
                .init($0, [$1.0, $1.1])
            },
            holds: ratios.allSatisfy { $0 <= 0.3 } && worst[0] <= 500,
            verdict:
                "regret \(fixed(ratios[0])) of LinUCB's at its own width, \(fixed(ratios[1])) at DynLin's; the worst run \(fixed(worst[0]))"
        )
    }

    private enum Player { case dynamic, narrow, wide }

    private func play(_ player: Player, seed: UInt64, run: UInt64) -> Double {
        let rounds = 4000, noise = 0.05
        var random = CounterRandom(seed: seed).split(run)
        var system = LinearDynamics(
            transition: diagonal([0.9, 0, 0.3]), input: diagonal([0.12, 0, 0.1]), omega: [1, 0, 0.5],
            theta: [0, 0.7, 0.2])
        let longRun = [1.2, 0.7, 0.2 + 0.05 / 0.7]
        let third = 1.0 / 3
        var actions: [[Double]] = [
            [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5],
            [third, third, third],
        ]
        // The first choice is a tie: the order decides, so that every run has its own.
        random.shuffle(&actions)
        let bounds = DynLinUCB.Bounds(
            rho: 0.9, theta: 0.53.squareRoot(), omega: 1.25.squareRoot(), input: 0.12, noise: noise)
        let plain = DynLinUCB.Bounds(
            rho: 0, theta: bounds.theta, omega: 0, input: bounds.input, noise: noise)
        var scale = 0.02
        func policy(_ bounds: DynLinUCB.Bounds) -> DynLinUCB {
            DynLinUCB(actions: actions, bounds: bounds, horizon: rounds, exploration: scale, seed: run)
        }
        if player == .wide {
            scale *= policy(bounds).width(after: rounds) / policy(plain).width(after: rounds)
        }
        // Without memory, and with ω = 0, DynLin-UCB is LinUCB.
        var learner = policy(player == .dynamic ? bounds : plain)
        var earned = 0.0
        for _ in 0..<rounds {
            let decision = learner.choose(BanditContext())
            let reward =
                system.step(actions[decision.action], noise: (0..<3).map { _ in noise * random.normal() })
                + noise * random.normal()
            earned += reward
            learner.learn(decision, reward)
        }
        let best = actions.map { zip($0, longRun).reduce(0) { $0 + $1.0 * $1.1 } }.max() ?? 0
        return Double(rounds) * best - earned
    }

    private func diagonal(_ values: [Double]) -> Matrix {
        Matrix(rows: values.count, columns: values.count) { $0 == $1 ? values[$0] : 0 }
    }
}
