import Kernels

/// Predicts ratings of several qualities from features, each by a ridge regression on the items that were rated for it.
///
///     wᵢ = argmin Σ_{rated} (w·(z − z̄) − (r − r̄))² + αᵢ ‖w‖²,   r̂ᵢ(z) = r̄ + wᵢ·(z − z̄)
///
/// z̄ and r̄ are means over the items rated for the quality, so that the intercept is not shrunk. αᵢ is the one of `ridges`
/// that predicts a held-out fifth of the prompts best, or the middle one where fewer than ten items are rated.
///
/// - Complexity: O(n d² + m d³) for m ridges, by Cholesky factors, with up to 2048 features; beyond by conjugate
///   gradients, each step of which reads all features twice, at most 50 steps while ridges are compared and 300 in the end.
struct QualityRegression: Sendable, Hashable {
    /// wᵢ, one row for each quality.
    var weights: Matrix
    /// r̄ − wᵢ·z̄.
    var intercepts: [Double]
    /// αᵢ.
    var ridges: [Double]
    /// The share of the variance of held-out ratings that is predicted; not a number without held-out ratings.
    var explained: [Double]

    /// Learns.
    ///
    /// - Parameters:
    ///   - ratings: One row for each row of features, not a number where there is no rating.
    ///   - units: What belongs together, such as the answers to a prompt: held out as a whole.
    init(
        _ features: FeatureMatrix, ratings: [[Double]], units: [Int], qualities: [String],
        ridges grid: [Double],
        seed: UInt64
    ) throws {
        let isHeldOut = Self.heldOut(units, seed: seed)
        // Qualities that were rated for the same items share their sums.
        var patterns: [(rows: [Int], qualities: [Int])] = []
        for quality in qualities.indices {
            let rows = ratings.indices.filter { !ratings[$0][quality].isNaN }
            guard rows.count >= 2 else {
                throw LearningError.data(
                    "\(qualities[quality].debugDescription) has \(rows.count) ratings of the items compared; "
                        + "at least 2 are needed")
            }
            if let place = patterns.firstIndex(where: { $0.rows == rows }) {
                patterns[place].qualities.append(quality)
            } else {
                patterns.append((rows, [quality]))
            }
        }
        let d = features.columns
        weights = Matrix(rows: qualities.count, columns: d)
        intercepts = [Double](repeating: 0, count: qualities.count)
        ridges = intercepts
        explained = [Double](repeating: .nan, count: qualities.count)
        for (rows, members) in patterns {
            let targets = members.map { quality in rows.map { ratings[$0][quality] } }
            var chosen = [Double](repeating: grid[grid.count / 2], count: members.count)
            let test = rows.indices.filter { isHeldOut[rows[$0]] }
            let train = rows.indices.filter { !isHeldOut[rows[$0]] }
            if rows.count >= 10, test.count >= 2, train.count >= 2 {
                let system = RidgeSystem(features.selecting(train.map { rows[$0] }))
                let asked = features.selecting(test.map { rows[$0] })
                let learnt = targets.map { target in train.map { target[$0] } }
                var best = [Double](repeating: .infinity, count: members.count)
                for ridge in grid {
                    for (member, line) in system.solve(learnt, ridge: ridge, isDraft: true).enumerated() {
                        let guesses = asked.product(line.weights)
                        let error = test.indices.reduce(0.0) { sum, place in
                            let gap = targets[member][test[place]] - guesses[place] - line.intercept
                            return sum + gap * gap
                        }
                        if error < best[member] { (best[member], chosen[member]) = (error, ridge) }
                    }
                }
                for member in members.indices {
                    let held = test.map { targets[member][$0] }
                    let spread = Statistics.variance(held, degreesRemoved: 0) * Double(held.count)
                    explained[members[member]] = spread > 0 ? 1 - best[member] / spread : .nan
                }
            }
            let system = RidgeSystem(features.selecting(rows))
            for ridge in Set(chosen).sorted() {
                let among = members.indices.filter { chosen[$0] == ridge }
                let lines = system.solve(among.map { targets[$0] }, ridge: ridge)
                for (member, line) in zip(among, lines) {
                    let quality = members[member]
                    weights.values.replaceSubrange(quality * d..<(quality + 1) * d, with: line.weights)
                    (intercepts[quality], ridges[quality]) = (line.intercept, ridge)
                }
            }
        }
    }

    /// A fifth of the units, but not all.
    private static func heldOut(_ units: [Int], seed: UInt64) -> [Bool] {
        let names = Set(units).sorted()
        var random = CounterRandom(seed: seed).split(5)
        let order = random.permutation(names.count)
        let chosen = Set(order.prefix(names.count / 5).map { names[$0] })
        return units.map { chosen.contains($0) }
    }
}

/// The sums over some rows that ridge regressions on them share.
struct RidgeSystem {
    /// The widest matrix that is formed and solved by its factors.
    private static let widestDirect = 2048

    private let features: FeatureMatrix
    private let means: [Double]
    /// Σ (z − z̄)(z − z̄)ᵀ; nil where there are too many features.
    private let gram: Matrix?

    /// Sums up rows.
    ///
    /// - Parameter widest: Up to how many features the matrix is formed and solved by its factors.
    init(_ features: FeatureMatrix, widest: Int = Self.widestDirect) {
        let (n, d) = (features.rows, features.columns)
        self.features = features
        let means = Self.sums(features, of: [Double](repeating: 1, count: n)).map { $0 / Double(n) }
        self.means = means
        guard d <= widest else {
            gram = nil
            return
        }
        switch features.storage {
        case .dense(var values):
            for place in values.indices { values[place] -= means[place % d] }
            let centred = Matrix(rows: n, columns: d, values: values)
            gram = centred.transposedMultiply(centred)
        case .sparse(let rows):
            var sums = [Double](repeating: 0, count: d * d)
            sums.withUnsafeMutableBufferPointer { sums in
                for row in 0..<n {
                    for a in rows.range(row) {
                        let start = Int(rows.columns[a]) * d
                        for b in rows.range(row) {
                            sums[start + Int(rows.columns[b])] += rows.values[a] * rows.values[b]
                        }
                    }
                }
                for a in 0..<d {
                    let scale = Double(n) * means[a]
                    for b in 0..<d { sums[a * d + b] -= scale * means[b] }
                }
            }
            gram = Matrix(rows: d, columns: d, values: sums)
        }
    }

    /// Regresses each target on the rows.
    ///
    /// - Parameter isDraft: Whether a rough answer will do, where it is found step by step.
    func solve(
        _ targets: [[Double]], ridge: Double, isDraft: Bool = false
    ) -> [(weights: [Double], intercept: Double)] {
        let d = features.columns
        let factor = gram.flatMap { gram -> Cholesky? in
            var sum = gram
            for place in 0..<d { sum.values[place * d + place] += ridge }
            return Cholesky(sum)
        }
        return Parallel.map(targets.count) { number in
            let target = targets[number]
            let mean = Statistics.mean(target)
            let gaps = target.map { $0 - mean }
            // Σ (z − z̄)(r − r̄), where the second factors add up to 0 but for rounding.
            let total = gaps.reduce(0, +)
            let right = zip(Self.sums(features, of: gaps), means).map { $0 - total * $1 }
            let weights = factor?.solve(right) ?? iterate(right, ridge: ridge, isDraft: isDraft)
            return (weights, mean - zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 })
        }
    }

    /// Solves by conjugate gradients.
    private func iterate(_ right: [Double], ridge: Double, isDraft: Bool) -> [Double] {
        let apply = { (x: UnsafeBufferPointer<Double>, result: UnsafeMutableBufferPointer<Double>) in
            let weights = Array(x)
            let centre = zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 }
            let scores = features.product(weights).map { $0 - centre }
            let total = scores.reduce(0, +)
            let sums = Self.sums(features, of: scores)
            for place in weights.indices {
                result[place] = sums[place] - total * means[place] + ridge * weights[place]
            }
        }
        return ConjugateGradient(tolerance: isDraft ? 1e-3 : 1e-9, maxIterations: isDraft ? 50 : 300)
            .solve(count: right.count, apply: apply, rhs: right).x
    }

    /// Σ cᵢ zᵢ over the rows.
    private static func sums(_ features: FeatureMatrix, of scales: [Double]) -> [Double] {
        switch features.storage {
        case .dense(let values):
            guard features.columns > 0, features.rows > 0 else {
                return [Double](repeating: 0, count: features.columns)
            }
            return Matrix(rows: features.rows, columns: features.columns, values: values)
                .transposedMultiply(scales)
        case .sparse(let rows):
            var sums = [Double](repeating: 0, count: features.columns)
            for row in 0..<features.rows {
                for place in rows.range(row) {
                    sums[Int(rows.columns[place])] += scales[row] * rows.values[place]
                }
            }
            return sums
        }
    }
}
