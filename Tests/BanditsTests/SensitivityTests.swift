import Evaluation
import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct SensitivityTests {
    func small(_ rows: Int, seed: UInt64, predicted: Bool = false) throws -> OffPolicySample {
        var random = CounterRandom(seed: seed)
        return try OffPolicySample(
            actionCount: 2, action: (0..<rows).map { _ in Int32(random.below(2)) },
            reward: (0..<rows).map { _ in (random.normal() * 4).rounded() / 4 },
            propensity: (0..<rows).map { _ in 0.05 + 0.95 * random.uniform() },
            target: (0..<rows).flatMap { _ in
                let p = random.bernoulli(0.2) ? 0 : random.uniform()
                return [p, 1 - p]
            },
            predicted: predicted ? (0..<rows * 2).map { _ in random.normal() } : [])
    }

    /// The extremes over all corners of the box of weights, where a ratio of sums has them.
    func enumerate(_ sample: OffPolicySample, _ gamma: Double, predicted: Bool) -> ClosedRange<Double> {
        let n = sample.count, k = sample.actionCount
        var base = 0.0
        var residual = sample.reward
        if predicted {
            for row in 0..<n {
                for a in 0..<k {
                    base += sample.target[row * k + a] * sample.predicted[row * k + a] / Double(n)
                }
                residual[row] -= sample.predicted[row * k + Int(sample.action[row])]
            }
        }
        var low = Double.infinity, high = -Double.infinity
        for corner in 0..<(1 << n) {
            var sum = 0.0, weight = 0.0
            for row in 0..<n {
                let odds = 1 / sample.propensity[row] - 1
                let target = sample.target[row * k + Int(sample.action[row])]
                let w = target * (1 + (corner >> row & 1 == 1 ? gamma : 1 / gamma) * odds)
                sum += w * residual[row]
                weight += w
            }
            low = min(low, base + sum / weight)
            high = max(high, base + sum / weight)
        }
        return low...high
    }

    @Test(arguments: [1.0, 1.25, 2, 5])
    func theBoundIsExact(_ gamma: Double) throws {
        for seed in 1...40 {
            for predicted in [false, true] {
                let sample = try small(1 + seed % 8, seed: UInt64(seed), predicted: predicted)
                guard (0..<sample.count).contains(where: { sample.weight($0) > 0 }) else { continue }
                let found = try SensitivityAnalysis(sample, usesPredictions: predicted).bounds(gamma: gamma)
                let exact = enumerate(sample, gamma, predicted: predicted)
                #expect(abs(found.lowerBound - exact.lowerBound) < 1e-12)
                #expect(abs(found.upperBound - exact.upperBound) < 1e-12)
            }
        }
    }

    @Test func gammaOneIsTheEstimate() throws {
        let sample = try StudyLog.make(500, target: StudyLog.better, seed: 1).sample
        let analysis = try SensitivityAnalysis(sample)
        let plain = try StudySNIPS().estimate(sample)
        for upper in [false, true] {
            let same = analysis.estimate(gamma: 1, upper: upper)
            #expect(abs(same.value - plain.value) < 1e-12)
            #expect(zip(same.contributions, plain.contributions).allSatisfy { abs($0 - $1) < 1e-9 })
        }
        let interval = try analysis.difference(gamma: 1, interval: StudentInterval(), level: 0.9)
        let direct = try StudentInterval().interval(.difference(plain, sample), level: 0.9)
        #expect(abs(interval.lower - direct.lower) < 1e-12 && abs(interval.upper - direct.upper) < 1e-12)
    }

    @Test func widensWithGammaAndMirrors() throws {
        var sample = try StudyLog.make(300, target: StudyLog.better, seed: 2).sample
        let analysis = try SensitivityAnalysis(sample)
        sample.reward = sample.reward.map { -$0 }
        let mirrored = try SensitivityAnalysis(sample)
        var last = analysis.bounds(gamma: 1)
        for gamma in [1.1, 1.5, 2, 4, 30] {
            let now = analysis.bounds(gamma: gamma)
            #expect(now.lowerBound < last.lowerBound && now.upperBound > last.upperBound)
            #expect(abs(mirrored.bounds(gamma: gamma).lowerBound + now.upperBound) < 1e-12)
            let extreme = analysis.estimate(gamma: gamma, upper: true)
            #expect(abs(Statistics.mean(extreme.contributions) - extreme.value) < 1e-12)
            last = now
        }
        #expect(last.lowerBound >= 0 && last.upperBound <= 1)
    }

    @Test func certainActionsCannotBeMoved() throws {
        let sample = try OffPolicySample(
            actionCount: 2, action: [0, 1], reward: [1, 0], propensity: [1, 1], target: [0.5, 0.5, 0.5, 0.5])
        let bounds = try SensitivityAnalysis(sample).bounds(gamma: 9)
        #expect(bounds.lowerBound == 0.5 && bounds.upperBound == 0.5)
    }

    @Test func refusals() throws {
        let none = try OffPolicySample(
            actionCount: 2, action: [0], reward: [1], propensity: [0.5], target: [0, 1])
        #expect(throws: BanditError.self) { try SensitivityAnalysis(none) }
        let sample = try small(4, seed: 3)
        #expect(throws: BanditError.self) { try SensitivityAnalysis(sample, usesPredictions: true) }
    }
}
