import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OffPolicyRewardTests {
    @Test(arguments: [RewardModel.Layout.perAction, .additive, .hashed(bits: 10)])
    func noRowsOwnRewardEntersItsPrediction(_ layout: RewardModel.Layout) throws {
        let (sample, features) = try OffPolicySamples.random(60)
        var grouped = sample
        grouped.unit = (0..<60).map { Int32(1000 - $0 / 3) }
        let model = RewardModel(layout: layout, folds: 4)
        let before = try model.crossFitted(grouped, features: features)
        var changed = grouped
        changed.reward[31] += 50
        let after = try model.crossFitted(changed, features: features)
        let unit = 30 * 3..<33 * 3
        #expect(Array(before[unit]) == Array(after[unit]))
        #expect(before != after)
        let fold = model.fold(grouped)
        for i in stride(from: 0, to: 60, by: 3) { #expect(Set(fold[i..<i + 3]).count == 1) }
        #expect((0..<4).allSatisfy { part in fold.filter { $0 == part }.count == 15 })
    }

    @Test func aRightModelIsFound() throws {
        let (sample, features) = try OffPolicySamples.random(4000)
        for layout in [RewardModel.Layout.perAction, .hashed(bits: 12)] {
            let predicted = try RewardModel(layout: layout).crossFitted(sample, features: features)
            var worst = 0.0
            for i in 0..<sample.count {
                let x = features.values[features.range(i)].map { $0 }
                for a in 0..<3 {
                    worst = max(
                        worst,
                        abs(predicted[i * 3 + a] - (Double(a) * x[1] - x[0])) / (1 + abs(x[0]) + abs(x[1])))
                }
            }
            #expect(worst < 0.15)
        }
    }

    @Test func ridgeSolvesItsEquationsOnBothPaths() {
        var random = CounterRandom(seed: 3)
        var rows = SparseRows(), targets: [Double] = [], weights: [Double] = []
        for _ in 0..<200 {
            for column in [random.below(40), 40 + random.below(40)] {
                rows.append(column: Int32(column), value: random.normal())
            }
            rows.endRow()
            targets.append(random.normal())
            weights.append(random.uniform())
        }
        func solve(_ columns: Int) -> [Double] {
            PenalizedRegression(
                rows: rows, columns: columns, targets: targets, weights: weights, offset: 0.3, lambda: 0.5
            ).ridge()
        }
        let direct = solve(80), iterated = solve(300)
        for j in 0..<80 { #expect(abs(direct[j] - iterated[j]) < 1e-8) }
        #expect(iterated[80...].allSatisfy { $0 == 0 })
    }

    @Test func logisticStopsWhereTheGradientVanishes() throws {
        let (sample, features) = try OffPolicySamples.random(300)
        let targets = sample.reward.map { $0 > 0 ? 1.0 : 0 }
        let regression = PenalizedRegression(
            rows: features, columns: 2, targets: targets, weights: [Double](repeating: 1, count: 300),
            offset: 0.2,
            lambda: 2)
        let theta = regression.logistic()
        var gradient = theta.map { 2 * $0 }
        for i in 0..<300 {
            let x = Array(features.values[features.range(i)])
            let slope = Special.logistic(0.2 + x[0] * theta[0] + x[1] * theta[1]) - targets[i]
            for j in 0..<2 { gradient[j] += slope * x[j] }
        }
        #expect(gradient.allSatisfy { abs($0) < 1e-5 })
        var clicks = sample
        clicks.reward = targets
        let predicted = try RewardModel(family: .logistic).crossFitted(clicks, features: features)
        #expect(predicted.allSatisfy { $0 > 0 && $0 < 1 })
        #expect(throws: BanditError.self) {
            try RewardModel(family: .logistic).crossFitted(sample, features: features)
        }
    }

    @Test func anActionWithoutDataEarnsTheAverage() throws {
        let sample = try OffPolicySample(
            actionCount: 2, action: [0, 0, 0, 0], reward: [1, 2, 3, 6], propensity: [1, 1, 1, 1],
            target: [1, 0, 1, 0, 1, 0, 1, 0])
        let features = OffPolicySamples.dense([[], [], [], []])
        let predicted = try RewardModel(folds: 1).crossFitted(sample, features: features)
        #expect(predicted == [Double](repeating: 3, count: 8))
        let across = try RewardModel(folds: 4).crossFitted(sample, features: features)
        for i in 0..<4 { #expect(abs(across[i * 2 + 1] - (12 - sample.reward[i]) / 3) < 1e-12) }
    }

    @Test func positionsCanHaveTheirOwnModels() throws {
        var (sample, features) = try OffPolicySamples.random(600)
        sample.position = (0..<600).map { Int32($0 % 3 + 1) }
        for i in 0..<600 { sample.reward[i] = Double(sample.position[i]) }
        let own = try RewardModel(byPosition: true).crossFitted(sample, features: features)
        for i in 0..<600 { #expect(abs(own[i * 3] - sample.reward[i]) < 1e-9) }
        let shared = try RewardModel().crossFitted(sample, features: features)
        #expect(abs(shared[0] - 1) > 0.5)
    }

    @Test func resultsDoNotDependOnThreads() throws {
        let (sample, features) = try OffPolicySamples.random(200)
        let model = RewardModel(layout: .hashed(bits: 9))
        let one = try Parallel.withThreads(1) { try model.crossFitted(sample, features: features) }
        let four = try Parallel.withThreads(4) { try model.crossFitted(sample, features: features) }
        #expect(one == four)
    }

    @Test func unfitDataIsRefused() throws {
        let (sample, features) = try OffPolicySamples.random(10)
        let other = try OffPolicySamples.random(9).1
        #expect(throws: BanditError.self) { try RewardModel().crossFitted(sample, features: other) }
        #expect(throws: BanditError.self) {
            try RewardModel(folds: 11).crossFitted(sample, features: features)
        }
        #expect(throws: BanditError.self) {
            try RewardModel(byPosition: true).crossFitted(sample, features: features)
        }
    }
}
