import Foundation
import Kernels
import Signals

/// Finds judges who give the same answers as another judge, beyond what the questions explain: one person or program under
/// several names.
///
/// For two judges with n shared questions the others' answers give each question a leading answer and its share (one more vote
/// is counted for it, so that few answers explain much and not little). Each judge follows the leading answers with the log-odds
/// of that share plus a constant of their own, fitted to how often they do: two careful judges agree because they are careful.
/// Where both follow they agree; where both do not they are taken to agree too. With ē the mean of the resulting chances,
/// k agreements of n have p ≤ P(Binomial(n, ē) ≥ k) (Hoeffding, "On the distribution of the number of successes in independent
/// trials", 1956). Holm's correction is over all pairs with enough shared questions. Further, a pair is named only where the
/// agreement is at least `share` and twice as far from 1 was expected, so that friends of one taste are not.
///
/// A group that makes up most of those who answered is no group of copies but the judges there are: it is named only where the
/// questions that its members share have at least `minimumOthers` answers of others on average.
///
/// The two orders of the answers (Kendall's τ) and the seconds between them are told as evidence. Pairs that are named
/// make up clusters. What cannot be told: copies that answer every question as everybody does.
///
/// - Complexity: O(pairs of judges · questions of each), at most `budget` steps: the judges with the most answers first.
public struct SybilCheck: Sendable, Hashable, Codable {
    /// The chance that any two honest judges are named.
    public var falseAlarms = 0.01
    /// The fewest questions that two judges share.
    public var minimumShared = 20
    /// The fewest answers of judges outside a group, on average over the questions that its members share.
    public var minimumOthers = 3.0
    /// The least share of equal answers.
    public var share = 0.9
    /// The most steps that are spent on comparing judges.
    public var budget = 200_000_000

    /// Creates the check.
    public init() {}

    /// Looks at the judges of a log.
    public func run(on log: FeedbackLog) throws(EvaluationError) -> VoteReport { try run(VoteSheet(log)) }

    func run(_ sheet: VoteSheet) throws(EvaluationError) -> VoteReport {
        var report = VoteReport()
        let book = AnswerBook(sheet)
        let judges = affordable(book)
        var candidates: [SybilPair] = []
        var tested = 0
        for (place, a) in judges.enumerated() {
            for b in judges[(place + 1)...] {
                let (shared, agreed) = book.agreement(a, b)
                guard shared >= minimumShared else { continue }
                tested += 1
                if Double(agreed) >= share * Double(shared) {
                    candidates.append(SybilPair(a: a, b: b, shared: shared, agreed: agreed))
                }
            }
        }
        if tested == 0 {
            report.absent[.sybil] = "No two judges share \(minimumShared) questions."
            return report
        }
        for place in candidates.indices { candidates[place].assess(book) }
        // Pairs that agree less have a p of 1 and only add to the number of tests.
        let raw = candidates.map(\.p) + [Double](repeating: 1, count: tested - candidates.count)
        let adjusted = try HolmAdjustment().adjust(raw)
        let named = candidates.indices.filter { place in
            let pair = candidates[place]
            let missed = 1 - Double(pair.agreed) / Double(pair.shared)
            return adjusted[place] <= falseAlarms && 2 * missed <= 1 - pair.expected
        }
        let pairs = named.map { (candidates[$0], adjusted[$0]) }
        let groups = Self.clusters(pairs.map { ($0.0.a, $0.0.b) })
        for group in groups where book.others(than: group) >= minimumOthers {
            report.clusters.append(group.map { sheet.judges[UInt32($0)] }.sorted())
            for judge in group {
                guard
                    let (pair, p) = pairs.filter({ $0.0.a == judge || $0.0.b == judge }).min(by: {
                        $0.1 < $1.1
                    })
                else { continue }
                report.suspicions.append(pair.suspicion(judge, p, size: group.count, sheet, book))
            }
        }
        report.clusters.sort { $0[0] < $1[0] }
        return report
    }

    /// The judges with enough answers, as many as the budget allows.
    private func affordable(_ book: AnswerBook) -> [Int] {
        let all = book.answers.indices.filter { book.answers[$0].count >= minimumShared }
            .sorted { (book.answers[$1].count, $0) < (book.answers[$0].count, $1) }
        var steps = 0
        var sum = 0
        var chosen: [Int] = []
        for judge in all {
            let own = book.answers[judge].count
            steps += sum + chosen.count * own
            if steps > budget { break }
            sum += own
            chosen.append(judge)
        }
        return chosen
    }

    private static func clusters(_ pairs: [(Int, Int)]) -> [[Int]] {
        var group: [Int: Int] = [:]
        func root(_ judge: Int) -> Int {
            var judge = judge
            while let next = group[judge], next != judge { judge = next }
            return judge
        }
        for (a, b) in pairs {
            let (x, y) = (root(a), root(b))
            group[max(x, y)] = min(x, y)
            group[min(x, y)] = min(x, y)
        }
        let members = Set(pairs.flatMap { [$0.0, $0.1] })
        return Dictionary(grouping: members, by: root).values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
