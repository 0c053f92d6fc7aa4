import Foundation
import Signals

/// From a log's rankings and choices to a likelihood under Plackett–Luce with ties.
enum LuceBoard {
    /// The largest tie that the model takes: beyond it the sums over possible ties cost too much.
    static let largestTie = 12

    static func mark(_ log: FeedbackLog, used: inout [Bool]) {
        for code in log.rankings.items { used[Int(code)] = true }
        for code in log.choices.items { used[Int(code)] = true }
    }

    static func component(
        _ log: FeedbackLog, index: ItemIndex, firstExtra: Int, model: String, options: BoardOptions
    ) throws -> BoardComponent {
        var builder = PatternBuilder(index: index)
        let decay = try Decay(log, halfLife: options.halfLife)
        for row in 0..<log.rankings.count {
            let range = log.rankings.range(row)
            var tiers: [[UInt32]] = []
            var unplaced: [UInt32] = []
            for slot in range {
                let item = UInt32(index.parameter[Int(log.rankings.items[slot])])
                let tier = Int(log.rankings.tier[slot])
                if tier < 0 {
                    unplaced.append(item)
                } else if tier == tiers.count {
                    tiers.append([item])
                } else {
                    tiers[tier].append(item)
                }
            }
            builder.add(tiers, unplaced, log.rankings.context, row, decay)
        }
        for row in 0..<log.choices.count {
            let range = log.choices.range(row)
            let chosen = log.choices.items[log.choices.chosen[row]]
            let rest = range.filter { log.choices.items[$0] != chosen }
                .map { UInt32(index.parameter[Int(log.choices.items[$0])]) }
            builder.add([[UInt32(index.parameter[Int(chosen)])]], rest, log.choices.context, row, decay)
        }
        if builder.largestTie > largestTie {
            throw PreferenceError.failed(
                model: model,
                reason:
                    "a ranking ties \(builder.largestTie) items, and ties are modelled up to \(largestTie): turn the "
                    + "rankings into comparisons, or the scores behind them into ratings")
        }
        builder.drop(log)
        let extras = (2..<max(2, builder.largestTie + 1)).map { size in
            Board.Extra(
                name: "tie\(size)",
                meaning: "how likely \(size) equal items are ranked as tied, against one of them",
                precision: 0.01, start: -1, report: { (exp($0), exp($0)) })
        }
        let block = LuceBlock(
            patterns: builder.patterns, weights: builder.weights, rows: builder.rows,
            maxTie: builder.largestTie,
            tieParameter: firstExtra)
        let ties = builder.largestTie > 1
        return BoardComponent(
            block: block, extras: extras,
            predictor: { theta in
                // Two items under Plackett–Luce with ties are Davidson's model, ν = δ_2.
                OutcomePredictor(
                    link: ties ? .davidson : .logistic, tie: ties ? theta[firstExtra] : -.infinity, home: 0,
                    covariates: [:])
            })
    }
}

/// Gathers equal rankings into patterns.
private struct PatternBuilder {
    let index: ItemIndex
    var patterns = LuceBlock.Patterns()
    var weights: [Double] = []
    var rows = ObservationRows()
    var largestTie = 1
    private var known: [[UInt32]: UInt32] = [:]

    init(index: ItemIndex) { self.index = index }

    mutating func add(
        _ tiers: [[UInt32]], _ unplaced: [UInt32], _ context: ContextColumns, _ row: Int, _ decay: Decay
    ) {
        let weight = context.weight[row] * decay.factor(context.time[row])
        if weight <= 0 || tiers.isEmpty { return }
        var key: [UInt32] = []
        for tier in tiers {
            key += tier.sorted()
            key.append(.max)
        }
        key.append(.max)
        key += unplaced.sorted()
        let pattern: UInt32
        if let found = known[key] {
            pattern = found
        } else {
            pattern = UInt32(weights.count)
            known[key] = pattern
            for tier in tiers {
                patterns.items += tier.sorted()
                patterns.tierEnds.append(patterns.items.count)
                largestTie = max(largestTie, tier.count)
            }
            patterns.items += unplaced.sorted()
            patterns.ends.append(patterns.items.count)
            patterns.tierStarts.append(patterns.tierEnds.count)
            weights.append(0)
        }
        weights[Int(pattern)] += weight
        rows.pattern.append(pattern)
        rows.weight.append(weight)
        rows.judge.append(context.judge[row])
        rows.prompt.append(context.prompt[row])
    }

    /// Drops columns that say nothing.
    mutating func drop(_ log: FeedbackLog) {
        if log.judges.isEmpty { rows.judge = [] }
        if log.prompts.isEmpty { rows.prompt = [] }
    }
}
