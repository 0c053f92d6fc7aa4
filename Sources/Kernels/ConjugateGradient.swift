/// The conjugate gradient method for symmetric positive definite systems given only as a product.
public struct ConjugateGradient: Sendable, Hashable {
    /// The residual norm to reach, relative to the norm of the right-hand side.
    public var tolerance: Double
    /// The most products with the matrix.
    public var maxIterations: Int

    /// Creates a solver.
    public init(tolerance: Double = 1e-10, maxIterations: Int = 1000) {
        self.tolerance = tolerance
        self.maxIterations = maxIterations
    }

    /// What a solve arrived at.
    public struct Solution: Sendable, Hashable {
        /// The best point reached.
        public let x: [Double]
        /// The number of products with the matrix.
        public let iterations: Int
        /// The recurrence's residual norm relative to the norm of the right-hand side.
        public let relativeResidual: Double
        /// Whether the residual fell to the tolerance.
        public let converged: Bool
    }

    /// Solves `A x = b` from a start of zero.
    ///
    /// Stops early, without convergence, when a product shows that the matrix is not positive definite or not
    /// finite.
    ///
    /// - Parameters:
    ///   - n: The number of unknowns.
    ///   - apply: Writes `A · first` into its second argument.
    ///   - diagonal: The diagonal of `A` (or a positive stand-in), used as the preconditioner; `nil` for
    ///     none.
    ///   - rhs: The right-hand side `b`.
    /// - Precondition: `rhs`, and `diagonal` when given, have `n` elements; `diagonal` is positive.
    /// - Throws: What `apply` throws.
    /// - Complexity: One product and O(*n*) further work for each iteration.
    public func solve(
        count n: Int,
        apply: (UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) throws -> Void,
        preconditioner diagonal: [Double]? = nil,
        rhs: [Double]
    ) rethrows -> Solution {
        precondition(rhs.count == n, "the right-hand side must have n elements")
        precondition(
            diagonal.map { $0.count == n && $0.allSatisfy { $0 > 0 } } ?? true,
            "the preconditioner must have n positive elements")
        var x = [Double](repeating: 0, count: n)
        let target = norm(rhs)
        guard target > 0 else {
            return Solution(
                x: x, iterations: 0, relativeResidual: target.isNaN ? .nan : 0, converged: target == 0)
        }
        let inverse = diagonal.map { $0.map { 1 / $0 } }
        var r = rhs
        var z = scaled(r, inverse)
        var p = z
        var q = [Double](repeating: 0, count: n)
        var rz = PackedKernel.dot(r, z)
        var iterations = 0
        var relative = 1.0
        while relative > tolerance && iterations < maxIterations {
            try p.withUnsafeBufferPointer { input in
                try q.withUnsafeMutableBufferPointer { try apply(input, $0) }
            }
            iterations += 1
            let curvature = PackedKernel.dot(p, q)
            guard curvature > 0 && curvature.isFinite else { break }
            let step = rz / curvature
            add(step, p, to: &x)
            add(-step, q, to: &r)
            relative = norm(r) / target
            z = scaled(r, inverse)
            let fresh = PackedKernel.dot(r, z)
            let beta = fresh / rz
            rz = fresh
            p.withUnsafeMutableBufferPointer { p in
                for i in 0..<n { p[i] = z[i] + beta * p[i] }
            }
        }
        return Solution(
            x: x, iterations: iterations, relativeResidual: relative, converged: relative <= tolerance)
    }

    private func scaled(_ r: [Double], _ inverse: [Double]?) -> [Double] {
        guard let inverse else { return r }
        return zip(r, inverse).map { $0 * $1 }
    }

    private func norm(_ a: [Double]) -> Double { PackedKernel.dot(a, a).squareRoot() }

    private func add(_ scale: Double, _ x: [Double], to y: inout [Double]) {
        y.withUnsafeMutableBufferPointer { y in
            x.withUnsafeBufferPointer { x in
                guard let source = x.baseAddress, let target = y.baseAddress else { return }
                PackedKernel.addScaled(scale, source, to: target, x.count)
            }
        }
    }
}
