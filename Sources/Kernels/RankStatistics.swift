extension Statistics {
    /// Returns the ranks of the values, counted from 1, ties sharing the average of their ranks.
    ///
    /// - Precondition: no value is NaN.
    /// - Complexity: O(*n* log *n*).
    public static func ranks(_ values: [Double]) -> [Double] {
        precondition(!values.contains(where: \.isNaN), "NaN has no rank")
        let order = values.indices.sorted { values[$0] < values[$1] }
        var result = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count && values[order[end]] == values[order[start]] { end += 1 }
            let shared = 0.5 * Double(start + 1 + end)
            for position in start..<end { result[order[position]] = shared }
            start = end
        }
        return result
    }

    /// Returns Spearman's rank correlation, or NaN when either sample has no spread.
    ///
    /// - Precondition: both samples have the same size and no NaN.
    /// - Complexity: O(*n* log *n*).
    public static func spearman(_ x: [Double], _ y: [Double]) -> Double {
        pearson(ranks(x), ranks(y))
    }

    /// Returns Kendall's τ-b, or NaN when either sample has no spread.
    ///
    /// `τ = (concordant − discordant) / √((n₀ − tiesX)(n₀ − tiesY))` over the `n₀ = n(n − 1) / 2` pairs; the
    /// discordant pairs are counted by a merge sort.
    ///
    /// - Precondition: both samples have the same size and no NaN.
    /// - Complexity: O(*n* log *n*).
    public static func kendallTauB(_ x: [Double], _ y: [Double]) -> Double {
        precondition(x.count == y.count, "the samples must be paired")
        precondition(!x.contains(where: \.isNaN) && !y.contains(where: \.isNaN), "NaN has no rank")
        let n = x.count
        guard n > 1 else { return .nan }
        let order = x.indices.sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }
        let tiesX = tiedPairs(n) { x[order[$0]] == x[order[$1]] }
        let tiesBoth = tiedPairs(n) { x[order[$0]] == x[order[$1]] && y[order[$0]] == y[order[$1]] }
        var second = order.map { y[$0] }
        let discordant = sortCountingSwaps(&second)
        let tiesY = tiedPairs(n) { second[$0] == second[$1] }
        let pairs = n * (n - 1) / 2
        guard tiesX < pairs && tiesY < pairs else { return .nan }
        let difference = pairs - tiesX - tiesY + tiesBoth - 2 * discordant
        let spread = Double(pairs - tiesX).squareRoot() * Double(pairs - tiesY).squareRoot()
        return max(-1, min(1, Double(difference) / spread))
    }

    /// The number of tied pairs in a sequence where ties are neighbours.
    private static func tiedPairs(_ n: Int, _ tied: (Int, Int) -> Bool) -> Int {
        var total = 0
        var run = 1
        for i in 1...n {
            if i < n && tied(i - 1, i) {
                run += 1
            } else {
                total += run * (run - 1) / 2
                run = 1
            }
        }
        return total
    }

    /// Sorts by merging and returns how many pairs were in strictly descending order.
    private static func sortCountingSwaps(_ values: inout [Double]) -> Int {
        let n = values.count
        var swaps = 0
        var width = 1
        var merged = values
        while width < n {
            for start in stride(from: 0, to: n, by: 2 * width) {
                let middle = min(start + width, n)
                let end = min(start + 2 * width, n)
                var (i, j) = (start, middle)
                for k in start..<end {
                    if j >= end || (i < middle && values[i] <= values[j]) {
                        merged[k] = values[i]
                        i += 1
                    } else {
                        merged[k] = values[j]
                        j += 1
                        swaps += middle - i
                    }
                }
            }
            swap(&values, &merged)
            width *= 2
        }
        return swaps
    }
}
