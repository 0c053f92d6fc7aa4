import Bandits
import Foundation
import Kernels

/// A cover of all small supports keeps its guarantee with few tries; lasso with tries of what it likes needs
/// fewer still.
struct SparseSearches: Experiment {
    /// What is claimed of.
    enum Subject: Sendable { case cover, lasso }

    let subject: Subject

    var claim: String {
        switch subject {
        case .cover:
            "2000 actions in ten dimensions, two of which matter, rewards off by 0.25: the cover's gap is never above 0.75, 0.1 on "
                + "average and below least squares' with as many tries, with fewer than 600 tries and never more than the bound"
        case .lasso:
            "2000 actions in 40 dimensions, two of which matter, rewards off by 0.25 at random, 60 tries and 20 more: the mean gap is at "
                + "most 0.6 of what full least squares leaves with the same tries"
        }
    }
    var baseline: String {
        switch subject {
        case .cover: "least squares on as many random tries; the best of these"
        case .lasso: "least squares on all features, with the same tries and 20 more"
        }
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 100 : 40, root = CounterRandom(seed: seed)
        return subject == .cover ? cover(runs, root) : lasso(runs, root)
    }

    private func cover(_ runs: Int, _ root: CounterRandom) -> ExperimentResult {
        let found = Parallel.map(runs) { run -> [Double] in
            var random = root.split(UInt64(run))
            let world = SparseWorld(dimension: 10, epsilon: 0.25, atRandom: false, random: &random)
            let search = SparseCoverSearch(
                actions: world.actions, sparsity: 2, epsilon: 0.25, seed: UInt64(run))
            let queries = search.cover.queries.count
            let done = world.play(search, tries: queries)
            let plain = world.play(
                LinearSearch(actions: world.actions, queries: queries, penalty: 0, seed: UInt64(run)),
                tries: queries)
            let fitted = plain.promising.first.map(world.gap) ?? 1
            let again = world.play(plain, tries: 20),
                sparse = world.play(
                    LinearSearch(actions: world.actions, queries: queries, penalty: 0.05, seed: UInt64(run)),
                    tries: queries + 20)
            return [
                world.gap(done.best ?? 0), fitted, world.gap(plain.best ?? 0), world.gap(again.best ?? 0),
                world.gap(sparse.best ?? 0), Double(queries), search.cover.bound,
            ]
        }
        let means = (0..<7).map { place in Statistics.mean(found.map { $0[place] }) }
        let worst = found.map { $0[0] }.max() ?? 0
        let within = found.allSatisfy { $0[5] <= $0[6] && $0[5] < 600 }
        let names = [
            "cover", "least squares", "best of random tries", "least squares, 20 more", "lasso, 20 more",
        ]
        return ExperimentResult(
            columns: ["search", "mean gap", "tries"],
            rows: names.enumerated().map { .init($1, [means[$0], means[5] + ($0 > 2 ? 20 : 0)]) },
            holds: worst <= 0.75 && means[0] <= 0.1 && means[0] < means[1] && within,
            verdict:
                "gap \(fixed(means[0])) on average and \(fixed(worst)) at worst, least squares \(fixed(means[1])), with "
                + "\(fixed(means[5])) tries of at most \(fixed(means[6]))"
        )
    }

    private func lasso(_ runs: Int, _ root: CounterRandom) -> ExperimentResult {
        let penalties = [0.05, 0]
        let found = Parallel.map(runs) { run -> [Double] in
            var random = root.split(UInt64(run))
            let world = SparseWorld(dimension: 40, epsilon: 0.25, atRandom: true, random: &random)
            return penalties.map { penalty in
                let search = LinearSearch(
                    actions: world.actions, queries: 60, penalty: penalty, seed: UInt64(run))
                return world.gap(world.play(search, tries: 80).best ?? 0)
            }
        }
        let means = (0..<2).map { place in Statistics.mean(found.map { $0[place] }) }
        return ExperimentResult(
            columns: ["search", "mean gap"],
            rows: [.init("lasso", [means[0]]), .init("least squares", [means[1]])],
            holds: means[0] <= 0.6 * means[1],
            verdict: "gap \(fixed(means[0])) against \(fixed(means[1]))"
        )
    }
}

/// Two thousand actions of length 1 whose rewards are nearly linear in two features.
private struct SparseWorld: Sendable {
    var actions: [[Double]]
    var rewards: [Double]

    /// - Parameter atRandom: Whether the error's sign is a coin's, rather than that of another linear function.
    init(dimension: Int, epsilon: Double, atRandom: Bool, random: inout CounterRandom) {
        func unit(_ count: Int) -> [Double] {
            let raw = (0..<count).map { _ in random.normal() }
            let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return raw.map { $0 / length }
        }
        actions = (0..<2000).map { _ in unit(dimension) }
        let support = random.permutation(dimension).prefix(2), theta = unit(2), other = unit(dimension)
        rewards = []
        for action in actions {
            let linear = zip(support, theta).reduce(0) { $0 + action[$1.0] * $1.1 }
            let along = atRandom ? random.uniform() - 0.5 : zip(action, other).reduce(0) { $0 + $1.0 * $1.1 }
            rewards.append(linear + (along >= 0 ? epsilon : -epsilon))
        }
    }

    func gap(_ action: Int) -> Double { (rewards.max() ?? 0) - rewards[action] }

    func play<P: ArmPolicy>(_ policy: P, tries: Int) -> P {
        var policy = policy
        for _ in 0..<tries {
            let decision = policy.choose(BanditContext())
            policy.learn(decision, rewards[decision.action])
        }
        return policy
    }
}
