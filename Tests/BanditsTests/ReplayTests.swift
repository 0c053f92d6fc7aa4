import Foundation
import Kernels
import Signals
import Testing

@testable import Bandits

/// Logs whose truth is known.
enum LogWorld {
    /// The chance that an action pays off for an age in 0...1.
    static func chance(_ action: Int, _ age: Double) -> Double {
        [0.2, 0.1 + 0.6 * age, 0.5 - 0.4 * age][action]
    }

    /// A log of three actions, taken with the probabilities 0.5, 0.3 and 0.2.
    static func log(_ rows: Int, seed: UInt64, propensities: Bool = true) throws -> DecisionLog {
        var random = CounterRandom(seed: seed)
        let p = [0.5, 0.3, 0.2]
        var text = propensities ? "action,reward,propensity,age\n" : "action,reward,age\n"
        for _ in 0..<rows {
            let age = random.uniform()
            let action = Arms.draw(p, at: random.uniform())
            let reward = random.bernoulli(chance(action, age)) ? 1 : 0
            text += "a\(action),\(reward)," + (propensities ? "\(p[action])," : "") + "\(age)\n"
        }
        return try DecisionLogReader().read([.text(text, name: "log.csv")]).log
    }
}

@Suite struct LoggedDecisionsTests {
    @Test func rowsAreAsTheyWereWritten() throws {
        let log = try LogWorld.log(50, seed: 1)
        let logged = try LoggedDecisions(log, constant: true, scaled: true)
        #expect(logged.count == 50 && logged.arms == 3 && logged.features == 2)
        let largest = log.features.values.max()!
        for row in 0..<50 {
            let decision = logged.decision(row)
            #expect(decision.id == nil && decision.action == Int(log.action[row]))
            #expect(decision.propensity == log.propensity[row])
            let features = decision.context.features.dense(2)
            #expect(abs(features[0] - log.features.values[row] / largest) < 1e-12 && features[1] == 1)
        }
        #expect(logged.rewardRange == 0...1)
    }

    @Test func anEmptyLogIsRefused() {
        #expect(throws: BanditError.self) { try LoggedDecisions(DecisionLog()) }
    }
}

@Suite struct ReplayTests {
    @Test func progressiveValuesAFixedPolicyByImportance() throws {
        let log = try LogWorld.log(400, seed: 2)
        let logged = try LoggedDecisions(log)
        var policy = UniformChoice(arms: 3)
        let trace = try ProgressiveReplay(logged).play(&policy)
        let expected = (0..<400).map { log.reward[$0] / 3 / log.propensity[$0] }
        #expect(trace.rewards.count == 400 && trace.rows == 400)
        for (a, b) in zip(trace.rewards, expected) { #expect(abs(a - b) < 1e-12) }
        #expect(policy.journal.learned == 400 && policy.journal.waiting == 0)
    }

    @Test func rejectionAcceptsAtTheFloorWhateverThePolicy() throws {
        let logged = try LoggedDecisions(LogWorld.log(20_000, seed: 3), constant: true)
        let replay = try RejectionReplay(logged)
        #expect(replay.floor == 0.2 && replay.below == 0)
        var uniform = UniformChoice(arms: 3), learner = LinUCB(arms: 3, features: 2)
        for count in [
            try replay.play(&uniform).rewards.count, try replay.play(&learner, seed: 4).rewards.count,
        ] {
            // Binomial(20000, 0.2): mean 4000, deviation 56.6.
            #expect(abs(count - 4000) < 5 * 57, "\(count)")
        }
        #expect(learner.journal.learned == learner.journal.decided)
    }

    @Test func rejectionIsAsIfItHadBeenLive() throws {
        // A learner's mean reward in replays of many logs against its mean reward live, after as many decisions.
        let live = Parallel.map(60) { run -> Double in
            var random = CounterRandom(seed: 77).split(UInt64(run))
            var policy = BetaThompson(arms: 3, seed: UInt64(run))
            var sum = 0.0
            for _ in 0..<300 {
                let age = random.uniform()
                let decision = policy.choose(BanditContext())
                let reward = random.bernoulli(LogWorld.chance(decision.action, age)) ? 1.0 : 0
                policy.learn(decision, reward)
                sum += reward
            }
            return sum / 300
        }
        let replayed = try Parallel.map(60) { run throws -> Double in
            let logged = try LoggedDecisions(LogWorld.log(2000, seed: 500 + UInt64(run)))
            var policy = BetaThompson(arms: 3, seed: UInt64(run))
            return Statistics.mean(
                Array(try RejectionReplay(logged).play(&policy, seed: UInt64(run)).rewards.prefix(300)))
        }
        let gap = Statistics.mean(live) - Statistics.mean(replayed)
        let error = ((Statistics.variance(live) + Statistics.variance(replayed)) / 60).squareRoot()
        #expect(abs(gap) < 4 * error, "\(gap) ± \(error)")
    }

    @Test func aFittedWorldKnowsItsRegret() throws {
        let logged = try LoggedDecisions(LogWorld.log(5000, seed: 5), constant: true)
        let world = try FittedEnvironment(logged, rounds: 3000)
        #expect(world.isBinary)
        for (place, row) in world.rows.enumerated().prefix(200) {
            let age = logged.log.features.values[row]
            for name in 0..<3 {
                let arm = logged.actions.firstIndex(of: "a\(name)")!
                #expect(abs(world.predicted[place * 3 + arm] - LogWorld.chance(name, age)) < 0.12)
            }
        }
        var learner = LinUCB(arms: 3, features: 2), uniform = UniformChoice(arms: 3)
        let good = try world.play(&learner, seed: 1), bad = try world.play(&uniform, seed: 1)
        #expect(good.rewards.count == 3000 && good.regrets.allSatisfy { $0 >= 0 })
        #expect(good.regrets.reduce(0, +) < 0.5 * bad.regrets.reduce(0, +))
        var again = LinUCB(arms: 3, features: 2)
        #expect(try world.play(&again, seed: 1) == good)
    }

    @Test func withoutPropensitiesOnlyTheFittedWorldPlays() throws {
        let logged = try LoggedDecisions(LogWorld.log(300, seed: 6, propensities: false))
        #expect(throws: BanditError.self) { try ProgressiveReplay(logged) }
        #expect(throws: BanditError.self) { try RejectionReplay(logged) }
        var policy = UniformChoice(arms: 3)
        #expect(try FittedEnvironment(logged).play(&policy).rewards.count == 300)
        #expect(throws: BanditError.self) { try FittedEnvironment(logged, rounds: 0) }
    }

    @Test func aStudySumsItsRunsUp() throws {
        let runs = [[1.0, 0, 1, 1], [0, 0, 1, 1]].map {
            ReplayTrace(rewards: $0, regrets: [0, 1, 0, 0], rows: 9)
        }
        let study = try ReplayStudy(runs, independent: true, points: 2)
        #expect(study.value == 0.625 && study.decisions == 4)
        #expect(study.rewards.map(\.decisions) == [2, 4] && study.rewards.map(\.value) == [0.25, 0.625])
        #expect(study.regrets.map(\.value) == [1, 1])
        #expect(abs(study.standardError - 0.125) < 1e-12)
        let dependent = try ReplayStudy(runs, independent: false)
        let own = ((0.75 / 3 / 4).squareRoot() + (1.0 / 3 / 4).squareRoot()) / 2
        #expect(abs(dependent.standardError - own) < 1e-12)
        #expect(dependent.interval.contains(0.625) && dependent.meanWeight == nil)
        #expect(throws: BanditError.self) {
            try ReplayStudy([ReplayTrace(rewards: [], rows: 3)], independent: true)
        }
    }
}

@Suite struct CandidateTests {
    @Test func anEstimateOfALearntPolicyIsRight() throws {
        let train = try LoggedDecisions(LogWorld.log(4000, seed: 8), constant: true)
        var policy = LinUCB(arms: 3, features: 2)
        for row in 0..<train.count { policy.learn(train.decision(row), train.reward(row)) }
        let decider = Decider(
            actions: train.actions, features: train.log.featureNames.all, constant: true, policy: policy)
        let test = try LoggedDecisions(LogWorld.log(20_000, seed: 9), constant: true, scaled: true)
        let sample = try test.sample(.decider(decider, on: test, name: "x"), rows: test.rewardedRows)
        let found = try SelfNormalizedInversePropensity().estimate(sample)
        // What the policy earns where the chances are known.
        var truth = 0.0
        for step in 0..<1000 {
            let age = (Double(step) + 0.5) / 1000
            let p = policy.propensities(try decider.context(["age": age]))
            for (arm, name) in train.actions.enumerated() {
                truth += p[arm] * LogWorld.chance(Int(name.dropFirst())!, age)
            }
        }
        #expect(abs(found.value - truth / 1000) < 0.03)
    }

    @Test func anActionThatTheLogNeverTookIsRefused() throws {
        let logged = try LoggedDecisions(LogWorld.log(50, seed: 1))
        let decider = Decider(actions: ["a0", "other"], features: [], policy: UniformChoice(arms: 2))
        #expect(throws: BanditError.self) { try CandidatePolicy.decider(decider, on: logged, name: "x") }
        let known = Decider(actions: ["a2", "a0"], features: [], policy: UniformChoice(arms: 2))
        let sample = try logged.sample(.decider(known, on: logged, name: "x"), rows: [0, 1])
        let a1 = logged.actions.firstIndex(of: "a1")!
        #expect(sample.target[a1] == 0 && abs(sample.target[..<3].reduce(0, +) - 1) < 1e-12)
    }

    @Test func decisionsAreKnownAgain() throws {
        let log = try LoggedDecisions(LogWorld.log(3000, seed: 21))
        let other = try LoggedDecisions(LogWorld.log(3000, seed: 22))
        #expect(log.share(of: log.marks) == 1 && log.share(of: other.marks) == 0)
        #expect(log.share(of: []) == 0)
        // The second half of a log is most of the second half of its marks.
        let text = try Self.halves(seed: 21)
        let whole = try LoggedDecisions(DecisionLogReader().read([.text(text.0, name: "w.csv")]).log)
        let half = try LoggedDecisions(DecisionLogReader().read([.text(text.1, name: "h.csv")]).log)
        #expect(whole.share(of: half.marks) > 0.8 && half.share(of: whole.marks) > 0.3)
    }

    /// A log as text, and its second half.
    private static func halves(seed: UInt64) throws -> (String, String) {
        var random = CounterRandom(seed: seed)
        let lines = (0..<4000).map { _ in "a\(random.below(3)),\(random.below(2)),\(random.uniform())" }
        let header = "action,reward,age\n"
        return (header + lines.joined(separator: "\n"), header + lines[2000...].joined(separator: "\n"))
    }

    @Test func alwaysAndUniformKeepToWhatIsPossible() throws {
        let text =
            "{\"kind\":\"decision\",\"decisionId\":\"1\",\"action\":\"b\",\"among\":[\"a\",\"b\"],\"propensities\":[0.5,0.5]}\n"
            + "{\"kind\":\"decision\",\"decisionId\":\"2\",\"action\":\"c\",\"among\":[\"b\",\"c\"],\"propensities\":[0.5,0.5]}\n"
            + "{\"kind\":\"reward\",\"value\":1,\"decision\":\"1\"}\n{\"kind\":\"reward\",\"value\":0,\"decision\":\"2\"}\n"
        let log = try DecisionLogReader().read([.text(text, name: "e.jsonl")]).log
        let logged = try LoggedDecisions(log)
        let a = logged.actions.firstIndex(of: "a")!
        let always = try logged.sample(.always(a, name: "a"), rows: [0, 1])
        for row in 0..<2 {
            let p = (0..<3).map { (logged.actions[$0], always.target[row * 3 + $0]) }.sorted { $0.0 < $1.0 }
                .map(\.1)
            #expect(p == (row == 0 ? [1, 0, 0] : [0, 0.5, 0.5]))
        }
        #expect(logged.loggedDistributions(of: [0, 1]).reduce(0, +) == 2)
    }
}

@Suite struct ItemRewardModelTests {
    @Test func itPredictsActionsByWhatTheyAreLike() throws {
        // r = 0.3 + 0.5 z₁ − 0.2 z₂ exactly; the third action is never taken.
        var random = CounterRandom(seed: 6)
        let items = (0..<600).map { _ in
            (0..<3).map { _ in FeatureVector([random.normal(), random.uniform()]) }
        }
        func reward(_ z: FeatureVector) -> Double { 0.3 + 0.5 * z.values[0] - 0.2 * z.values[1] }
        let action = (0..<600).map { _ in Int32(random.below(2)) }
        let sample = try OffPolicySample(
            actionCount: 3, action: action, reward: (0..<600).map { reward(items[$0][Int(action[$0])]) },
            propensity: [Double](repeating: 0.5, count: 600),
            target: [Double](repeating: 1.0 / 3, count: 1800))
        let found = try ItemRewardModel(lambda: 1e-6).crossFitted(sample) { items[$0][$1] }
        for row in 0..<600 {
            for arm in 0..<3 { #expect(abs(found[row * 3 + arm] - reward(items[row][arm])) < 1e-5) }
        }
        let possible = try ItemRewardModel().crossFitted(sample) { $1 == 2 ? nil : items[$0][$1] }
        #expect(abs(possible[2] - Statistics.mean(sample.reward)) < 0.02)
        #expect(throws: BanditError.self) {
            try ItemRewardModel(folds: 700).crossFitted(sample) { items[$0][$1] }
        }
    }
}

@Suite struct LoggedSlatesTests {
    @Test func listsBecomeASample() throws {
        var random = CounterRandom(seed: 4)
        var lines = ""
        for _ in 0..<2000 {
            let items = (0..<2).map { _ in random.below(3) }
            let slots = items.enumerated().map { place, item in
                let clicked = random.bernoulli([0.1, 0.3, 0.5][item] / Double(place + 1))
                return
                    "{\"item\":\"i\(item)\",\"position\":\(place + 1),\"propensity\":\(1.0 / 3),\"clicked\":\(clicked)}"
            }
            lines += "{\"kind\":\"impression\",\"slots\":[\(slots.joined(separator: ","))]}\n"
        }
        let logged = try LoggedDecisions(
            DecisionLogReader().read([.text(lines, name: "l.jsonl")]).log, constant: true)
        let best = logged.actions.firstIndex(of: "i2")!
        let found = try logged.slates(
            .always(best, name: "i2"), rows: logged.rewardedRows, model: RewardModel())
        let sample = try #require(found)
        #expect(sample.length == 2 && sample.count == 2000)
        for cell in sample.action.indices {
            #expect(abs(sample.propensity[cell] - (cell % 2 == 0 ? 1.0 / 3 : 1.0 / 9)) < 1e-12)
        }
        // The truth is 0.5 + 0.25.
        for estimator in [IndependentSlateIPS(), RewardInteractionSlateIPS(), CascadeDoublyRobust()]
            as [any SlateEstimator]
        {
            #expect(abs(try estimator.estimate(sample).value - 0.75) < 0.12)
        }
        #expect(try logged.slates(.uniform, rows: [0], model: RewardModel(folds: 1)) == nil)
    }
}

@Suite struct ArmPolicyKindTests {
    private static let setup = ArmPolicySetup(arms: 3, features: 2)

    @Test(arguments: ArmPolicyKind.all.map(\.id))
    func everyKindConforms(_ id: String) throws {
        let kind = try ArmPolicyKind.parse(id).kind
        let policy = try kind.make(Self.setup)
        #expect(Swift.type(of: policy).id == id)
        func conforms(_ policy: some ArmPolicy) throws {
            try ArmConformance.check(policy) { round in
                BanditContext(features: [Double(round % 5) / 5, 1])
            } reward: { round, arm in
                (round + arm) % 3 == 0 ? 1 : 0
            }
        }
        try conforms(policy)
        // Saved by name, loaded by name.
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let decider = Decider(
            actions: ["x", "y", "z"], features: ["age"], scales: [40], constant: true, policy: policy)
        try decider.save(to: path)
        let loaded = try Decider.load(from: path)
        #expect(loaded.actions == decider.actions && loaded.features == ["age"] && loaded.scales == [40])
        let context = try loaded.context(["age": 20, "unknown": 3], available: ["z", "x"])
        #expect(context.features.dense(2) == [0.5, 1] && context.available == [2, 0])
        #expect(throws: BanditError.self) { try loaded.context([:], available: ["w"]) }
    }

    @Test func settingsAreChecked() throws {
        let (kind, given) = try ArmPolicyKind.parse("linucb:exploration=0.5,lambda=2")
        #expect(given == ["exploration": 0.5, "lambda": 2])
        #expect((try kind.make(Self.setup, given) as? LinUCB)?.exploration == 0.5)
        for wrong in ["nosuch", "linucb:exploration", "linucb:exploration=x", "linucb:exploration=nan"] {
            #expect(throws: BanditError.self) { try ArmPolicyKind.parse(wrong) }
        }
        for wrong in ["exploration": -1.0, "nosuch": 1] {
            #expect(throws: BanditError.self) { try kind.make(Self.setup, [wrong.key: wrong.value]) }
        }
        #expect(throws: BanditError.self) { try kind.make(ArmPolicySetup(arms: 3)) }
        #expect(throws: BanditError.self) {
            try ArmPolicyKind.parse("ucb1").kind.make(ArmPolicySetup(arms: 2, rewards: -1...5))
        }
        #expect(ArmPolicyKind.resolved("thompson", rewards: 0...1) == "beta-thompson")
        #expect(ArmPolicyKind.resolved("thompson", rewards: 0...10) == "gaussian-thompson")
    }

    @Test func otherFilesAreNoDeciders() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).json")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: BanditError.self) { try Decider.load(from: path) }
        for text in [
            "", "{}", "{\"format\":\"heed-decider\",\"version\":9,\"policy\":\"ucb1\"}",
            "{\"format\":\"heed-decider\",\"version\":1,\"policy\":\"nosuch\"}",
            "{\"format\":\"heed-decider\",\"version\":1,\"policy\":\"ucb1\"}",
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: BanditError.self) { try Decider.load(from: path) }
        }
    }
}
