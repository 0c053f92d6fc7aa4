import Foundation
import Signals

/// From a log's ratings and thumbs to a likelihood under the rating-scale model.
enum RatingBoard {
    /// More different scores than this are gathered into as many levels of equal frequency.
    static let largestScale = 11

    static func mark(_ log: FeedbackLog, used: inout [Bool]) {
        for code in log.ratings.item { used[Int(code)] = true }
        for event in log.others {
            if case .thumb(let thumb) = event.feedback, let code = log.items.code(of: thumb.item) {
                used[Int(code)] = true
            }
        }
    }

    static func hasAny(_ log: FeedbackLog) -> Bool {
        log.ratings.count > 0 || log.others.contains { $0.feedback.kind == .thumb }
    }

    /// One score, with the unit (judge, prompt, aspect) that it can be compared within.
    private struct Score {
        var item: UInt32
        var value: Double
        var weight: Double
        var judge: UInt32
        var prompt: UInt32
        var aspect: UInt32
    }

    static func component(
        _ log: FeedbackLog, index: ItemIndex, firstExtra: Int, model: String, options: BoardOptions
    ) throws -> BoardComponent {
        var notes: [String] = []
        let scores = try scores(log, index, options)
        let (levels, top, note) = levels(scores.map(\.value))
        if let note { notes.append(note) }
        if top == 0 {
            throw PreferenceError.nothingToLearnFrom(
                model: model, reads: "ratings that differ", found: "\(scores.count) ratings, all the same")
        }
        // Ratings are compared within a judge, and within a prompt where there are prompts: severity and
        // difficulty then cancel.
        let order = scores.indices.sorted { a, b in
            let x = scores[a], y = scores[b]
            if x.judge != y.judge { return x.judge < y.judge }
            if x.prompt != y.prompt { return x.prompt < y.prompt }
            if x.aspect != y.aspect { return x.aspect < y.aspect }
            return x.item != y.item ? x.item < y.item : levels[a] < levels[b]
        }
        var collector = PairCollector()
        var start = 0
        var alone = 0
        while start < order.count {
            var end = start + 1
            func same(_ a: Score, _ b: Score) -> Bool {
                a.judge == b.judge && a.prompt == b.prompt && a.aspect == b.aspect
            }
            while end < order.count, same(scores[order[start]], scores[order[end]]) { end += 1 }
            let unit = order[start..<end]
            if unit.count == 1 { alone += 1 }
            var used = false
            for (offset, a) in unit.enumerated() {
                for b in unit.dropFirst(offset + 1) where scores[a].item != scores[b].item {
                    let weight = (scores[a].weight * scores[b].weight).squareRoot() / Double(unit.count - 1)
                    if weight <= 0 { continue }
                    collector.add(
                        scores[a].item, levels[a], scores[b].item, levels[b], weight, judge: scores[a].judge,
                        prompt: scores[a].prompt)
                    used = true
                }
            }
            if used { collector.closeUnit() }
            start = end
        }
        if collector.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: model, reads: "ratings of at least two items by the same judge (on the same prompt)",
                found: "\(scores.count) ratings, none of which can be compared")
        }
        if alone > 0 {
            notes.append(
                "\(alone) ratings stand alone (no other item by the same judge on the same prompt) and say nothing "
                    + "about the order.")
        }
        let block = collector.block(
            top: top, thresholdParameter: firstExtra, log: log,
            observations: scores.reduce(0) { $0 + $1.weight })
        let extras = (1..<max(1, top)).map { level in
            Board.Extra(
                name: "threshold\(level)", meaning: "how reluctantly level \(level) of 0…\(top) is used",
                precision: 0.01)
        }
        return BoardComponent(block: block, extras: extras, notes: notes, predictor: nil)
    }

    private static func scores(_ log: FeedbackLog, _ index: ItemIndex, _ options: BoardOptions) throws
        -> [Score]
    {
        let decay = try Decay(log, halfLife: options.halfLife)
        var scores: [Score] = []
        let table = log.ratings
        scores.reserveCapacity(table.score.count)
        for row in 0..<table.count {
            let weight = table.context.weight[row] * decay.factor(table.context.time[row])
            for slot in table.range(row) {
                scores.append(
                    Score(
                        item: UInt32(index.parameter[Int(table.item[row])]), value: table.score[slot],
                        weight: weight,
                        judge: table.context.judge[row], prompt: table.context.prompt[row],
                        aspect: table.aspect[slot]))
            }
        }
        for event in log.others {
            guard case .thumb(let thumb) = event.feedback, let code = log.items.code(of: thumb.item) else {
                continue
            }
            scores.append(
                Score(
                    item: UInt32(index.parameter[Int(code)]), value: thumb.up ? 1 : 0,
                    weight: event.weight * decay.factor(event.time ?? .nan),
                    judge: event.judge.flatMap { log.judges.code(of: $0) } ?? Names.none,
                    prompt: event.prompt.flatMap { log.prompts.code(of: $0) } ?? Names.none,
                    aspect: Names.none))
        }
        return scores
    }

    /// Numbers the different scores from 0, or gathers them by frequency where there are too many.
    private static func levels(_ values: [Double]) -> ([UInt8], Int, String?) {
        let distinct = Set(values).sorted()
        if distinct.count <= largestScale {
            let level = Dictionary(
                uniqueKeysWithValues: distinct.enumerated().map { ($0.element, UInt8($0.offset)) })
            return (values.map { level[$0]! }, max(0, distinct.count - 1), nil)
        }
        let sorted = values.sorted()
        var cuts: [Double] = []
        for k in 1..<largestScale {
            let cut = sorted[k * sorted.count / largestScale]
            if cut > sorted[0], cut != cuts.last { cuts.append(cut) }
        }
        let levels = values.map { value -> UInt8 in UInt8(cuts.partitioningIndex { $0 > value }) }
        return (
            levels, cuts.count,
            "\(distinct.count) different scores were gathered into \(cuts.count + 1) levels of about equal frequency."
        )
    }
}

extension Array {
    /// The first index whose element satisfies a condition that, once true, stays true.
    fileprivate func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Gathers equal pairs of ratings into patterns.
private struct PairCollector {
    private var known = KeyTable()
    private var left: [UInt32] = [], right: [UInt32] = []
    private var leftLevel: [UInt8] = [], rightLevel: [UInt8] = []
    private var weights: [Double] = []
    private var rows = ObservationRows()
    private var unit: UInt32 = 0

    var isEmpty: Bool { weights.isEmpty }

    mutating func add(
        _ a: UInt32, _ x: UInt8, _ b: UInt32, _ y: UInt8, _ weight: Double, judge: UInt32, prompt: UInt32
    ) {
        let flipped = a > b
        let (i, j) = flipped ? (b, a) : (a, b)
        let (p, q) = flipped ? (y, x) : (x, y)
        let key = UInt64(i) << 36 | UInt64(j) << 8 | UInt64(p) << 4 | UInt64(q)
        let found = known.number(key)
        let pattern = UInt32(found.number)
        if found.isNew {
            left.append(i)
            right.append(j)
            leftLevel.append(p)
            rightLevel.append(q)
            weights.append(0)
        }
        weights[Int(pattern)] += weight
        rows.pattern.append(pattern)
        rows.weight.append(weight)
        rows.judge.append(judge)
        rows.prompt.append(prompt)
        rows.occasion.append(unit)
    }

    mutating func closeUnit() { unit += 1 }

    func block(top: Int, thresholdParameter: Int, log: FeedbackLog, observations: Double) -> RatingBlock {
        var rows = rows
        // Each unit is one observation, whatever the weights of its pairs.
        rows.frequency = [Double](repeating: 1, count: rows.count)
        if log.judges.isEmpty { rows.judge = [] }
        if log.prompts.isEmpty { rows.prompt = [] }
        return RatingBlock(
            left: left, right: right, leftLevel: leftLevel, rightLevel: rightLevel, weights: weights,
            rows: rows,
            top: top, thresholdParameter: thresholdParameter, observations: observations)
    }
}
