extension Cholesky {
    /// Returns the solution of `A x = b`.
    ///
    /// - Precondition: `b` has ``count`` elements.
    /// - Complexity: O(*n*²).
    public func solve(_ b: [Double]) -> [Double] {
        var x = b
        x.withUnsafeMutableBufferPointer { solve(inPlace: $0) }
        return x
    }

    /// Replaces `b` by the solution of `A x = b`, without allocating.
    ///
    /// - Precondition: `b` has ``count`` elements.
    /// - Complexity: O(*n*²).
    public func solve(inPlace b: UnsafeMutableBufferPointer<Double>) {
        solveLower(inPlace: b)
        solveLowerTransposed(inPlace: b)
    }

    /// Replaces `b` by the solution of `L x = b`, without allocating.
    ///
    /// - Precondition: `b` has ``count`` elements.
    public func solveLower(inPlace b: UnsafeMutableBufferPointer<Double>) {
        precondition(b.count == count, "the vector must have one element for each row")
        guard let x = b.baseAddress, count > 0 else { return }
        packed.withUnsafeBufferPointer { lanes in
            reciprocals.withUnsafeBufferPointer { inverse in
                for g in 0..<groups {
                    let row = lanes.baseAddress! + CholeskyWork.offset(g)
                    let residual = load(x, g) - Cholesky.accumulate(row, x, 4 * g)
                    let (d, r) = (row + 4 * g, inverse[g])
                    let x0 = residual.x * r.x
                    let x1 = (residual.y - d[0].y * x0) * r.y
                    let x2 = (residual.z - d[0].z * x0 - d[1].z * x1) * r.z
                    let x3 = (residual.w - d[0].w * x0 - d[1].w * x1 - d[2].w * x2) * r.w
                    store(Lanes(x0, x1, x2, x3), x, g)
                }
            }
        }
    }

    /// Replaces `b` by the solution of `Lᵀ x = b`, without allocating.
    ///
    /// Applied to standard normal numbers this draws from a Gaussian whose precision matrix is `A`.
    ///
    /// - Precondition: `b` has ``count`` elements.
    public func solveLowerTransposed(inPlace b: UnsafeMutableBufferPointer<Double>) {
        precondition(b.count == count, "the vector must have one element for each row")
        guard let x = b.baseAddress, count > 0 else { return }
        packed.withUnsafeBufferPointer { lanes in
            reciprocals.withUnsafeBufferPointer { inverse in
                for g in stride(from: groups - 1, through: 0, by: -1) {
                    let row = lanes.baseAddress! + CholeskyWork.offset(g)
                    let (d, r, c) = (row + 4 * g, inverse[g], load(x, g))
                    let x3 = c.w * r.w
                    let x2 = (c.z - d[2].w * x3) * r.z
                    let x1 = (c.y - d[1].z * x2 - d[1].w * x3) * r.y
                    let x0 = (c.x - d[0].y * x1 - d[0].z * x2 - d[0].w * x3) * r.x
                    let mine = Lanes(x0, x1, x2, x3)
                    store(mine, x, g)
                    var k = 0
                    while k < 4 &* g {
                        let t = row[k] * mine
                        let pair = t.lowHalf + t.highHalf
                        x[k] -= pair.x + pair.y
                        k &+= 1
                    }
                }
            }
        }
    }

    /// Returns the product `L z`.
    ///
    /// Applied to standard normal numbers this draws from a Gaussian whose covariance matrix is `A`.
    ///
    /// - Precondition: `z` has ``count`` elements.
    /// - Complexity: O(*n*²).
    public func multiplyLower(_ z: [Double]) -> [Double] {
        precondition(z.count == count, "the vector must have one element for each column")
        var result = [Double](repeating: 0, count: count)
        packed.withUnsafeBufferPointer { lanes in
            result.withUnsafeMutableBufferPointer { out in
                z.withUnsafeBufferPointer { z in
                    guard let source = z.baseAddress, let target = out.baseAddress else { return }
                    for g in 0..<groups {
                        let row = lanes.baseAddress! + CholeskyWork.offset(g)
                        let sum = Cholesky.accumulate(row, source, min(4 * g + 4, count))
                        store(sum, target, g)
                    }
                }
            }
        }
        return result
    }

    /// Returns Σₖ row[k] · x[k] over the first `length` columns of one row group.
    @inline(__always)
    private static func accumulate(
        _ row: UnsafePointer<Lanes>, _ x: UnsafePointer<Double>, _ length: Int
    ) -> Lanes {
        var s0 = Lanes.zero
        var s1 = Lanes.zero
        var s2 = Lanes.zero
        var s3 = Lanes.zero
        var k = 0
        while k &+ 4 <= length {
            s0 += row[k] * Lanes(repeating: x[k])
            s1 += row[k &+ 1] * Lanes(repeating: x[k &+ 1])
            s2 += row[k &+ 2] * Lanes(repeating: x[k &+ 2])
            s3 += row[k &+ 3] * Lanes(repeating: x[k &+ 3])
            k &+= 4
        }
        while k < length {
            s0 += row[k] * Lanes(repeating: x[k])
            k &+= 1
        }
        return (s0 + s1) + (s2 + s3)
    }

    @inline(__always)
    private func load(_ x: UnsafePointer<Double>, _ g: Int) -> Lanes {
        let p = x + 4 * g
        if 4 * g + 4 <= count { return Lanes(p[0], p[1], p[2], p[3]) }
        var lane = Lanes.zero
        for i in 0..<count - 4 * g { lane[i] = p[i] }
        return lane
    }

    @inline(__always)
    private func store(_ lanes: Lanes, _ x: UnsafeMutablePointer<Double>, _ g: Int) {
        let p = x + 4 * g
        for i in 0..<min(4, count - 4 * g) { p[i] = lanes[i] }
    }
}
