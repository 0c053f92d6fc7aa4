import Signals

/// Elects by striking the last: ballots count for their best candidate that is left, until one has a majority.
///
/// Instant-runoff voting (the alternative vote). In each round the candidate with the fewest first places is struck,
/// and those ballots move to their next named candidate; a ballot without one left is exhausted. Ties for the last
/// place are broken by earlier rounds, then by the name's bytes. A tier with several candidates is read in the order
/// of their names' bytes, because the rule knows no ties.
///
/// Complexity: O(candidates · ballots).
///
/// ```swift
/// let result = InstantRunoff().count(log)
/// print(result.winner ?? "nobody")
/// ```
public struct InstantRunoff: Sendable {
    /// One round: each remaining candidate's votes, most first, and who was struck after it.
    public struct Round: Sendable, Hashable {
        /// The votes of the candidates that are left.
        public var votes: [CountedItem]
        /// Ballots that name no candidate that is left.
        public var exhausted: Double
        /// The candidate that was struck, `nil` in the last round.
        public var struck: String?
    }

    /// The rounds, and the order that they end in.
    public struct Result: Sendable, Hashable {
        /// The rounds.
        public var rounds: [Round]
        /// The candidates, the winner first, then in the reverse order of being struck.
        public var order: [String]
        /// Who won, where there was a ballot.
        public var winner: String? { order.first }
    }

    /// Creates the rule.
    public init() {}

    /// Counts the rankings of a log.
    public func count(_ log: FeedbackLog) -> Result {
        let table = log.rankings
        var ballots: [[UInt32]: Double] = [:]
        var running = Set<UInt32>()
        for row in 0..<table.count {
            let range = table.range(row)
            for slot in range { running.insert(table.items[slot]) }
            let named = range.filter { table.tier[$0] >= 0 }
            let order = named.sorted { a, b in
                table.tier[a] != table.tier[b]
                    ? table.tier[a] < table.tier[b]
                    : log.items[table.items[a]].utf8.lexicographicallyPrecedes(log.items[table.items[b]].utf8)
            }
            ballots[order.map { table.items[$0] }, default: 0] += table.context.weight[row]
        }
        var rounds: [Round] = []
        var struck: [String] = []
        var history: [[UInt32: Double]] = []
        while !running.isEmpty {
            var votes: [UInt32: Double] = [:]
            for candidate in running { votes[candidate] = 0 }
            var exhausted = 0.0
            for (ballot, weight) in ballots {
                if let first = ballot.first(where: running.contains) {
                    votes[first]! += weight
                } else {
                    exhausted += weight
                }
            }
            let counted = CountedItem.sorted(
                votes.map { CountedItem(item: log.items[$0.key], value: $0.value) })
            let total = counted.reduce(0) { $0 + $1.value }
            var round = Round(votes: counted, exhausted: exhausted)
            if running.count <= 2 || counted[0].value > total / 2 {
                rounds.append(round)
                return Result(rounds: rounds, order: counted.map(\.item) + struck.reversed())
            }
            let fewest = votes.values.min() ?? 0
            var last = running.filter { votes[$0] == fewest }
            for earlier in history.reversed() where last.count > 1 {
                let least = last.map { earlier[$0] ?? 0 }.min() ?? 0
                last = last.filter { (earlier[$0] ?? 0) == least }
            }
            let loser = last.max { log.items[$0].utf8.lexicographicallyPrecedes(log.items[$1].utf8) }!
            history.append(votes)
            running.remove(loser)
            struck.append(log.items[loser])
            round.struck = log.items[loser]
            rounds.append(round)
        }
        return Result(rounds: rounds, order: struck.reversed())
    }
}
