import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Honest splits and held-out reports")
struct HonestSplitTests {
    /// Comparisons with prompts: `count` for each of `prompts`, by some of ten judges.
    private func data(prompts: Int, each: Int) throws -> ComparisonSet {
        var random = CounterRandom(seed: 9)
        let count = prompts * each
        var items = ItemSet(
            features: try FeatureMatrix((0..<2 * count).map { _ in [random.normal(), random.normal()] }))
        items.prompts = (0..<2 * count).map { $0 / 2 / each }
        items.promptNames = (0..<prompts).map { "prompt \($0)" }
        var data = try ComparisonSet(
            items: items, left: (0..<count).map { 2 * $0 }, right: (0..<count).map { 2 * $0 + 1 },
            labels: (0..<count).map { _ in random.bernoulli(0.7) ? 1 : 0 })
        try data.setJudges((0..<count).map { _ in "judge \(random.below(10))" })
        return data
    }

    @Test("No prompt is on both sides, no held-out judge is learnt from, and nothing is lost")
    func honest() throws {
        let data = try data(prompts: 50, each: 6)
        let split = HonestSplit(data, seed: 5)
        let prompts = { (part: ComparisonSet) in Set((0..<part.count).map { part.prompt($0) }) }
        #expect(prompts(split.train).isDisjoint(with: prompts(split.test)))
        #expect(prompts(split.context).isDisjoint(with: prompts(split.test)))
        #expect(Set(split.train.judges).isDisjoint(with: Set(split.context.judges)))
        #expect(split.train.count + split.context.count + split.test.count == data.count)
        #expect(split.test.count == 60 && split.unit == "prompt")
        for place in 0..<split.test.count {
            #expect(split.isNewJudge[place] == !split.train.judges.contains(split.test.judges[place]))
        }
        let again = HonestSplit(data, seed: 5)
        #expect(again.test == split.test && again.train == split.train)
        #expect(HonestSplit(data, seed: 6).test != split.test)
    }

    @Test("Without prompts the same two items stay together, whichever came first")
    func pairs() throws {
        let data = try LearningWorld.linear([1], items: 8, count: 300)
        let split = HonestSplit(data)
        let pairs = { (part: ComparisonSet) in
            Set((0..<part.count).map { Set([part.left[$0], part.right[$0]]) })
        }
        #expect(pairs(split.train).isDisjoint(with: pairs(split.test)))
        #expect(split.unit == "pair of items")
    }

    @Test("Accuracy, log loss and calibration are those of their definitions")
    func figures() throws {
        let items = ItemSet(features: try FeatureMatrix([[1], [0]]))
        var data = try ComparisonSet(
            items: items, left: [0, 0, 0, 0], right: [1, 1, 1, 1], labels: [1, 0, 0.5, 1])
        try data.setGroups(["x", "x", "y", "y"])
        let report = HeldOutReport(probabilities: [0.9, 0.6, 0.8, 0.5], data: data, smallestGroup: 1)
        #expect(abs(report.all.accuracy - 1.5 / 3) < 1e-15)
        let loss = -(log(0.9) + log(0.4) + (log(0.8) + log(0.2)) / 2 + log(0.5)) / 4
        #expect(abs(report.all.logLoss - loss) < 1e-12)
        #expect(report.worst?.name == "x" || report.worst?.name == "y")
        #expect(report.groups.map(\.accuracy) == [0.5, 0.5])
        // Confidence and share right by bin: 0.9 → 1, 0.6 → 0, 0.8 → 0.5, 0.5 → 1.
        #expect(abs(report.all.calibrationError - (0.1 + 0.6 + 0.3 + 0.5) / 4) < 1e-12)
    }

    @Test("Probabilities that are right are found calibrated, overconfident ones are not")
    func calibration() throws {
        var random = CounterRandom(seed: 2)
        let count = 20_000
        let truth = (0..<count).map { _ in Special.logistic(2 * random.normal()) }
        let data = try ComparisonSet(
            items: ItemSet(features: FeatureMatrix([[1], [0]])), left: [Int](repeating: 0, count: count),
            right: [Int](repeating: 1, count: count), labels: truth.map { random.bernoulli($0) ? 1 : 0 })
        #expect(HeldOutReport(probabilities: truth, data: data, resamples: 0).all.calibrationError < 0.015)
        let loud = truth.map { Special.logistic(3 * Special.logit($0)) }
        #expect(HeldOutReport(probabilities: loud, data: data, resamples: 0).all.calibrationError > 0.08)
    }

    @Test("Intervals cover the truth about as often as they say, also where answers hang together")
    func intervals() throws {
        let items = ItemSet(features: try FeatureMatrix([[1], [0]]))
        let covered = try Parallel.map(200) { index in
            var random = CounterRandom(seed: 77).split(UInt64(index))
            // 60 units of 5 answers that are all right or mostly wrong together.
            var (labels, units): ([Double], [Int]) = ([], [])
            for unit in 0..<60 {
                let p = random.bernoulli(0.5) ? 0.95 : 0.45
                for _ in 0..<5 {
                    labels.append(random.bernoulli(p) ? 1 : 0)
                    units.append(unit)
                }
            }
            let data = try ComparisonSet(
                items: items, left: [Int](repeating: 0, count: 300), right: [Int](repeating: 1, count: 300),
                labels: labels)
            let report = HeldOutReport(
                probabilities: [Double](repeating: 0.7, count: 300), data: data, units: units, resamples: 200,
                seed: UInt64(index))
            return report.all.accuracyInterval!.contains(0.7)
        }.count { $0 }
        #expect((180...199).contains(covered), "\(covered) of 200")
    }

    @Test("The difference of a model with itself is nothing, and a real one is found")
    func difference() throws {
        let data = try LearningWorld.linear([2, -1], count: 400)
        let model = try LinearReward().fit(data)
        let right = try HeldOutReport(model, on: data)
        let chance = HeldOutReport(probabilities: [Double](repeating: 0.5, count: 400), data: data)
        let none = ReportDifference(right, over: right, data: data, units: Array(0..<400))
        #expect(none.accuracy == 0 && none.accuracyInterval == 0...0 && none.logLoss == 0)
        let gain = ReportDifference(right, over: chance, data: data, units: Array(0..<400))
        #expect(abs(gain.accuracy - (right.all.accuracy - 0.5)) < 1e-12)
        #expect(gain.accuracyInterval!.lowerBound > 0.2 && gain.logLossInterval!.upperBound < 0)
        let few = ReportDifference(right, over: chance, data: data, units: (0..<400).map { $0 % 4 })
        #expect(few.accuracyInterval == nil && few.accuracy == gain.accuracy)
        let mad = LinearRewardModel(weights: [.nan, 0])
        #expect(throws: LearningError.self) { try HeldOutReport(mad, on: data) }
    }
}
