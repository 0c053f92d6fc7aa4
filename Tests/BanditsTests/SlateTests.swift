import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct SlateTests {
    private static func context(_ round: Int) -> BanditContext {
        BanditContext(available: round % 4 == 3 ? [1, 2, 5, 6] : nil)
    }

    @Test func conforms() throws {
        for index in CascadeIndex.allCases {
            try PolicyConformance.check(
                CascadingUCB(items: 7, slots: 3, index: index, seed: 2), context: Self.context,
                outcome: { round, list in
                    CascadingUCB.feedback(click: round % 4 == 3 ? nil : round % 3, slots: list.count)
                })
        }
        try PolicyConformance.check(
            SlateThompson(items: 7, slots: 3, seed: 4), context: Self.context,
            outcome: { round, list in list.map { Double(($0 + round) % 3 / 2) } })
        try PolicyConformance.check(
            CombinatorialUCB(items: 7, oracle: TopItems(3)), context: Self.context,
            outcome: { round, set in set.map { ($0 + round) % 3 == 0 ? .nan : Double(($0 + round) % 2) } })
        try PolicyConformance.check(
            CombinatorialUCB(items: 7, oracle: TopOfKinds(3, kinds: [0, 0, 0, 1, 1, 2, 2])),
            context: Self.context,
            outcome: { round, set in set.map { Double(($0 + round) % 5) / 4 } })
    }

    @Test func cascadeTellsOfTheItemsDownToTheClick() {
        var policy = CascadingUCB(items: 5, slots: 3)
        let first = policy.choose(BanditContext())
        #expect(first.action == [0, 1, 2])
        policy.learn(first, CascadingUCB.feedback(click: 1, slots: 3))
        #expect(policy.counts == [1, 1, 0, 0, 0] && policy.means == [0, 1, 0, 0, 0])
        // Items that were never examined come first.
        let second = policy.choose(BanditContext())
        #expect(second.action == [2, 3, 4])
        policy.learn(second, CascadingUCB.feedback(click: nil, slots: 3))
        #expect(policy.counts == [1, 1, 1, 1, 1])
        #expect(policy.choose(BanditContext()).action[0] == 1)
        #expect(policy.choose(BanditContext(available: [3, 4])).action == [3, 4])
    }

    @Test func cascadeWithOneSlotIsUCB1() {
        var policy = CascadingUCB(items: 3, slots: 1, index: .ucb1)
        for round in 0..<60 {
            let decision = policy.choose(BanditContext())
            policy.learn(decision, [Double((round + decision.action[0]) % 2)])
        }
        let t = 61.0
        for item in 0..<3 {
            let width = (1.5 * log(t) / policy.counts[item]).squareRoot()
            #expect(abs(policy.optimism[item] - policy.means[item] - width) < 1e-12)
        }
    }

    @Test func oracles() {
        let weights = [0.5, 0.9, 0.9, 0.1, 0.7]
        let all = BanditContext().choices(of: 5)
        #expect(TopItems(3).best(weights, among: all) == [1, 2, 4])
        #expect(TopItems(9).best(weights, among: all).count == 5)
        #expect(TopOfKinds(3, kinds: [0, 1, 1, 1, 0]).best(weights, among: all) == [1, 4])
        #expect(TopOfKinds(3, kinds: [0, 1, 1, 1, 0], limit: 2).best(weights, among: all) == [1, 2, 4])
        let some = BanditContext(available: [3, 0]).choices(of: 5)
        #expect(TopItems(1).best(weights, among: some) == [0])
    }

    @Test func everyItemIsTriedFirstAndOtherOraclesServe() {
        // Two ways through a small network: edges 0 and 1, or 2, 3 and 4.
        struct Paths: SetOracle {
            func best(_ weights: [Double], among items: ArmChoices) -> [Int] {
                [[0, 1], [2, 3, 4]].max { a, b in
                    a.reduce(0) { $0 + weights[$1] } < b.reduce(0) { $0 + weights[$1] }
                } ?? []
            }
        }
        var policy = CombinatorialUCB(items: 5, oracle: Paths())
        var longer = 0
        for _ in 0..<400 {
            let decision = policy.choose(BanditContext())
            policy.learn(decision, decision.action.map { $0 < 2 ? 0.9 : 0.2 })
            longer += decision.action.count == 3 ? 1 : 0
        }
        #expect(policy.counts.allSatisfy { $0 > 0 })
        #expect(longer < 150)
        #expect(abs(policy.means[0] - 0.9) < 1e-12)
    }

    @Test func listsComeAsOftenAsAnnounced() {
        var policy = SlateThompson(items: 5, slots: 2, seed: 9)
        var random = CounterRandom(seed: 10)
        for _ in 0..<150 {
            let decision = policy.choose(BanditContext())
            policy.learn(decision, decision.action.map { random.bernoulli(0.2 + 0.1 * Double($0)) ? 1 : 0 })
        }
        for context in [BanditContext(), BanditContext(available: [0, 4, 2])] {
            var seen = [Double](repeating: 0, count: 25), announced = seen, total = 0.0
            let draws = 20_000
            for _ in 0..<draws {
                let decision = policy.choose(context)
                let place = decision.action[0] * 5 + decision.action[1]
                seen[place] += 1
                announced[place] = decision.propensity
                #expect(abs(decision.propensity - policy.propensity(of: decision.action, context)) < 1e-12)
            }
            for place in 0..<25 {
                let a = place / 5, b = place % 5
                if a != b, context.available?.contains(a) ?? true, context.available?.contains(b) ?? true {
                    total += policy.propensity(of: [a, b], context)
                }
                let expected = announced[place] * Double(draws)
                #expect(abs(seen[place] - expected) <= 5 * expected.squareRoot() + 1e-6)
            }
            #expect(abs(total - 1) < 1e-12)
        }
    }
}

@Suite struct SlatePropensityTests {
    @Test func whatIsNoListHasNoProbability() {
        var policy = SlateThompson(items: 4, slots: 2, seed: 3)
        let decision = policy.choose(BanditContext())
        policy.learn(decision, [1, 0])
        let context = BanditContext(available: [0, 1, 3])
        var total = 0.0
        for a in 0..<4 { for b in 0..<4 { total += policy.propensity(of: [a, b], context) } }
        #expect(abs(total - 1) < 1e-12)
        for list in [[0], [0, 0], [0, 2], [0, 1, 3], [0, 9], []] {
            #expect(policy.propensity(of: list, context) == 0, "\(list)")
        }
    }
}
