import Bandits
import Foundation
import Kernels

/// Heeding a panel of auditors makes flagged rounds rare at a small price in errors.
struct AuditedAcceptance: Experiment {
    var claim: String {
        "1500 rounds of four people, 48 rules, labels of the accepted only: with a penalty of 2 the share of flagged rounds at the end "
            + "is at most 0.4 of the share without, for at most 0.08 more errors, and it falls with the penalty"
    }
    var baseline: String { "penalty 0, which learns for accuracy alone" }

    private struct Found {
        var error = 0.0
        var flagged = 0.0
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 20 : 4
        let penalties = [0, 0.5, 2]
        let root = CounterRandom(seed: seed)
        let cases = 2 * penalties.count
        let found = Parallel.map(runs * cases) { job in
            let run = job / cases, place = job % cases
            return Self.play(
                penalty: penalties[place % 3], oneSided: place < 3, seed: seed &+ UInt64(run),
                random: root.split(UInt64(run)))
        }
        let rows = (0..<cases).map { place in
            let mine = (0..<runs).map { found[$0 * cases + place] }
            return Found(
                error: Statistics.mean(mine.map { $0.error }),
                flagged: Statistics.mean(mine.map { $0.flagged }))
        }
        let ratio = rows[2].flagged / rows[0].flagged, price = rows[2].error - rows[0].error
        return ExperimentResult(
            columns: ["penalty", "error", "flagged rounds"],
            rows: rows.enumerated().map { place, row in
                .init(
                    "\(penalties[place % 3])" + (place < 3 ? "" : ", all labels"), [row.error, row.flagged])
            },
            holds: ratio <= 0.4 && price <= 0.08 && rows[1].flagged < rows[0].flagged
                && rows[2].flagged < rows[1].flagged && rows[2].error < 0.3,
            verdict:
                "flagged \(percent(rows[0].flagged)) → \(percent(rows[2].flagged)), error \(fixed(rows[0].error)) → "
                + "\(fixed(rows[2].error))"
        )
    }

    private static func play(
        penalty: Double, oneSided: Bool, seed: UInt64, random: CounterRandom
    ) -> Found {
        var random = random
        let rules = [-0.5, 0, 0.5, 1].flatMap { w in
            (0..<12).map { LinearRule(weights: [1, w], threshold: -1.5 + 3.5 * Double($0) / 11) }
        }
        let panel = AuditorPanel(
            auditors: [0.05, 0.1, 0.15].map { alpha in
                AuditorPanel.Auditor(alpha: alpha) { min(abs($0[0] - $1[0]), 1) }
            })
        var policy = OneSidedFairness(rules: rules, penalty: penalty, seed: seed)
        // With all labels: the same exponential weights, without a coin and without estimates.
        var scores = [Double](repeating: 0, count: rules.count)
        let rounds = 1500, last = 300
        var found = Found()
        for round in 0..<rounds {
            let people = (0..<4).map { _ in [random.normal(), random.bernoulli(0.5) ? 1 : 0] }
            let labels = people.map { $0[0] + 0.6 * $0[1] + 0.3 * random.normal() > 0.4 }
            let pi: [Double], flagged: FlaggedPair?
            if oneSided {
                let decision = policy.choose(people)
                pi = decision.action.probabilities
                flagged = panel.review(people: people, probabilities: pi).flagged
                let seen = zip(labels, decision.action.accepted).map { $1 ? $0 : nil }
                policy.learn(decision, OneSidedOutcome(labels: seen, flagged: flagged))
            } else {
                let best = scores.min() ?? 0
                let weights = scores.map { exp(-0.05 * ($0 - best)) }, sum = weights.reduce(0, +)
                pi = people.map { person in
                    min(zip(rules, weights).reduce(0) { $0 + ($1.0.accepts(person) ? $1.1 : 0) } / sum, 1)
                }
                flagged = panel.review(people: people, probabilities: pi).flagged
                for (h, rule) in rules.enumerated() {
                    for (person, label) in zip(people, labels) where rule.accepts(person) {
                        scores[h] += (label ? -1 : 1) / 4
                    }
                    if let flagged, rule.accepts(people[flagged.favoured]) { scores[h] += penalty }
                    if let flagged, rule.accepts(people[flagged.slighted]) { scores[h] -= penalty }
                }
            }
            guard round >= rounds - last else { continue }
            found.flagged += flagged == nil ? 0 : 1 / Double(last)
            for (p, label) in zip(pi, labels) { found.error += (label ? 1 - p : p) / Double(4 * last) }
        }
        return found
    }
}
