import Kernels

/// How much better one model is than another on the same comparisons, with intervals from the same resampled units.
///
/// ```swift
/// let gain = ReportDifference(pal, over: linear, data: split.test, units: split.testUnits)
/// print(gain.accuracy, gain.accuracyInterval)
/// ```
public struct ReportDifference: Sendable, Hashable, Codable {
    /// The accuracy of the first less that of the second.
    public let accuracy: Double
    /// Its 95% interval; nil with fewer than five units.
    public let accuracyInterval: ClosedRange<Double>?
    /// The log loss of the first less that of the second; negative is better.
    public let logLoss: Double
    /// Its 95% interval; nil with fewer than five units.
    public let logLossInterval: ClosedRange<Double>?

    /// Compares.
    ///
    /// - Precondition: both reports are about these comparisons.
    public init(
        _ first: HeldOutReport, over second: HeldOutReport, data: ComparisonSet, units: [Int],
        resamples: Int = 1000, seed: UInt64 = 1
    ) {
        precondition(
            first.probabilities.count == data.count && second.probabilities.count == data.count,
            "both reports are about the same comparisons")
        var numbers: [Int: Int] = [:]
        var sums: [(hits: Double, decided: Double, loss: Double, count: Double)] = []
        for place in 0..<data.count {
            let a = Answer(probability: first.probabilities[place], label: data.labels[place])
            let b = Answer(probability: second.probabilities[place], label: data.labels[place])
            let number = numbers[units[place]] ?? sums.count
            if number == sums.count {
                numbers[units[place]] = number
                sums.append((0, 0, 0, 0))
            }
            sums[number].hits += (a.hit ?? 0) - (b.hit ?? 0)
            sums[number].decided += a.hit == nil ? 0 : 1
            sums[number].loss += a.logLoss - b.logLoss
            sums[number].count += 1
        }
        let decided = sums.reduce(0) { $0 + $1.decided }
        accuracy = decided > 0 ? sums.reduce(0) { $0 + $1.hits } / decided : .nan
        logLoss = data.count > 0 ? sums.reduce(0) { $0 + $1.loss } / Double(data.count) : .nan
        let parts = sums
        guard parts.count >= 5, resamples > 0 else {
            (accuracyInterval, logLossInterval) = (nil, nil)
            return
        }
        let random = CounterRandom(seed: seed).split(0xd1ff)
        let draws = Parallel.map(resamples) { index in
            var random = random.split(UInt64(index))
            var sum = (hits: 0.0, decided: 0.0, loss: 0.0, count: 0.0)
            for _ in parts.indices {
                let part = parts[random.below(parts.count)]
                sum = (
                    sum.hits + part.hits, sum.decided + part.decided, sum.loss + part.loss,
                    sum.count + part.count
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
}
