import Kernels

/// How alike the utilities of several agents are: models, parties, citizens.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). The correlation of utilities of the same outcomes,
/// which does not mind zero and unit and equals the cosine of utilities of mean 0. Intervals (95%) resample
/// outcomes. Errors of the utilities themselves pull all correlations towards 0.
///
/// - Complexity: O(resamples · agents² · outcomes).
///
/// ```swift
/// let alignment = try ValueAlignment([("model", model.means), ("citizens", citizens.means)])
/// print(alignment.correlations[0, 1])
/// ```
public struct ValueAlignment: Sendable, Hashable {
    /// The agents' names.
    public let names: [String]
    /// The correlations, agents by agents.
    public let correlations: Matrix
    /// The lower ends of their intervals.
    public let lower: Matrix
    /// The upper ends.
    public let upper: Matrix

    /// Compares.
    ///
    /// - Throws: `LearningError.data` where there are fewer than three outcomes, or agents have utilities
    ///   of different numbers of them.
    public init(_ agents: [(name: String, utilities: [Double])], resamples: Int = 400, seed: UInt64 = 1)
        throws
    {
        let outcomes = agents.first?.utilities.count ?? 0
        guard outcomes >= 3, agents.allSatisfy({ $0.utilities.count == outcomes }) else {
            throw LearningError.data(
                "alignment needs utilities of the same outcomes, at least three, from each agent")
        }
        let k = agents.count
        let random = CounterRandom(seed: seed).split(0xa11)
        @Sendable func correlate(_ places: [Int]) -> [Double] {
            let rows = agents.map { agent in places.map { agent.utilities[$0] } }
            var result = [Double](repeating: 1, count: k * k)
            for a in 0..<k {
                for b in 0..<a {
                    let value = Statistics.pearson(rows[a], rows[b])
                    result[a * k + b] = value
                    result[b * k + a] = value
                }
            }
            return result
        }
        let draws = Parallel.map(resamples) { index in
            var random = random.split(UInt64(index))
            return correlate((0..<outcomes).map { _ in random.below(outcomes) })
        }
        func quantile(_ share: Double) -> Matrix {
            Matrix(rows: k, columns: k) { a, b in
                let values = draws.map { $0[a * k + b] }.filter(\.isFinite)
                return values.isEmpty ? .nan : Statistics.quantile(values, share)
            }
        }
        names = agents.map(\.name)
        correlations = Matrix(rows: k, columns: k, values: correlate(Array(0..<outcomes)))
        lower = quantile(0.025)
        upper = quantile(0.975)
    }
}
