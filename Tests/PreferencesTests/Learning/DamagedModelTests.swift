import Kernels
import Tensors
import Testing

@testable import Preferences

/// Every kind of learner on data that all can learn from, and its saved model when something happened to the file.
@Suite("All kinds of learners, and models that are damaged")
struct DamagedModelTests {
    /// Answers under prompts, with names, ratings, judges and groups.
    static func world(prompts: Int = 24) throws -> ComparisonSet {
        var random = CounterRandom(seed: 5)
        var (rows, ratings, places, contexts) = ([[Double]](), [[Double]](), [Int](), [[Double]]())
        var (left, right, labels) = ([Int](), [Int](), [Double]())
        var (judges, groups) = ([String?](), [String?]())
        for prompt in 0..<prompts {
            contexts.append([random.normal(), random.normal()])
            for _ in 0..<4 {
                rows.append((0..<3).map { _ in random.normal() })
                ratings.append(rows[rows.count - 1].prefix(2).map { 2 * $0 + 0.3 * random.normal() })
                places.append(prompt)
            }
            for (a, b) in [(0, 1), (2, 3), (0, 2), (1, 3), (0, 3), (1, 2)] {
                let judge = random.below(6)
                (left, right) = (left + [4 * prompt + a], right + [4 * prompt + b])
                let d = rows[4 * prompt + a][0] - rows[4 * prompt + b][0]
                labels.append(random.bernoulli(Special.logistic(judge < 3 ? 3 * d : -2 * d)) ? 1 : 0)
                judges.append("judge \(judge)")
                groups.append(judge < 3 ? "one" : "two")
            }
        }
        var items = ItemSet(features: try FeatureMatrix(rows))
        items.featureNames = ["a", "b", "c"]
        items.prompts = places
        items.promptNames = (0..<prompts).map { "prompt \($0)" }
        items.promptFeatures = try FeatureMatrix(contexts)
        items.ratings = ratings
        items.qualities = ["good", "long"]
        var data = try ComparisonSet(items: items, left: left, right: right, labels: labels)
        try data.setJudges(judges)
        try data.setGroups(groups)
        return data
    }

    /// Whether a method can be trained here.
    static func canTrain(_ kind: LearnerKind) -> Bool {
        Torch.isAvailable
            || !["neural", "pal", "pal-directions", "vpl", "gpm", "armorm"].contains(kind.id)
    }

    /// Says what became of a damaged model; it may throw a `LearningError`, and nothing else may happen.
    private func use(_ state: ModelState, _ body: (ModelState) throws -> Void) -> Bool {
        do {
            try body(state)
            return true
        } catch is LearningError {
            return false
        } catch {
            Issue.record("\(error) is no LearningError")
            return false
        }
    }

    /// What may have happened to a model's file.
    static func damaged(_ state: ModelState) -> [ModelState] {
        var all: [ModelState] = [ModelState()]
        func add(_ change: (inout ModelState) -> Void) {
            var copy = state
            change(&copy)
            if copy != state { all.append(copy) }
        }
        for name in state.settings.keys.sorted() {
            for text in ["nan", "inf", "1e300", "9e18", "-1", "", "0", "1", "3", "0.5", "other"] {
                add { $0.settings[name] = text }
            }
            add { $0.settings[name] = nil }
        }
        for name in state.lists.keys.sorted() {
            for list in [[], Array(state.lists[name]!.dropLast()), state.lists[name]! + ["more"]] {
                add { $0.lists[name] = list }
            }
            add { $0.lists[name] = nil }
            add { $0.lists[name] = $0.lists[name]!.map { _ in "same" } }
        }
        for name in state.arrays.keys.sorted() {
            let old = state.arrays[name]!
            add { $0[name] = nil }
            for shape in [
                [], [0], [0, 0], [1 << 60, 0], [0, 1 << 60], [2, 0, 1 << 60], [0, 1 << 60, 1 << 60],
            ] {
                add { $0[name] = .init(shape.isEmpty ? [1] : [], shape: shape) }
            }
            for shape in [
                Array(old.shape.reversed()), [old.values.count], [1, old.values.count],
                [old.values.count, 1],
                old.shape + [1], [1] + old.shape,
            ] {
                add { $0[name] = .init(old.values, shape: shape) }
            }
            add { $0[name]!.shape = [1 << 40, 1 << 40] }
            add { $0[name]!.shape = old.shape.map { -$0 } }
            add { $0[name]!.values.append(1) }
            for number in [Double.nan, .infinity, -1, 0, 1e300, 9e18, 0.5] {
                add { $0[name]!.values = old.values.map { _ in number } }
                if !old.values.isEmpty { add { $0[name]!.values[0] = number } }
            }
            if let first = old.shape.first, first > 0 {
                let rest = Array(old.shape.dropFirst())
                let size = old.values.count / first
                add { $0[name] = .init(Array(old.values.dropLast(size)), shape: [first - 1] + rest) }
                add { $0[name] = .init(old.values + old.values.suffix(size), shape: [first + 1] + rest) }
            }
        }
        // Some hundreds, spread over all parts.
        return stride(from: 0, to: all.count, by: all.count / 400 + 1).map { all[$0] }
    }

    @Test(
        "Each kind gives the same bits on one thread, keeps them in files, and refuses or survives damage",
        arguments: LearnerKind.all.map(\.id))
    func kinds(_ id: String) throws {
        let kind = try LearnerKind.named(id)
        guard Self.canTrain(kind) else { return }
        let data = try Self.world()
        #expect(kind.lacks(data) == nil)
        let model = try kind.train(data, 3, FitWatch())
        let again = try Parallel.withThreads(1) { try kind.train(data, 3, FitWatch()) }
        #expect(model.state == again.state, "the same seed has to give the same bits")
        let few = data.selecting(Array(0..<12))
        let answers = try model.predict(few, for: .each)
        let loaded = try kind.load(model.state)
        #expect(loaded.state == model.state)
        #expect(try loaded.predict(few, for: .each) == answers)
        for (a, b) in zip(answers, try model.predict(few.swapped(), for: .each)) {
            #expect(abs(a.value + b.value) <= 1e-9 * max(1, abs(a.value)))
        }
        let states = Self.damaged(model.state)
        var refused = 0
        for state in states {
            let survived = use(state) { state in
                let model = try kind.load(state)
                for prediction in try model.predict(few, for: .each) { _ = prediction.interval }
                _ = try model.predict(few, for: .everyone)
                _ = try? model.predict(few, for: .newcomer(few.selecting([0, 1])))
                _ = try? model.predict(few, for: .group("one"))
                _ = try? (model as? any ItemScorer)?.scores(few.items, for: .everyone)
                _ = try? (model as? any ComparisonExplainer)?.explain(few, comparison: 0)
                _ = try? (model as? any QuestionChooser)?.beliefs(about: few, after: nil)
                _ = (model as? ParetoRewardModel)?.meanWeights
                _ = (model as? Constitution)?.everyone.text
                _ = try? (model as? GeneralPreferenceModel)?.cycles(few.items)
                _ = model.state
            }
            refused += survived ? 0 : 1
        }
        #expect(states.count > 50 && refused > states.count / 3)
    }

    @Test("Models of texts, utilities and drift refuse or survive damage")
    func others() throws {
        let utilities = UtilityModel(
            ["a", "b", "c"], means: [1, 2, 4], deviations: [1, 1, 1],
            covariance: Matrix(rows: 3, columns: 3) { $0 == $1 ? 1 : 0 })
        for state in Self.damaged(utilities.state) {
            _ = use(state) { state in
                let model = try UtilityModel(state)
                guard !model.outcomes.isEmpty else { return }
                _ = (model.errors, model.ranking, model.probability(0, over: 0), model.difference(0, 0))
            }
        }
        let drift = ValueDynamicsModel(
            dynamics: BoundedConfidence(epsilon: [0.2, 0.4], mu: [0.1, 0.3]), values: 2,
            intervals: [.init(epsilon: 0.1...0.3, mu: 0...0.5), .init(epsilon: 0.1...0.5, mu: 0...0.5)],
            certificate: FitCertificate(converged: true, steps: 1, loss: 0.1))
        let network = try InfluenceNetwork(people: 2, weights: [(0, 1, 0.5)])
        for state in Self.damaged(drift.state) {
            _ = use(state) { state in
                let model = try ValueDynamicsModel(state)
                guard model.values == 2, model.dynamics.substeps < 100 else { return }
                _ = model.dynamics.step([0.1, 0.2, 0.3, 0.4], values: 2, network: network)
            }
        }
        let pairs = (1...12).map {
            TextPair(
                prompt: "What is \($0) * 3?", chosen: "It is \($0 * 3).", rejected: "It is \($0 * 3 + 1).")
        }
        let tools = try ToolReward(buckets: 4).fit(pairs)
        for state in Self.damaged(tools.state) {
            _ = use(state) { state in
                _ = try ToolRewardModel<LinearRewardModel>(state).score(
                    question: "What is 2 * 3?", answer: "6")
            }
        }
        let records = ["telling a friend the truth", "lying to a stranger", "helping a stranger"].enumerated()
            .map { place, situation in
                ValueRecord(
                    situation: situation, value: SituationValue(.value, place == 2 ? "kindness" : "honesty"),
                    valence: place == 1 ? .opposes : .supports)
            }
        let values = try ValueKaleidoscope(width: 4, buckets: 16, epochs: 2).fit(records)
        for state in Self.damaged(values.state) {
            _ = use(state) { state in
                _ = try SituationValueModel(state).picture(of: "lying to a friend")
            }
        }
        let words = try TFIDF(minimumDocuments: 1).fitted(to: ["one two", "two three"])
        for state in Self.damaged(words.learnt) {
            _ = use(state) { state in _ = try words.loading(state).features(of: ["one two"]) }
        }
    }
}
