import Testing

@testable import Bandits

@Suite struct DeciderContextTests {
    private let decider = Decider(
        actions: ["a", "b", "c"], features: ["age", "hour"], scales: [10, 1], constant: true,
        policy: LinUCB(arms: 3, features: 3))

    @Test func namesBecomePlaces() throws {
        let context = try decider.context(["hour": 4, "age": 31, "shoe": 9], available: ["c", "a", "c"])
        #expect(context.features.dense(3) == [3.1, 4, 1])
        #expect(context.available == [2, 0])
    }

    @Test func whatCannotBeUsedIsRefused() {
        #expect(throws: BanditError.data("no action is available")) {
            try decider.context([:], available: [])
        }
        #expect(throws: BanditError.data("the feature age is nan, not a finite number")) {
            try decider.context(["age": .nan])
        }
        #expect(throws: BanditError.unknown(kind: "action", name: "d", known: ["a", "b", "c"])) {
            try decider.context([:], available: ["d"])
        }
    }
}
