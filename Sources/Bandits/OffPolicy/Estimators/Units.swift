/// The units of a sample, numbered.
enum Units {
    /// The number 0..<count of each row's unit, in the order of their names; every row its own where there are none.
    static func places(_ unit: [Int32], count: Int) -> (unit: [Int], count: Int) {
        guard !unit.isEmpty else { return (Array(0..<count), count) }
        let order = unit.indices.sorted { (unit[$0], $0) < (unit[$1], $1) }
        var places = [Int](repeating: 0, count: count), next = 0
        for (rank, row) in order.enumerated() {
            if rank > 0, unit[row] != unit[order[rank - 1]] { next += 1 }
            places[row] = next
        }
        return (places, next + 1)
    }
}
