import Foundation
import Signals

/// Counts cycles among three items: a beats b, b beats c, c beats a.
///
/// Source: Kendall and Babington Smith, "On the method of paired comparisons" (1940). If each majority is
/// wrong with probability e against one order, a triad is a cycle with probability e(1 − e), 1/4 for coin
/// flips.
struct TriadCheck {
    /// The most items that are looked at.
    static let most = 1500

    func run(_ data: AuditData, _ draft: inout AuditDraft) {
        let pairs = data.pairs
        draft.section("triads", "Cycles among three items")
        guard pairs.count > 0, data.log.items.count <= Self.most else {
            draft.section(
                "noise.triads", "Cycles among three items",
                absent: pairs.count == 0
                    ? "There are no comparisons." : "There are more than \(Plain.number(Self.most)) items.")
            return
        }
        var margin = [Int](repeating: 0, count: pairs.pairs)
        var ends = [(Int, Int)](repeating: (0, 0), count: pairs.pairs)
        for row in 0..<pairs.count {
            let pair = Int(pairs.pair[row])
            ends[pair] = (Int(pairs.a[row]), Int(pairs.b[row]))
            margin[pair] += 1 - Int(pairs.answer[row].rawValue)
        }
        let count = data.log.items.count
        let words = (count + 63) / 64
        var above = [UInt64](repeating: 0, count: count * words)
        var below = above
        for (pair, (a, b)) in ends.enumerated() where margin[pair] != 0 {
            let (winner, loser) = margin[pair] > 0 ? (a, b) : (b, a)
            below[winner * words + loser / 64] |= 1 << UInt64(loser % 64)
            above[loser * words + winner / 64] |= 1 << UInt64(winner % 64)
        }
        var cycles = 0
        var all = 0
        for (pair, (a, b)) in ends.enumerated() where margin[pair] != 0 {
            let (winner, loser) = margin[pair] > 0 ? (a, b) : (b, a)
            for word in 0..<words {
                let (x, y) = (winner * words + word, loser * words + word)
                cycles += (above[x] & below[y]).nonzeroBitCount
                all += ((above[x] | below[x]) & (above[y] | below[y])).nonzeroBitCount
            }
        }
        cycles /= 3
        all /= 3
        guard all >= 20 else {
            draft.section(
                "noise.triads", "Cycles among three items",
                absent: "Fewer than 20 triples of items were all compared with each other.")
            return
        }
        let share = Double(cycles) / Double(all)
        let noise = (1 - max(0, 1 - 4 * share).squareRoot()) / 2
        draft.add(
            "noise.triads", share > 0.15 ? .note : .ok, "Cycles among three items",
            "In \(Plain.percent(share)) of \(Plain.count(all, "triple")) of items the majorities go round "
                + "in a circle; "
                + "coin flips would give 25%, one clear order none.",
            advice: share > 0.15
                ? "The items are close, or one order does not fit: check for cycles after fitting before "
                    + "trusting a ranking."
                : "",
            evidence: ["share": share, "cycles": Double(cycles), "triples": Double(all), "noise": noise])
    }
}
