/// The blocked factorisation itself, working in place on packed lanes.
struct CholeskyWork {
    let lanes: UnsafeMutablePointer<Lanes>
    let reciprocals: UnsafeMutablePointer<Lanes>
    let groups: Int

    /// Where row group `g` starts in the packed layout.
    @inline(__always)
    static func offset(_ g: Int) -> Int { 2 &* g &* (g &+ 1) }

    @inline(__always)
    func row(_ g: Int) -> UnsafeMutablePointer<Lanes> { lanes + CholeskyWork.offset(g) }

    /// Factors in place, block column after block column; returns `false` at the first bad pivot.
    func factor(parallel: Bool) -> Bool {
        let block = PackedKernel.blockGroups
        nonisolated(unsafe) let work = self
        for start in stride(from: 0, to: groups, by: block) {
            let end = min(start + block, groups)
            for g in start..<end {
                solveRow(g, from: start, to: g)
                guard factorDiagonal(g, from: start) else { return false }
            }
            let blocks = (groups - end + block - 1) / block
            guard blocks > 0 else { break }
            let panel: @Sendable (Int) -> Void = { index in
                let first = end + index * block
                for g in first..<min(first + block, work.groups) { work.solveRow(g, from: start, to: end) }
            }
            let tile: @Sendable (Int) -> Void = { index in
                let (i, j) = CholeskyWork.trianglePosition(index)
                work.updateTile(end + i * block, end + j * block, from: start, to: end)
            }
            let tiles = blocks * (blocks + 1) / 2
            if parallel {
                Parallel.forEach(blocks, panel)
                Parallel.forEach(tiles, tile)
            } else {
                for index in 0..<blocks { panel(index) }
                for index in 0..<tiles { tile(index) }
            }
        }
        return true
    }

    /// The row and the column of entry `index` when a lower triangle is numbered row after row.
    static func trianglePosition(_ index: Int) -> (Int, Int) {
        var row = Int((Double(8 * index + 1).squareRoot() - 1) / 2)
        while row * (row + 1) / 2 > index { row -= 1 }
        while (row + 1) * (row + 2) / 2 <= index { row += 1 }
        return (row, index - row * (row + 1) / 2)
    }

    /// Turns row group `g` of columns `start..<end` (in groups) into rows of the factor.
    @inline(__always)
    func solveRow(_ g: Int, from start: Int, to end: Int) {
        let mine = row(g)
        for j in start..<end {
            let other = row(j)
            let p = PackedKernel.product(other + 4 * start, mine + 4 * start, 4 * (j - start))
            let c = mine + 4 * j
            let x = CholeskyWork.solveBlock(
                (c[0] - p.0, c[1] - p.1, c[2] - p.2, c[3] - p.3), other + 4 * j, reciprocals[j])
            c[0] = x.0
            c[1] = x.1
            c[2] = x.2
            c[3] = x.3
        }
    }

    /// Solves with one 4×4 diagonal block of the factor for four right-hand sides held in the lanes.
    @inline(__always)
    static func solveBlock(
        _ c: (Lanes, Lanes, Lanes, Lanes), _ diagonal: UnsafePointer<Lanes>, _ reciprocal: Lanes
    ) -> (Lanes, Lanes, Lanes, Lanes) {
        let d0 = diagonal[0]
        let d1 = diagonal[1]
        let d2 = diagonal[2]
        let x0 = c.0 * Lanes(repeating: reciprocal.x)
        let x1 = (c.1 - x0 * Lanes(repeating: d0.y)) * Lanes(repeating: reciprocal.y)
        let t2 = c.2 - x0 * Lanes(repeating: d0.z) - x1 * Lanes(repeating: d1.z)
        let x2 = t2 * Lanes(repeating: reciprocal.z)
        let t3 = c.3 - x0 * Lanes(repeating: d0.w) - x1 * Lanes(repeating: d1.w)
        let x3 = (t3 - x2 * Lanes(repeating: d2.w)) * Lanes(repeating: reciprocal.w)
        return (x0, x1, x2, x3)
    }

    private func factorDiagonal(_ g: Int, from start: Int) -> Bool {
        let mine = row(g)
        let p = PackedKernel.product(mine + 4 * start, mine + 4 * start, 4 * (g - start))
        let c = mine + 4 * g
        func isBad(_ pivot: Double) -> Bool { !(pivot > 0 && pivot.isFinite) }

        var l0 = c[0] - p.0
        guard !isBad(l0.x) else { return false }
        let r0 = 1 / l0.x.squareRoot()
        l0 *= Lanes(repeating: r0)

        var l1 = c[1] - p.1 - l0 * Lanes(repeating: l0.y)
        guard !isBad(l1.y) else { return false }
        let r1 = 1 / l1.y.squareRoot()
        l1 *= Lanes(repeating: r1)
        l1.x = 0

        var l2 = c[2] - p.2 - l0 * Lanes(repeating: l0.z) - l1 * Lanes(repeating: l1.z)
        guard !isBad(l2.z) else { return false }
        let r2 = 1 / l2.z.squareRoot()
        l2 *= Lanes(repeating: r2)
        l2.x = 0
        l2.y = 0

        let t3 = c[3] - p.3 - l0 * Lanes(repeating: l0.w) - l1 * Lanes(repeating: l1.w)
        let pivot = t3.w - l2.w * l2.w
        guard !isBad(pivot) else { return false }
        let r3 = 1 / pivot.squareRoot()

        c[0] = l0
        c[1] = l1
        c[2] = l2
        c[3] = Lanes(0, 0, 0, pivot * r3)
        reciprocals[g] = Lanes(r0, r1, r2, r3)
        return true
    }

    /// Subtracts the product of two panel blocks from one block of the trailing matrix.
    private func updateTile(_ g0: Int, _ h0: Int, from start: Int, to end: Int) {
        let block = PackedKernel.blockGroups
        let depth = 4 * (end - start)
        for g in g0..<min(g0 + block, groups) {
            let mine = row(g)
            for h in h0..<min(h0 + block, g + 1) {
                let p = PackedKernel.product(row(h) + 4 * start, mine + 4 * start, depth)
                let c = mine + 4 * h
                c[0] -= p.0
                c[1] -= p.1
                c[2] -= p.2
                c[3] -= p.3
            }
        }
    }
}
