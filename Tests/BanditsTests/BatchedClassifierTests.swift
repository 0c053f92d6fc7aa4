import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct BatchedClassifierTests {
    private static let explorations: [BatchedClassifier.Exploration] = [
        .uniform(epsilon: 0.2), .squareCB(gamma: 4), .fastCB(gamma: 4),
    ]

    @Test(arguments: explorations) func conforms(_ exploration: BatchedClassifier.Exploration) throws {
        try ArmConformance.check(
            BatchedClassifier(arms: 4, features: 5, exploration: exploration, memory: 2, batch: 30),
            context: { LinearContexts.occasion($0) })
        try ArmConformance.check(
            BatchedClassifier(
                armFeatures: 3, exploration: exploration, training: .uniformDraws, weightCap: 5, batch: 25),
            context: LinearContexts.arms)
    }

    /// A policy that has closed two batches of 300.
    private func trained(_ exploration: BatchedClassifier.Exploration) -> BatchedClassifier {
        var policy = BatchedClassifier(arms: 3, features: 2, exploration: exploration, batch: 300)
        var random = CounterRandom(seed: 5)
        for _ in 0..<600 {
            let x = [random.normal(), random.normal()]
            let decision = policy.choose(BanditContext(features: FeatureVector(x)))
            let chance = Special.logistic(0.5 + x[0] * Double(decision.action - 1))
            policy.learn(decision, random.bernoulli(chance) ? 1 : 0)
        }
        return policy
    }

    @Test func gammaGrowsWithTheRecords() throws {
        let policy = trained(.squareCB(gamma: 4))
        let model = try #require(policy.model)
        #expect(policy.generation == 2 && model.records == 300 && policy.pending == 0)
        let context = BanditContext(features: [1, 0.4], available: [0, 2])
        let gap = abs(model.chance(context, 0) - model.chance(context, 2))
        let least = 1 / (2 + 4 * 300.0.squareRoot() * gap)
        let p = policy.propensities(context)
        #expect(abs(min(p[0], p[2]) - least) < 1e-12 && p[1] == 0)
    }

    @Test func theGradientVanishesAtTheFit() {
        var random = CounterRandom(seed: 2)
        let n = 80, d = 3
        let rows = (0..<n * d).map { $0 % d == d - 1 ? 1 : random.normal() }
        let rewards = (0..<n).map { $0 % 7 == 0 ? 0.3 : Double($0 % 2) }
        let importance = (0..<n).map { _ in 0.5 + random.uniform() }
        let precision = [1, 2, 0.01], center = [0, 0, 0.7]
        let theta = LogisticFit.weights(
            rows: rows, rewards: rewards, importance: importance, precision: precision, center: center)
        for i in 0..<d {
            var slope = precision[i] * (theta[i] - center[i])
            for k in 0..<n {
                var z = 0.0
                for j in 0..<d { z += rows[k * d + j] * theta[j] }
                slope += importance[k] * (Special.logistic(z) - rewards[k]) * rows[k * d + i]
            }
            #expect(abs(slope) < 1e-7)
        }
        // Without data every weight is at its center; with one kind of label it stays finite.
        #expect(
            LogisticFit.weights(rows: [], rewards: [], importance: [], precision: precision, center: center)
                == center)
        let ones = LogisticFit.weights(
            rows: rows, rewards: [Double](repeating: 1, count: n), importance: importance,
            precision: precision, center: center)
        #expect(ones.allSatisfy { abs($0) < 20 })
    }

    @Test func armsWithoutRecordsEarnTheBaseRate() throws {
        var policy = BatchedClassifier(arms: 2, features: 1)
        for step in 0..<40 {
            let context = BanditContext(features: [Double(step % 5)], available: [0])
            policy.learn(policy.choose(context), step % 4 == 0 ? 1 : 0)
        }
        policy.closeBatch()
        let model = try #require(policy.model)
        #expect(model.baseRate == 0.25)
        #expect(abs(model.chance(BanditContext(features: [3]), 1) - 10.5 / 41) < 1e-12)
        #expect(policy.closeBatch() == nil && policy.generation == 1)
    }

    @Test func marksTellUniformDrawsApart() {
        var policy = trained(.uniform(epsilon: 0.3))
        let context = BanditContext(features: [1.5, 0])
        let p = policy.propensities(context)
        var uniform = 0.0, counts = [0.0, 0, 0]
        for _ in 0..<6000 {
            let decision = policy.choose(context)
            if decision.mark == 1 {
                uniform += 1
                counts[decision.action] += 1
            } else {
                #expect(p[decision.action] > 0.5)
            }
        }
        #expect(abs(uniform / 6000 - 0.3) < 0.03)
        #expect(counts.allSatisfy { abs($0 / uniform - 1.0 / 3) < 0.05 })
        // The first generation is all uniform draws.
        var fresh = BatchedClassifier(arms: 3, features: 1)
        #expect(fresh.choose(BanditContext(features: [1])).mark == 1)
    }

    @Test func ownValueIsTheMeanReward() {
        // Against itself every weight is 1.
        let records = (0..<50).map { step in
            BatchRecord(
                context: BanditContext(features: [1]), arm: step % 2, propensity: step % 2 == 0 ? 0.3 : 0.7,
                isUniform: false, reward: Double(step % 3) / 2)
        }
        let same: (BanditContext) -> [Double] = { _ in [0.3, 0.7] }
        let report = GenerationReport(
            generation: 0, records: records, arms: 2, model: nil, trainingRewards: [1, 0, 0, 0],
            previous: 0.2,
            current: same, next: same)
        #expect(abs(report.nextValue - report.meanReward) < 1e-15 && report.effectiveSize == 50)
        #expect(report.change == report.meanReward - 0.2)
        #expect(report.positiveRate == 0.25 && abs(report.labelEntropy - 0.8112781244591328) < 1e-12)
        #expect(report.logLoss == nil && report.calibrationGaps.isEmpty)
        let entropy = -0.3 * log2(0.3) - 0.7 * log2(0.7)
        #expect(abs(report.policyEntropy - entropy) < 1e-12)
    }

    @Test func reportsSeeTheModel() throws {
        let reports = trained(.squareCB(gamma: 4)).reports
        #expect(reports.map(\.generation) == [0, 1] && reports[0].logLoss == nil)
        let loss = try #require(reports[1].logLoss)
        #expect(loss > 0.2 && loss < 0.7)
        #expect(reports[1].calibrationGaps.count == 3)
        #expect(reports[0].policyEntropy > reports[1].policyEntropy)
        #expect(reports[0].nextValue > reports[0].meanReward)
        let change = try #require(reports[1].change)
        #expect(abs(change - (reports[1].meanReward - reports[0].meanReward)) < 1e-15)
    }

    @Test func studiesCountSwings() {
        let study = BatchStudy(values: [0.5, 0.9, 0.7, 0.8, 0.6, 0.7, 0.8, 0.9])
        #expect(abs(study.mean - 0.75) < 1e-12 && abs(study.drop - 0.15) < 1e-12)
        #expect(abs(study.deviation - (0.05 / 3).squareRoot()) < 1e-12)
        #expect(abs(study.flips - 4.0 / 6) < 1e-12)
    }
}
