import Kernels

/// The points of duels, in flat arrays.
struct DuelPairs: Sendable {
    let count: Int
    let dimension: Int
    private let firsts: [Double]
    private let seconds: [Double]

    init(_ duels: [Duel<[Double]>]) {
        count = duels.count
        dimension = duels.first?.first.count ?? 0
        precondition(
            duels.allSatisfy { [dimension] in $0.first.count == dimension && $0.second.count == dimension },
            "points of one duel have different dimensions")
        firsts = duels.flatMap(\.first)
        seconds = duels.flatMap(\.second)
    }

    /// Q.
    func covariance(_ kernel: Matern52) -> Matrix {
        var q = Matrix(rows: count, columns: count)
        q.values.withUnsafeMutableBufferPointer { q in
            each { i, j, a, b, c, e in
                let value = kernel.value(a, c) - kernel.value(a, e) - kernel.value(b, c) + kernel.value(b, e)
                q[i * count + j] = value
                q[j * count + i] = value
            }
        }
        return q
    }

    /// The covariances q(x) of the utility at x with the differences.
    func covariances(_ x: [Double], _ kernel: Matern52) -> [Double] {
        var q = [Double](repeating: 0, count: count)
        x.withUnsafeBufferPointer { x in
            pointers { a, b in
                for i in 0..<count {
                    q[i] =
                        kernel.value(x.baseAddress!, a + i * dimension)
                        - kernel.value(x.baseAddress!, b + i * dimension)
                }
            }
        }
        return q
    }

    /// The gradient of Σ weightᵢ q(x)ᵢ by x.
    func gradient(_ x: [Double], _ weights: [Double], _ kernel: Matern52) -> [Double] {
        var gradient = [Double](repeating: 0, count: dimension)
        gradient.withUnsafeMutableBufferPointer { out in
            x.withUnsafeBufferPointer { x in
                pointers { a, b in
                    for i in 0..<count {
                        kernel.addGradient(
                            x.baseAddress!, a + i * dimension, weight: weights[i], to: out.baseAddress!)
                        kernel.addGradient(
                            x.baseAddress!, b + i * dimension, weight: -weights[i], to: out.baseAddress!)
                    }
                }
            }
        }
        return gradient
    }

    /// Calls a closure for every pair of duels i ≥ j with the points a, b of i and c, e of j.
    func each(
        _ body: (
            Int, Int, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Double>
        ) -> Void
    ) {
        pointers { a, b in
            for i in 0..<count {
                for j in 0...i {
                    body(i, j, a + i * dimension, b + i * dimension, a + j * dimension, b + j * dimension)
                }
            }
        }
    }

    private func pointers(_ body: (UnsafePointer<Double>, UnsafePointer<Double>) -> Void) {
        firsts.withUnsafeBufferPointer { a in
            seconds.withUnsafeBufferPointer { b in body(a.baseAddress!, b.baseAddress!) }
        }
    }
}
