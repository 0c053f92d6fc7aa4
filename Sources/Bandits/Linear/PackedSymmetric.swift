/// Arithmetic on symmetric matrices stored as the rows of their lower triangle.
///
/// A matrix of order d takes d(d+1)/2 places, padded with zeros to a multiple of eight.
enum PackedSymmetric {
    /// The places that a matrix of order `n` takes.
    @inline(__always)
    static func stride(_ n: Int) -> Int { (n * (n + 1) / 2 + 7) & ~7 }

    /// The place of the first element of a row.
    @inline(__always)
    static func row(_ i: Int) -> Int { i * (i + 1) / 2 }

    /// Writes the products xᵢxⱼ in packed order, twice those off the diagonal, so that the sum of their products with
    /// a packed matrix A is xᵀAx.
    @inline(__always)
    static func products(_ x: UnsafeBufferPointer<Double>, into out: UnsafeMutableBufferPointer<Double>) {
        var at = 0
        for i in 0..<x.count {
            let twice = 2 * x[i]
            for j in 0..<i { out[at &+ j] = twice * x[j] }
            out[at &+ i] = x[i] * x[i]
            at += i + 1
        }
        while at < out.count {
            out[at] = 0
            at += 1
        }
    }

    /// The inner product of the first `count` elements.
    @inline(__always)
    static func dot(_ a: UnsafeMutableBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, _ count: Int)
        -> Double
    {
        dot(UnsafeBufferPointer(a), b, count)
    }

    /// The inner product of the first `count` elements, in eight sums.
    @inline(__always)
    static func dot(_ a: UnsafeBufferPointer<Double>, _ b: UnsafeBufferPointer<Double>, _ count: Int)
        -> Double
    {
        let x = UnsafeRawPointer(a.baseAddress!), y = UnsafeRawPointer(b.baseAddress!)
        var sums = SIMD8<Double>.zero
        let whole = count & ~7
        var at = 0
        while at < whole {
            sums +=
                x.loadUnaligned(fromByteOffset: at &* 8, as: SIMD8<Double>.self)
                * y.loadUnaligned(fromByteOffset: at &* 8, as: SIMD8<Double>.self)
            at &+= 8
        }
        let four = sums.lowHalf + sums.highHalf
        let two = four.lowHalf + four.highHalf
        var sum = two.x + two.y
        while at < count {
            sum += a[at] * b[at]
            at &+= 1
        }
        return sum
    }

    /// The quadratic form xᵀAx of a sparse or short vector.
    static func form(_ x: FeatureVector, _ a: UnsafeBufferPointer<Double>) -> Double {
        var sum = 0.0
        for p in 0..<x.values.count {
            let i = x.isDense ? p : Int(x.indices[p])
            var inner = 0.5 * x.values[p] * a[row(i) + i]
            for q in 0..<p {
                let j = x.isDense ? q : Int(x.indices[q])
                inner += x.values[q] * a[row(max(i, j)) + min(i, j)]
            }
            sum += 2 * x.values[p] * inner
        }
        return sum
    }

    /// Writes all values of a vector, zeros included.
    @inline(__always)
    static func spread(_ x: FeatureVector, _ out: UnsafeMutableBufferPointer<Double>) {
        x.values.withUnsafeBufferPointer { values in
            if x.isDense {
                for i in 0..<values.count { out[i] = values[i] }
                for i in values.count..<max(out.count, values.count) { out[i] = 0 }
            } else {
                out.update(repeating: 0)
                for i in 0..<values.count { out[Int(x.indices[i])] = values[i] }
            }
        }
    }

    /// Writes u = Ax.
    ///
    /// - Parameter dense: The values of `x`, zeros included.
    @inline(__always)
    static func multiply(
        _ a: UnsafeMutableBufferPointer<Double>, _ x: FeatureVector,
        _ dense: UnsafeMutableBufferPointer<Double>, into u: UnsafeMutableBufferPointer<Double>
    ) {
        let n = u.count
        if x.isDense {
            var at = 0
            for i in 0..<n {
                let xi = dense[i]
                var sum = 0.0
                for j in 0..<i {
                    let element = a[at &+ j]
                    sum += element * dense[j]
                    u[j] += element * xi
                }
                u[i] = sum + a[at &+ i] * xi
                at += i + 1
            }
        } else {
            u.update(repeating: 0)
            for (place, value) in zip(x.indices, x.values) {
                let i = Int(place)
                for j in 0..<i { u[j] += value * a[row(i) + j] }
                for j in i..<n { u[j] += value * a[row(j) + i] }
            }
        }
    }

    /// The inner products of x with θ and with u.
    @inline(__always)
    static func meanAndVariance(
        _ x: UnsafeMutableBufferPointer<Double>, theta: UnsafeMutableBufferPointer<Double>,
        _ u: UnsafeMutableBufferPointer<Double>
    ) -> (Double, Double) {
        var mean = 0.0, variance = 0.0
        for i in 0..<x.count {
            mean += x[i] * theta[i]
            variance += x[i] * u[i]
        }
        return (mean, variance)
    }

    /// Adds scale·xxᵀ of a vector that may be sparse.
    @inline(__always)
    static func add(
        _ scale: Double, _ x: FeatureVector, _ dense: UnsafeMutableBufferPointer<Double>,
        to a: UnsafeMutableBufferPointer<Double>
    ) {
        if x.isDense {
            add(scale, dense, to: a)
        } else {
            for (place, value) in zip(x.indices, x.values) {
                let i = Int(place)
                for (other, factor) in zip(x.indices, x.values) where other <= place {
                    a[row(i) + Int(other)] += scale * value * factor
                }
            }
        }
    }

    /// Adds scale·xxᵀ.
    @inline(__always)
    static func add(
        _ scale: Double, _ x: UnsafeMutableBufferPointer<Double>, to a: UnsafeMutableBufferPointer<Double>
    ) {
        var at = 0
        for i in 0..<x.count {
            let factor = scale * x[i]
            for j in 0...i { a[at &+ j] += factor * x[j] }
            at += i + 1
        }
    }
}
