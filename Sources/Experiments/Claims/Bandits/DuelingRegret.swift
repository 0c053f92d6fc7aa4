import Bandits
import Foundation
import Kernels

/// Duels that are chosen by what is not yet known cost less than a tournament that is run to its end.
struct DuelingRegret: Experiment {
    var claim: String {
        "ten arms, each with an even lead over the next: double Thompson sampling's dueling regret over the run is at most half of an "
            + "interleaved filter's and at most 0.2 of random pairs', and it grows by at most half in the second half of the run"
    }
    var baseline: String {
        "the interleaved filter of Yue, Broder, Kleinberg and Joachims (2012), and random pairs"
    }

    private static let arms = 10

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 40 : 8, rounds = size == .full ? 20_000 : 10_000
        let root = CounterRandom(seed: seed)
        // Bradley–Terry strengths in even steps: neighbours win 57 of 100, the first against the last 93.
        let chance = (0..<Self.arms).map { i in
            (0..<Self.arms).map { j in Special.logistic(0.29 * Double(j - i)) }
        }
        let all = Parallel.map(runs) { run -> [[Double]] in
            let random = root.split(UInt64(run))
            // Nothing may depend on the arms' numbers.
            var shuffle = random.split(9)
            let order = shuffle.permutation(Self.arms)
            let world = (0..<Self.arms).map { i in (0..<Self.arms).map { chance[order[i]][order[$0]] } }
            let best = order.firstIndex(of: 0)!
            var policy = DoubleThompson(arms: Self.arms, seed: seed &* 1000 &+ UInt64(run))
            let thompson = Self.regret(world, best, rounds, random.split(1)) { answer in
                let decision = policy.choose(BanditContext())
                policy.learn(decision, answer(decision.action))
            }
            var filter = InterleavedFilter(arms: Self.arms, horizon: rounds, random: random.split(2))
            let filtered = Self.regret(world, best, rounds, random.split(3)) { filter.play($0) }
            var draws = random.split(4)
            let drawn = Self.regret(world, best, rounds, random.split(5)) { answer in
                _ = answer(Duel(draws.below(Self.arms), draws.below(Self.arms)))
            }
            return [thompson, filtered, drawn]
        }
        let names = ["double Thompson", "interleaved filter", "random pairs"]
        let means = names.indices.map { k in
            [0, 1].map { half in Statistics.mean(all.map { $0[k][half] }) }
        }
        let late = (means[0][1] - means[0][0]) / means[0][0]
        return ExperimentResult(
            columns: ["policy", "regret, half-way", "regret"],
            rows: names.indices.map { .init(names[$0], means[$0]) },
            holds: means[0][1] <= 0.5 * means[1][1] && means[0][1] <= 0.2 * means[2][1] && late <= 0.5,
            verdict: "regret "
                + names.indices.map { "\(fixed(means[$0][1])) (\(names[$0]))" }.joined(separator: ", ")
                + "; the second half adds \(percent(late))")
    }

    /// The cumulative regret Σ (Δ(first) + Δ(second))/2 half-way and at the end, Δ the best arm's lead
    /// over ½ against an arm.
    private static func regret(
        _ world: [[Double]], _ best: Int, _ rounds: Int, _ random: CounterRandom,
        play: ((Duel<Int>) -> Double) -> Void
    ) -> [Double] {
        var random = random
        var sum = 0.0, marks: [Double] = []
        for round in 1...rounds {
            play { duel in
                sum += 0.5 * (world[best][duel.first] + world[best][duel.second]) - 0.5
                return random.bernoulli(world[duel.first][duel.second]) ? 1 : 0
            }
            if round == rounds / 2 || round == rounds { marks.append(sum) }
        }
        return marks
    }
}

/// The tournament that the claim is held against: a champion meets all rivals in turn until one of them
/// is surely better, and then plays against itself.
private struct InterleavedFilter {
    private let horizon: Int
    private let logTerm: Double
    private var champion: Int
    private var rivals: [Int]
    private var wins: [Double]
    private var games: [Double]
    private var upcoming = 0

    init(arms: Int, horizon: Int, random: CounterRandom) {
        var random = random
        self.horizon = horizon
        logTerm = log(Double(horizon) * Double(arms * arms))
        champion = random.below(arms)
        let first = champion
        rivals = (0..<arms).filter { $0 != first }
        wins = [Double](repeating: 0, count: arms)
        games = wins
    }

    mutating func play(_ answer: (Duel<Int>) -> Double) {
        guard !rivals.isEmpty else {
            _ = answer(Duel(champion, champion))
            return
        }
        let rival = rivals[upcoming % rivals.count]
        upcoming += 1
        wins[rival] += answer(Duel(champion, rival))
        games[rival] += 1
        let (share, width) = bounds(rival)
        if share - width > 0.5 {
            rivals.removeAll { $0 == rival }
        } else if share + width < 0.5 {
            // The new champion drops those that lost to the old one more often than not.
            let left = rivals.filter { $0 != rival && bounds($0).share <= 0.5 }
            rivals = left
            champion = rival
            wins = wins.map { _ in 0 }
            games = wins
        }
    }

    private func bounds(_ rival: Int) -> (share: Double, width: Double) {
        let n = max(games[rival], 1)
        return (games[rival] > 0 ? wins[rival] / n : 0.5, (logTerm / n).squareRoot())
    }
}
