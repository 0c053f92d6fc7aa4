import Kernels

/// Whether a model is as sure as it may be, for each group: a reward that is well calibrated on what all share is the one to
/// choose.
///
/// With p = σ(|d|) the confidence in the side that the model prefers, over ten bins of p in 0.5...1
///
///     ECE = Σ_b (n_b/n) |mean p − share right|
///
/// ```swift
/// let shared = try GroupCalibration(model, on: test).all
/// print(shared.error, shared.meanMargin)
/// ```
public struct GroupCalibration: Sendable, Hashable {
    /// The figures of some comparisons.
    public struct Part: Sendable, Hashable {
        /// "all", or the group's name.
        public var name: String
        /// How many comparisons.
        public var count: Int
        /// The expected calibration error.
        public var error: Double
        /// The share of comparisons that are no ties in which the preferred side was chosen.
        public var accuracy: Double
        /// The mean of |d|: large where the model is very sure, rightly or not.
        public var meanMargin: Double
        /// For each bin of confidence that has comparisons: their mean confidence, the share right, and their number.
        public var bins: [Bin]
    }

    /// A point of the reliability curve.
    public struct Bin: Sendable, Hashable {
        /// The mean confidence.
        public var confidence: Double
        /// The share right; a tie counts half.
        public var right: Double
        /// How many comparisons.
        public var count: Int
    }

    /// All comparisons.
    public let all: Part
    /// Each group's.
    public let groups: [Part]

    /// Asks a model about comparisons.
    public init(_ model: some PreferencePredictor, on data: ComparisonSet) throws {
        let answers = try model.predict(data, for: .everyone)
        _ = try HeldOutReport.probabilities(answers)
        all = Part("all", answers, data, Array(0..<data.count))
        groups = data.groupNames.enumerated().compactMap { number, name in
            let places = (0..<data.count).filter { data.groups[$0] == number }
            return places.isEmpty ? nil : Part(name, answers, data, places)
        }
    }
}

extension GroupCalibration.Part {
    init(_ name: String, _ predictions: [Prediction], _ data: ComparisonSet, _ places: [Int]) {
        let answers = places.map {
            Answer(probability: predictions[$0].probability, label: data.labels[$0])
        }
        var bins = [GroupCalibration.Bin](repeating: .init(confidence: 0, right: 0, count: 0), count: 10)
        for answer in answers {
            let confidence = max(answer.probability, 1 - answer.probability)
            let bin = min(9, Int((confidence - 0.5) * 20))
            bins[bin].confidence += confidence
            bins[bin].right += answer.probability >= 0.5 ? answer.label : 1 - answer.label
            bins[bin].count += 1
        }
        self.name = name
        count = places.count
        error = HeldOutReport.Part.calibrationError(answers)
        let hits = answers.compactMap(\.hit)
        accuracy = hits.isEmpty ? .nan : Statistics.mean(hits)
        meanMargin = places.reduce(0) { $0 + abs(predictions[$1].value) } / Double(max(1, places.count))
        self.bins = bins.filter { $0.count > 0 }.map {
            .init(
                confidence: $0.confidence / Double($0.count), right: $0.right / Double($0.count),
                count: $0.count)
        }
    }
}
