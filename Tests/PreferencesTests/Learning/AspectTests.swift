import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Rewards over named aspects")
struct AspectTests {
    @Test("It keeps the rules that all keep")
    func conformance() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        try LearnerConformance.check(AspectReward(), on: data)
        try LearnerConformance.check(AspectReward(loss: FlippedLoss(0.1)), on: data)
        guard Torch.isAvailable else { return }
        try LearnerConformance.check(
            AspectReward(
                hidden: [8], trainer: PairTrainer(steps: 40, batch: 32, validateEvery: 10)), on: data)
    }

    @Test("With one aspect it is Bradley–Terry with r = w f")
    func oneAspect() throws {
        let data = try LearningWorld.linear([1.5])
        let model = try AspectReward(aspects: ["f"], ridge: 0).fit(data)
        let weight = model.weights![0]
        var slope = 0.0
        for place in 0..<data.count {
            let gap =
                data.items.features.row(data.left[place])[0] - data.items.features.row(data.right[place])[0]
            slope += (data.labels[place] - Special.logistic(weight * gap)) * gap
        }
        #expect(abs(slope) / Double(data.count) < 1e-5)
        let answers = try model.predict(data, for: .everyone)
        let gap = data.items.features.row(data.left[4])[0] - data.items.features.row(data.right[4])[0]
        #expect(abs(answers[4].value - weight * gap) < 1e-12)
    }

    @Test("Items with the same aspects are even, and a constant changes nothing")
    func invariance() throws {
        guard Torch.isAvailable else { return }
        let data = try LearningWorld.linear([1, -1])
        let model = try AspectReward(
            hidden: [8], trainer: PairTrainer(steps: 30, batch: 32, validateEvery: 10)
        ).fit(data)
        let twins = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix([[0.3, 1], [0.3, 1]])), left: [0], right: [1], labels: [1])
        #expect(try model.predict(twins, for: .everyone)[0].probability == 0.5)
        var state = model.state
        state["network.1.bias"]!.values[0] += 3
        let moved = try AspectRewardModel(state)
        for (a, b) in zip(try model.predict(data, for: .everyone), try moved.predict(data, for: .everyone)) {
            #expect(abs(a.value - b.value) < 1e-12)
        }
    }

    @Test("Weights, slopes and contributions agree with the scores")
    func attribution() throws {
        let data = try LearningWorld.linear([1, -1, 0.5, 0.2, 0])
        func check(_ model: AspectRewardModel) throws {
            let answers = try model.predict(data, for: .everyone)
            for place in [0, 11] {
                let why = try model.explain(data, comparison: place)
                #expect(abs(why.difference - answers[place].value) < 1e-9)
            }
            let slopes = try model.attribution(data.items)
            for (item, aspect) in [(0, 0), (0, 4), (5, 1), (5, 2)] {
                func score(_ step: Double) throws -> Double {
                    var row = data.items.features.row(item)
                    row[aspect] += step
                    return try model.scores(ItemSet(features: FeatureMatrix([row])), for: .everyone)[0].value
                }
                let numeric = try (score(1e-6) - score(-1e-6)) / 2e-6
                #expect(abs(numeric - slopes[item, aspect]) < 1e-6)
            }
        }
        let linear = try AspectReward().fit(data)
        try check(linear)
        #expect(linear.aspects[1] == "feature 2")
        for aspect in 0..<5 {
            #expect(try linear.attribution(data.items)[9, aspect] == linear.weights![aspect])
        }
        guard Torch.isAvailable else { return }
        let network = try AspectReward(
            hidden: [8, 4], trainer: PairTrainer(steps: 60, batch: 32, validateEvery: 10)
        ).fit(data)
        try check(network)
        #expect(network.weights == nil)
    }

    @Test("Orders share a difference out completely, and evenly among equals")
    func shapley() {
        let parts = Attribution.shapley(from: [1, 1, 1], to: [2, 3, 1]) { $0[0] * $0[1] * $0[2] }
        #expect(abs(parts.reduce(0, +) - 5) < 1e-12)
        #expect(abs(parts[0] - 2) < 1e-12 && abs(parts[1] - 3) < 1e-12 && parts[2] == 0)
        let many = Attribution.shapley(
            from: [Double](repeating: 0, count: 9), to: [Double](repeating: 1, count: 9)
        ) { x in x.reduce(1) { $0 * (1 + $1) } }
        #expect(abs(many.reduce(0, +) - 511) < 1e-9)
    }

    @Test("Leaving an aspect out costs what it was worth")
    func ablation() throws {
        let data = try LearningWorld.linear([2, 0.5, 0], count: 2000)
        let model = try AspectReward(aspects: ["much", "some", "none"]).fit(data)
        let rows = try model.ablation(on: data)
        #expect(rows.map(\.aspect) == ["much", "some", "none"])
        #expect(rows[0].rise > rows[1].rise + 3 * rows[1].deviation)
        #expect(abs(rows[2].rise) < 0.01)
        #expect(abs(rows.reduce(0) { $0 + $1.share } - 1) < 1e-12)
    }

    @Test("What does not fit is refused")
    func refusals() throws {
        let data = try LearningWorld.linear([1, 2])
        #expect(throws: LearningError.self) { try AspectReward(aspects: ["one"]).fit(data) }
        let wide = try LearningWorld.linear([Double](repeating: 0.1, count: 65), items: 20, count: 20)
        #expect(AspectReward().lacks(wide) != nil)
        #expect(throws: LearningError.self) { try AspectReward().fit(data).ablation(on: data.selecting([])) }
    }

    @Test("Aspects of summaries see what they are named after")
    func summaries() throws {
        let reviews = """
            The battery is great and lasts 12 hours.
            Great battery, but the screen is poor.
            I love the battery. The screen scratches.
            """
        let scorer = SummaryAspects(targetWords: 12)
        func aspect(_ name: String, _ summary: String) -> Double {
            scorer.scores(prompt: reviews, answer: summary)[scorer.aspects.firstIndex(of: name)!]
        }
        #expect(aspect("coverage", "The battery and the screen are great.") == 5)
        #expect(aspect("coverage", "A phone.") == 0)
        #expect(aspect("faithfulness", "The screen is poor.") == 5)
        #expect(aspect("faithfulness", "Purple elephants dance.") == 0)
        #expect(aspect("grounding", "It lasts 12 hours.") == 5)
        #expect(aspect("grounding", "It lasts 99 hours.") == 0)
        #expect(aspect("conciseness", "Great.") == 5)
        #expect(
            aspect("conciseness", [String](repeating: "word", count: 24).joined(separator: " ")) == 2.5)
        #expect(aspect("opinions", "Great, love it, poor screen.") > aspect("opinions", "Awful and bad."))
        #expect(aspect("relevance", "Battery and screen.") > aspect("relevance", "A holiday in Spain."))
        #expect(aspect("language", "bad bad bad bad bad bad") == 1.25)
        #expect(scorer.scores(prompt: reviews, answer: "") == [Double](repeating: 0, count: 7))
        let features = try scorer.features(prompts: [reviews, reviews], answers: ["Great.", "Bad."])
        #expect(features.rows == 2 && features.columns == 7)
    }
}
