import Kernels

/// A learner whose fit does not depend on a seed, but whose model is pulled to a start that may be drawn.
///
/// Members of an ensemble have to differ where there are no data. Networks do by their first weights; a model with one optimum
/// needs a start of its own for each member.
public protocol RandomStarts: PreferenceLearner {
    /// The same learner so many times, each pulled to another random start; the starts add up to nothing.
    ///
    /// - Parameter deviation: the standard deviation of a start weight; nil for what the pull itself says of it.
    func startingApart(
        _ members: Int, deviation: Double?, on data: ComparisonSet, random: CounterRandom
    ) -> [Self]
}

extension LinearReward: RandomStarts {
    /// Starts w₀ᵢ ~ N(w₀, s²), centred so that they cancel in the mean of the members.
    ///
    /// The ridge is the same as a normal prior with the deviation 1/√(λ Σ c), so that is what s is unless given; yet never so
    /// large that a start tells the sides of a typical comparison apart by more than two log-odds.
    public func startingApart(
        _ members: Int, deviation: Double?, on data: ComparisonSet, random: CounterRandom
    ) -> [LinearReward] {
        let width = data.items.features.columns
        guard prior.map({ $0.count == width }) ?? true else {
            return [LinearReward](repeating: self, count: members)
        }
        let length = Self.typicalLength(data)
        let implied = ridge > 0 ? 1 / (ridge * data.weights.reduce(0, +)).squareRoot() : .infinity
        let deviation = deviation ?? min(implied, length > 0 ? 2 / length : 1)
        var starts = (0..<members).map { member in
            var random = random.split(UInt64(member))
            return (0..<width).map { _ in random.normal() }
        }
        // Centring shrinks each start by (k − 1)/k; the factor gives its variance back.
        let scale = members > 1 ? deviation * (Double(members) / Double(members - 1)).squareRoot() : deviation
        for column in 0..<width {
            let mean = members > 1 ? starts.reduce(0) { $0 + $1[column] } / Double(members) : 0
            for member in starts.indices {
                starts[member][column] = (prior?[column] ?? 0) + scale * (starts[member][column] - mean)
            }
        }
        return starts.map { start in
            var copy = self
            copy.prior = start
            // The spread of the members stands in place of each one's own covariance.
            copy.widestCovariance = 0
            return copy
        }
    }

    /// The root mean square of ‖a − b‖ over some of the comparisons.
    private static func typicalLength(_ data: ComparisonSet) -> Double {
        let step = max(1, data.count / 2000)
        let some = data.selecting(Array(stride(from: 0, to: data.count, by: step)))
        let differences = some.differences()
        let squares = (0..<differences.rows).reduce(0.0) { sum, row in
            sum + differences.row(row).reduce(0) { $0 + $1 * $1 }
        }
        return (squares / Double(max(1, differences.rows))).squareRoot()
    }
}
