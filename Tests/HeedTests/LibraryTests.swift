import Foundation
import Heed
import Testing

/// The library as another package uses it: the example of the README, with `import Heed` alone.
@Suite struct LibraryTests {
    @Test func theExampleOfTheReadme() throws {
        let folder = try Scratch()
        let lines = [
            "tea,coffee,left,ann", "coffee,water,left,bob", "water,tea,right,ann", "coffee,tea,tie,bob",
        ]
        try folder.write((["left,right,winner,judge"] + lines).joined(separator: "\n") + "\n", "battles.csv")

        let log = try FeedbackLog(contentsOf: folder.path("battles.csv"))
        #expect(try !Audit().run(on: log).summary.isEmpty)

        var options = BoardOptions()
        options.intervals.cluster = .judge
        let fit = try AutomaticModel(options).fit(log)
        #expect(fit.items.map(\.item) == ["tea", "coffee", "water"])
        #expect(try fit.probability("tea", over: "coffee").win > 0.5)

        var scheduler = try ComparisonScheduler(log: log)
        let pairs = try scheduler.ask(count: 3)
        #expect(pairs.count == 3)
        try scheduler.tell(left: "tea", right: "coffee", outcome: .left)
    }

    @Test func theExamplesOfTheGuideToDecisions() throws {
        let folder = try Scratch()
        try folder.write(Samples.decisions, "clicks.csv")

        var policy = LinUCB(arms: 3, features: 2)
        let decision = policy.choose(BanditContext(features: [1, 0.3]))
        let counted = [policy.learn(decision, 1), policy.learn(decision, 1)]
        #expect(counted == [true, false])
        try policy.save(to: folder.path("policy.json"))
        var same = try LinUCB.load(from: folder.path("policy.json"))
        let context = BanditContext(features: [1, 0.7], available: [0, 2])
        #expect(same.choose(context) == policy.choose(context))

        let logged = try LoggedDecisions(DecisionLog(contentsOf: [folder.path("clicks.csv")]))
        var sample = try logged.sample(.always(0, name: "red"), rows: logged.rewardedRows)
        sample.predicted = try RewardModel(family: .logistic).crossFitted(
            sample, features: logged.features(of: logged.rewardedRows))
        let report = try OffPolicyStudy(DoublyRobust(), others: [InversePropensity()]).report(
            sample, names: logged.actions)
        #expect(!report.sentences[0].isEmpty && report.policy.difference.interval.lower < 0.5)
    }
}
