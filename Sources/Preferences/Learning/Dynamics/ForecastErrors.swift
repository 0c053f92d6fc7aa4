import Kernels

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
