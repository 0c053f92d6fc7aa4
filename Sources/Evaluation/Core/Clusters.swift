/// The cluster of each row, checked; each row is its own cluster where none are given.
struct Clusters: Sendable {
    /// The number of clusters.
    let count: Int
    private let codes: [Int]?

    init(_ codes: [Int]?, rows: Int) throws(EvaluationError) {
        guard let codes else {
            self.codes = nil
            count = rows
            return
        }
        guard codes.count == rows else { throw .lengths(expected: rows, found: codes.count) }
        if let row = codes.firstIndex(where: { $0 < 0 }) { throw .cluster(row: row, value: codes[row]) }
        self.codes = codes
        count = (codes.max() ?? -1) + 1
    }

    subscript(row: Int) -> Int { codes?[row] ?? row }
}
