import Testing

@testable import Bandits

@Suite struct EpsilonGreedyTests {
    @Test func conforms() throws {
        try ArmConformance.check(EpsilonGreedy(arms: 4, epsilon: 0.2, seed: 3))
        try ArmConformance.check(EpsilonGreedy(arms: 1))
        try ArmConformance.check(EpsilonGreedy(arms: 3, epsilon: 1, decay: 20))
    }

    @Test func probabilitiesAreTheFormula() {
        var policy = EpsilonGreedy(arms: 4, epsilon: 0.2)
        for (arm, reward) in [0.0, 1, 0.5, 1].enumerated() {
            policy.update(PolicyDecision(context: BanditContext(), action: arm), reward)
        }
        // Arms 1 and 3 tie: they share what is left after the uniform draw.
        #expect(policy.propensities(BanditContext()) == [0.05, 0.45, 0.05, 0.45])
        #expect(policy.propensities(BanditContext(available: [0, 2])) == [0.1, 0, 0.9, 0])
    }
}
