import Kernels

/// The pairs with a vote, and for each item its neighbours: the off-diagonal of the information.
///
/// Every sum over neighbours is made item by item in the order of the items, so that its bits do not depend
/// on the number of threads. Complexity: O(items + pairs) memory and for each product.
struct VoteGraph: Sendable {
    /// The items of each pair, left below right, in their order.
    private(set) var left: [Int32] = []
    private(set) var right: [Int32] = []
    /// The pair of each term it was made from.
    private(set) var pairOfTerm: [Int32] = []
    /// Where each item's neighbours begin.
    private(set) var starts: [Int]
    /// The neighbours of each item, rising.
    private(set) var neighbours: [Int32]
    /// The pair behind each neighbour.
    private(set) var pairs: [Int32]
    /// The curvature of each pair, the weight of its edge.
    private(set) var curvature: [Double]
    /// The same beside each neighbour.
    private(set) var weights: [Double]

    static let chunk = 2048

    var count: Int { starts.count - 1 }

    init(items: Int, terms: PairTerms) {
        pairOfTerm.reserveCapacity(terms.count)
        for term in 0..<terms.count {
            let a = Int32(terms.left[term]), b = Int32(terms.right[term])
            if left.last != a || right.last != b {
                left.append(a)
                right.append(b)
            }
            pairOfTerm.append(Int32(left.count - 1))
        }
        starts = [Int](repeating: 0, count: items + 1)
        for pair in left.indices {
            starts[Int(left[pair]) + 1] += 1
            starts[Int(right[pair]) + 1] += 1
        }
        for item in 0..<items { starts[item + 1] += starts[item] }
        var next = starts
        neighbours = [Int32](repeating: 0, count: 2 * left.count)
        pairs = neighbours
        for pair in left.indices {
            let a = Int(left[pair]), b = Int(right[pair])
            neighbours[next[a]] = right[pair]
            pairs[next[a]] = Int32(pair)
            next[a] += 1
            neighbours[next[b]] = left[pair]
            pairs[next[b]] = Int32(pair)
            next[b] += 1
        }
        curvature = [Double](repeating: 0, count: left.count)
        weights = [Double](repeating: 0, count: neighbours.count)
    }

    /// Sets the curvature of every pair.
    mutating func setCurvature(_ values: [Double]) {
        curvature = values
        for slot in weights.indices { weights[slot] = values[Int(pairs[slot])] }
    }

    /// The curvature between two items, 0 where no vote was cast.
    func weight(_ i: Int, _ j: Int) -> Double {
        var low = starts[i], high = starts[i + 1]
        let wanted = Int32(j)
        while low < high {
            let middle = (low + high) / 2
            if neighbours[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < starts[i + 1] && neighbours[low] == wanted ? weights[low] : 0
    }

    /// The sum of the curvatures at each item.
    func degrees() -> [Double] {
        (0..<count).map { item in
            var sum = 0.0
            for slot in starts[item]..<starts[item + 1] { sum += weights[slot] }
            return sum
        }
    }

    /// Σ of a value of each pair over the pairs of each item, taken off where the item is the right one.
    func divergence(_ values: [Double]) -> [Double] {
        (0..<count).map { item in
            var sum = 0.0
            for slot in starts[item]..<starts[item + 1] {
                let value = values[Int(pairs[slot])]
                sum += Int(neighbours[slot]) > item ? value : -value
            }
            return sum
        }
    }

    /// y = diag(diagonal) x − W x.
    func multiply(
        _ x: UnsafeBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>, diagonal: [Double]
    ) {
        nonisolated(unsafe) let x = x
        nonisolated(unsafe) let y = y
        let chunks = Parallel.chunks(count, size: Self.chunk)
        Parallel.forEach(chunks.count) { chunk in
            for item in chunks[chunk] {
                var sum = diagonal[item] * x[item]
                for slot in starts[item]..<starts[item + 1] {
                    sum -= weights[slot] * x[Int(neighbours[slot])]
                }
                y[item] = sum
            }
        }
    }

    /// W x for `groups` vectors of samples at each item.
    func sums(of x: [SIMD8<Float>], groups: Int) -> [SIMD8<Float>] {
        let chunks = Parallel.chunks(count, size: Self.chunk)
        let parts = Parallel.map(chunks.count) { chunk -> [SIMD8<Float>] in
            var out = [SIMD8<Float>](repeating: .zero, count: chunks[chunk].count * groups)
            for (place, item) in chunks[chunk].enumerated() {
                for slot in starts[item]..<starts[item + 1] {
                    let weight = Float(weights[slot]), from = Int(neighbours[slot]) * groups
                    for g in 0..<groups { out[place * groups + g] += weight * x[from + g] }
                }
            }
            return out
        }
        return Array(parts.joined())
    }
}
