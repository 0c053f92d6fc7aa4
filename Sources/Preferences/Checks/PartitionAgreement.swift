/// Compares two ways of putting the same things into groups.
public enum PartitionAgreement {
    /// The adjusted Rand index: 1 where two groupings are the same, 0 on average where one was drawn at
    /// random.
    ///
    /// Hubert and Arabie, "Comparing partitions" (1985). With n_ij things in group i of one and j of the
    /// other, ARI = (Σ C(n_ij, 2) − E)/(½[Σ C(a_i, 2) + Σ C(b_j, 2)] − E), E = Σ C(a_i, 2) Σ C(b_j, 2)/C(n,
    /// 2). Two groupings that both have one group, or both only groups of one, are the same: 1.
    ///
    /// - Precondition: both lists have the same length.
    /// - Complexity: O(n).
    public static func adjustedRandIndex<A: Hashable, B: Hashable>(_ one: [A], _ other: [B]) -> Double {
        precondition(one.count == other.count, "both groupings must be of the same things")
        var cells: [Both<A, B>: Int] = [:], rows: [A: Int] = [:], columns: [B: Int] = [:]
        for (a, b) in zip(one, other) {
            cells[Both(a: a, b: b), default: 0] += 1
            rows[a, default: 0] += 1
            columns[b, default: 0] += 1
        }
        func pairs(_ counts: some Sequence<Int>) -> Double {
            Double(counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 })
        }
        let together = pairs(cells.values), a = pairs(rows.values), b = pairs(columns.values)
        let all = pairs([one.count])
        let expected = all > 0 ? a * b / all : 0
        let most = (a + b) / 2
        return most == expected ? 1 : (together - expected) / (most - expected)
    }

    /// A group of one and a group of the other.
    private struct Both<A: Hashable, B: Hashable>: Hashable {
        var a: A
        var b: B
    }
}
