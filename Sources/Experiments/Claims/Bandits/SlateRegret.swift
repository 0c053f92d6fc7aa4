import Bandits
import Foundation
import Kernels

/// Learning what each item is worth beats learning each place, or each set, on its own.
struct SlateRegret: Experiment {
    /// Whose claim it is.
    enum Subject: Sendable { case cascade, thompson, set }

    let subject: Subject

    private var method: String {
        switch subject {
        case .cascade: "CascadeKL-UCB"
        case .thompson: "Thompson sampling"
        case .set: "CombUCB1"
        }
    }

    private var baselines: [String] {
        subject == .set
            ? ["UCB1 over sets", "ε-greedy means with the same oracle"]
            : ["CascadeUCB1", "one KL-UCB for each place"]
    }

    var claim: String {
        switch subject {
        case .cascade, .thompson:
            "lists of 4 out of 16 items, four of which attract with 0.2 and the others with 0.05: \(method)'s regret is at most 0.5 of "
                + "CascadeUCB1's and of one KL-UCB for each place, and its slope on a log–log scale at most 0.5 over the second half"
        case .set:
            "sets of 3 out of 10 coins: CombUCB1's regret is at most 0.25 of UCB1's over the 120 sets and at most 0.5 of ε-greedy's with the "
                + "same oracle, and its slope on a log–log scale is at most 0.5 over the second half"
        }
    }
    var baseline: String { baselines.joined(separator: "; ") }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 10 : subject == .set ? 6 : 2
        let rounds = size == .full ? 50_000 : 20_000
        let marks = [rounds / 4, rounds / 2, rounds]
        let names = [method] + baselines
        let found = Parallel.map(runs * 3) { job -> [Double] in
            let random = CounterRandom(seed: seed).split(UInt64(job / 3))
            switch (subject, job % 3) {
            case (.cascade, 0): return play(CascadingUCB(items: 16, slots: 4), marks, random)
            case (.cascade, 1): return play(CascadingUCB(items: 16, slots: 4, index: .ucb1), marks, random)
            case (.thompson, 0):
                return play(SlateThompson(items: 16, slots: 4, seed: UInt64(job)), marks, random)
            case (.thompson, 1): return play(CascadingUCB(items: 16, slots: 4, index: .ucb1), marks, random)
            case (.cascade, _), (.thompson, _): return play(RankedKL(items: 16, slots: 4), marks, random)
            case (.set, 0): return play(CombinatorialUCB(items: 10, oracle: TopItems(3)), marks, random)
            case (.set, 1): return play(SetUCB(items: 10, size: 3), marks, random)
            case (.set, _): return play(GreedySets(items: 10, size: 3), marks, random)
            }
        }
        let regret = (0..<3).map { place in
            marks.indices.map { mark in Statistics.mean((0..<runs).map { found[$0 * 3 + place][mark] }) }
        }
        let slopes = regret.map { ArmWorlds.slope(marks, $0) }
        let ratios = [regret[0][2] / regret[1][2], regret[0][2] / regret[2][2]]
        let margins = subject == .set ? [0.25, 0.5] : [0.5, 0.5]
        return ExperimentResult(
            columns: ["policy", "regret", "slope"],
            rows: (0..<3).map { .init(names[$0], [regret[$0][2], slopes[$0]]) },
            holds: zip(ratios, margins).allSatisfy { $0 <= $1 } && slopes[0] <= 0.5,
            verdict:
                "\(fixed(ratios[0])) of \(names[1]), \(fixed(ratios[1])) of \(names[2]); slope \(fixed(slopes[0]))"
        )
    }

    private func play<P: Policy>(_ policy: P, _ marks: [Int], _ random: CounterRandom) -> [Double]
    where P.Context == BanditContext, P.Action == [Int], P.Outcome == [Double] {
        var policy = policy, random = random
        let rates =
            subject != .set
            ? (0..<16).map { $0 % 4 == 0 ? 0.2 : 0.05 } : (0..<10).map { 0.25 + 0.05 * Double($0 * 7 % 10) }
        func value(_ items: [Int]) -> Double {
            subject != .set
                ? 1 - items.reduce(1) { $0 * (1 - rates[$1]) } : items.reduce(0) { $0 + rates[$1] }
        }
        let size = subject != .set ? 4 : 3
        let best = value(rates.indices.sorted { rates[$0] > rates[$1] }.prefix(size).map { $0 })
        var regret = 0.0
        var found: [Double] = []
        for round in 1...(marks.last ?? 1) {
            let decision = policy.choose(BanditContext())
            regret += best - value(decision.action)
            var outcome = decision.action.map { random.bernoulli(rates[$0]) ? 1.0 : 0 }
            if subject != .set {
                outcome = CascadingUCB.feedback(click: outcome.firstIndex(of: 1), slots: outcome.count)
            }
            policy.learn(decision, outcome)
            if marks.contains(round) { found.append(regret) }
        }
        return found
    }
}
