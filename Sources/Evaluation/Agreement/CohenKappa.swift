/// Measures how far two judges who answered the same questions agree beyond chance.
///
/// Sources: Cohen, "A coefficient of agreement for nominal scales" (1960); Cohen, "Weighted kappa" (1968).
/// κ = 1 − Σᵢⱼ wᵢⱼ pᵢⱼ / Σᵢⱼ wᵢⱼ pᵢ. p.ⱼ, with wᵢⱼ = [i ≠ j], |i − j| or (i − j)² for categories numbered in
/// their order. The interval is a percentile bootstrap over the questions, or over their clusters.
///
/// - Complexity: O(n · replicates), in parallel.
///
/// ```swift
/// let kappa = try CohenKappa().estimate([0, 1, 1, 0, 1], [0, 1, 0, 0, 1], categories: 2)
/// print(kappa.value as Any)   // 0.615…
/// ```
public struct CohenKappa: Sendable, Hashable, Codable {
    /// How much two categories differ.
    public enum Weights: String, Sendable, Hashable, Codable, CaseIterable {
        /// All differences count the same.
        case plain
        /// A difference counts by its number of steps.
        case linear
        /// A difference counts by the square of its number of steps.
        case quadratic

        func difference(_ a: Int, _ b: Int) -> Double {
            let steps = Double(abs(a - b))
            return switch self {
            case .plain: steps == 0 ? 0 : 1
            case .linear: steps
            case .quadratic: steps * steps
            }
        }
    }

    /// How much two categories differ.
    public var weights: Weights
    /// The coverage of the interval.
    public var level: Double
    /// The draws behind the interval.
    public var bootstrap: ClusterBootstrap

    /// Creates the measure.
    public init(_ weights: Weights = .plain, level: Double = 0.95, bootstrap: ClusterBootstrap = .init()) {
        self.weights = weights
        self.level = level
        self.bootstrap = bootstrap
    }

    /// The agreement of two lists of answers.
    ///
    /// - Parameters:
    ///   - first: The first judge's category for each question, in `0..<categories`.
    ///   - second: The second judge's.
    ///   - categories: The number of categories.
    ///   - clusters: The cluster of each question, numbered from 0; each on its own where `nil`.
    /// - Throws: `EvaluationError.lengths`, `.outcome` or `.cluster`.
    public func estimate(
        _ first: [Int], _ second: [Int], categories: Int, clusters: [Int]? = nil
    ) throws(EvaluationError) -> AgreementEstimate {
        guard second.count == first.count else { throw .lengths(expected: first.count, found: second.count) }
        var cells: [Int] = []
        cells.reserveCapacity(first.count)
        for (row, pair) in zip(first, second).enumerated() {
            for value in [pair.0, pair.1] where !(0..<categories).contains(value) {
                throw .outcome(row: row, value: value, classes: categories)
            }
            cells.append(pair.0 * categories + pair.1)
        }
        let groups = try Clusters(clusters, rows: first.count)
        return try AgreementEstimate.measure(
            clusters: groups.count, units: first.count, answers: 2 * first.count, level: level,
            bootstrap: bootstrap
        ) { [weights, cells] drawn in
            var table = [Double](repeating: 0, count: categories * categories)
            for (row, cell) in cells.enumerated() { table[cell] += drawn[groups[row]] }
            return Self.disagreement(table, categories, weights)
        }
    }

    private static func disagreement(
        _ table: [Double], _ categories: Int, _ weights: Weights
    ) -> (observed: Double, expected: Double)? {
        let total = table.reduce(0, +)
        guard total > 0 else { return nil }
        var rows = [Double](repeating: 0, count: categories)
        var columns = rows
        for i in 0..<categories {
            for j in 0..<categories {
                rows[i] += table[i * categories + j]
                columns[j] += table[i * categories + j]
            }
        }
        var observed = 0.0
        var expected = 0.0
        for i in 0..<categories {
            for j in 0..<categories {
                let difference = weights.difference(i, j)
                observed += difference * table[i * categories + j] / total
                expected += difference * rows[i] / total * columns[j] / total
            }
        }
        return (observed, expected)
    }
}
