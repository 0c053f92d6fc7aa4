import Foundation
import Kernels

/// How well a model predicts comparisons that it has not seen: in all, for each group, and for the one it serves worst.
///
/// Ties (labels of 0.5) count in the losses, not in the accuracy; weights are not looked at. Intervals (95%) come from resampling whole units (prompts, or
/// pairs of items), since answers about one prompt err together.
///
/// ```swift
/// let report = try HeldOutReport(model, on: split.test, units: split.testUnits)
/// print(report.all.accuracy, report.worst?.name ?? "")
/// ```
public struct HeldOutReport: Sendable {
    /// The figures of some of the comparisons.
    public struct Part: Sendable, Hashable, Codable {
        /// What they have in common: "all", or the group's name.
        public var name: String
        /// How many comparisons.
        public var count: Int
        /// The share of those that are no ties in which the more probable side was preferred; a model that says even gets
        /// half. Not a number where all are ties.
        public var accuracy: Double
        /// Its 95% interval.
        public var accuracyInterval: ClosedRange<Double>?
        /// The mean of −y log p − (1 − y) log(1 − p), in nats.
        public var logLoss: Double
        /// Its 95% interval.
        public var logLossInterval: ClosedRange<Double>?
        /// The expected calibration error: how far confidence is from the share that was right, over ten bins of
        /// confidence.
        public var calibrationError: Double
    }

    /// Everything.
    public let all: Part
    /// Each group with at least `smallestGroup` comparisons.
    public let groups: [Part]
    /// Comparisons of judges that were held out; nil where none were.
    public let newJudges: Part?
    /// The group with the lowest accuracy.
    public var worst: Part? { groups.filter { !$0.accuracy.isNaN }.min { $0.accuracy < $1.accuracy } }
    /// The probability that the model gave the first of each comparison.
    public let probabilities: [Double]

    /// Asks a model.
    ///
    /// - Parameters:
    ///   - units: For each comparison what it belongs to, as `HonestSplit.testUnits`; each on its own unless given.
    ///   - isNewJudge: For each comparison whether its judge was held out.
    ///   - audience: Whom the model is asked about.
    /// - Throws: what the model throws, and `LearningError.data` where one of its answers is not a number.
    public init(
        _ model: some PreferencePredictor, on data: ComparisonSet, units: [Int]? = nil,
        isNewJudge: [Bool]? = nil, audience: Audience = .each, smallestGroup: Int = 10, resamples: Int = 400,
        seed: UInt64 = 1
    ) throws {
        let probabilities = try Self.probabilities(model.predict(data, for: audience))
        self.init(
            probabilities: probabilities, data: data, units: units, isNewJudge: isNewJudge,
            smallestGroup: smallestGroup, resamples: resamples, seed: seed)
    }

    /// Judges probabilities, wherever they come from.
    public init(
        probabilities: [Double], data: ComparisonSet, units: [Int]? = nil, isNewJudge: [Bool]? = nil,
        smallestGroup: Int = 10, resamples: Int = 400, seed: UInt64 = 1
    ) {
        precondition(probabilities.count == data.count, "a probability for each comparison")
        precondition(probabilities.allSatisfy((0.0...1.0).contains), "a probability is from 0 to 1")
        let units = units ?? Array(0..<data.count)
        let answers = zip(probabilities, data.labels).map { Answer(probability: $0, label: $1) }
        let random = CounterRandom(seed: seed).split(0xca11)
        func part(_ name: String, _ places: [Int], _ stream: UInt64) -> Part {
            Part(
                name: name, answers: places.map { answers[$0] }, units: places.map { units[$0] },
                resamples: resamples, random: random.split(stream))
        }
        self.probabilities = probabilities
        all = part("all", Array(0..<data.count), 0)
        groups = data.groupNames.enumerated().compactMap { number, name in
            let places = (0..<data.count).filter { data.groups[$0] == number }
            return places.count >= smallestGroup ? part(name, places, UInt64(number) + 2) : nil
        }
        let new = isNewJudge.map { flags in flags.indices.filter { flags[$0] } } ?? []
        newJudges = new.isEmpty ? nil : part("new judges", new, 1)
    }

    /// What a model's answers are as probabilities.
    static func probabilities(_ answers: [Prediction]) throws -> [Double] {
        try answers.enumerated().map { place, answer in
            let probability = answer.probability
            guard !probability.isNaN else {
                throw LearningError.data(
                    "the model's answer to comparison \(place + 1) is not a number; its training went wrong, or the "
                        + "features are far from those it has learnt from")
            }
            return probability
        }
    }
}

/// A prediction and what came.
struct Answer: Sendable {
    var probability: Double
    var label: Double

    /// 1 where the likelier side was preferred, 0 where the other; half where the model said even; nil for a tie.
    var hit: Double? {
        if label == 0.5 { return nil }
        if probability == 0.5 { return 0.5 }
        return (probability > 0.5) == (label > 0.5) ? 1 : 0
    }

    /// −y log p − (1 − y) log(1 − p), with p kept 1e−12 away from 0 and 1.
    var logLoss: Double {
        let p = min(max(probability, 1e-12), 1 - 1e-12)
        return -label * log(p) - (1 - label) * log(1 - p)
    }
}

extension HeldOutReport.Part {
    init(name: String, answers: [Answer], units: [Int], resamples: Int, random: CounterRandom) {
        self.name = name
        count = answers.count
        let hits = answers.compactMap(\.hit)
        accuracy = hits.isEmpty ? .nan : hits.reduce(0, +) / Double(hits.count)
        logLoss = answers.isEmpty ? .nan : answers.reduce(0) { $0 + $1.logLoss } / Double(answers.count)
        calibrationError = Self.calibrationError(answers)
        (accuracyInterval, logLossInterval) = (nil, nil)
        // Sums for each unit; a resample adds up as many units, drawn with replacement.
        var numbers: [Int: Int] = [:]
        var sums: [(hits: Double, decided: Double, loss: Double, count: Double)] = []
        for (answer, unit) in zip(answers, units) {
            let place = numbers[unit] ?? sums.count
            if place == sums.count {
                numbers[unit] = place
                sums.append((0, 0, 0, 0))
            }
            sums[place].hits += answer.hit ?? 0
            sums[place].decided += answer.hit == nil ? 0 : 1
            sums[place].loss += answer.logLoss
            sums[place].count += 1
        }
        guard sums.count >= 5, resamples >= 40 else { return }
        let units = sums
        let draws = Parallel.map(resamples) { index in
            var random = random.split(UInt64(index))
            var sum = (hits: 0.0, decided: 0.0, loss: 0.0, count: 0.0)
            for _ in units.indices {
                let unit = units[random.below(units.count)]
                sum = (
                    sum.hits + unit.hits, sum.decided + unit.decided, sum.loss + unit.loss,
                    sum.count + unit.count
                )
            }
            return (accuracy: sum.hits / sum.decided, loss: sum.loss / sum.count)
        }
        func interval(_ values: [Double]) -> ClosedRange<Double>? {
            let values = values.filter(\.isFinite)
            guard values.count > resamples / 2 else { return nil }
            return Statistics.quantile(values, 0.025)...Statistics.quantile(values, 0.975)
        }
        accuracyInterval = interval(draws.map(\.accuracy))
        logLossInterval = interval(draws.map(\.loss))
    }

    /// Σ over ten bins of confidence in 0.5...1 of |mean confidence − share right| · share of answers; ties count half right.
    static func calibrationError(_ answers: [Answer]) -> Double {
        guard !answers.isEmpty else { return .nan }
        var bins = [(confidence: Double, right: Double)](repeating: (0, 0), count: 10)
        for answer in answers {
            let confidence = max(answer.probability, 1 - answer.probability)
            let bin = min(9, Int((confidence - 0.5) * 20))
            bins[bin].confidence += confidence
            bins[bin].right += answer.probability >= 0.5 ? answer.label : 1 - answer.label
        }
        return bins.reduce(0) { $0 + abs($1.confidence - $1.right) } / Double(answers.count)
    }
}
