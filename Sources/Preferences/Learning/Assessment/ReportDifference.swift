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
    /// Its 95% interval.
    public let accuracyInterval: ClosedRange<Double>
    /// The log loss of the first less that of the second; negative is better.
    public let logLoss: Double
    /// Its 95% interval.
    public let logLossInterval: ClosedRange<Double>

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
        let parts = sums
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
            return (
                accuracy: sum.decided > 0 ? sum.hits / sum.decided : 0, loss: sum.loss / max(sum.count, 1)
            )
        }
        let decided = sums.reduce(0) { $0 + $1.decided }
        accuracy = decided > 0 ? sums.reduce(0) { $0 + $1.hits } / decided : .nan
        logLoss = sums.reduce(0) { $0 + $1.loss } / Double(max(data.count, 1))
        accuracyInterval =
            Statistics.quantile(
                draws.map(\.accuracy), 0.025)...Statistics.quantile(draws.map(\.accuracy), 0.975)
        logLossInterval =
            Statistics.quantile(draws.map(\.loss), 0.025)...Statistics.quantile(draws.map(\.loss), 0.975)
    }
}
