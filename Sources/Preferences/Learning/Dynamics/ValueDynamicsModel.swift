import Kernels

/// How the scores of people in a network drift, as it was learnt.
public struct ValueDynamicsModel: Sendable, Hashable {
    /// 95% intervals of a bound and a speed.
    public struct Interval: Sendable, Hashable {
        /// Of ε, in steps of 0.005.
        public let epsilon: ClosedRange<Double>
        /// Of μ.
        public let mu: ClosedRange<Double>
    }

    /// The fitted model.
    public let dynamics: BoundedConfidence
    /// The number of values.
    public let values: Int
    /// One for each bound and speed; empty where there are several steps between two waves.
    public let intervals: [Interval]
    /// How the fit ended.
    public let certificate: FitCertificate

    /// What each wave is predicted to be from the one before.
    public func predict(_ record: InfluenceRecord) throws -> [[Double]] {
        guard record.values == values else {
            throw LearningError.data("the people have \(record.values) values, the model has learnt \(values)")
        }
        return record.waves.dropLast().map {
            dynamics.step($0, values: values, network: record.network, initial: record.waves[0])
        }
    }

    /// All that is needed to make it again.
    public var state: ModelState {
        var state = ModelState()
        state["epsilon"] = .init(dynamics.epsilon)
        state["mu"] = .init(dynamics.mu)
        state["numbers"] = .init([dynamics.stubbornness, Double(dynamics.substeps), Double(values)])
        state.settings["renormalises"] = String(dynamics.renormalises)
        let ends = intervals.flatMap {
            [$0.epsilon.lowerBound, $0.epsilon.upperBound, $0.mu.lowerBound, $0.mu.upperBound]
        }
        state["intervals"] = .init(ends, shape: [intervals.count, 4])
        state.keep(certificate)
        return state
    }

    /// Makes it again, bit for bit.
    ///
    /// - Throws: `LearningError.data` where something is missing or out of bounds.
    public init(_ state: ModelState) throws {
        let (epsilon, mu) = (try state.vector("epsilon"), try state.vector("mu"))
        let numbers = try state.vector("numbers")
        let ends = try state.numbers("intervals", rank: 2)
        let unit = 0.0...1.0
        guard numbers.count == 3, !epsilon.isEmpty, epsilon.count == mu.count, (epsilon + mu).allSatisfy(unit.contains),
            unit.contains(numbers[0]), numbers[1] >= 1, numbers[2] >= 1, ends.shape[1] == 4,
            stride(from: 0, to: ends.values.count, by: 2).allSatisfy({ ends.values[$0] <= ends.values[$0 + 1] })
        else { throw LearningError.data("the model's bounds and speeds do not fit together") }
        dynamics = BoundedConfidence(
            epsilon: epsilon, mu: mu, stubbornness: numbers[0],
            renormalises: state.settings["renormalises"] == "true", substeps: Int(numbers[1]))
        values = Int(numbers[2])
        intervals = (0..<ends.shape[0]).map { row in
            let at = row * 4
            return Interval(
                epsilon: ends.values[at]...ends.values[at + 1], mu: ends.values[at + 2]...ends.values[at + 3])
        }
        certificate = try state.certificate
    }

    init(dynamics: BoundedConfidence, values: Int, intervals: [Interval], certificate: FitCertificate) {
        self.dynamics = dynamics
        self.values = values
        self.intervals = intervals
        self.certificate = certificate
    }
}

/// Corrects what bounded confidence predicts by a regression on it and on what surrounds a person.
///
/// Features, value by value and all from 0 to 1: the score, the prediction, the weighted mean of friends, the shares of all others who
/// are friends and who are friends within the bound. Where the dynamics are right the correction gains nothing; judge it on
/// later waves against `ForecastErrors` of the dynamics alone.
///
/// - Complexity: one kernel regression for each value.
public struct RefinedForecast: Sendable {
    /// What is corrected.
    public let base: ValueDynamicsModel
    private let regressions: [KernelRegressionModel]

    /// Whether all regressions converged.
    public var converged: Bool { regressions.allSatisfy(\.certificate.converged) }

    /// Learns the correction.
    ///
    /// - Throws: `LearningError`.
    public init(
        _ base: ValueDynamicsModel, on records: [InfluenceRecord], regression: KernelRegression = KernelRegression()
    ) throws {
        self.base = base
        var rows = [[Double]](repeating: [], count: base.values)
        var targets = rows
        for record in records {
            for (now, (prediction, next)) in zip(
                record.waves, zip(try base.predict(record), record.waves.dropFirst()))
            {
                for value in 0..<base.values {
                    rows[value] += Self.features(base, record.network, now, prediction, value)
                    for person in 0..<record.network.people {
                        targets[value].append(next[person * base.values + value])
                    }
                }
            }
        }
        let (allRows, allTargets) = (rows, targets)
        regressions = try Parallel.map(base.values) { value in
            try regression.fit(
                FeatureMatrix(rows: allTargets[value].count, columns: 5, values: allRows[value]), allTargets[value])
        }
    }

    /// What each wave is predicted to be from the one before, cut to 0...1.
    public func predict(_ record: InfluenceRecord) throws -> [[Double]] {
        try zip(record.waves, base.predict(record)).map { now, prediction in
            var result = prediction
            for value in 0..<base.values {
                let rows = Self.features(base, record.network, now, prediction, value)
                let found = try regressions[value].predict(
                    FeatureMatrix(rows: record.network.people, columns: 5, values: rows))
                for person in 0..<record.network.people {
                    result[person * base.values + value] = min(1, max(0, found[person]))
                }
            }
            return result
        }
    }

    private static func features(
        _ base: ValueDynamicsModel, _ network: InfluenceNetwork, _ now: [Double], _ prediction: [Double], _ value: Int
    ) -> [Double] {
        let values = base.values
        let bounds = base.dynamics.epsilon
        let bound = bounds.count == 1 ? bounds[0] : bounds[value]
        let others = Double(max(1, network.people - 1))
        return (0..<network.people).flatMap { person -> [Double] in
            let own = now[person * values + value]
            var (mean, weight, near) = (0.0, 0.0, 0.0)
            for (friend, share) in network.friends(of: person) {
                let score = now[friend * values + value]
                mean += share * score
                weight += share
                if abs(score - own) <= bound { near += 1 }
            }
            return [
                own, prediction[person * values + value], weight > 0 ? mean / weight : own, near / others,
                Double(network.degree(person)) / others,
            ]
        }
    }
}

/// How far predicted waves are from those that came, beside the prediction that nothing changes.
public struct ForecastErrors: Sendable, Hashable {
    /// The mean squared error.
    public let meanSquared: Double
    /// The mean absolute error.
    public let meanAbsolute: Double
    /// The mean squared error for each value.
    public let byValue: [Double]
    /// The mean squared error of predicting that each wave is as the one before.
    public let unchanged: Double

    /// Compares predictions for all waves but the first with the record.
    public init(_ predictions: [[[Double]]], for records: [InfluenceRecord]) {
        precondition(predictions.count == records.count, "predictions for each record")
        let values = records.first?.values ?? 1
        var sums = [Double](repeating: 0, count: values)
        var (absolute, still, count) = (0.0, 0.0, 0.0)
        for (record, waves) in zip(records, predictions) {
            precondition(waves.count == record.waves.count - 1, "a prediction for each wave but the first")
            for (number, wave) in waves.enumerated() {
                for (place, prediction) in wave.enumerated() {
                    let came = record.waves[number + 1][place]
                    sums[place % values] += (prediction - came) * (prediction - came)
                    absolute += abs(prediction - came)
                    let change = came - record.waves[number][place]
                    still += change * change
                    count += 1
                }
            }
        }
        byValue = sums.map { $0 * Double(values) / count }
        meanSquared = sums.reduce(0, +) / count
        meanAbsolute = absolute / count
        unchanged = still / count
    }
}
