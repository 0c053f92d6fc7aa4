import Foundation
import Kernels
import Preferences

/// A policy trained on the full relevance reward learns to answer; without one of its parts it learns to cheat.
struct FarmingResistance: Experiment {
    var claim: String {
        "a policy that may copy the question, repeat it, talk of something else or answer: trained on the whole reward it answers "
            + "with probability 0.9 at least, on relevance alone, with length or with variety only 0.1 at most; the "
            + "probe finds no failure of the whole reward, and nothing but failures of length"
    }
    var baseline: String { "relevance alone, with length only, with variety only, length alone" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 5 : 2
        let world = World()
        let cosine = TermCosine()
        let variants: [(String, RelevanceReward.Parts)] = [
            ("whole reward", .all), ("relevance", .relevance),
            ("relevance and length", [.relevance, .length]),
            ("relevance and variety", [.relevance, .variety]), ("length", .length),
        ]
        let rewards = variants.map { RelevanceReward(similarity: cosine, parts: $0.1) }
        let probe = try RewardProbe(queries: world.queries, answers: world.responses.map { $0[3] })
        let rows = rewards.map { reward in
            let table = world.table { reward.score(query: $0, answer: $1, kind: .open).value }
            let shares = Parallel.map(runs) { run in
                World.train(table, seed: seed &* 1000 &+ UInt64(run))
            }
            let report = probe.report { reward.score(query: $0, answer: $1, kind: .open).value }
            return [Statistics.mean(shares), report.failureRate]
        }
        let byLength = probe.report { Double($1.count) }.failureRate
        let others = rows[1...3].map { $0[0] }
        return ExperimentResult(
            columns: ["reward", "answers", "probe failures"],
            rows: zip(variants, rows).map { .init($0.0, $1) }
                + [.init("characters", [.nan, byLength])],
            holds: rows[0][0] >= 0.9 && others.max()! <= 0.1 && rows[0][1] == 0 && byLength == 1,
            verdict:
                "answers \(percent(rows[0][0])), without a part at most \(percent(others.max()!)); probe failures "
                + "\(percent(rows[0][1])), of length \(percent(byLength))"
        )
    }

    /// Questions with four ways to respond: a copy, the question ten times, something else, an answer.
    private struct World {
        let queries: [String]
        let responses: [[String]]

        init() {
            let topics = [
                ("roses", "garden", "prune", "winter"), ("bread", "oven", "bake", "flour"),
                ("engines", "motor", "repair", "oil"), ("chess", "board", "win", "queen"),
                ("tides", "ocean", "predict", "moon"), ("violins", "string", "tune", "bow"),
                ("bees", "hive", "keep", "honey"), ("solar panels", "roof", "install", "power"),
                ("marathons", "race", "train", "pace"), ("taxes", "income", "file", "form"),
                ("glaciers", "ice", "measure", "melt"), ("castles", "wall", "defend", "tower"),
            ]
            let queries = topics.map {
                "Please explain to me how people \($0.2) \($0.0) with \($0.1) and \($0.3)?"
            }
            func answer(_ topic: (String, String, String, String)) -> String {
                let (what, place, verb, thing) = topic
                return [
                    "Before you \(verb) \(what), look at the \(place) and think about \(thing).",
                    "The \(place) decides how long \(what) need if you \(verb) them for \(thing).",
                    "Most beginners who \(verb) \(what) forget that the \(place) changes with \(thing).",
                    "A good habit is to \(verb) \(what) slowly, since \(place) and \(thing) differ.",
                    "When \(thing) comes, check the \(place) and \(verb) your \(what) once more.",
                    "Never \(verb) \(what) without \(thing), because your \(place) would suffer from it.",
                    "Some neighbours \(verb) \(what) twice; others trust the \(place) and the \(thing).",
                    "In the end, \(what), \(place) and \(thing) tell you when to \(verb).",
                ].joined(separator: " ")
            }
            responses = topics.indices.map { place in
                [
                    queries[place], [String](repeating: queries[place], count: 10).joined(separator: " "),
                    answer(topics[(place + 5) % topics.count]), answer(topics[place]),
                ]
            }
            self.queries = queries
        }

        func table(_ reward: (String, String) -> Double) -> [[Double]] {
            queries.indices.map { place in responses[place].map { reward(queries[place], $0) } }
        }

        /// The probability of an answer after REINFORCE with a running mean as baseline and a pull to the even policy.
        static func train(_ rewards: [[Double]], seed: UInt64) -> Double {
            var random = CounterRandom(seed: seed)
            var logits = rewards.map { $0.map { _ in 0.0 } }
            var baselines = rewards.map { _ in 0.0 }
            func policy(_ logits: [Double]) -> [Double] {
                let sum = Special.logSumExp(logits)
                return logits.map { exp($0 - sum) }
            }
            for update in 0..<300 {
                for query in rewards.indices {
                    let p = policy(logits[query])
                    var gradient = [0.0, 0, 0, 0]
                    var total = 0.0
                    for _ in 0..<16 {
                        let choice = random.categorical(weights: p)
                        let reward = rewards[query][choice] - 0.05 * log(4 * p[choice])
                        total += reward / 16
                        let gain = (reward - baselines[query]) / 16
                        for place in 0..<4 {
                            gradient[place] += gain * ((place == choice ? 1 : 0) - p[place])
                        }
                    }
                    baselines[query] = update == 0 ? total : 0.9 * baselines[query] + 0.1 * total
                    for place in 0..<4 { logits[query][place] += gradient[place] }
                }
            }
            return logits.map { policy($0)[3] }.reduce(0, +) / Double(logits.count)
        }
    }
}
