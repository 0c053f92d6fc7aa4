import Foundation
import Kernels
import Signals

/// The comparisons of a log counted in cells: equal pairs in equal circumstances.
///
/// Items are numbered in the order of falling scores, so that neither names nor the order of lines decide
/// anything.
struct PairCells: Sendable {
    /// The two items of each cell, the one with the higher score first.
    private(set) var first: [Int32] = []
    private(set) var second: [Int32] = []
    /// 1 where the first item has the advantage of place, −1 where the second has it, 0 for neither.
    private(set) var place: [Double] = []
    /// What covariates add to η.
    private(set) var offset: [Double] = []
    /// The weight of wins, ties and losses of the first item, three for each cell.
    private(set) var counts: [Double] = []
    /// Where each pair's cells begin; one more than there are pairs.
    private(set) var pairStarts: [Int] = [0]

    var count: Int { first.count }
    var pairCount: Int { pairStarts.count - 1 }

    /// Covariates count to the nearest 1/32 of a log-odds.
    private static let grid = 32.0

    init(_ log: FeedbackLog, _ scores: ItemScores, _ offsets: CovariateOffsets) {
        var cells: [UInt64: SIMD4<Double>] = [:]
        FeedbackPairs(log: log, kinds: .comparisons, places: scores.places).forEach { answer in
            let a = scores.places[Int(answer.left)], b = scores.places[Int(answer.right)]
            if a < 0 || b < 0 || a == b { return }
            let flipped = a > b
            let shift = max(-8000, min(8000, (offsets[answer.row] * Self.grid).rounded()))
            let key =
                UInt64(min(a, b)) << 40 | UInt64(max(a, b)) << 16
                | UInt64((flipped ? -answer.place : answer.place) + 1) << 14
                | UInt64(Int(flipped ? -shift : shift) + 8192)
            cells[key, default: .zero] +=
                answer.weight
                * SIMD4(flipped ? answer.loss : answer.win, answer.tie, flipped ? answer.win : answer.loss, 0)
        }
        for key in cells.keys.sorted() {
            let i = Int32(key >> 40), j = Int32(key >> 16 & 0xFF_FFFF)
            if count > 0, i != first[count - 1] || j != second[count - 1] { pairStarts.append(count) }
            first.append(i)
            second.append(j)
            place.append(Double(Int(key >> 14 & 3) - 1))
            offset.append(Double(Int(key & 0x3FFF) - 8192) / Self.grid)
            let seen = cells[key]!
            for outcome in 0..<3 { counts.append(seen[outcome]) }
        }
        if count > 0 { pairStarts.append(count) }
    }

    /// The weight of a cell.
    func total(_ cell: Int) -> Double { counts[3 * cell] + counts[3 * cell + 1] + counts[3 * cell + 2] }

    /// Draws all counts anew from these probabilities of win, tie and loss. A weight counts as that many
    /// answers.
    func draw(_ probabilities: [OutcomeProbability], _ random: inout CounterRandom) -> [Double] {
        var drawn = [Double](repeating: 0, count: counts.count)
        for cell in 0..<count {
            let p = probabilities[cell]
            let total = total(cell)
            let whole = (total + 1e-9).rounded(.down)
            let wins = Binomial.draw(Int(whole), p.win, &random)
            let rest = p.tie + p.loss
            let ties = Binomial.draw(Int(whole) - wins, rest > 0 ? p.tie / rest : 0, &random)
            drawn[3 * cell] = Double(wins)
            drawn[3 * cell + 1] = Double(ties)
            drawn[3 * cell + 2] = whole - Double(wins + ties)
            if total - whole > 1e-9 {
                let u = random.uniform()
                drawn[3 * cell + (u < p.win ? 0 : u < p.win + p.tie ? 1 : 2)] += total - whole
            }
        }
        return drawn
    }
}

/// Draws from the binomial distribution.
enum Binomial {
    /// The number of successes in n trials of probability p.
    ///
    /// Large n are halved by drawing a median of n uniform numbers, which is a beta variable (Relles, "A
    /// simple algorithm for generating binomial random variables when N is large", 1972). Exact; O(log n)
    /// draws.
    static func draw(_ n: Int, _ p: Double, _ random: inout CounterRandom) -> Int {
        var n = n, p = p, successes = 0
        while n > 64, p > 0, p < 1 {
            let k = n / 2 + 1
            let x = random.gamma(shape: Double(k)), y = random.gamma(shape: Double(n + 1 - k))
            let median = x / (x + y)
            if median <= p {
                successes += k
                n -= k
                p = (p - median) / (1 - median)
            } else {
                n = k - 1
                p /= median
            }
        }
        if p <= 0 { return successes }
        if p >= 1 { return successes + n }
        for _ in 0..<n where random.uniform() < p { successes += 1 }
        return successes
    }
}
