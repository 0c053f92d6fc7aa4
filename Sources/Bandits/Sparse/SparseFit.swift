import Kernels

/// Least squares on few features.
enum SparseFit {
    /// The weights of least squares with a penalty on their size, then least squares on the features that it
    /// kept.
    ///
    /// Minimises |y − Xb|²/(2n) + λ|b|₁ on columns scaled to a root mean square of 1 by going through the
    /// coordinates in turn.
    ///
    /// - Parameter penalty: λ; with 0 it is plain least squares on all features.
    static func refitted(_ rows: [[Double]], _ rewards: [Double], penalty: Double) -> [Double] {
        let d = rows[0].count, n = Double(rows.count)
        var gram = Matrix(rows: d, columns: d), right = [Double](repeating: 0, count: d)
        for (row, reward) in zip(rows, rewards) {
            for a in 0..<d {
                right[a] += row[a] * reward / n
                for b in 0...a { gram[a, b] += row[a] * row[b] / n }
            }
        }
        for a in 0..<d { for b in 0..<a { gram[b, a] = gram[a, b] } }
        var support = Array(0..<d)
        if penalty > 0 {
            let scaled = lasso(gram, right, penalty: penalty)
            support = support.filter { scaled[$0] != 0 }
        }
        var weights = [Double](repeating: 0, count: d)
        for (feature, weight) in zip(support, leastSquares(gram, right, on: support)) {
            weights[feature] = weight
        }
        return weights
    }

    /// The lasso's weights of the scaled columns.
    static func lasso(_ gram: Matrix, _ right: [Double], penalty: Double) -> [Double] {
        let d = right.count
        let scale = (0..<d).map { gram[$0, $0].squareRoot() }
        var b = [Double](repeating: 0, count: d)
        for _ in 0..<10_000 {
            var moved = 0.0
            for j in 0..<d where scale[j] > 0 {
                var rest = right[j] / scale[j]
                for k in 0..<d where k != j && b[k] != 0 { rest -= gram[j, k] / (scale[j] * scale[k]) * b[k] }
                let new = rest > penalty ? rest - penalty : rest < -penalty ? rest + penalty : 0
                moved = max(moved, abs(new - b[j]))
                b[j] = new
            }
            if moved < 1e-12 { break }
        }
        return b
    }

    static func leastSquares(_ gram: Matrix, _ right: [Double], on support: [Int]) -> [Double] {
        guard !support.isEmpty else { return [] }
        var part = Matrix(rows: support.count, columns: support.count) { gram[support[$0], support[$1]] }
        let largest = support.indices.reduce(0) { max($0, part[$1, $1]) }
        for i in support.indices { part[i, i] += 1e-12 * largest }
        return Cholesky(part)?.solve(support.map { right[$0] })
            ?? [Double](repeating: 0, count: support.count)
    }
}
