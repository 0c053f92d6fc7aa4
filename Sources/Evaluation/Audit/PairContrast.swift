import Kernels
import Signals

/// Compares each pair of items with itself: how often an item wins when it has some trait (shown first,
/// longer) and when its rival has it.
///
/// With z = 1 where the pair's first item won and x = 1 where it had the trait, the pair's fixed effect is
/// taken out: β = Σ (x − x̄ₚ)(z − z̄ₚ) / Σ (x − x̄ₚ)². Between equals, the trait then wins with probability
/// 1/2 + β/2.
struct PairContrast {
    /// The rows of the pair answers, all decided.
    let rows: [Int]
    /// How many rows are of pairs in which each item had the trait at least once.
    private(set) var both = 0
    /// How often the item with the trait won, over all rows.
    private(set) var raw = 0.0
    /// The trait of each row's first item, with its pair's mean taken off.
    private(set) var x: [Double]
    /// Whether each row's first item won, with its pair's mean taken off.
    private(set) var z: [Double]

    /// A share with its interval and the p-value of 1/2.
    struct Share {
        var value: Double
        var half: Double
        var p: Double

        /// The interval's ends, within 0 and 1.
        var lower: Double { max(0, value - half) }
        /// The interval's ends, within 0 and 1.
        var upper: Double { min(1, value + half) }
    }

    init(_ pairs: PairAnswers, rows: [Int], firstHasTrait: [Bool]) {
        self.rows = rows
        var mean = [(x: Double, z: Double, n: Double)](repeating: (0, 0, 0), count: pairs.pairs)
        var wins = 0
        for (index, row) in rows.enumerated() {
            let pair = Int(pairs.pair[row])
            let won = pairs.answer[row] == .first
            mean[pair].n += 1
            if won { mean[pair].z += 1 }
            if firstHasTrait[index] { mean[pair].x += 1 }
            if won == firstHasTrait[index] { wins += 1 }
        }
        for pair in mean.indices where mean[pair].n > 0 {
            if mean[pair].x > 0 && mean[pair].x < mean[pair].n { both += Int(mean[pair].n) }
            mean[pair].x /= mean[pair].n
            mean[pair].z /= mean[pair].n
        }
        x = rows.indices.map { (firstHasTrait[$0] ? 1 : 0) - mean[Int(pairs.pair[rows[$0]])].x }
        z = rows.map { (pairs.answer[$0] == .first ? 1 : 0) - mean[Int(pairs.pair[$0])].z }
        raw = rows.isEmpty ? 0.5 : Double(wins) / Double(rows.count)
    }

    /// How often the trait wins between equals. The standard error is robust and clustered, with the factor
    /// G/(G − 1) and Student's t on G − 1 degrees of freedom; needs `both` > 0 and two clusters.
    func share(clusters codes: [Int], count: Int) -> Share {
        var top = 0.0
        var bottom = 0.0
        for index in rows.indices {
            top += x[index] * z[index]
            bottom += x[index] * x[index]
        }
        let beta = top / bottom
        var sums = [Double](repeating: 0, count: count)
        for index in rows.indices { sums[codes[index]] += x[index] * (z[index] - beta * x[index]) }
        let groups = Double(count)
        let variance = sums.reduce(0) { $0 + $1 * $1 } * groups / (groups - 1) / (bottom * bottom)
        return Self.test(0.5 + beta / 2, variance.squareRoot() / 2, groups)
    }

    /// How often the trait wins over all rows, strong items and weak ones alike.
    func rawShare(clusters codes: [Int], count: Int, won: [Bool]) -> Share {
        var sums = [Double](repeating: 0, count: count)
        for index in rows.indices { sums[codes[index]] += (won[index] ? 1 : 0) - raw }
        let groups = Double(count)
        let squares = sums.reduce(0) { $0 + $1 * $1 }
        return Self.test(raw, (squares * groups / (groups - 1)).squareRoot() / Double(rows.count), groups)
    }

    private static func test(_ share: Double, _ error: Double, _ groups: Double) -> Share {
        let gap = abs(share - 0.5)
        let p = error > 0 ? 2 * Special.studentCDF(-gap / error, df: groups - 1) : (gap == 0 ? 1 : 0)
        return Share(value: share, half: Special.studentQuantile(0.975, df: groups - 1) * error, p: p)
    }
}
