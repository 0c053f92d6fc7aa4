import Kernels

/// The differences of comparisons in the order in which sums over them are taken: in blocks, each on a core, added up in the
/// order of the blocks, so that the result does not depend on the number of threads.
struct PairRows {
    /// Dense differences, single precision where there are many (half the memory to read, and errors of 1e−7 of a score).
    private enum Storage {
        case double([Double])
        case single([Float])
        case sparse(SparseRows)
    }

    let count: Int
    let width: Int
    private let storage: Storage
    private let blocks: [Range<Int>]

    init(_ data: ComparisonSet) {
        count = data.count
        width = data.items.features.columns
        let columns = width
        switch data.items.features.storage {
        case .sparse:
            guard case .sparse(let rows) = data.differences().storage else {
                fatalError("sparse stays sparse")
            }
            storage = .sparse(rows)
        case .dense(let values):
            let total = count * columns
            if total > 2_000_000 {
                storage = .single(
                    [Float](unsafeUninitializedCapacity: total) { result, filled in
                        values.withUnsafeBufferPointer { values in
                            nonisolated(unsafe) let result = result
                            nonisolated(unsafe) let values = values
                            let ranges = Parallel.chunks(data.count, size: 4096)
                            Parallel.forEach(ranges.count) { block in
                                for place in ranges[block] {
                                    let (a, b) = (data.left[place] * columns, data.right[place] * columns)
                                    for column in 0..<columns {
                                        result[place * columns + column] = Float(
                                            values[a + column] - values[b + column])
                                    }
                                }
                            }
                        }
                        filled = total
                    })
            } else {
                storage = .double(data.differences().dense)
            }
        }
        blocks = Parallel.chunks(count, size: 2048)
    }

    /// Σ f(i, dᵢ) with dᵢ = w·xᵢ, and its gradient Σ f′(i, dᵢ) xᵢ: each row is read once.
    func sum(
        _ weights: [Double], into gradient: inout [Double],
        _ function: @Sendable (_ place: Int, _ d: Double) -> (value: Double, slope: Double)
    ) -> Double {
        let parts = Parallel.map(blocks.count) { block in
            part(blocks[block], weights, function)
        }
        var value = 0.0
        for column in gradient.indices { gradient[column] = 0 }
        for part in parts {
            value += part.value
            for column in 0..<width { gradient[column] += part.gradient[column] }
        }
        return value
    }

    private func part(
        _ range: Range<Int>, _ weights: [Double],
        _ function: (Int, Double) -> (value: Double, slope: Double)
    ) -> (value: Double, gradient: [Double]) {
        switch storage {
        case .double(let values): Self.dense(values, width, range, weights, function)
        case .single(let values): Self.dense(values, width, range, weights.map { Float($0) }, function)
        case .sparse(let rows): Self.sparse(rows, width, range, weights, function)
        }
    }

    @inline(__always)
    private static func dense<T: BinaryFloatingPoint & SIMDScalar>(
        _ values: [T], _ width: Int, _ range: Range<Int>, _ weights: [T],
        _ function: (Int, Double) -> (value: Double, slope: Double)
    ) -> (value: Double, gradient: [Double]) {
        var value = 0.0
        var gradient = [T](repeating: 0, count: width)
        let whole = width - width % 16
        values.withUnsafeBufferPointer { values in
            weights.withUnsafeBufferPointer { weights in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    for place in range {
                        let row = UnsafeRawPointer(values.baseAddress! + place * width)
                        let w = UnsafeRawPointer(weights.baseAddress!)
                        let g = UnsafeMutableRawPointer(gradient.baseAddress!)
                        let stride = MemoryLayout<T>.stride
                        var sums = SIMD16<T>(repeating: 0)
                        var column = 0
                        while column < whole {
                            let x = row.loadUnaligned(fromByteOffset: column * stride, as: SIMD16<T>.self)
                            let v = w.loadUnaligned(fromByteOffset: column * stride, as: SIMD16<T>.self)
                            sums += x * v
                            column += 16
                        }
                        var d = sums.sum()
                        while column < width {
                            d += values[place * width + column] * weights[column]
                            column += 1
                        }
                        let (f, slope) = function(place, Double(d))
                        value += f
                        let s = T(slope)
                        let scale = SIMD16<T>(repeating: s)
                        column = 0
                        while column < whole {
                            let x = row.loadUnaligned(fromByteOffset: column * stride, as: SIMD16<T>.self)
                            var sum = g.loadUnaligned(fromByteOffset: column * stride, as: SIMD16<T>.self)
                            sum += x * scale
                            g.storeBytes(of: sum, toByteOffset: column * stride, as: SIMD16<T>.self)
                            column += 16
                        }
                        while column < width {
                            gradient[column] += values[place * width + column] * s
                            column += 1
                        }
                    }
                }
            }
        }
        return (value, gradient.map { Double($0) })
    }

    private static func sparse(
        _ rows: SparseRows, _ width: Int, _ range: Range<Int>, _ weights: [Double],
        _ function: (Int, Double) -> (value: Double, slope: Double)
    ) -> (value: Double, gradient: [Double]) {
        var value = 0.0
        var gradient = [Double](repeating: 0, count: width)
        for place in range {
            var d = 0.0
            for index in rows.range(place) { d += rows.values[index] * weights[Int(rows.columns[index])] }
            let (f, slope) = function(place, d)
            value += f
            for index in rows.range(place) {
                gradient[Int(rows.columns[index])] += slope * rows.values[index]
            }
        }
        return (value, gradient)
    }

    /// How many columns are 0 in every row.
    var constantColumns: Int {
        var moves = [Bool](repeating: false, count: width)
        switch storage {
        case .double(let values): return Self.still(values, width)
        case .single(let values): return Self.still(values, width)
        case .sparse(let rows):
            for index in rows.values.indices where rows.values[index] != 0 {
                moves[Int(rows.columns[index])] = true
            }
        }
        return moves.count { !$0 }
    }

    /// How many columns are 0 in every row: rows are looked at until every column has moved.
    private static func still<T: BinaryFloatingPoint>(_ values: [T], _ width: Int) -> Int {
        guard width > 0 else { return 0 }
        var still = Array(0..<width)
        for start in stride(from: 0, to: values.count, by: width) where !still.isEmpty {
            still.removeAll { values[start + $0] != 0 }
            if still.isEmpty { break }
        }
        return still.count
    }

    /// The inverse of Σ cᵢ σ(dᵢ) σ(−dᵢ) xᵢ xᵢᵀ + λ I; nil where that is singular.
    ///
    /// Of more than `most` rows every k-th is taken and counted k times, less what the inverse of a sampled sum is too large by.
    func covariance(_ w: [Double], weights: [Double], ridge: Double) -> Matrix? {
        let d = width
        let most = max(20_000, 40 * d)
        let step = (count + most - 1) / most
        let picked = Array(stride(from: 0, to: count, by: step))
        let blocks = Parallel.chunks(picked.count, size: 2048)
        let parts = Parallel.map(blocks.count) { block in
            var rows = [Double](repeating: 0, count: blocks[block].count * d)
            for (index, pick) in blocks[block].enumerated() {
                let place = picked[pick]
                var score = 0.0
                write(place, to: &rows, at: index * d)
                for column in 0..<d { score += w[column] * rows[index * d + column] }
                let p = Special.logistic(score)
                let scale = (weights[place] * p * (1 - p)).squareRoot()
                for column in 0..<d { rows[index * d + column] *= scale }
            }
            let matrix = Matrix(rows: blocks[block].count, columns: d, values: rows)
            return matrix.transposedMultiply(matrix)
        }
        var sum = [Double](repeating: 0, count: d * d)
        for part in parts { for place in sum.indices { sum[place] += part.values[place] } }
        if step > 1 {
            let m = Double(picked.count)
            let scale = Double(count) / m * m / (m - Double(d) - 1)
            for place in sum.indices { sum[place] *= scale }
        }
        for column in 0..<d { sum[column * d + column] += ridge }
        return Cholesky(Matrix(rows: d, columns: d, values: sum))?.inverse()
    }

    private func write(_ place: Int, to rows: inout [Double], at start: Int) {
        switch storage {
        case .double(let values):
            for column in 0..<width { rows[start + column] = values[place * width + column] }
        case .single(let values):
            for column in 0..<width { rows[start + column] = Double(values[place * width + column]) }
        case .sparse(let sparse):
            for index in sparse.range(place) {
                rows[start + Int(sparse.columns[index])] += sparse.values[index]
            }
        }
    }
}
