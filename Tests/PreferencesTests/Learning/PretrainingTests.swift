import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Learning from many votes first")
struct PretrainingTests {
    @Test("A warm start keeps the rules that all learners keep")
    func conformance() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        let start = LinearRewardModel(weights: [1, 0, 0])
        try LearnerConformance.check(WarmStart(start, pull: 30), on: data)
        try LearnerConformance.check(WarmStart(start), on: data)
    }

    @Test("An endless pull gives the first weights, none the data's own")
    func pulls() throws {
        let data = try LearningWorld.linear([1, -1, 0.5, 0, 0.3, -0.2], count: 300)
        let start = LinearRewardModel(weights: [3, 2, 1, 0, -1, -2])
        for (a, b) in zip(try WarmStart(start, pull: 1e12).fit(data).weights, start.weights) {
            #expect(abs(a - b) < 1e-6)
        }
        let scratch = try LinearReward(ridge: 0, tolerance: 1e-9).fit(data).weights
        for (a, b) in zip(try WarmStart(start, pull: 1e-9).fit(data).weights, scratch) {
            #expect(abs(a - b) < 1e-4)
        }
    }

    @Test("A pull is chosen strong where the first model is right, weak where it is wrong")
    func chosen() throws {
        let truth = [1, -1, 0.5, 0.3, 0.8, -0.4]
        let data = try LearningWorld.linear(truth, count: 150)
        #expect(try WarmStart(LinearRewardModel(weights: truth)).chosenPull(data) >= 30)
        #expect(try WarmStart(LinearRewardModel(weights: truth.map { -2 * $0 })).chosenPull(data) <= 3)
        #expect(try WarmStart(LinearRewardModel(weights: truth)).chosenPull(data.selecting([1, 2])) == 1000)
    }

    @Test("Votes become comparisons")
    func votes() throws {
        let items = try ItemSet(features: FeatureMatrix((0..<9).map { [Double($0)] }))
        let threads = [
            VotePairs.Thread(
                "why",
                [
                    .init(item: 0, votes: 5, exposure: 100), .init(item: 1, votes: 5, exposure: 100),
                    .init(item: 2, votes: 3, exposure: 100), .init(item: 3, votes: 90, exposure: 2),
                ]),
            VotePairs.Thread("how", (4..<9).map { .init(item: $0, votes: Double(10 * $0)) }),
        ]
        let data = try VotePairs(minimumExposure: 10).comparisons(threads, items: items)
        #expect(data.count == 2 + 8)
        for place in 0..<data.count {
            let (a, b) = (data.left[place], data.right[place])
            #expect(data.items.prompt(a) == data.items.prompt(b))
            let votes = [5, 5, 3, 90, 40, 50, 60, 70, 80.0]
            #expect(abs(votes[a] - votes[b]) >= 1 && (votes[a] > votes[b]) == (data.labels[place] == 1))
            #expect(a != 3 && b != 3)
        }
        #expect(data.items.promptNames == ["why", "how"])
        #expect(try VotePairs(gap: 30, perThread: 100).comparisons([threads[1]], items: items).count == 3)
        #expect(
            try VotePairs().comparisons(threads, items: items, seed: 3)
                == VotePairs().comparisons(threads, items: items, seed: 3))
        #expect(throws: LearningError.self) {
            try VotePairs().comparisons([.init("x", [.init(item: 9, votes: 1)])], items: items)
        }
        #expect(throws: LearningError.self) { try VotePairs().comparisons(threads + threads, items: items) }
    }

    @Test("A scaling law is recovered from its own numbers")
    func law() throws {
        let sizes = (0..<8).map { 100 * pow(3, Double($0)) }
        let losses = sizes.map { 0.4 + pow(50 / $0, 0.3) }
        let law = try ScalingLaw(sizes: sizes.reversed(), losses: losses.reversed())
        #expect(abs(law.limit - 0.4) < 1e-3 && abs(law.exponent - 0.3) < 1e-3 && abs(law.scale - 50) < 0.05)
        #expect(law.determination > 0.999999 && law.extrapolationError! < 1e-3)
        #expect(law.limitRange.contains(law.limit))
        #expect(abs(law.loss(at: 1e9) - 0.4 - pow(50 / 1e9, 0.3)) < 1e-3)
        #expect(throws: LearningError.self) { try ScalingLaw(sizes: [1, 2, 4], losses: [0.5, 0.6, 0.7]) }
        #expect(throws: LearningError.self) { try ScalingLaw(sizes: [1, 1, 4], losses: [0.5, 0.6, 0.3]) }
        #expect(throws: LearningError.self) { try ScalingLaw(sizes: [1, 2, 4], losses: [0.5, 0, -0.7]) }
    }

    @Test("A joint law is recovered too, and says where the size makes no difference")
    func jointLaw() throws {
        var (n, d, losses, flat): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for size in [1e2, 1e3, 1e4, 1e5] {
            for amount in [1e3, 1e4, 1e5, 1e6] {
                n.append(size)
                d.append(amount)
                losses.append(0.4 + pow(20 / size, 0.5) + pow(50 / amount, 0.3))
                flat.append(0.4 + pow(50 / amount, 0.3))
            }
        }
        let law = try JointScalingLaw(models: n, data: d, losses: losses)
        #expect(abs(law.limit - 0.4) < 1e-2 && abs(law.modelExponent - 0.5) < 1e-2)
        #expect(abs(law.dataExponent - 0.3) < 1e-2 && law.determination > 0.9999)
        #expect(abs(law.loss(model: 1e4, data: 1e5) - losses[10]) < 1e-3)
        let half = try JointScalingLaw(models: n, data: d, losses: flat)
        #expect(pow(half.modelScale / 1e3, half.modelExponent) < 1e-3 || half.modelScale == 0)
        #expect(throws: LearningError.self) {
            try JointScalingLaw(models: n.map { _ in 1 }, data: d, losses: losses)
        }
    }

    @Test("Style is told from content")
    func style() throws {
        var random = CounterRandom(seed: 8)
        let n = 20_000
        var (r, styles, labels, taste): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for _ in 0..<n {
            // Differences of unit normals.
            let (length, quality) = (2.0.squareRoot() * random.normal(), 2.0.squareRoot() * random.normal())
            r.append(0.3 * quality + length)
            styles += [length, random.normal()]
            labels.append(random.bernoulli(Special.logistic(1.5 * length)) ? 1 : 0)
            taste.append(random.bernoulli(Special.logistic(1.5 * quality)) ? 1 : 0)
        }
        let matrix = Matrix(rows: n, columns: 2, values: styles)
        let control = try StyleControl(differences: r, styles: matrix, labels: labels)
        #expect(abs(control.coefficient) < 0.1 * control.naiveCoefficient)
        #expect(abs(control.coefficient) < 4 * control.coefficientError)
        #expect(abs(control.styleCoefficients[0] - 1.5) < 4 * control.styleErrors[0])
        #expect(abs(control.contentAccuracy - 0.5) < 0.02)
        #expect(abs(control.accuracy - 0.77) < 0.02)
        for column in 0..<2 {
            let s = matrix.column(column)
            let product = zip(control.content, s).reduce(0) { $0 + $1.0 * $1.1 }
            let lengths = [control.content, s].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
            #expect(abs(product / lengths[0] / lengths[1]) < 1e-10)
        }
        let honest = try StyleControl(differences: r, styles: matrix, labels: taste)
        #expect(honest.contentAccuracy > 0.7 && honest.accuracy < 0.65)
        #expect(throws: LearningError.self) {
            try StyleControl(differences: r, styles: matrix, labels: r.map { $0 > 0 ? 1 : 0 })
        }
        #expect(throws: LearningError.self) {
            try StyleControl(differences: [1], styles: matrix, labels: [1])
        }
    }

    @Test("Kinds of comparisons are followed one by one")
    func families() throws {
        let test = try LearningWorld.linear([1, -1], count: 500)
        let coin = try ComparisonSet(
            items: test.items, left: test.left, right: test.right, labels: test.labels.map { _ in 0.5 })
        let sizes = [10.0, 100, 1000, 10_000]
        let models = sizes.indices.map { LinearRewardModel(weights: [0.3 * Double($0), -0.3 * Double($0)]) }
        let report = try PreferenceFamilies(
            sizes: sizes, models: models, tests: [.objective: test, .subjective: coin])
        #expect(report.curves.map(\.family) == [.objective, .subjective])
        #expect(report.curves[0].improves && !report.curves[1].improves)
        #expect(report.curves[0].accuracy[3] > 0.75 && report.curves[1].slope > 0)
        #expect(abs(report.curves[0].logLoss[0] - log(2)) < 1e-12)
    }
}
