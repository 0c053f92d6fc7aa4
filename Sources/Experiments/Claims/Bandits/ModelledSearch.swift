import Bandits
import Foundation
import Kernels

/// A model of what was measured finds better points than random draws, with exact and with noisy values.
struct ModelledSearch: Experiment {
    var claim: String {
        "30 evaluations of Branin and Hartmann-3: expected improvement's median regret is at most 0.3 times random search's, and so is "
            + "the knowledge gradient's on Branin; with noise of standard deviation 0.5 the noisy version's mean regret is at most 0.4 times "
            + "random search's, averaged over both"
    }
    var baseline: String { "random search: the best of 30 random points" }

    private struct Setting: Sendable {
        let surface: SearchFunctions.Surface
        let acquisition: BayesianOptimization.Acquisition
        var noise = 0.0
        let runs: Int

        var name: String { "\(surface.name), \(acquisition.rawValue)" }
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let branin = SearchFunctions.branin, hartmann = SearchFunctions.hartmann3
        let settings = [
            Setting(surface: branin, acquisition: .expectedImprovement, runs: 5),
            Setting(surface: hartmann, acquisition: .expectedImprovement, runs: 5),
            Setting(surface: branin, acquisition: .knowledgeGradient, runs: 3),
            Setting(surface: branin, acquisition: .noisyExpectedImprovement, noise: 0.5, runs: 8),
            Setting(surface: hartmann, acquisition: .noisyExpectedImprovement, noise: 0.5, runs: 8),
        ]
        let root = CounterRandom(seed: seed)
        let rows = settings.map { setting in
            let regrets = Parallel.map(setting.runs * (size == .full ? 5 : 1)) { run -> [Double] in
                let random = root.split(UInt64(run))
                let policy = BayesianOptimization(
                    space: .unitCube(setting.surface.dimension), acquisition: setting.acquisition,
                    noise: setting.noise == 0 ? .known(0) : .fitted, seed: seed &* 1000 &+ UInt64(run))
                // Random search is cheap: many draws of it make the baseline's figure steady.
                let drawn = (0..<50).map {
                    Self.drawn(setting.surface, setting.noise, random.split(UInt64($0) + 1))
                }
                return [Self.searched(policy, setting.surface, setting.noise, random)] + drawn
            }
            let summary = setting.noise == 0 ? Statistics.median : Statistics.mean
            let mine = summary(regrets.map { $0[0] }), theirs = summary(regrets.flatMap { $0.dropFirst() })
            return ExperimentResult.Row(setting.name, [mine, theirs, mine / theirs])
        }
        let ratios = rows.map { $0.values[2] }
        return ExperimentResult(
            columns: ["problem", "regret", "random", "ratio"], rows: rows,
            holds: ratios[..<3].allSatisfy { $0 <= 0.3 } && Statistics.mean(Array(ratios[3...])) <= 0.4,
            verdict: "regret against random search's: "
                + rows.map { "\($0.name) \(fixed($0.values[0])) against \(fixed($0.values[1]))" }
                .joined(separator: "; "))
    }

    private static func searched(
        _ policy: BayesianOptimization, _ surface: SearchFunctions.Surface, _ noise: Double,
        _ random: CounterRandom
    ) -> Double {
        var policy = policy, random = random
        for _ in 0..<30 {
            let decision = policy.choose()
            policy.learn(decision, surface.value(decision.action) + noise * random.normal())
        }
        return surface.maximum - surface.value(policy.recommendation()!.point)
    }

    private static func drawn(
        _ surface: SearchFunctions.Surface, _ noise: Double, _ random: CounterRandom
    ) -> Double {
        var random = random
        var best = (seen: -Double.infinity, true: 0.0)
        for _ in 0..<30 {
            let value = surface.value((0..<surface.dimension).map { _ in random.uniform() })
            let seen = value + noise * random.normal()
            if seen > best.seen { best = (seen, value) }
        }
        return surface.maximum - best.true
    }
}
