extension Matrix {
    /// Returns the product of this matrix and another.
    ///
    /// Large products run in parallel over output tiles; the result has the same bits for any number of
    /// threads.
    ///
    /// - Precondition: `columns == other.rows`.
    /// - Complexity: O(rows · columns · other.columns).
    public func multiply(_ other: Matrix) -> Matrix {
        precondition(columns == other.rows, "the inner dimensions of a product must agree")
        return Matrix.product(
            PackedStrips(rowsOf: self), PackedStrips(columnsOf: other), rows: rows, columns: other.columns)
    }

    /// Returns the product of the transpose of this matrix and another, without forming the transpose.
    ///
    /// - Precondition: `rows == other.rows`.
    public func transposedMultiply(_ other: Matrix) -> Matrix {
        precondition(rows == other.rows, "the inner dimensions of a product must agree")
        return Matrix.product(
            PackedStrips(columnsOf: self), PackedStrips(columnsOf: other), rows: columns,
            columns: other.columns)
    }

    /// Returns the product of this matrix and the transpose of another, without forming the transpose.
    ///
    /// - Precondition: `columns == other.columns`.
    public func multiplyTransposed(_ other: Matrix) -> Matrix {
        precondition(columns == other.columns, "the inner dimensions of a product must agree")
        return Matrix.product(
            PackedStrips(rowsOf: self), PackedStrips(rowsOf: other), rows: rows, columns: other.rows)
    }

    /// Returns the product of this matrix and a column vector.
    ///
    /// - Precondition: `vector` has `columns` elements.
    /// - Complexity: O(rows · columns); parallel when large.
    public func multiply(_ vector: [Double]) -> [Double] {
        precondition(vector.count == columns, "the vector must have one element for each column")
        return [Double](unsafeUninitializedCapacity: rows) { out, initialized in
            vector.withUnsafeBufferPointer { multiply($0, into: out) }
            initialized = rows
        }
    }

    /// Writes the product of this matrix and a column vector into a buffer, without allocating when small.
    ///
    /// - Precondition: `vector` has `columns` elements, `result` has at least `rows`, and they do not
    ///   overlap.
    public func multiply(
        _ vector: UnsafeBufferPointer<Double>, into result: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(vector.count == columns && result.count >= rows, "the vector lengths do not fit")
        guard rows > 0 else { return }
        guard columns > 0 else {
            for i in 0..<rows { result[i] = 0 }
            return
        }
        values.withUnsafeBufferPointer { buffer in
            nonisolated(unsafe) let matrix = buffer.baseAddress!
            nonisolated(unsafe) let x = vector.baseAddress!
            nonisolated(unsafe) let y = result.baseAddress!
            let (m, n) = (rows, columns)
            if m * n < 1 << 18 {
                for i in 0..<m { y[i] = PackedKernel.dot(matrix + i * n, x, n) }
            } else {
                let step = 32
                Parallel.forEach((m + step - 1) / step) { chunk in
                    for i in chunk * step..<min(m, (chunk + 1) * step) {
                        y[i] = PackedKernel.dot(matrix + i * n, x, n)
                    }
                }
            }
        }
    }

    /// Returns the product of the transpose of this matrix and a vector.
    ///
    /// - Precondition: `vector` has `rows` elements.
    public func transposedMultiply(_ vector: [Double]) -> [Double] {
        precondition(vector.count == rows, "the vector must have one element for each row")
        var result = [Double](repeating: 0, count: columns)
        guard rows > 0, columns > 0 else { return result }
        result.withUnsafeMutableBufferPointer { out in
            values.withUnsafeBufferPointer { matrix in
                for i in 0..<rows {
                    PackedKernel.addScaled(
                        vector[i], matrix.baseAddress! + i * columns, to: out.baseAddress!, columns)
                }
            }
        }
        return result
    }

    private static func product(_ a: PackedStrips, _ b: PackedStrips, rows: Int, columns: Int) -> Matrix {
        let depth = a.depth
        let block = PackedKernel.blockGroups
        let tileRows = (a.groups + block - 1) / block
        let tileColumns = (b.groups + block - 1) / block
        var result = Matrix(rows: rows, columns: columns)
        guard rows > 0, columns > 0, depth > 0 else { return result }
        result.values.withUnsafeMutableBufferPointer { out in
            a.lanes.withUnsafeBufferPointer { aLanes in
                b.lanes.withUnsafeBufferPointer { bLanes in
                    nonisolated(unsafe) let tile = ProductTile(
                        a: aLanes.baseAddress!, b: bLanes.baseAddress!, out: out.baseAddress!,
                        aGroups: a.groups, bGroups: b.groups, depth: depth, rows: rows, columns: columns)
                    let work: @Sendable (Int) -> Void = { index in
                        tile.fill(index / tileColumns * block, index % tileColumns * block)
                    }
                    let tiles = tileRows * tileColumns
                    if rows * columns * depth < 1 << 18 {
                        for index in 0..<tiles { work(index) }
                    } else {
                        Parallel.forEach(tiles, work)
                    }
                }
            }
        }
        return result
    }
}

/// A matrix cut into strips of four rows or columns, padded with zeros, laid out for ``PackedKernel``.
struct PackedStrips: Sendable {
    let groups: Int
    let depth: Int
    let lanes: [Lanes]

    init(rowsOf matrix: Matrix) {
        let (m, n) = (matrix.rows, matrix.columns)
        let count = (m + 3) / 4
        groups = count
        depth = n
        lanes = [Lanes](unsafeUninitializedCapacity: count * n) { out, initialized in
            matrix.values.withUnsafeBufferPointer { values in
                for g in 0..<count {
                    let r = g * 4
                    let strip = g * n
                    if r + 4 <= m {
                        for k in 0..<n {
                            let at = r * n + k
                            out[strip + k] = Lanes(
                                values[at], values[at + n], values[at + 2 * n], values[at + 3 * n])
                        }
                    } else {
                        for k in 0..<n {
                            var lane = Lanes.zero
                            for i in r..<m { lane[i - r] = values[i * n + k] }
                            out[strip + k] = lane
                        }
                    }
                }
            }
            initialized = count * n
        }
    }

    init(columnsOf matrix: Matrix) {
        let (m, n) = (matrix.rows, matrix.columns)
        let count = (n + 3) / 4
        groups = count
        depth = m
        lanes = [Lanes](unsafeUninitializedCapacity: count * m) { out, initialized in
            matrix.values.withUnsafeBufferPointer { values in
                for k in 0..<m {
                    for g in 0..<count {
                        let c = k * n + g * 4
                        var lane = Lanes.zero
                        if g * 4 + 4 <= n {
                            lane = Lanes(values[c], values[c + 1], values[c + 2], values[c + 3])
                        } else {
                            for j in 0..<n - g * 4 { lane[j] = values[c + j] }
                        }
                        out[g * m + k] = lane
                    }
                }
            }
            initialized = count * m
        }
    }
}

/// One output tile of a packed matrix product.
private struct ProductTile {
    let a: UnsafePointer<Lanes>
    let b: UnsafePointer<Lanes>
    let out: UnsafeMutablePointer<Double>
    let aGroups: Int
    let bGroups: Int
    let depth: Int
    let rows: Int
    let columns: Int

    func fill(_ g0: Int, _ h0: Int) {
        let block = PackedKernel.blockGroups
        let g1 = min(g0 + block, aGroups)
        let h1 = min(h0 + block, bGroups)
        for k0 in stride(from: 0, to: depth, by: 128) {
            let length = min(128, depth - k0)
            for g in g0..<g1 {
                for h in h0..<h1 {
                    let c = PackedKernel.product(a + (g * depth + k0), b + (h * depth + k0), length)
                    add(c.0, row: g * 4, column: h * 4)
                    add(c.1, row: g * 4 + 1, column: h * 4)
                    add(c.2, row: g * 4 + 2, column: h * 4)
                    add(c.3, row: g * 4 + 3, column: h * 4)
                }
            }
        }
    }

    @inline(__always)
    private func add(_ lanes: Lanes, row: Int, column: Int) {
        guard row < rows else { return }
        let target = out + (row * columns + column)
        if column + 4 <= columns {
            target[0] += lanes.x
            target[1] += lanes.y
            target[2] += lanes.z
            target[3] += lanes.w
        } else {
            for j in 0..<columns - column { target[j] += lanes[j] }
        }
    }
}
