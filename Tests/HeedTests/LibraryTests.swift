import ChatEndpoint
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

    @Test func theExamplesOfTheGuideToPreferences() throws {
        let folder = try Scratch()
        let lines = (0..<60).map { place in
            let (good, bad) = (["gladly", "thanks"][place % 2], ["dunno", "whatever"][place / 2 % 2])
            return
                #"{"prompt": "question \#(place)", "chosen": "the train, \#(good)", "rejected": "a train, \#(bad)"}"#
        }
        try folder.write(lines.joined(separator: "\n") + "\n", "pairs.jsonl")

        let records = try PairFile().read([folder.path("pairs.jsonl")])
        let bare = HonestSplit(try records.comparisons(), seed: 1)
        let features = try records.fitted(records.recipe, on: bare.train)
        let split = HonestSplit(try records.comparisons(features), seed: 1)

        let learner = RewardEnsemble(LinearReward(loss: SmoothedLoss(0.1), ridge: 1e-3), members: 5)
        let model = try learner.fit(split.train, seed: 1)
        let report = try HeldOutReport(
            model, on: split.test, units: split.testUnits, isNewJudge: split.isNewJudge)
        #expect(report.all.accuracy > 0.9 && report.all.logLoss < 0.5)
        #expect(report.worst == nil)

        let card = ModelCard(
            method: "rm-ensemble-uwo", recipe: features.recipe, seed: 1, date: "2026-01-31",
            certificate: model.certificate)
        try ModelFolder.write(
            TrainedModel(model, features: features, card: card), to: folder.path("my-model"))
        let saved = try ModelFolder.read(folder.path("my-model"))
        let answer = try saved.compare(prompt: "question", "a train, gladly", "a train, dunno")
        #expect(answer.probability > 0.5)
        #expect(answer.interval?.contains(answer.probability) == true)

        let sceptical = Treated(PreferenceStrength(), LinearReward())
        #expect(sceptical.lacks(split.train) == nil)
    }

    @Test func theExampleOfALanguageModelAsAJudge() async throws {
        func judge(_ pairs: [TextPair]) async throws -> String {
            let model = try ChatCompletionsEndpoint(url: "http://127.0.0.1:8000/v1", model: "qwen", key: nil)
            let constitution = try await ConstitutionWriter(model).write(pairs, seed: 1)
            try await model.close()
            return constitution.text
        }
        // Without pairs nothing is asked.
        await #expect(throws: LearningError.self) { try await judge([]) }
    }
}
