import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Rewards of several qualities")
struct MultiObjectiveTests {
    /// Items under prompts of two types with ratings of three qualities, some missing; type 0 wants the first quality, type 1
    /// the second; a third leaks into both ratings.
    static func world(
        seed: UInt64 = 1, prompts: Int = 60, missing: Double = 0.2, leak: Double = 0,
        hasPromptFeatures: Bool = true
    ) throws -> ComparisonSet {
        var random = CounterRandom(seed: seed)
        var (rows, ratings, prompt, contexts) = ([[Double]](), [[Double]](), [Int](), [[Double]]())
        var (left, right, labels) = ([Int](), [Int](), [Double]())
        for number in 0..<prompts {
            let type = Double(number % 2)
            contexts.append([type, 1 - type, random.normal()])
            for _ in 0..<4 {
                let z = (0..<5).map { _ in random.normal() }
                rows.append(z)
                prompt.append(number)
                ratings.append(
                    [z[0] + leak * z[2], z[1] + leak * z[2], z[2]].map {
                        random.bernoulli(missing) ? .nan : 3 + 2 * $0 + 0.2 * random.normal()
                    })
            }
            for (a, b) in [(0, 1), (2, 3), (0, 2), (1, 3)] {
                let (a, b) = (4 * number + a, 4 * number + b)
                let d = 3 * (type == 0 ? rows[a][0] - rows[b][0] : rows[a][1] - rows[b][1])
                left.append(a)
                right.append(b)
                labels.append(random.bernoulli(Special.logistic(d)) ? 1 : 0)
            }
        }
        var items = ItemSet(features: try FeatureMatrix(rows))
        items.prompts = prompt
        items.promptNames = (0..<prompts).map { "prompt \($0 + 1)" }
        items.promptFeatures = hasPromptFeatures ? try FeatureMatrix(contexts) : nil
        items.ratings = ratings
        items.qualities = ["first", "second", "length"]
        return try ComparisonSet(items: items, left: left, right: right, labels: labels)
    }

    @Test("It keeps the rules that all keep")
    func conformance() throws {
        let shared = try Self.world(hasPromptFeatures: false)
        try LearnerConformance.check(MultiObjectiveReward(), on: shared)
        try LearnerConformance.check(MultiObjectiveReward(debiasedFrom: "length"), on: shared)
        guard Torch.isAvailable else { return }
        try LearnerConformance.check(
            MultiObjectiveReward(hidden: [8], trainer: PairTrainer(steps: 40)), on: Self.world())
    }

    @Test("Contributions add up to the log-odds, and turn round with the sides")
    func contributions() throws {
        func check(_ model: MultiObjectiveModel, _ data: ComparisonSet) throws {
            let answers = try model.predict(data, for: .everyone)
            for place in [0, 7, 31] {
                let why = try model.explain(data, comparison: place)
                #expect(abs(why.difference - answers[place].value) < 1e-12)
                #expect(why.parts.map(\.name) == ["first", "second", "length"])
                let back = try model.explain(data.swapped(), comparison: place)
                #expect(zip(why.parts, back.parts).allSatisfy { $0.contribution == -$1.contribution })
            }
        }
        let data = try Self.world(hasPromptFeatures: false)
        try check(MultiObjectiveReward().fit(data), data)
        guard Torch.isAvailable else { return }
        let prompted = try Self.world()
        try check(MultiObjectiveReward(hidden: [8], trainer: PairTrainer(steps: 40)).fit(prompted), prompted)
    }

    @Test("Gates are not negative and add up to the scale for every prompt")
    func gates() throws {
        guard Torch.isAvailable else { return }
        let data = try Self.world()
        let model = try MultiObjectiveReward(hidden: [8], trainer: PairTrainer(steps: 40)).fit(data)
        guard case .prompted(_, _, let scale, _) = model.gate else {
            Issue.record("the gate looks at prompts")
            return
        }
        let gates = try model.gates(data.items)
        for item in 0..<data.items.count {
            #expect(gates.row(item).allSatisfy { $0 >= 0 })
            #expect(abs(gates.row(item).reduce(0, +) - scale) < 1e-12 * scale)
        }
    }

    @Test("With one quality the gate changes the scale, not the ranking")
    func oneQuality() throws {
        var data = try Self.world(hasPromptFeatures: false)
        data.items.ratings = data.items.ratings!.map { [$0[0]] }
        data.items.qualities = ["first"]
        let model = try MultiObjectiveReward().fit(data)
        let (scores, ratings) = (try model.scores(data.items, for: .everyone), try model.ratings(data.items))
        guard case .shared(let weights) = model.gate else { fatalError() }
        for item in 0..<20 {
            let standard = (ratings[item, 0] - model.ratingMeans[0]) / model.ratingScales[0]
            #expect(abs(scores[item].value - weights[0] * standard) < 1e-9)
        }
    }

    @Test("Regressions solve the normal equations, by factors and by conjugate gradients, dense and sparse")
    func normalEquations() throws {
        for (width, widest) in [(6, 100), (60, 100), (60, 0)] {
            var random = CounterRandom(seed: 4)
            let rows = (0..<40).map { _ in (0..<width).map { _ in random.normal() } }
            let target = rows.map { $0[0] - $0[1] + 0.1 * random.normal() }
            let dense = try FeatureMatrix(rows)
            var sparse = SparseRows()
            for row in rows {
                for (column, value) in row.enumerated() { sparse.append(column: Int32(column), value: value) }
                sparse.endRow()
            }
            for features in [dense, try FeatureMatrix(sparse, columns: width)] {
                let line = RidgeSystem(features, widest: widest).solve([target], ridge: 2)[0]
                let mean = Statistics.mean(target)
                let means = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / 40 }
                for column in 0..<width {
                    var slope = 2 * line.weights[column]
                    for (row, goal) in zip(rows, target) {
                        let guess = zip(row, line.weights).reduce(line.intercept) { $0 + $1.0 * $1.1 }
                        slope += (guess - goal) * (row[column] - means[column])
                    }
                    #expect(abs(slope) < (widest == 0 ? 1e-7 : 1e-10))
                }
                let middle = zip(means, line.weights).reduce(line.intercept) { $0 + $1.0 * $1.1 }
                #expect(abs(middle - mean) < 1e-9)
            }
        }
    }

    @Test("Length is taken out where scores rise with it, and only there")
    func debiasing() {
        var random = CounterRandom(seed: 2)
        let length = (0..<4000).map { _ in random.normal() }
        for (noise, strengths) in [(0.1, 1.0...1.0), (0.5, 1.0...1.0), (2.0, 0.9...1.0)] {
            let scores = length.map { $0 + noise * random.normal() }
            let strength = OneSidedDebiasing().strength(of: scores, against: length)
            #expect(strengths.contains(strength))
            let rest = zip(scores, length).map { $0 - strength * $1 }
            #expect(Statistics.spearman(rest, length) <= 0.05)
        }
        #expect(OneSidedDebiasing().strength(of: length.map { -$0 }, against: length) == 0)
        #expect(OneSidedDebiasing().strength(of: length.map { _ in 1 }, against: length) == 0)
    }

    @Test("What leaks from length into ratings is taken out, and length itself counts no more")
    func leak() throws {
        let data = try Self.world(prompts: 200, leak: 0.6, hasPromptFeatures: false)
        let model = try MultiObjectiveReward(debiasedFrom: "length").fit(data)
        #expect(model.strengths[0] > 0.3 && model.strengths[1] > 0.3)
        let why = try model.explain(data, comparison: 0)
        #expect(why.parts[2].contribution == 0)
        let scores = model.debiasedRatings(data.items.features)
        let length = data.items.features.product([0, 0, 1, 0, 0])
        #expect(Statistics.spearman(scores.column(0), length) < 0.1)
    }

    @Test("One mixture for all is the best that is not negative")
    func mixture() throws {
        var data = try Self.world(missing: 0, hasPromptFeatures: false)
        // What was rated last is disliked, which no gate can say.
        data.items.ratings = data.items.ratings!.map { [$0[0], $0[1], 6 - $0[1]] }
        let learner = MultiObjectiveReward()
        let model = try learner.fit(data)
        guard case .shared(let weights) = model.gate else { fatalError() }
        #expect(weights.allSatisfy { $0 >= 0 } && weights[0] > 0.1)
        func loss(_ weights: [Double]) -> Double {
            let scores = model.debiasedRatings(data.items.features)
            let sum = (0..<data.count).reduce(0.0) { sum, place in
                let d = (0..<3).reduce(0.0) {
                    $0 + weights[$1] * (scores[data.left[place], $1] - scores[data.right[place], $1])
                }
                return sum + LogisticLoss().value(d, label: data.labels[place])
            }
            return sum / Double(data.count)
                + learner.ridge / 2 * weights.reduce(0) { $0 + $1 * $1 }
        }
        let best = loss(weights)
        for quality in 0..<3 {
            for step in [-0.05, 0.05] where weights[quality] + step >= 0 {
                var moved = weights
                moved[quality] += step
                #expect(loss(moved) >= best - 1e-9)
            }
        }
    }

    @Test("Gates are set by hand, and stay so when saved")
    func steering() throws {
        let data = try Self.world(hasPromptFeatures: false)
        let model = try MultiObjectiveReward().fit(data)
        let steered = try model.steered(["first": 0, "length": 2])
        #expect(try steered.gates(data.items).row(3)[0] == 0)
        #expect(try steered.gates(data.items).row(3)[2] == 2)
        #expect(try steered.gates(data.items).row(3)[1] == model.gates(data.items).row(3)[1])
        #expect(
            try MultiObjectiveModel(steered.state).predict(data, for: .everyone)
                == steered.predict(data, for: .everyone))
        #expect(throws: LearningError.self) { try model.steered(["nothing": 1]) }
    }

    @Test("Ratings come out in the units in which they were given")
    func units() throws {
        let data = try Self.world(missing: 0.5, hasPromptFeatures: false)
        let guesses = try MultiObjectiveReward().fit(data).ratings(data.items)
        for item in 0..<40 {
            #expect(abs(guesses[item, 0] - (3 + 2 * data.items.features.row(item)[0])) < 0.5)
        }
    }

    @Test("Ratings of items that no comparison names are not learnt from, unless they are given")
    func heldOutRatings() throws {
        var data = try Self.world(hasPromptFeatures: false).selecting(Array(0..<160))
        let first = try MultiObjectiveReward().fit(data)
        #expect(first.certificate.limits.contains { $0.contains("were not used") })
        let named = Set(data.left + data.right)
        for item in 0..<data.items.count where !named.contains(item) {
            data.items.ratings![item] = [9, 9, 9]
        }
        let second = try MultiObjectiveReward().fit(data)
        #expect(second.weights == first.weights)
        let more = try MultiObjectiveReward(ratedItems: Self.world(seed: 2).items).fit(data)
        #expect(more.weights != first.weights)
    }

    @Test("It says which qualities it cannot tell apart, and which features do not predict")
    func limits() throws {
        var data = try Self.world(missing: 0, hasPromptFeatures: false)
        var random = CounterRandom(seed: 9)
        data.items.ratings = data.items.ratings!.map { [$0[0], 10 * $0[0], random.normal()] }
        data.items.qualities = ["help", "use", "luck"]
        let limits = try MultiObjectiveReward().fit(data).certificate.limits
        #expect(limits.contains { $0.contains("help") && $0.contains("use") && $0.contains("alike") })
        #expect(limits.contains { $0.contains("luck") && $0.contains("noise") })
    }

    @Test("What the data lack is said")
    func lacks() throws {
        let plain = try LearningWorld.linear([1, 2])
        #expect(MultiObjectiveReward().lacks(plain) == "ratings of the items")
        #expect(throws: LearningError.self) { try MultiObjectiveReward().fit(plain) }
        var data = try Self.world(hasPromptFeatures: false)
        #expect(throws: LearningError.self) { try MultiObjectiveReward(debiasedFrom: "nothing").fit(data) }
        data.items.ratings = data.items.ratings!.map { [$0[0], 1, $0[2]] }
        #expect(throws: LearningError.self) { try MultiObjectiveReward().fit(data) }
        data.items.ratings = data.items.ratings!.map { [$0[0], .infinity, $0[2]] }
        #expect(throws: LearningError.self) { try MultiObjectiveReward().fit(data) }
        let mixed = try ComparisonSet(
            items: Self.world(hasPromptFeatures: false).items, left: [0], right: [5], labels: [1])
        #expect(throws: LearningError.self) { try MultiObjectiveReward().fit(mixed) }
    }

    @Test("Gates learn which prompts want what, where one mixture cannot")
    func prompted() throws {
        guard Torch.isAvailable else { return }
        let data = try Self.world(prompts: 300)
        var plain = data
        plain.items.promptFeatures = nil
        let gated = try MultiObjectiveReward().fit(data)
        let shared = try MultiObjectiveReward().fit(plain)
        func accuracy(_ model: MultiObjectiveModel) throws -> Double {
            try HeldOutReport(model, on: data, resamples: 0).all.accuracy
        }
        #expect(try accuracy(gated) > accuracy(shared) + 0.08)
    }
}
