/// Four doubles handled as one value.
typealias Lanes = SIMD4<Double>

/// The inner loops that all dense matrix code here is built from.
enum PackedKernel {
    /// The number of four-row groups in one cache block.
    static let blockGroups = 16

    /// Returns the 4×4 product `Cᵢ = Σₖ a[k]ᵢ · b[k]` of two packed strips.
    ///
    /// A strip holds, for each `k`, four neighbouring rows (or columns) of a matrix as one vector.
    @inline(__always)
    static func product(
        _ a: UnsafePointer<Lanes>, _ b: UnsafePointer<Lanes>, _ depth: Int
    ) -> (Lanes, Lanes, Lanes, Lanes) {
        var c0 = Lanes.zero
        var c1 = Lanes.zero
        var c2 = Lanes.zero
        var c3 = Lanes.zero
        var k = 0
        while k < depth {
            let left = a[k]
            let right = b[k]
            c0 += Lanes(repeating: left.x) * right
            c1 += Lanes(repeating: left.y) * right
            c2 += Lanes(repeating: left.z) * right
            c3 += Lanes(repeating: left.w) * right
            k &+= 1
        }
        return (c0, c1, c2, c3)
    }

    /// Returns Σ aᵢ bᵢ, summed in a fixed order.
    @inline(__always)
    static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
        let left = UnsafeRawPointer(a)
        let right = UnsafeRawPointer(b)
        var s0 = Lanes.zero
        var s1 = Lanes.zero
        let whole = count & ~7
        var i = 0
        while i < whole {
            let at = i &* 8
            s0 +=
                left.loadUnaligned(fromByteOffset: at, as: Lanes.self)
                * right.loadUnaligned(fromByteOffset: at, as: Lanes.self)
            s1 +=
                left.loadUnaligned(fromByteOffset: at &+ 32, as: Lanes.self)
                * right.loadUnaligned(fromByteOffset: at &+ 32, as: Lanes.self)
            i &+= 8
        }
        let s = s0 + s1
        var total = (s.x + s.z) + (s.y + s.w)
        while i < count {
            total += a[i] * b[i]
            i &+= 1
        }
        return total
    }

    /// Returns Σ aᵢ bᵢ over two arrays of the same length.
    static func dot(_ a: [Double], _ b: [Double]) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                guard let left = a.baseAddress, let right = b.baseAddress else { return 0 }
                return dot(left, right, min(a.count, b.count))
            }
        }
    }

    /// Adds `scale · x` to `y`.
    @inline(__always)
    static func addScaled(
        _ scale: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        let source = UnsafeRawPointer(x)
        let target = UnsafeMutableRawPointer(y)
        let factor = Lanes(repeating: scale)
        let whole = count & ~3
        var i = 0
        while i < whole {
            let at = i &* 8
            let sum =
                target.loadUnaligned(fromByteOffset: at, as: Lanes.self)
                + factor * source.loadUnaligned(fromByteOffset: at, as: Lanes.self)
            target.storeBytes(of: sum, toByteOffset: at, as: Lanes.self)
            i &+= 4
        }
        while i < count {
            y[i] += scale * x[i]
            i &+= 1
        }
    }
}
