import Foundation

/// What choosing the best of n by one score brings in another, for every n at once from one pool of candidates.
///
/// Sorted by the score that is chosen by, the best of n draws without replacement is the i-th lowest of N candidates with
/// probability wᵢ = C(i − 1, n − 1) / C(N, n); so Σ wᵢ g₍ᵢ₎ is the mean of g over all ways to draw, without bias. Candidates with
/// equal scores share their weights. The divergence of the best of n from the distribution that candidates come from is
/// KLₙ = ln n − (n − 1)/n, for scores without ties.
///
/// - Complexity: O(N log N) once, O(N) for each n.
///
/// ```swift
/// let best = BestOfN(proxy)
/// let gained = best.expected(gold, n: 16) - best.expected(gold, n: 1)
/// ```
public struct BestOfN: Sendable, Hashable {
    /// The places of the candidates by rising score.
    public let order: [Int]
    /// For each of them the range of places with the same score.
    private let ties: [Range<Int>]

    /// Sorts a pool by the score that is chosen by.
    public init(_ scores: [Double]) {
        precondition(!scores.isEmpty && !scores.contains(where: \.isNaN), "candidates have scores")
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        var ties: [Range<Int>] = []
        var start = 0
        for end in 1...order.count
        where end == order.count || scores[order[end]] != scores[order[start]] {
            ties.append(start..<end)
            start = end
        }
        self.order = order
        self.ties = ties
    }

    /// The probability with which the best of n is each candidate, in the order in which they were given.
    public func weights(n: Int) -> [Double] {
        let total = order.count
        precondition((1...total).contains(n), "the best of \(n) out of \(total) candidates")
        var sorted = [Double](repeating: 0, count: total)
        var weight = Double(n) / Double(total)
        for rank in stride(from: total, through: n, by: -1) {
            sorted[rank - 1] = weight
            // C(i − 2, n − 1) = C(i − 1, n − 1) · (i − n)/(i − 1).
            if rank > 1 { weight *= Double(rank - n) / Double(rank - 1) }
        }
        var result = [Double](repeating: 0, count: total)
        for tie in ties {
            let share = sorted[tie].reduce(0, +) / Double(tie.count)
            for rank in tie { result[order[rank]] = share }
        }
        return result
    }

    /// The mean of `values` over the best of n.
    public func expected(_ values: [Double], n: Int) -> Double {
        precondition(values.count == order.count, "a value for each candidate")
        return zip(weights(n: n), values).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// KLₙ = ln n − (n − 1)/n, in nats.
    public static func divergence(n: Int) -> Double {
        precondition(n > 0, "the best of at least one")
        return log(Double(n)) - Double(n - 1) / Double(n)
    }
}
