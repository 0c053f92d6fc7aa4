/// Enumerates the triples of items of which all three pairs were compared, and looks for cycles among them.
///
/// Triangles are listed through adjacency lists in the order of rising degree (Schank and Wagner, "Finding,
/// counting and listing all triangles in large graphs", 2005): O(pairs^{3/2}) at worst, all triples of a full
/// graph and few more steps than triangles in a sparse one.
struct CycleSearch: Sendable {
    /// What one data set says about each pair, the first item of the pair seen from the second.
    struct Leanings {
        /// 1 where the first item won more than half, −1 less, 0 half.
        var majority: [Int8]
        /// The residual log-odds (S − E)/V.
        var residual: [Double]
        /// Its variance 1/V.
        var variance: [Double]
    }

    /// What was found.
    struct Result {
        /// The squared z of the strongest cycle; 0 without one.
        var strength = 0.0
        /// The pairs of the strongest cycle.
        var pairs: [Int] = []
        /// How many triples go in a circle.
        var cyclic = 0
    }

    private struct Neighbour {
        var item: Int32
        var pair: Int32
        /// 1 where the pair's first item is the list's owner, else −1.
        var sign: Int8
    }

    private let starts: [Int]
    private let neighbours: [Neighbour]
    /// The number of triples that all have data.
    private(set) var triples = 0

    init(items: Int, first: [Int32], second: [Int32]) {
        var degree = [Int](repeating: 0, count: items)
        for pair in first.indices {
            degree[Int(first[pair])] += 1
            degree[Int(second[pair])] += 1
        }
        let order = (0..<items).sorted { degree[$0] != degree[$1] ? degree[$0] < degree[$1] : $0 < $1 }
        var place = [Int](repeating: 0, count: items)
        for (index, item) in order.enumerated() { place[item] = index }
        // Lists are kept by place, and hold only later places.
        var lists = [[Neighbour]](repeating: [], count: items)
        for pair in first.indices {
            let a = place[Int(first[pair])], b = place[Int(second[pair])]
            lists[min(a, b)].append(
                Neighbour(item: Int32(max(a, b)), pair: Int32(pair), sign: a < b ? 1 : -1))
        }
        var starts = [0]
        for list in lists { starts.append(starts[starts.count - 1] + list.count) }
        self.starts = starts
        neighbours = lists.flatMap { $0 }
        var found = 0
        forEachTriple { _, _, _ in found += 1 }
        triples = found
    }

    /// Finds the strongest cycle: a ≻ b ≻ c ≻ a by majority, with the largest
    /// z = (r_ab + r_bc + r_ca) / √(v_ab + v_bc + v_ca).
    func strongest(_ leanings: Leanings) -> Result {
        // In the order of the lists, and seen from their owners, the search reads straight on.
        let way = neighbours.map { $0.sign &* leanings.majority[Int($0.pair)] }
        let residual = neighbours.map { Double($0.sign) * leanings.residual[Int($0.pair)] }
        let variance = neighbours.map { leanings.variance[Int($0.pair)] }
        var result = Result()
        var best = (0, 0, 0)
        way.withUnsafeBufferPointer { way in
            residual.withUnsafeBufferPointer { residual in
                variance.withUnsafeBufferPointer { variance in
                    forEachTriple { ab, bc, ac in
                        let turn = way[ab]
                        if turn == 0 || way[bc] != turn || way[ac] != 0 &- turn { return }
                        result.cyclic += 1
                        let curl = Double(turn) * (residual[ab] + residual[bc] - residual[ac])
                        if curl <= 0 { return }
                        let strength = curl * curl / (variance[ab] + variance[bc] + variance[ac])
                        if strength > result.strength {
                            result.strength = strength
                            best = (ab, bc, ac)
                        }
                    }
                }
            }
        }
        if result.strength > 0 { result.pairs = [best.0, best.1, best.2].map { Int(neighbours[$0].pair) } }
        return result
    }

    /// Calls `body` with the places in the lists of the pairs (a, b), (b, c) and (a, c).
    @inline(__always)
    private func forEachTriple(_ body: (Int, Int, Int) -> Void) {
        let items = starts.count - 1
        var mark = [Int32](repeating: -1, count: items)
        mark.withUnsafeMutableBufferPointer { mark in
            neighbours.withUnsafeBufferPointer { neighbours in
                for a in 0..<items {
                    let mine = starts[a]..<starts[a + 1]
                    if mine.count < 2 { continue }
                    for ab in mine { mark[Int(neighbours[ab].item)] = Int32(ab) }
                    for ab in mine {
                        let b = Int(neighbours[ab].item)
                        for bc in starts[b]..<starts[b + 1] {
                            let ac = mark[Int(neighbours[bc].item)]
                            if ac >= 0 { body(ab, bc, Int(ac)) }
                        }
                    }
                    for ab in mine { mark[Int(neighbours[ab].item)] = -1 }
                }
            }
        }
    }
}
