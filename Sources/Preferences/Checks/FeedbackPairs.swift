import Signals

/// One answer about two items, whatever kind of feedback it came from.
struct PairAnswer {
    /// The codes of the two items in the log.
    var left: UInt32
    var right: UInt32
    /// The share of the answer that says left, tie and right; they add up to 1.
    var win: Double
    var tie: Double
    var loss: Double
    var weight: Double
    var judge: UInt32
    var prompt: UInt32
    /// 1 where the left item has the advantage of place, −1 where the right has it, 0 for neither.
    var place: Int
    /// The number of the observation: comparisons first, then rankings, choices and groups of ratings.
    var observation: Int
    /// The row of the comparison, or −1.
    var row: Int

    /// What the left item got: 1 for a win, ½ for a tie, 0 for a loss.
    var share: Double { win + 0.5 * tie }
}

/// Reads the feedback of a log as answers about pairs, for checks that look at pairs.
///
/// A comparison is one answer. A ranking gives all its pairs, each with the weight stages/pairs, so that m
/// items without ties weigh m − 1. Under Luce's choice axiom the pairs of a ranking, also of one cut short,
/// have the probabilities of plain comparisons; those of neighbours in the result would not. Pairs of the
/// unplaced are left out. The pairs of long rankings are taken at a few distances round a ring of the items
/// in their order of strength, which does not depend on the ranking itself.
struct FeedbackPairs {
    /// The kinds of feedback to read.
    struct Kinds: OptionSet {
        let rawValue: Int
        static let comparisons = Kinds(rawValue: 1)
        static let rankings = Kinds(rawValue: 2)
        static let ratings = Kinds(rawValue: 4)
    }

    /// About how many pairs one ranking gives at most; at least one for each of its items.
    static let limit = 256

    let log: FeedbackLog
    let kinds: Kinds
    /// The place of each item code in an order that does not depend on names or lines.
    let places: [Int32]

    /// Calls `body` with each answer.
    func forEach(_ body: (PairAnswer) -> Void) {
        if kinds.contains(.comparisons) { comparisons(body) }
        if kinds.contains(.rankings) {
            rankings(body)
            choices(body)
        }
        if kinds.contains(.ratings) { ratings(body) }
    }

    private func comparisons(_ body: (PairAnswer) -> Void) {
        let table = log.comparisons
        let context = table.context
        for row in 0..<table.count {
            let weight = context.weight[row]
            let outcome = table.outcome[row]
            if outcome == .skip || weight <= 0 { continue }
            let first = table.first[row]
            var answer = PairAnswer(
                left: table.left[row], right: table.right[row], win: 0, tie: 0, loss: 0, weight: weight,
                judge: context.judge[row], prompt: context.prompt[row],
                place: first == nil ? 0 : first == .left ? 1 : -1, observation: row, row: row)
            let probability = table.probability[row]
            if !probability.isNaN {
                answer.win = probability
                answer.loss = 1 - probability
            } else {
                switch outcome {
                case .left: answer.win = 1
                case .right: answer.loss = 1
                default: answer.tie = 1
                }
            }
            body(answer)
        }
    }

    private func rankings(_ body: (PairAnswer) -> Void) {
        let table = log.rankings
        for row in 0..<table.count {
            let members = table.range(row).map { slot -> Member in
                let tier = table.tier[slot]
                return Member(item: table.items[slot], level: tier < 0 ? .infinity : Double(tier))
            }
            let tiers = Set(members.lazy.map(\.level).filter(\.isFinite)).count
            let hasRest = members.contains { $0.level == .infinity }
            emit(
                members, stages: Double(hasRest ? tiers : tiers - 1), table.context, row,
                log.comparisons.count + row, body)
        }
    }

    private func choices(_ body: (PairAnswer) -> Void) {
        let table = log.choices
        for row in 0..<table.count {
            let members = table.range(row).map { slot in
                Member(item: table.items[slot], level: slot == table.chosen[row] ? 0 : .infinity)
            }
            emit(
                members, stages: 1, table.context, row, log.comparisons.count + log.rankings.count + row, body
            )
        }
    }

    /// Ratings of one judge, prompt and aspect are compared among themselves.
    private func ratings(_ body: (PairAnswer) -> Void) {
        let table = log.ratings
        struct Key: Hashable {
            var judge: UInt32
            var prompt: UInt32
            var aspect: UInt32
        }
        var group: [Key: Int] = [:]
        var members: [[Member]] = [], rows: [Int] = []
        for row in 0..<table.count {
            for slot in table.range(row) {
                let key = Key(
                    judge: table.context.judge[row], prompt: table.context.prompt[row],
                    aspect: table.aspect[slot])
                let place = group[key] ?? members.count
                if place == members.count {
                    group[key] = place
                    members.append([])
                    rows.append(row)
                }
                members[place].append(Member(item: table.item[row], level: -table.score[slot]))
            }
        }
        let before = log.comparisons.count + log.rankings.count + log.choices.count
        for (place, list) in members.enumerated() {
            emit(list, stages: Double(list.count - 1), table.context, rows[place], before + place, body)
        }
    }

    /// An item and how far down it was put; infinite for the unplaced.
    private struct Member {
        var item: UInt32
        var level: Double
    }

    private func emit(
        _ members: [Member], stages: Double, _ context: ContextColumns, _ row: Int, _ observation: Int,
        _ body: (PairAnswer) -> Void
    ) {
        let weight = context.weight[row]
        if members.count < 2 || weight <= 0 || stages <= 0 { return }
        let sorted = members.sorted {
            let a = places[Int($0.item)], b = places[Int($1.item)]
            return a != b ? a < b : $0.item < $1.item
        }
        func isKnown(_ a: Member, _ b: Member) -> Bool {
            a.item != b.item && (a.level.isFinite || b.level.isFinite)
        }
        var pairs = 0
        Self.ring(sorted.count) { if isKnown(sorted[$0], sorted[$1]) { pairs += 1 } }
        if pairs == 0 { return }
        let share = weight * stages / Double(pairs)
        Self.ring(sorted.count) { i, j in
            let a = sorted[i], b = sorted[j]
            guard isKnown(a, b) else { return }
            body(
                PairAnswer(
                    left: a.item, right: b.item, win: a.level < b.level ? 1 : 0,
                    tie: a.level == b.level ? 1 : 0,
                    loss: a.level > b.level ? 1 : 0, weight: share, judge: context.judge[row],
                    prompt: context.prompt[row], place: 0, observation: observation, row: -1))
        }
    }

    /// All pairs of m places, or those at a few distances round the ring where there are more than the limit.
    private static func ring(_ m: Int, _ body: (Int, Int) -> Void) {
        if m * (m - 1) / 2 <= limit {
            for i in 0..<m { for j in (i + 1)..<max(m, i + 1) { body(i, j) } }
            return
        }
        let farthest = (m - 1) / 2
        let lags = max(1, min(limit / m, farthest))
        for step in 0..<lags {
            let lag = lags == 1 ? max(1, farthest / 2) : 1 + step * (farthest - 1) / (lags - 1)
            for i in 0..<m { body(i, (i + lag) % m) }
        }
    }
}
