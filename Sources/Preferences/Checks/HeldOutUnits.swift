import Kernels
import Signals

/// What must not be torn apart between the data that are fitted and the data that are predicted.
struct HeldOutUnits {
    /// The fold of each comparison, ranking, choice and rating; −1 for those without a part in it.
    private(set) var comparisons: [Int32] = []
    private(set) var rankings: [Int32] = []
    private(set) var choices: [Int32] = []
    private(set) var ratings: [Int32] = []
    /// The number of folds that hold something.
    private(set) var folds = 0
    /// What was kept together.
    private(set) var by: GoodnessOfFit.Unit

    init(_ log: FeedbackLog, folds wanted: Int, by rule: GoodnessOfFit.Unit, seed: UInt64, scores: ItemScores)
    {
        by = rule
        let contexts = [
            log.comparisons.context, log.rankings.context, log.choices.context, log.ratings.context,
        ]
        let judges = log.judges.count, prompts = log.prompts.count
        var parent = Array(0..<(judges + prompts))
        func root(_ node: Int) -> Int {
            var node = node
            while parent[node] != node {
                parent[node] = parent[parent[node]]
                node = parent[node]
            }
            return node
        }
        if rule == .automatic || rule == .judgeAndPrompt {
            for context in contexts where !context.judge.isEmpty && !context.prompt.isEmpty {
                for row in 0..<context.count where context.judge[row] != Names.none {
                    if context.prompt[row] == Names.none { continue }
                    let a = root(Int(context.judge[row])), b = root(judges + Int(context.prompt[row]))
                    if a != b { parent[max(a, b)] = min(a, b) }
                }
            }
        }
        func node(_ context: ContextColumns, _ row: Int, _ by: GoodnessOfFit.Unit) -> Int {
            let judge = context.judge[row], prompt = context.prompt[row]
            switch by {
            case .judge: return judge == Names.none ? -1 : Int(judge)
            case .prompt: return prompt == Names.none ? -1 : judges + Int(prompt)
            case .observation: return -1
            case .automatic, .judgeAndPrompt:
                if judge != Names.none { return root(Int(judge)) }
                return prompt == Names.none ? -1 : root(judges + Int(prompt))
            }
        }
        if rule == .automatic {
            by = .judgeAndPrompt
            var size = [Int](repeating: 0, count: judges + prompts)
            var total = 0, single = 0
            for context in contexts {
                for row in 0..<context.count {
                    total += 1
                    let node = node(context, row, by)
                    if node < 0 { single += 1 } else { size[node] += 1 }
                }
            }
            let units = size.count { $0 > 0 } + single
            if units < 2 * wanted || (size.max() ?? 0) * wanted > total {
                by = prompts >= 2 * wanted ? .prompt : judges >= 2 * wanted ? .judge : .observation
            } else if judges == 0 || prompts == 0 {
                by = judges == 0 ? (prompts == 0 ? .observation : .prompt) : .judge
            }
        }
        // A unit is known by what it contains, so that folds depend neither on names nor on the order of
        // lines.
        var unitOfNode = [Int](repeating: -1, count: judges + prompts)
        var signature: [UInt64] = [], size: [Int] = []
        func unit(_ context: ContextColumns, _ row: Int, _ hash: UInt64) -> Int32 {
            let node = node(context, row, by)
            var unit = node < 0 ? -1 : unitOfNode[node]
            if unit < 0 {
                unit = size.count
                if node >= 0 { unitOfNode[node] = unit }
                size.append(0)
                signature.append(0)
            }
            size[unit] += 1
            signature[unit] &+= Self.mix(hash)
            return Int32(unit)
        }
        let place = scores.places
        let table = log.comparisons
        comparisons = (0..<table.count).map { row in
            if table.outcome[row] == .skip || table.context.weight[row] <= 0 { return -1 }
            var hash = Self.mix(UInt64(bitPattern: Int64(place[Int(table.left[row])])) &+ 1)
            hash = Self.mix(hash ^ UInt64(bitPattern: Int64(place[Int(table.right[row])])))
            hash = Self.mix(hash ^ UInt64(table.outcome[row].rawValue) ^ table.context.weight[row].bitPattern)
            if !table.probability[row].isNaN { hash = Self.mix(hash ^ table.probability[row].bitPattern) }
            if let first = table.first[row] { hash = Self.mix(hash ^ (first == .left ? 1 : 2)) }
            return unit(table.context, row, hash)
        }
        rankings = (0..<log.rankings.count).map { row in
            var hash: UInt64 = 11
            for slot in log.rankings.range(row) {
                // Items of one tier stand in no order.
                let item = UInt64(bitPattern: Int64(place[Int(log.rankings.items[slot])]))
                hash &+= Self.mix(Self.mix(item) ^ UInt64(bitPattern: Int64(log.rankings.tier[slot])))
            }
            return unit(log.rankings.context, row, hash ^ log.rankings.context.weight[row].bitPattern)
        }
        choices = (0..<log.choices.count).map { row in
            var hash: UInt64 = 13
            for slot in log.choices.range(row) {
                let item = UInt64(bitPattern: Int64(place[Int(log.choices.items[slot])]))
                hash &+= Self.mix(Self.mix(item) ^ (slot == log.choices.chosen[row] ? 1 : 2))
            }
            return unit(log.choices.context, row, hash ^ log.choices.context.weight[row].bitPattern)
        }
        ratings = (0..<log.ratings.count).map { row in
            let item = UInt64(bitPattern: Int64(place[Int(log.ratings.item[row])]))
            var hash = Self.mix(item &+ 17)
            for slot in log.ratings.range(row) { hash = Self.mix(hash ^ log.ratings.score[slot].bitPattern) }
            return unit(log.ratings.context, row, hash)
        }
        assign(signature: signature, size: size, wanted: wanted, seed: seed)
    }

    /// Deals the units out, the largest first, each to the fold that has least.
    private mutating func assign(signature: [UInt64], size: [Int], wanted: Int, seed: UInt64) {
        let known = size.indices.sorted {
            signature[$0] != signature[$1] ? signature[$0] < signature[$1] : $0 < $1
        }
        var random = CounterRandom(seed: seed, stream: 0x666F_6C64)
        let shuffled = random.permutation(known.count).map { known[$0] }
        let place = shuffled.indices.sorted {
            let a = size[shuffled[$0]], b = size[shuffled[$1]]
            return a != b ? a > b : $0 < $1
        }
        folds = min(wanted, size.count)
        var load = [Int](repeating: 0, count: max(1, folds)), fold = [Int32](repeating: 0, count: size.count)
        for unit in place.map({ shuffled[$0] }) {
            var lightest = 0
            for f in 1..<max(1, folds) where load[f] < load[lightest] { lightest = f }
            fold[unit] = Int32(lightest)
            load[lightest] += size[unit]
        }
        func folded(_ units: [Int32]) -> [Int32] { units.map { $0 < 0 ? -1 : fold[Int($0)] } }
        comparisons = folded(comparisons)
        rankings = folded(rankings)
        choices = folded(choices)
        ratings = folded(ratings)
    }

    /// The fold of an answer, by its observation's number.
    func fold(_ answer: PairAnswer) -> Int32 {
        if answer.row >= 0 { return comparisons[answer.row] }
        let ranking = answer.observation - comparisons.count
        return ranking < rankings.count ? rankings[ranking] : choices[ranking - rankings.count]
    }

    /// The events outside a fold, as a log of their own.
    func training(_ log: FeedbackLog, without fold: Int32) -> FeedbackLog {
        var next = [0, 0, 0, 0]
        func keep(_ kind: Int, _ folds: [Int32]) -> Bool {
            defer { next[kind] += 1 }
            return folds[next[kind]] != fold
        }
        return log.filter { event in
            switch event.feedback {
            case .comparison: keep(0, comparisons)
            case .ranking: keep(1, rankings)
            case .choice: keep(2, choices)
            case .rating: keep(3, ratings)
            default: true
            }
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var x = value &+ 0x9E37_79B9_7F4A_7C15
        x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
        x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
        return x ^ (x >> 31)
    }
}
