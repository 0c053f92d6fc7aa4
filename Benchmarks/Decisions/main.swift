// Work that `Benchmarks/decisions.py` times and compares with peers.
//
//     decision-bench estimates FOLDER     the estimates of off_policy_peer.py, with the seconds of each, as JSON
//     decision-bench linear               nanoseconds of one decision and its outcome, 20 features, 10 arms

import Bandits
import Foundation
import Kernels
import Signals

struct Estimate: Encodable {
    var value: Double
    var seconds: Double
}

/// The least seconds of a few runs of some work.
func least<Result>(_ repeats: Int, _ work: () throws -> Result) rethrows -> (result: Result, seconds: Double)
{
    let clock = ContinuousClock()
    var best = Duration.seconds(3600)
    var result = try work()
    for _ in 0..<repeats {
        let start = clock.now
        result = try work()
        best = min(best, start.duration(to: clock.now))
    }
    return (result, Double(best.components.attoseconds) * 1e-18 + Double(best.components.seconds))
}

/// The log of a folder with items by number, as the peer has it.
func log(_ folder: String, _ name: String) throws -> (action: [Int32], reward: [Double], propensity: [Double])
{
    let plain = "\(folder)/\(name)_men.csv"
    let path = FileManager.default.fileExists(atPath: plain) ? plain : plain + ".gz"
    let log = try DecisionLog(contentsOf: [path])
    let items = log.actions.all.map { Int32($0) ?? -1 }
    return (log.action.map { items[Int($0)] }, log.reward, log.propensity)
}

func estimates(_ folder: String) throws {
    let logs = ["bts": try log(folder, "bts"), "random": try log(folder, "random")]
    let items = 1 + Int(logs.values.compactMap { $0.action.max() }.max() ?? 0)
    let estimators: [any ValueEstimator] = [
        DirectMethod(), InversePropensity(), SelfNormalizedInversePropensity(),
        ClippedInversePropensity(lambda: 100),
        DoublyRobust(), SelfNormalizedDoublyRobust(), SwitchDoublyRobust(tau: 10),
        OptimisticShrinkage(lambda: 100),
        SubGaussianInversePropensity(lambda: 0.01), SubGaussianDoublyRobust(lambda: 0.01),
    ]
    var answers: [String: [String: [String: Estimate]]] = [:]
    for (name, other) in [("bts", "random"), ("random", "bts")] {
        guard let own = logs[name], let shown = logs[other] else { continue }
        var popular = [Double](repeating: 1, count: items)
        for (item, click) in zip(shown.action, shown.reward) { popular[Int(item)] += click }
        let total = popular.reduce(0, +)
        var predicted: [Double] = []
        for row in own.action.indices {
            for item in 0..<items { predicted.append(0.002 + 0.0001 * Double((row + 3 * item) % 17)) }
        }
        for (policy, chances) in [
            ("uniform", [Double](repeating: 1 / Double(items), count: items)),
            ("popular", popular.map { $0 / total }),
        ] {
            let sample = try OffPolicySample(
                actionCount: items, action: own.action, reward: own.reward, propensity: own.propensity,
                target: (0..<own.action.count).flatMap { _ in chances }, predicted: predicted)
            for estimator in estimators {
                let (found, seconds) = try least(20) { try estimator.estimate(sample) }
                answers[name, default: [:]][policy, default: [:]][found.estimator] = Estimate(
                    value: found.value, seconds: seconds)
            }
        }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(answers), as: UTF8.self))
}

func linear() {
    let arms = 10, features = 20, rounds = 200_000
    var random = CounterRandom(seed: 1)
    let contexts = (0..<1000).map { _ in
        BanditContext(features: FeatureVector((0..<features).map { _ in random.normal() }))
    }
    func time(_ start: some ArmPolicy) -> Double {
        let (_, seconds) = least(2) { () -> Int in
            var policy = start
            for round in 0..<rounds {
                let decision = policy.choose(contexts[round % 1000])
                policy.learn(decision, round % 3 == 0 ? 1 : 0)
            }
            return policy.journal.learned
        }
        return seconds / Double(rounds) * 1e9
    }
    let found = [
        "linucb": time(LinUCB(arms: arms, features: features)), "squarecb": time(SquareCB(arms: arms)),
    ]
    print("{" + found.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}")
}

let arguments = CommandLine.arguments
if arguments.count == 3, arguments[1] == "estimates" {
    try estimates(arguments[2])
} else if arguments.count == 2, arguments[1] == "linear" {
    linear()
} else {
    FileHandle.standardError.write(Data("decision-bench estimates FOLDER | linear\n".utf8))
    exit(64)
}
