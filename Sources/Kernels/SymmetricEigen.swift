import Foundation

/// The eigenvalues and eigenvectors of a symmetric matrix.
///
/// `A = V diag(λ) Vᵀ` with orthonormal columns of `V`. The matrix is first brought to tridiagonal form by
/// Householder reflections and then diagonalised by implicitly shifted QL sweeps.
public struct SymmetricEigen: Sendable {
    /// The eigenvalues in ascending order.
    public let values: [Double]
    /// The eigenvectors, one in each column, in the order of ``values``.
    public let vectors: Matrix

    /// Decomposes a symmetric matrix; the two triangles are averaged.
    ///
    /// Fails when the matrix has an element that is not finite, or in the very rare case that the sweeps do
    /// not converge.
    ///
    /// - Precondition: `a` is square.
    /// - Complexity: O(*n*³), about 8n³ floating-point operations, on the calling thread.
    public init?(_ a: Matrix) {
        precondition(a.rows == a.columns, "an eigen-decomposition needs a square matrix")
        let n = a.rows
        guard a.values.allSatisfy(\.isFinite) else { return nil }
        guard n > 0 else {
            values = []
            vectors = a
            return
        }
        // Scaling keeps the squares below from overflowing or vanishing.
        let largest = a.values.reduce(0) { max($0, abs($1)) }
        let scale = largest > 0 ? Double(sign: .plus, exponent: largest.exponent, significand: 1) : 1
        var work = Matrix(rows: n, columns: n) { (a[$0, $1] / scale + a[$1, $0] / scale) / 2 }
        var basis = Matrix.identity(n)
        var diagonal = [Double](repeating: 0, count: n)
        var offDiagonal = [Double](repeating: 0, count: n)
        let converged = work.values.withUnsafeMutableBufferPointer { work in
            basis.values.withUnsafeMutableBufferPointer { basis in
                let reducer = Tridiagonal(n: n, a: work.baseAddress!, basis: basis.baseAddress!)
                reducer.reduce(&diagonal, &offDiagonal)
                return reducer.diagonalise(&diagonal, &offDiagonal)
            }
        }
        guard converged else { return nil }
        let order = (0..<n).sorted { (diagonal[$0], $0) < (diagonal[$1], $1) }
        values = order.map { diagonal[$0] * scale }
        vectors = Matrix(rows: n, columns: n) { basis.values[order[$1] * n + $0] }
    }
}

/// Householder reduction and QL sweeps; row `j` of `basis` becomes eigenvector `j`.
private struct Tridiagonal {
    let n: Int
    let a: UnsafeMutablePointer<Double>
    let basis: UnsafeMutablePointer<Double>

    func reduce(_ d: inout [Double], _ e: inout [Double]) {
        var beta = [Double](repeating: 0, count: n)
        var p = [Double](repeating: 0, count: n)
        for k in 0..<n {
            d[k] = a[k * n + k]
            let m = n - k - 1
            guard m > 0 else { break }
            // Row k right of the diagonal becomes the reflection vector.
            let v = a + (k * n + k + 1)
            let norm = PackedKernel.dot(v, v, m).squareRoot()
            let rest = m > 1 ? PackedKernel.dot(v + 1, v + 1, m - 1) : 0
            guard rest > 0 else {
                e[k] = v[0]
                continue
            }
            let alpha = v[0] > 0 ? -norm : norm
            v[0] -= alpha
            e[k] = alpha
            beta[k] = 2 / (rest + v[0] * v[0])
            p.withUnsafeMutableBufferPointer { buffer in
                let w = buffer.baseAddress!
                for i in 0..<m { w[i] = beta[k] * PackedKernel.dot(a + ((k + 1 + i) * n + k + 1), v, m) }
                let shift = -0.5 * beta[k] * PackedKernel.dot(w, v, m)
                PackedKernel.addScaled(shift, v, to: w, m)
                for i in 0..<m {
                    let row = a + ((k + 1 + i) * n + k + 1)
                    PackedKernel.addScaled(-v[i], w, to: row, m)
                    PackedKernel.addScaled(-w[i], v, to: row, m)
                }
            }
        }
        for k in stride(from: n - 2, through: 0, by: -1) where beta[k] != 0 {
            let m = n - k - 1
            let v = a + (k * n + k + 1)
            for r in k + 1..<n {
                let row = basis + (r * n + k + 1)
                PackedKernel.addScaled(-beta[k] * PackedKernel.dot(row, v, m), v, to: row, m)
            }
        }
    }

    func diagonalise(_ d: inout [Double], _ e: inout [Double]) -> Bool {
        for l in 0..<n {
            var sweeps = 0
            while true {
                let m = firstNegligible(from: l, d, e)
                if m == l { break }
                sweeps += 1
                guard sweeps <= 80 else { return false }
                sweep(l, m, &d, &e)
            }
        }
        return true
    }

    private func firstNegligible(from l: Int, _ d: [Double], _ e: [Double]) -> Int {
        var m = l
        while m < n - 1 {
            if abs(e[m]) <= 0x1p-52 * (abs(d[m]) + abs(d[m + 1])) || abs(e[m]) < 1e-290 { return m }
            m += 1
        }
        return m
    }

    /// One implicitly shifted QL sweep over the unreduced block `l...m`.
    private func sweep(_ l: Int, _ m: Int, _ d: inout [Double], _ e: inout [Double]) {
        let half = (d[l + 1] - d[l]) / (2 * e[l])
        let root = hypot(half, 1)
        var g = d[m] - d[l] + e[l] / (half < 0 ? half - root : half + root)
        var sine = 1.0
        var cosine = 1.0
        var shift = 0.0
        for i in stride(from: m - 1, through: l, by: -1) {
            let f = sine * e[i]
            let b = cosine * e[i]
            let r = hypot(f, g)
            e[i + 1] = r
            if r == 0 {
                d[i + 1] -= shift
                e[m] = 0
                return
            }
            sine = f / r
            cosine = g / r
            g = d[i + 1] - shift
            let t = (d[i] - g) * sine + 2 * cosine * b
            shift = sine * t
            d[i + 1] = g + shift
            g = cosine * t - b
            rotate(basis + i * n, basis + (i + 1) * n, cosine, sine)
        }
        d[l] -= shift
        e[l] = g
        e[m] = 0
    }

    @inline(__always)
    private func rotate(
        _ x: UnsafeMutablePointer<Double>, _ y: UnsafeMutablePointer<Double>, _ c: Double, _ s: Double
    ) {
        for k in 0..<n {
            let (u, v) = (x[k], y[k])
            x[k] = c * u - s * v
            y[k] = s * u + c * v
        }
    }
}
