extension Cholesky {
    /// Returns the inverse of the factored matrix, exactly symmetric.
    ///
    /// First `W = L⁻¹` is found for panels of 64 columns, then `A⁻¹ = Wᵀ W` for tiles of the lower triangle;
    /// panels and tiles run in parallel from n = 256.
    ///
    /// - Complexity: 2n³ / 3 floating-point operations and about n² / 2 further doubles of memory.
    public func inverse() -> Matrix {
        let n = count
        let total = groups
        var result = Matrix(rows: n, columns: n)
        guard n > 0 else { return result }
        let block = PackedKernel.blockGroups
        let blocks = (total + block - 1) / block
        let tiles = blocks * (blocks + 1) / 2
        var inverse = [Lanes](repeating: .zero, count: 4 * total * total - 2 * total * (total - 1))
        result.values.withUnsafeMutableBufferPointer { out in
            inverse.withUnsafeMutableBufferPointer { w in
                packed.withUnsafeBufferPointer { lanes in
                    reciprocals.withUnsafeBufferPointer { reciprocals in
                        nonisolated(unsafe) let work = InverseWork(
                            factor: lanes.baseAddress!, reciprocals: reciprocals.baseAddress!,
                            w: w.baseAddress!, out: out.baseAddress!, groups: total, count: n)
                        let panel: @Sendable (Int) -> Void = { work.invertPanel($0 * block) }
                        let tile: @Sendable (Int) -> Void = { index in
                            let (i, j) = CholeskyWork.trianglePosition(index)
                            work.fillTile(i * block, j * block)
                        }
                        if n >= 256 {
                            Parallel.forEach(blocks, panel)
                            Parallel.forEach(tiles, tile)
                        } else {
                            for index in 0..<blocks { panel(index) }
                            for index in 0..<tiles { tile(index) }
                        }
                    }
                }
            }
        }
        return result
    }
}

/// The two passes of the inverse, on packed lanes.
///
/// Column group `c` of `W` holds one vector of four columns for every row from `4c` down.
private struct InverseWork {
    let factor: UnsafePointer<Lanes>
    let reciprocals: UnsafePointer<Lanes>
    let w: UnsafeMutablePointer<Lanes>
    let out: UnsafeMutablePointer<Double>
    let groups: Int
    let count: Int

    /// The address of row `4 * g` of column group `c`.
    @inline(__always)
    private func at(_ c: Int, _ g: Int) -> UnsafeMutablePointer<Lanes> {
        w + (4 &* c &* groups &- 2 &* c &* (c &- 1) &+ 4 &* (g &- c))
    }

    @inline(__always)
    private func row(_ g: Int) -> UnsafePointer<Lanes> { factor + CholeskyWork.offset(g) }

    func invertPanel(_ c0: Int) {
        let block = PackedKernel.blockGroups
        let c1 = min(c0 + block, groups)
        for start in stride(from: c0, to: groups, by: block) {
            let end = min(start + block, groups)
            for g in start..<end {
                for c in c0..<min(c1, g + 1) { solveBlock(c, g, from: max(start, c)) }
            }
            for g in end..<groups {
                for c in c0..<c1 { update(c, g, from: max(start, c), to: end) }
            }
        }
    }

    @inline(__always)
    private func solveBlock(_ c: Int, _ g: Int, from first: Int) {
        let p = PackedKernel.product(row(g) + 4 * first, at(c, first), 4 * (g - first))
        let x = at(c, g)
        if g == c {
            x[0].x = 1
            x[1].y = 1
            x[2].z = 1
            x[3].w = 1
        }
        let solved = CholeskyWork.solveBlock(
            (x[0] - p.0, x[1] - p.1, x[2] - p.2, x[3] - p.3), row(g) + 4 * g, reciprocals[g])
        x[0] = solved.0
        x[1] = solved.1
        x[2] = solved.2
        x[3] = solved.3
    }

    @inline(__always)
    private func update(_ c: Int, _ g: Int, from first: Int, to end: Int) {
        let p = PackedKernel.product(row(g) + 4 * first, at(c, first), 4 * (end - first))
        let x = at(c, g)
        x[0] -= p.0
        x[1] -= p.1
        x[2] -= p.2
        x[3] -= p.3
    }

    func fillTile(_ i0: Int, _ j0: Int) {
        let block = PackedKernel.blockGroups
        let i1 = min(i0 + block, groups)
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 4 * block * block) { sums in
            let total = sums.baseAddress!
            total.initialize(repeating: .zero, count: 4 * block * block)
            for start in stride(from: i0, to: groups, by: block) {
                let end = min(start + block, groups)
                for i in i0..<i1 {
                    let first = max(start, i)
                    guard first < end else { continue }
                    for j in j0..<min(j0 + block, i + 1) {
                        let p = PackedKernel.product(at(i, first), at(j, first), 4 * (end - first))
                        let s = total + 4 * ((i - i0) * block + (j - j0))
                        s[0] += p.0
                        s[1] += p.1
                        s[2] += p.2
                        s[3] += p.3
                    }
                }
            }
            for i in i0..<i1 {
                for j in j0..<min(j0 + block, i + 1) {
                    write(total + 4 * ((i - i0) * block + (j - j0)), 4 * i, 4 * j)
                }
            }
        }
    }

    @inline(__always)
    private func write(_ s: UnsafePointer<Lanes>, _ i: Int, _ j: Int) {
        for a in 0..<min(4, count - i) {
            for b in 0..<min(4, count - j) where j + b <= i + a {
                let value = s[a][b]
                out[(i + a) * count + j + b] = value
                out[(j + b) * count + i + a] = value
            }
        }
    }
}
