import Foundation
import Kernels
import Signals

/// Scores items and judges together, so that lazy, random and reversed judges lose their say by themselves.
///
/// In the spirit of Chen, Bennett, Collins-Thompson and Horvitz, "Pairwise ranking aggregation in a crowdsourced
/// setting" (2013), with a slope in place of their mixture: judge k prefers i over j with log-odds
/// η = a_k (θ_i − θ_j) + b_k s, under Davidson's link for ties. a_k is the judge's sharpness (1 like the average, 0 at
/// random, negative reversed), b_k its liking for the first place s. a_k ~ N(1, τ_a²) and b_k ~ N(β, τ_b²), with
/// τ_a, β and τ_b estimated from the judges themselves (EM with Laplace's approximation), so that a judge with few
/// answers counts as ordinary until the answers say otherwise.
///
/// A judge whose taste has nothing to do with the common ranking looks random here; `JudgeMap` tells such tastes from
/// coin tosses. Win probabilities are for a judge drawn at random from those who answered, the bad ones among them.
///
/// Errors: needs named judges. Scores are in natural log-odds of an ordinary judge, with mean zero.
/// Complexity: O(terms) a step, about 20 to 200 steps, and one factorisation of (items + 2 judges)³.
///
/// ```swift
/// let fit = try JudgeReliability().fit(log)
/// print(fit.judges.filter { $0.kind == .reversed })
/// ```
public struct JudgeReliability: PreferenceModel {
    public static let id = "judges"
    public static let summary = "Judges: items and the sharpness and place bias of each judge, jointly"

    /// The prior on scores and the intervals.
    public var options: BoardOptions
    /// The largest number of alternations between judges and scores.
    public var maxIterations = 500

    /// Creates the model.
    public init(_ options: BoardOptions = BoardOptions()) { self.options = options }

    public func fit(_ log: FeedbackLog) throws -> RankingFit {
        let counted = PairBoard.usedItems(log)
        if counted.answered == 0 || log.comparisons.context.judge.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "comparisons with named judges", found: Board.found(log))
        }
        if !options.covariates.isEmpty {
            throw PreferenceError.setting(
                name: "covariates", value: options.covariates.map(\.name).joined(separator: ", "),
                expected: "left out: the model of judges takes none")
        }
        let index = ItemIndex(log, used: counted.items)
        let (block, names) = try block(log, index: index, ties: counted.ties > 0)
        var scale = options
        if scale.priorScale == nil { scale.priorScale = 10 }
        var alternation = Alternation(
            block: block, items: index.count, priorScale: scale.priorScale ?? 10,
            tieStart: Foundation.log(2 * max(0.01, Double(counted.ties) / Double(counted.answered))))
        let converged = alternation.run(maxIterations)

        var component = BoardComponent(block: block)
        if block.tieParameter != nil {
            component.extras.append(
                Board.Extra(
                    name: "tie", meaning: "Davidson's ν: how likely a tie is between equals, against a win",
                    start: alternation.theta[index.count], report: { (exp($0), exp($0)) }))
        }
        for k in 0..<names.count {
            component.extras.append(
                Board.Extra(
                    name: "sharpness of \(names[k])", meaning: "",
                    precision: 1
                        / (alternation.sharpnessSpread
                            * alternation.sharpnessSpread),
                    start: 1, isListed: false))
        }
        if block.biasParameter != nil {
            for k in 0..<names.count {
                component.extras.append(
                    Board.Extra(
                        name: "bias of \(names[k])", meaning: "",
                        precision: 1
                            / (alternation.biasSpread
                                * alternation.biasSpread),
                        start: alternation.biasMean, isListed: false))
            }
        }
        if !converged {
            component.notes.append("The judges' parameters had not settled after \(maxIterations) rounds.")
        }
        component.notes.append(
            String(
                format: "Judges differ in sharpness with a standard deviation of %.2f around 1",
                alternation.sharpnessSpread)
                + (block.biasParameter == nil
                    ? "."
                    : String(
                        format:
                            ", and prefer the first place by %+.2f log-odds on average (standard deviation %.2f).",
                        alternation.biasMean, alternation.biasSpread)))
        let home = block.biasParameter == nil ? 0 : alternation.biasMean
        let tie = block.tieParameter
        let (sharpness, bias, counts) = (block.sharpnessParameter, block.biasParameter, Self.answers(block))
        component.predictor = { [home] theta in
            let judges = counts.indices.map { k in
                (sharpness: theta[sharpness + k], bias: bias.map { theta[$0 + k] } ?? 0, answers: counts[k])
            }
            return OutcomePredictor(
                link: .davidson, tie: tie.map { theta[$0] } ?? -.infinity, home: home,
                judges: JudgeEffect.summary(judges), covariates: [:])
        }
        var board = Board(
            model: Self.id, summary: Self.summary, log: log, index: index, components: [component],
            options: scale)
        board.start = alternation.theta
        let answers = Self.answers(block)
        let hasTie = block.tieParameter != nil ? 1 : 0
        let hasBias = block.biasParameter != nil
        let items = index.count
        let gaps = alternation.typicalGap
        board.judges = { theta, errors in
            names.enumerated().map { k, name in
                let a = theta[items + hasTie + k], se = errors[hasTie + k]
                let b = hasBias ? theta[items + hasTie + names.count + k] : 0
                return JudgeFit(
                    judge: name, sharpness: a, standardError: se, leftBias: b, answers: answers[k],
                    kind: Self.kind(a, se, b, gap: gaps, answers: answers[k]))
            }
            .sorted { $0.sharpness != $1.sharpness ? $0.sharpness > $1.sharpness : $0.judge < $1.judge }
        }
        return try BoardFitter(board: board).fit()
    }

    /// In words: what the estimate and its error allow to say.
    private static func kind(_ a: Double, _ se: Double, _ b: Double, gap: Double, answers: Double)
        -> JudgeFit.Kind
    {
        let low = a - 1.96 * se, high = a + 1.96 * se
        if high < 0 { return .reversed }
        // Lazy: the place decides more than the difference between typical items does.
        if abs(b) > 2 * abs(a) * gap, abs(b) > 1, high < 1 { return .lazy }
        if low <= 0, high < 0.75 { return .random }
        if answers < 8 || se > 0.6 { return .unknown }
        if high < 0.8 { return .noisy }
        if low > 1.1 { return .sharp }
        return .ordinary
    }

    private static func answers(_ block: JudgedBlock) -> [Double] {
        var answers = [Double](repeating: 0, count: block.judgeCount)
        for term in 0..<block.termCount {
            for outcome in 0..<3 { answers[Int(block.judge[term])] += block.weights[3 * term + outcome] }
        }
        return answers
    }

    /// Gathers the comparisons by judge; comparisons without one belong to a judge called "(unnamed)".
    private func block(_ log: FeedbackLog, index: ItemIndex, ties: Bool) throws -> (JudgedBlock, [String]) {
        let table = log.comparisons
        let weights = try PairBoard.weights(log, options)
        struct Row {
            var judge: UInt32
            var key: UInt64
            var outcome: UInt8
            var weight: Double
            var prompt: UInt32
        }
        var judgeOrder = [Int32](repeating: -1, count: log.judges.count)
        var names: [String] = []
        var present = [Bool](repeating: false, count: log.judges.count)
        var unnamed = false
        for row in 0..<table.count where table.outcome[row] != .skip {
            let code = table.context.judge[row]
            if code == Names.none { unnamed = true } else { present[Int(code)] = true }
        }
        for code in log.judges.sortedCodes where present[Int(code)] {
            judgeOrder[Int(code)] = Int32(names.count)
            names.append(log.judges[code])
        }
        if unnamed { names.append("(unnamed)") }
        let hasPlace = options.position && !table.first.isEmpty
        var rows: [Row] = []
        rows.reserveCapacity(table.count)
        for row in 0..<table.count where table.outcome[row] != .skip {
            let weight = weights.isEmpty ? table.context.weight[row] : weights[row]
            if weight <= 0 { continue }
            var a = UInt32(index.parameter[Int(table.left[row])]),
                b = UInt32(index.parameter[Int(table.right[row])])
            let flipped = a > b
            if flipped { swap(&a, &b) }
            var place: UInt64 = 1
            if hasPlace, let first = table.first[row] { place = (first == .left) != flipped ? 2 : 0 }
            let code = table.context.judge[row]
            let judge = code == Names.none ? UInt32(names.count - 1) : UInt32(judgeOrder[Int(code)])
            let key = UInt64(a) << 33 | UInt64(b) << 2 | place
            let prompt = table.context.prompt[row]
            func add(_ outcome: Int, _ share: Double) {
                rows.append(
                    Row(
                        judge: judge, key: key, outcome: UInt8(outcome), weight: weight * share,
                        prompt: prompt))
            }
            let p = table.probability[row]
            if p.isNaN {
                switch table.outcome[row] {
                case .left: add(flipped ? LinkKind.right : LinkKind.left, 1)
                case .right: add(flipped ? LinkKind.left : LinkKind.right, 1)
                default: add(LinkKind.tie, 1)
                }
            } else {
                if p > 0 { add(flipped ? LinkKind.right : LinkKind.left, p) }
                if p < 1 { add(flipped ? LinkKind.left : LinkKind.right, 1 - p) }
            }
        }
        rows.sort { $0.judge != $1.judge ? $0.judge < $1.judge : $0.key < $1.key }
        var block = JudgedBlock()
        block.judgeCount = names.count
        var last: (UInt32, UInt64) = (.max, .max)
        for row in rows {
            if (row.judge, row.key) != last {
                while block.starts.count <= Int(row.judge) { block.starts.append(block.left.count) }
                block.left.append(UInt32(truncatingIfNeeded: row.key >> 33))
                block.right.append(UInt32(truncatingIfNeeded: (row.key >> 2) & 0x7FFF_FFFF))
                block.place.append(Int8(row.key & 3) - 1)
                block.judge.append(row.judge)
                block.weights += [0, 0, 0]
                last = (row.judge, row.key)
            }
            let pattern = 3 * (block.left.count - 1) + Int(row.outcome)
            block.weights[pattern] += row.weight
            block.rows.pattern.append(UInt32(pattern))
            block.rows.weight.append(row.weight)
            block.rows.judge.append(unnamed && Int(row.judge) == names.count - 1 ? Names.none : row.judge)
            if !log.prompts.isEmpty { block.rows.prompt.append(row.prompt) }
        }
        while block.starts.count <= names.count { block.starts.append(block.left.count) }
        if rows.isEmpty {
            throw PreferenceError.nothingToLearnFrom(
                model: Self.id, reads: "comparisons with a positive weight", found: Board.found(log))
        }
        // Clusters are told apart by the codes of the log's judges, of which ours are a reordering.
        var next = index.count
        if ties {
            block.tieParameter = next
            next += 1
        }
        block.sharpnessParameter = next
        next += names.count
        if hasPlace { block.biasParameter = next }
        return (block, names)
    }
}

/// Alternates between the judges' parameters and the scores, learning the judges' spread on the way.
private struct Alternation {
    let block: JudgedBlock
    let items: Int
    let priorScale: Double
    var theta: [Double]
    var sharpnessSpread = 0.5
    var biasMean = 0.0
    var biasSpread = 0.3

    init(block: JudgedBlock, items: Int, priorScale: Double, tieStart: Double) {
        self.block = block
        self.items = items
        self.priorScale = priorScale
        let count =
            items + (block.tieParameter == nil ? 0 : 1) + block.judgeCount
            * (block.biasParameter == nil ? 1 : 2)
        theta = [Double](repeating: 0, count: count)
        if let tie = block.tieParameter { theta[tie] = tieStart }
        for k in 0..<block.judgeCount { theta[block.sharpnessParameter + k] = 1 }
    }

    /// The median absolute difference of compared items.
    var typicalGap: Double {
        let gaps = theta.withUnsafeBufferPointer { theta in
            (0..<block.termCount).map { abs(block.gap($0, theta)) }
        }
        return gaps.isEmpty ? 0 : Statistics.median(gaps)
    }

    /// Runs until nothing moves; returns whether it settled.
    mutating func run(_ maxIterations: Int) -> Bool {
        for _ in 0..<maxIterations {
            let before = theta
            let spreads = (sharpnessSpread, biasMean, biasSpread)
            scoreStep()
            judgeStep()
            rescale()
            var moved =
                abs(spreads.0 - sharpnessSpread) + abs(spreads.1 - biasMean) + abs(spreads.2 - biasSpread)
            for i in theta.indices { moved = max(moved, abs(theta[i] - before[i])) }
            if moved < 1e-6 { return true }
        }
        return false
    }

    /// One damped Newton step in the scores and the tie rate.
    private mutating func scoreStep() {
        let count = items + (block.tieParameter == nil ? 0 : 1)
        var sum = Accumulator(count: count, information: count <= 1500)
        func add(_ theta: [Double], _ sum: inout Accumulator) {
            sum.reset()
            theta.withUnsafeBufferPointer { theta in
                block.weights.withUnsafeBufferPointer { weights in
                    for term in 0..<block.termCount {
                        let t = block.link(term, theta, weights)
                        let a = theta[block.sharpnessParameter + Int(block.judge[term])]
                        let i = Int(block.left[term]), j = Int(block.right[term])
                        sum.value += t.value
                        sum.gradient[i] += a * t.eta
                        sum.gradient[j] -= a * t.eta
                        let h = -a * a * t.etaEta
                        sum.addInformation(i, i, h)
                        sum.addInformation(j, j, h)
                        sum.addInformation(i, j, -h)
                        if let tie = block.tieParameter {
                            sum.gradient[tie] += t.tie
                            sum.addInformation(tie, tie, -t.tieTie)
                            sum.addInformation(tie, i, -a * t.etaTie)
                            sum.addInformation(tie, j, a * t.etaTie)
                        }
                    }
                }
            }
            for i in 0..<items {
                let precision = 1 / (priorScale * priorScale)
                sum.value -= 0.5 * precision * theta[i] * theta[i]
                sum.gradient[i] -= precision * theta[i]
                sum.addInformation(i, i, precision)
            }
        }
        add(theta, &sum)
        let step: [Double]
        if sum.wantsInformation, let factor = Newton.factor(sum) {
            step = factor.solve(sum.gradient)
        } else {
            // A diagonal step, halved because neighbours move together.
            step = (0..<count).map { 0.5 * sum.gradient[$0] / max(sum.diagonal[$0], 1e-8) }
        }
        let length = Newton.norm(step)
        var damping = length > 2 ? 2 / length : 1
        var trial = Accumulator(count: count, information: false)
        for _ in 0..<20 {
            var candidate = theta
            for i in 0..<count { candidate[i] += damping * step[i] }
            add(candidate, &trial)
            if trial.value >= sum.value - 1e-12 * abs(sum.value) {
                theta = candidate
                return
            }
            damping /= 2
        }
    }

    /// Moves along the one direction that the likelihood leaves free: scores c times smaller and sharpnesses c times
    /// larger give the same answers, so that the priors alone decide. Alternating would get there slowly.
    private mutating func rescale() {
        let judges = block.sharpnessParameter..<(block.sharpnessParameter + block.judgeCount)
        let pa = 1 / (sharpnessSpread * sharpnessSpread)
        let linear = pa * judges.reduce(0) { $0 + theta[$1] }
        let square = pa * judges.reduce(0) { $0 + theta[$1] * theta[$1] }
        let scores = (0..<items).reduce(0) { $0 + theta[$1] * theta[$1] } / (priorScale * priorScale)
        guard linear > 0, square > 0 else { return }
        // The least of ½ Σ (c a_k − 1)²/τ² + ½ Σ (θ_i/c)²/σ², which is convex in log c near 1.
        let best = Minimize.brent(lower: -2, upper: 2, tolerance: 1e-12) { t in
            let c = exp(t)
            return 0.5 * square * c * c - linear * c + 0.5 * scores / (c * c)
        }
        let c = exp(best.x)
        for i in 0..<items { theta[i] /= c }
        for k in judges { theta[k] *= c }
    }

    /// Newton's method in each judge's own parameters, then the spread of all judges.
    private mutating func judgeStep() {
        let hasBias = block.biasParameter != nil
        let pa = 1 / (sharpnessSpread * sharpnessSpread), pb = 1 / (biasSpread * biasSpread)
        let (block, theta, biasMean) = (block, self.theta, biasMean)
        let results = Parallel.map(block.judgeCount) { k -> (a: Double, b: Double, va: Double, vb: Double) in
            let first = block.sharpnessParameter + k
            var a = theta[first], b = block.biasParameter.map { theta[$0 + k] } ?? 0
            let lambda = block.tieParameter.map { theta[$0] } ?? -.infinity
            var va = 1 / pa, vb = 1 / pb
            for _ in 0..<50 {
                var ga = -pa * (a - 1), gb = hasBias ? -pb * (b - biasMean) : 0
                var haa = pa, hab = 0.0, hbb = pb
                theta.withUnsafeBufferPointer { theta in
                    for term in block.starts[k]..<block.starts[k + 1] {
                        let d = block.gap(term, theta), s = Double(block.place[term])
                        let eta = a * d + b * s
                        for outcome in 0..<3 {
                            let weight = block.weights[3 * term + outcome]
                            if weight == 0 { continue }
                            let t = LinkKind.davidson.terms(outcome, eta, tie: lambda)
                            ga += weight * d * t.eta
                            haa -= weight * d * d * t.etaEta
                            if hasBias {
                                gb += weight * s * t.eta
                                hab -= weight * d * s * t.etaEta
                                hbb -= weight * s * s * t.etaEta
                            }
                        }
                    }
                }
                let determinant = haa * hbb - hab * hab
                var da = (hbb * ga - hab * gb) / determinant, db = (haa * gb - hab * ga) / determinant
                va = hbb / determinant
                vb = haa / determinant
                let length = max(abs(da), abs(db))
                if length > 1 {
                    da /= length
                    db /= length
                }
                a += da
                b += db
                if length < 1e-10 { break }
            }
            return (a, b, va, vb)
        }
        for (k, result) in results.enumerated() {
            self.theta[block.sharpnessParameter + k] = result.a
            if let bias = block.biasParameter { self.theta[bias + k] = result.b }
        }
        let n = Double(max(results.count, 1))
        // Weak knowledge keeps the spreads from collapsing on few judges: two judges' worth of one half.
        let spread = results.reduce(0) { $0 + ($1.a - 1) * ($1.a - 1) + $1.va }
        sharpnessSpread = min(3, ((spread + 2 * 0.25) / (n + 2)).squareRoot())
        if hasBias {
            self.biasMean = results.reduce(0) { $0 + $1.b } / n
            let mean = self.biasMean
            let spread = results.reduce(0) { $0 + ($1.b - mean) * ($1.b - mean) + $1.vb }
            biasSpread = min(5, ((spread + 2 * 0.04) / (n + 2)).squareRoot())
        }
    }
}
