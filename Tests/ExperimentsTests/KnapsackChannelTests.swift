import Bandits
import Testing

@testable import Experiments

@Suite struct KnapsackChannelTests {
    @Test func valuesAreTheEnvelope() {
        let auctions = [(value: 1.0, cost: 0.5), (value: 1.0, cost: 1.0)]
        let values = [0, 0.5, 1, 1.5, 5].map { KnapsackChannel.play(auctions, budget: $0).value }
        #expect(values == [0, 1, 1.5, 2, 2])
        #expect(KnapsackChannel.play(auctions, budget: 5).spend == 1.5)
    }

    @Test func aReturnTargetAloneBuysAllOrNothing() {
        // One auction of value 3 at twice the budget of 1: a budget buys half of it; a return target would
        // buy all of it, or nothing.
        let half = KnapsackChannel.play([(value: 3, cost: 2)], budget: 1)
        #expect(half == ChannelResult(value: 1.5, spend: 1))
    }
}
