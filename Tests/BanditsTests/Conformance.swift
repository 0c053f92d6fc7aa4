import Foundation
import Kernels
import Testing

@testable import Bandits

/// What every policy must do, whatever it is about.
enum PolicyConformance {
    /// Checks that outcomes count once and in any order, that the journal keeps count, and that a policy which was saved and loaded
    /// goes on with the same bits.
    ///
    /// - Parameters:
    ///   - policy: The policy before its first decision.
    ///   - rounds: The number of decisions on either side of the save.
    ///   - context: The context of a round.
    ///   - outcome: What an action of a round leads to; must be a function of its arguments.
    static func check<P: Policy>(
        _ policy: P, rounds: Int = 40, context: (Int) -> P.Context, outcome: (Int, P.Action) -> P.Outcome,
        same: (P.Action, P.Action) -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var learner = policy
        var waiting: [(Int, PolicyDecision<P.Context, P.Action>)] = []
        for round in 0..<rounds {
            let decision = learner.choose(context(round))
            #expect(decision.id == round, sourceLocation: sourceLocation)
            #expect(decision.propensity > 0 && decision.propensity <= 1, sourceLocation: sourceLocation)
            waiting.append((round, decision))
            // Outcomes come late and out of order: after three decisions, the middle one first.
            if waiting.count == 3 {
                let (number, late) = waiting.remove(at: 1)
                let counted = learner.learn(late, outcome(number, late.action))
                #expect(counted, sourceLocation: sourceLocation)
            }
        }
        #expect(learner.journal.waiting == waiting.count, sourceLocation: sourceLocation)
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("policy-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        // The first saved file says what a policy with these outcomes is; a repeated outcome must not change it.
        for (number, late) in waiting {
            let counted = learner.learn(late, outcome(number, late.action))
            #expect(counted, sourceLocation: sourceLocation)
        }
        let before = try state(learner)
        for (number, late) in waiting {
            let again = learner.learn(late, outcome(number, late.action))
            #expect(!again, sourceLocation: sourceLocation)
        }
        var untouched = try state(learner)
        untouched = untouched.replacingOccurrences(
            of: "\"refused\":\(learner.journal.refused)", with: "\"refused\":0")
        #expect(before == untouched, "a repeated outcome changed the policy", sourceLocation: sourceLocation)

        try learner.save(to: path)
        var loaded = try P.load(from: path)
        for round in rounds..<2 * rounds {
            let a = learner.choose(context(round)), b = loaded.choose(context(round))
            #expect(
                same(a.action, b.action) && a.propensity == b.propensity && a.mark == b.mark,
                "round \(round) differs after loading", sourceLocation: sourceLocation)
            learner.learn(a, outcome(round, a.action))
            loaded.learn(b, outcome(round, b.action))
        }
        #expect(try state(learner) == state(loaded), sourceLocation: sourceLocation)
    }

    static func state(_ policy: some Policy) throws -> String {
        String(decoding: try PolicyFile.encode(policy), as: UTF8.self)
    }
}

extension PolicyConformance {
    /// `check` for actions that can be compared.
    static func check<P: Policy>(
        _ policy: P, rounds: Int = 40, context: (Int) -> P.Context, outcome: (Int, P.Action) -> P.Outcome,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws where P.Action: Equatable {
        try check(
            policy, rounds: rounds, context: context, outcome: outcome, same: { $0 == $1 },
            sourceLocation: sourceLocation)
    }
}

/// What every policy over arms must do.
enum ArmConformance {
    /// Checks `PolicyConformance`, and that propensities are a distribution over the available arms and the ones used.
    static func check(
        _ policy: some ArmPolicy, context: (Int) -> BanditContext = { _ in BanditContext() },
        reward: (Int, Int) -> Double = { round, arm in Double((round * 7 + arm * 3) % 5) / 4 },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try PolicyConformance.check(
            policy, context: context, outcome: reward, sourceLocation: sourceLocation)
        var learner = policy
        for round in 0..<200 {
            var occasion = context(round)
            let count = learner.armCount(occasion)
            // Every third round the first arm cannot be chosen.
            if round % 3 == 2, count > 1 { occasion.available = Array(1..<count) }
            let said = learner.propensities(occasion)
            let decision = learner.choose(occasion)
            #expect(said == decision.propensities, sourceLocation: sourceLocation)
            #expect(said.count == count && said.allSatisfy { $0 >= 0 }, sourceLocation: sourceLocation)
            #expect(abs(said.reduce(0, +) - 1) < 1e-9, "\(said)", sourceLocation: sourceLocation)
            #expect(decision.propensity == said[decision.action], sourceLocation: sourceLocation)
            if let available = occasion.available {
                #expect(available.contains(decision.action), sourceLocation: sourceLocation)
                #expect(said[0] == 0, sourceLocation: sourceLocation)
            }
            learner.learn(decision, reward(round, decision.action))
        }
        // Copies with other seeds draw each arm as often as its propensity says.
        try drawsMatch(learner, context(200), sourceLocation)
    }

    private static func drawsMatch<P: ArmPolicy>(
        _ policy: P, _ occasion: BanditContext, _ location: SourceLocation
    ) throws {
        var learner = policy
        let draws = 4000
        let count = learner.armCount(occasion)
        var expected = [Double](repeating: 0, count: count), variance = expected, seen = expected
        for _ in 0..<draws {
            let decision = learner.choose(occasion)  // without outcomes the policy stays as it is
            for (arm, p) in decision.propensities.enumerated() {
                expected[arm] += p
                variance[arm] += p * (1 - p)
            }
            seen[decision.action] += 1
        }
        for arm in 0..<count {
            #expect(
                abs(seen[arm] - expected[arm]) <= 5 * variance[arm].squareRoot() + 1e-6,
                "arm \(arm): drawn \(seen[arm]), announced \(expected[arm])", sourceLocation: location)
        }
    }
}
