import Foundation
import Kernels

/// Chooses which pairs to ask next: those whose utilities lie close together, of outcomes asked about seldom.
///
/// Source: Mazeika et al., "Utility Engineering" (2025). Of the pairs not yet asked, the candidates are
/// those with |μₓ − μᵧ| up to its P-th percentile and the sum of degrees up to its Q-th; both percentiles
/// grow by half, at most five times, while there are too few, and what then is missing is drawn from the
/// other pairs.
///
/// Predictions get better where they are hard, between outcomes of like value; for the correlation of all
/// utilities random pairs do as well.
///
/// - Complexity: O(n² log n) for each choice among n outcomes.
public struct ActivePairs: Sendable, Hashable {
    /// P, a percentage.
    public var differencePercentile: Double
    /// Q, a percentage.
    public var degreePercentile: Double

    /// Creates the rule.
    public init(differencePercentile: Double = 10, degreePercentile: Double = 20) {
        precondition(
            (0...100).contains(differencePercentile) && (0...100).contains(degreePercentile),
            "percentiles are from 0 to 100")
        self.differencePercentile = differencePercentile
        self.degreePercentile = degreePercentile
    }

    /// 2 n log₂ n, at most all pairs.
    public static func budget(_ outcomes: Int) -> Int {
        let n = Double(outcomes)
        return min(Int((2 * n * log2(n)).rounded(.down)), outcomes * (outcomes - 1) / 2)
    }

    /// A random circle through all outcomes, which connects them with two pairs each.
    public static func circle(_ outcomes: Int, using random: inout CounterRandom) -> [OutcomePair] {
        let order = random.permutation(outcomes)
        if outcomes == 2 { return [OutcomePair(order[0], order[1])] }
        return order.indices.map { OutcomePair(order[$0], order[($0 + 1) % outcomes]) }
    }

    /// Pairs drawn evenly from those that were not asked.
    public static func random(
        _ count: Int, notIn preferences: SoftPreferences, using random: inout CounterRandom
    ) -> [OutcomePair] {
        var open = unasked(preferences)
        random.shuffle(&open)
        return Array(open.prefix(count))
    }

    /// The pairs to ask next.
    public func choose(
        _ count: Int, means: [Double], notIn preferences: SoftPreferences, using random: inout CounterRandom
    ) -> [OutcomePair] {
        precondition(means.count == preferences.outcomes.count, "a mean for each outcome")
        let open = Self.unasked(preferences)
        guard open.count > count else { return open }
        let degrees = preferences.degrees
        let differences = open.map { abs(means[$0.first] - means[$0.second]) }
        let sums = open.map { Double(degrees[$0.first] + degrees[$0.second]) }
        let (sortedDifferences, sortedSums) = (differences.sorted(), sums.sorted())
        func percentile(_ sorted: [Double], _ percent: Double) -> Double {
            sorted[min(sorted.count - 1, Int(percent / 100 * Double(sorted.count)))]
        }
        var candidates: [Int] = []
        for growth in 0...5 {
            let factor = pow(1.5, Double(growth))
            let difference = percentile(sortedDifferences, min(100, differencePercentile * factor))
            let sum = percentile(sortedSums, min(100, degreePercentile * factor))
            candidates = open.indices.filter { differences[$0] <= difference && sums[$0] <= sum }
            if candidates.count >= count { break }
        }
        random.shuffle(&candidates)
        var chosen = Array(candidates.prefix(count))
        if chosen.count < count {
            let taken = Set(chosen)
            var rest = open.indices.filter { !taken.contains($0) }
            random.shuffle(&rest)
            chosen += rest.prefix(count - chosen.count)
        }
        return chosen.map { open[$0] }
    }

    private static func unasked(_ preferences: SoftPreferences) -> [OutcomePair] {
        let n = preferences.outcomes.count
        var asked = [Bool](repeating: false, count: n * n)
        for pair in preferences.pairs {
            asked[min(pair.first, pair.second) * n + max(pair.first, pair.second)] = true
        }
        var open: [OutcomePair] = []
        for a in 0..<n {
            for b in a + 1..<max(n, a + 1) where !asked[a * n + b] { open.append(OutcomePair(a, b)) }
        }
        return open
    }
}
