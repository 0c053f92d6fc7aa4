import Bandits
import Foundation
import Kernels

/// Loss estimates that stay near zero from below, at no cost in regret.
struct MagnitudeReduction: Experiment {
    var claim: String {
        "thirty arms in five features, losses that drift: the smallest estimate is at least 4 times nearer "
            + "to zero than the naive one's and never below "
            + "−1/√γ; the regret is below 20% of uniform play's and differs from the naive one's by less "
            + "than 20% of it"
    }
    var baseline: String { "naive importance-weighted estimates; uniform play" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 4, rounds = 3000
        let gamma = 1e-3
        let root = CounterRandom(seed: seed)
        let results = Parallel.map(runs) { run in
            var random = root.split(UInt64(run))
            let points = (0..<30).map { _ in
                let direction = (0..<4).map { _ in random.normal() }
                let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
                let radius = pow(random.uniform(), 0.25)
                return direction.map { $0 * radius / length }
            }
            let features = points.map { ($0 + [1]).map { $0 / 2.0.squareRoot() } }
            let start = random
            return [LossEstimator.reduced, .naive].flatMap { estimator in
                let policy = MagnitudeReducedFTRL(
                    actions: features, estimator: estimator, gamma: gamma, eta: 0.05,
                    seed: seed &* 1000 &+ UInt64(run))
                return play(policy, points: points, rounds: rounds, random: start)
            }
        }
        let mean = (0..<6).map { i in Statistics.mean(results.map { $0[i] }) }
        let lowest = [0, 3].map { i in results.reduce(0) { min($0, $1[i]) } }
        let leastRatio = results.map { $0[3] / $0[0] }.min()!
        let share = mean[1] / mean[2], difference = abs(mean[1] - mean[4]) / mean[2]
        return ExperimentResult(
            columns: ["estimator", "smallest estimate", "regret", "uniform play"],
            rows: [
                .init("magnitude-reduced", [lowest[0], mean[1], mean[2]]),
                .init("naive", [lowest[1], mean[4], mean[5]]),
            ],
            holds: leastRatio >= 4 && lowest[0] >= -1 / gamma.squareRoot() && share < 0.2 && difference < 0.2,
            verdict:
                "smallest estimate \(fixed(lowest[0])) against \(fixed(lowest[1])), nearer to zero by at least "
                + "\(fixed(leastRatio)) in every run; regret \(percent(share)) of uniform play's, differing by "
                + percent(difference))
    }

    /// The smallest estimate, the regret to the best fixed arm, and that of uniform play.
    private func play(
        _ policy: MagnitudeReducedFTRL, points: [[Double]], rounds: Int, random: CounterRandom
    ) -> [Double] {
        var policy = policy
        var sums = [Double](repeating: 0, count: points.count), paid = 0.0
        for round in 0..<rounds {
            let k = Double(round)
            let theta = [cos(k / 600), 0.3, 0.5 * sin(k / 400), -0.2]
            let length = theta.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let losses = points.map { point in
                0.5 + 0.5 * zip(point, theta).reduce(0) { $0 + $1.0 * $1.1 } / length
            }
            let decision = policy.choose(BanditContext())
            // What the draws would cost on average, so that the draws' luck is left out.
            for arm in points.indices {
                paid += decision.propensities[arm] * losses[arm]
                sums[arm] += losses[arm]
            }
            policy.learn(decision, 1 - losses[decision.action])
        }
        let best = sums.min()!
        return [policy.smallestEstimate, paid - best, sums.reduce(0, +) / Double(sums.count) - best]
    }
}
