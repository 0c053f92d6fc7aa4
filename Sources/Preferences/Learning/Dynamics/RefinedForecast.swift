import Kernels

/// Corrects what bounded confidence predicts by a regression on it and on what surrounds a person.
///
/// One regression of what the prediction misses, for all values. Features, all from 0 to 1: the score, the
/// prediction, the weighted mean of friends, the shares of all others who are friends within the bound and
/// who are friends. Where the dynamics are right the correction gains nothing; judge it on later waves
/// against `ForecastErrors` of the dynamics alone.
///
/// - Complexity: that of the regression.
public struct RefinedForecast: Sendable {
    /// What is corrected.
    public let base: ValueDynamicsModel
    /// The correction.
    public let regression: KernelRegressionModel

    /// Learns the correction.
    ///
    /// - Throws: `LearningError`.
    public init(
        _ base: ValueDynamicsModel, on records: [InfluenceRecord],
        regression: KernelRegression = KernelRegression()
    ) throws {
        self.base = base
        var rows: [Double] = []
        var targets: [Double] = []
        for record in records {
            for (now, (prediction, next)) in zip(
                record.waves, zip(try base.predict(record), record.waves.dropFirst()))
            {
                rows += Self.features(base, record.network, now, prediction)
                targets += zip(next, prediction).map { $0 - $1 }
            }
        }
        self.regression = try regression.fit(
            FeatureMatrix(rows: targets.count, columns: 5, values: rows), targets)
    }

    /// What each wave is predicted to be from the one before, cut to 0...1.
    public func predict(_ record: InfluenceRecord) throws -> [[Double]] {
        try zip(record.waves, base.predict(record)).map { now, prediction in
            let rows = Self.features(base, record.network, now, prediction)
            let errors = try regression.predict(FeatureMatrix(rows: now.count, columns: 5, values: rows))
            return zip(prediction, errors).map { min(1, max(0, $0 + $1)) }
        }
    }

    /// One row for each person and value.
    private static func features(
        _ base: ValueDynamicsModel, _ network: InfluenceNetwork, _ now: [Double], _ prediction: [Double]
    ) -> [Double] {
        let (values, bounds) = (base.values, base.dynamics.epsilon)
        let others = Double(max(1, network.people - 1))
        return now.indices.flatMap { place -> [Double] in
            let (person, value) = (place / values, place % values)
            let bound = bounds.count == 1 ? bounds[0] : bounds[value]
            var (mean, weight, near) = (0.0, 0.0, 0.0)
            for (friend, share) in network.friends(of: person) {
                let score = now[friend * values + value]
                mean += share * score
                weight += share
                if abs(score - now[place]) <= bound { near += 1 }
            }
            return [
                now[place], prediction[place], weight > 0 ? mean / weight : now[place], near / others,
                Double(network.degree(person)) / others,
            ]
        }
    }
}
