import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("Ensembles of rewards")
struct EnsembleTests {
    @Test("An ensemble keeps the rules that all learners keep")
    func conformance() throws {
        let data = try LearningWorld.linear([1, -1, 0.5], judges: 4)
        try LearnerConformance.check(RewardEnsemble(LinearReward()), on: data)
        try LearnerConformance.check(
            RewardEnsemble(LinearReward(loss: FlippedLoss(0.1)), members: 1, aggregate: .worstCase), on: data)
        guard Torch.isAvailable else { return }
        try LearnerConformance.check(
            RewardEnsemble(
                NeuralReward(hidden: [8], trainer: PairTrainer(steps: 30)), members: 2, aggregate: .mean),
            on: data)
    }

    @Test("Aggregates of 1, 2, 3")
    func aggregates() {
        #expect(EnsembleAggregate.mean([1, 2, 3]) == 2)
        #expect(EnsembleAggregate.worstCase([1, 2, 3]) == 1)
        #expect(abs(EnsembleAggregate.uncertaintyWeighted(lambda: 0.5)([1, 2, 3]) - 5.0 / 3) < 1e-15)
        let all: [EnsembleAggregate] = [.mean, .worstCase, .uncertaintyWeighted(lambda: 3)]
        for aggregate in all {
            #expect(aggregate([1.7]) == 1.7)
            #expect(abs(aggregate([0.1, 0.1, 0.1]) - 0.1) < 1e-15)
        }
        var random = CounterRandom(seed: 2)
        for _ in 0..<100 {
            let scores = (0..<5).map { _ in random.normal() }
            let mean = EnsembleAggregate.mean(scores)
            #expect(EnsembleAggregate.uncertaintyWeighted(lambda: 0)(scores) == mean)
            #expect(all.allSatisfy { $0(scores) <= mean })
        }
        let matrix = Matrix(rows: 3, columns: 2, values: [1, 4, 2, 4, 3, 4])
        #expect(EnsembleAggregate.worstCase(matrix) == [1, 4])
    }

    @Test("One member, or λ = 0, is the mean on the scale of log-odds")
    func single() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        let model = try RewardEnsemble(LinearReward(), members: 1).fit(data)
        let member = try model.members[0].scores(data.items, for: .everyone)
        let scores = try model.scores(data.items, for: .everyone)
        for (a, b) in zip(scores, member) { #expect(abs(a.value - (b.value - model.means[0])) < 1e-12) }
        #expect(scores[0].deviation == nil && model.certificate.limits.contains { $0.contains("one member") })
        var five = try RewardEnsemble(LinearReward(), aggregate: .mean).fit(data)
        let mean = try five.scores(data.items, for: .everyone)
        five.aggregate = .uncertaintyWeighted(lambda: 0)
        #expect(try five.scores(data.items, for: .everyone) == mean)
        five.aggregate = .worstCase
        for (low, middle) in zip(try five.scores(data.items, for: .everyone), mean) {
            #expect(low.value <= middle.value + 1e-12)
        }
    }

    @Test("Members that differ in nothing agree")
    func identical() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        let model = try RewardEnsemble(LinearReward(), bootstraps: false, startDeviation: 0).fit(data)
        #expect(try model.predict(data, for: .everyone).allSatisfy { $0.deviation! < 1e-12 })
        let scores = try model.scores(data.items, for: .everyone).map(\.value)
        let one = try model.members[0].scores(data.items, for: .everyone).map(\.value)
        for (a, b) in zip(scores, one) { #expect(abs(a - (b - model.means[0])) < 1e-9) }
    }

    @Test("Where no comparison says anything, members differ by their starts, which cancel")
    func starts() throws {
        var rows = try LearningWorld.linear([1, -1], items: 100, count: 300)
        let wide = try FeatureMatrix(
            (0..<100).map { rows.items.features.row($0) + [Double](repeating: 0, count: 40) })
        rows.items = ItemSet(features: wide)
        let model = try RewardEnsemble(LinearReward(), members: 8, startDeviation: 0.6).fit(rows)
        let unseen = (2..<42).map { column in model.members.map { $0.weights[column] } }
        #expect(unseen.allSatisfy { abs($0.reduce(0, +)) < 1e-9 })
        let variance = Statistics.mean(unseen.map { Statistics.variance($0, degreesRemoved: 0) })
        #expect(abs(variance / 0.36 - 1) < 0.2)
        var probe = try FeatureMatrix([[1, 1] + [Double](repeating: 0, count: 40)])
        let seen = try model.variances(ItemSet(features: probe))[0]
        probe = try FeatureMatrix([[1, 1] + [Double](repeating: 1, count: 40)])
        #expect(try model.variances(ItemSet(features: probe))[0] > 10 * seen)
        // Without a deviation it is that of the ridge's own prior, unless that shouts.
        let own = LinearReward(ridge: 1).startingApart(
            2000, deviation: nil, on: rows, random: CounterRandom(seed: 1))
        let spread = Statistics.variance(own.map { $0.prior![5] }, degreesRemoved: 0)
        #expect(abs(spread * 300 - 1) < 0.15)
    }

    @Test("The spread is about the standard error")
    func spread() throws {
        let data = try LearningWorld.linear([1, -1, 0.5], count: 800)
        let single = try LinearReward().fit(data).predict(data, for: .everyone)
        let ensemble = try RewardEnsemble(LinearReward(), members: 40).fit(data).predict(data, for: .everyone)
        let ratio = Statistics.mean(zip(ensemble, single).map { $0.deviation! / $1.deviation! })
        #expect(ratio > 0.8 && ratio < 1.25, "\(ratio)")
        for (a, b) in zip(ensemble, single) { #expect(abs(a.value - b.value) < 0.5) }
    }

    @Test("Thousands of sparse features")
    func wide() throws {
        var random = CounterRandom(seed: 3)
        var rows = SparseRows()
        for _ in 0..<60 {
            for _ in 0..<10 { rows.append(column: Int32(random.below(20_000)), value: 0.3) }
            rows.endRow()
        }
        let items = try ItemSet(features: FeatureMatrix(rows, columns: 20_000))
        let data = try ComparisonSet(
            items: items, left: Array(0..<30), right: Array(30..<60),
            labels: [Double](repeating: 1, count: 30))
        let answers = try RewardEnsemble(LinearReward()).fit(data).predict(data, for: .everyone)
        #expect(answers.allSatisfy { $0.value > 0 && $0.deviation! < 4 })
    }

    @Test("The divergence of the best of n")
    func divergence() {
        #expect(BestOfN.divergence(n: 1) == 0)
        #expect(abs(BestOfN.divergence(n: 4) - 0.6363) < 1e-4)
    }

    @Test("The weights of order statistics")
    func weights() {
        let three = BestOfN([0.1, 0.5, 0.9]).weights(n: 2)
        for (a, b) in zip(three, [0, 1.0 / 3, 2.0 / 3]) { #expect(abs(a - b) < 1e-15) }
        for n in 1...7 {
            #expect(abs(BestOfN([3, 1, 2, 5, 4, 7, 6]).weights(n: n).reduce(0, +) - 1) < 1e-12)
        }
        let large = BestOfN((0..<2000).map { Double($0 * 7919 % 2000) })
        for n in [1, 2, 500, 1024, 2000] { #expect(abs(large.weights(n: n).reduce(0, +) - 1) < 1e-10) }
        // All subsets of three out of six, ties broken evenly.
        let (scores, gold) = ([2, 1, 2, 0, 3, 1.0], [1, 5, -2, 0.5, 4, 2.0])
        var (sum, count) = (0.0, 0.0)
        for a in 0..<6 {
            for b in a + 1..<6 {
                for c in b + 1..<6 {
                    let set = [a, b, c]
                    let top = set.map { scores[$0] }.max()!
                    sum += Statistics.mean(set.filter { scores[$0] == top }.map { gold[$0] })
                    count += 1
                }
            }
        }
        #expect(abs(BestOfN(scores).expected(gold, n: 3) - sum / count) < 1e-12)
    }

    @Test("A report's index is 0 where searching never hurts, and the fall where it does")
    func report() {
        let proxy = [[1, 2, 3, 4.0], [4, 3, 2, 1.0]]
        let good = OveroptimizationReport(proxy: proxy, gold: proxy, counts: [1, 2, 4])
        #expect(good.index == 0 && good.gold == good.proxy && abs(good.gold[2] - 4) < 1e-12)
        let bad = OveroptimizationReport(
            proxy: proxy, gold: [[0, 1, 2, -9], [-9, 2, 1, 0]], counts: [1, 2, 4])
        #expect(abs(bad.gold[2] + 9) < 1e-12 && abs(bad.index - 7.5) < 1e-12)
    }

    @Test("λ is tuned up where doubt is warranted, and left at 0 where it is not")
    func tuning() {
        var random = CounterRandom(seed: 9)
        var (scores, hurt, harmless): ([Matrix], [[Double]], [[Double]]) = ([], [], [])
        for _ in 0..<4 {
            let truth = (0..<200).map { _ in random.normal() }
            let wild = (0..<200).map { $0 % 10 == 0 ? 4.0 : 0.1 }
            let values = (0..<5).flatMap { _ in truth.indices.map { truth[$0] + wild[$0] * random.normal() } }
            scores.append(Matrix(rows: 5, columns: 200, values: values))
            hurt.append(truth.indices.map { truth[$0] - wild[$0] })
            harmless.append(
                (0..<200).map { column in
                    EnsembleAggregate.mean((0..<5).map { values[$0 * 200 + column] })
                })
        }
        #expect(PessimismTuning(scores: scores, gold: hurt, n: 50).lambda > 0)
        #expect(PessimismTuning(scores: scores, gold: harmless, n: 50).lambda == 0)
    }
}
