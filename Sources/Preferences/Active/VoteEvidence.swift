import Signals

/// Every vote so far, added up by pair: what a posterior is fitted to.
///
/// Rankings and choices are read as comparisons. A choice of one among m is one vote for the chosen item
/// against each of the others, weight 2/m each: given that one of two items was chosen, the Plackett–Luce
/// probability is that of Bradley–Terry, and with this weight the information at equal scores adds up to that
/// of the choice. A ranking is a choice at each place among what is left. Of more than 16 others 16 are
/// taken, by their place in the table of names and not by the answer, with the weight of all. (Full breaking
/// is consistent, adjacent breaking is not: Azari Soufiani, Chen, Parkes and Xia, "Generalized
/// method-of-moments for rank aggregation", 2013.)
///
/// Complexity: O(1) a vote; O(pairs) for `settle`.
struct VoteEvidence: Sendable {
    /// The number of items.
    let count: Int
    /// The votes up to the last `settle`, in the order of their pairs.
    private(set) var terms = PairTerms()
    /// The weight of the votes that each item is in.
    private(set) var seen: [Double]
    /// Whether a tie was seen.
    private(set) var hasTies = false
    /// Whether any vote says which side had the advantage of place.
    private(set) var hasHome = false
    /// The weight of all votes.
    private(set) var total = 0.0
    private var recent: [UInt64: SIMD4<Double>] = [:]
    private var parts: PartFinder

    init(count: Int) {
        self.count = count
        seen = [Double](repeating: 0, count: count)
        parts = PartFinder(count: count)
    }

    /// Reads a log whose item codes stand for the items `place[code]`; two codes keep their order by bytes.
    init(_ log: FeedbackLog, names: Names) {
        self.init(count: names.count)
        let index = ItemIndex(log, used: [Bool](repeating: true, count: log.items.count))
        let item = index.names.map { UInt32(names.code(of: $0)!) }
        var plan = PairTerms.Plan(index: index)
        plan.usesHome = (0..<log.comparisons.count).contains { log.comparisons.first[$0] != nil }
        terms = PairTerms(log, plan: plan)
        terms.left = terms.left.map { item[Int($0)] }
        terms.right = terms.right.map { item[Int($0)] }
        noteTerms()
        let place = log.items.isEmpty ? [] : index.parameter.map { Int(item[Int($0)]) }
        for row in 0..<log.choices.count {
            let range = log.choices.range(row)
            let chosen = place[Int(log.choices.items[log.choices.chosen[row]])]
            let others = range.map { place[Int(log.choices.items[$0])] }.filter { $0 != chosen }
            add(chosen, over: others, weight: log.choices.context.weight[row])
        }
        for row in 0..<log.rankings.count {
            let range = Array(log.rankings.range(row))
            let weight = log.rankings.context.weight[row]
            for (offset, slot) in range.enumerated() where log.rankings.tier[slot] >= 0 {
                let tier = log.rankings.tier[slot]
                let chosen = place[Int(log.rankings.items[slot])]
                // Items of one tier tie with each other, once for each two.
                let below = range[(offset + 1)...]
                let worse = below.filter { log.rankings.tier[$0] != tier }
                add(chosen, over: worse.map { place[Int(log.rankings.items[$0])] }, weight: weight)
                for other in below where log.rankings.tier[other] == tier {
                    add(
                        chosen, place[Int(log.rankings.items[other])], code: LinkKind.tie,
                        weight: 2 * weight / Double(below.count + 1), home: 0)
                }
            }
        }
        settle()
    }

    /// Restores votes from sums that `terms` held.
    init(count: Int, terms: PairTerms) {
        self.init(count: count)
        self.terms = terms
        noteTerms()
    }

    /// The number of parts that no vote connects.
    var partCount: Int { parts.count }

    /// The part of each item, as the number of one of its items.
    func partOfItems() -> [Int] {
        var parts = parts
        return (0..<count).map { parts.root($0) }
    }

    /// Adds a vote on i (left) against j: `home` is 1 where the left has the advantage of place, −1 for the
    /// right.
    mutating func add(_ i: Int, _ j: Int, code: Int, weight: Double, home: Int8) {
        if weight <= 0 || i == j { return }
        let flipped = i > j
        let code = flipped ? 2 - code : code
        let home = flipped ? -home : home
        let key = Self.key(UInt32(min(i, j)), UInt32(max(i, j)), home)
        var sums = SIMD4<Double>.zero
        sums[code] = weight
        recent[key, default: .zero] += sums
        note(min(i, j), max(i, j), home: home, left: sums[0], tie: sums[1], right: sums[2])
    }

    private mutating func add(_ chosen: Int, over others: [Int], weight: Double) {
        if others.isEmpty { return }
        let taken = min(16, others.count)
        let each = 2 * weight / Double(others.count + 1) * Double(others.count) / Double(taken)
        let step = max(1, others.count / taken)
        let ordered = taken == others.count ? others : others.sorted()
        for k in 0..<taken { add(chosen, ordered[k * step], code: LinkKind.left, weight: each, home: 0) }
    }

    /// Pairs in order, and within a pair the place: left below right.
    static func key(_ left: UInt32, _ right: UInt32, _ home: Int8) -> UInt64 {
        UInt64(left) << 34 | UInt64(right) << 2 | UInt64(home + 1)
    }

    private mutating func noteTerms() {
        for term in 0..<terms.count {
            note(
                Int(terms.left[term]), Int(terms.right[term]), home: terms.home[term],
                left: terms.weights[3 * term], tie: terms.weights[3 * term + 1],
                right: terms.weights[3 * term + 2])
        }
    }

    private mutating func note(_ i: Int, _ j: Int, home: Int8, left: Double, tie: Double, right: Double) {
        let weight = left + tie + right
        total += weight
        seen[i] += weight
        seen[j] += weight
        if tie > 0 { hasTies = true }
        if home != 0 { hasHome = true }
        parts.join(i, j)
    }

    /// Merges the votes since the last call into `terms`.
    mutating func settle() {
        if recent.isEmpty { return }
        let fresh = recent.keys.sorted()
        var merged = PairTerms()
        func append(_ key: UInt64, _ weights: SIMD4<Double>) {
            merged.left.append(UInt32(truncatingIfNeeded: key >> 34))
            merged.right.append(UInt32(truncatingIfNeeded: key >> 2))
            merged.home.append(Int8(key & 3) - 1)
            for code in 0..<3 { merged.weights.append(weights[code]) }
        }
        var next = 0
        for term in 0..<terms.count {
            let key = Self.key(terms.left[term], terms.right[term], terms.home[term])
            while next < fresh.count, fresh[next] < key {
                append(fresh[next], recent[fresh[next]]!)
                next += 1
            }
            var weights = SIMD4(
                terms.weights[3 * term], terms.weights[3 * term + 1], terms.weights[3 * term + 2], 0)
            if next < fresh.count, fresh[next] == key {
                weights += recent[key]!
                next += 1
            }
            append(key, weights)
        }
        while next < fresh.count {
            append(fresh[next], recent[fresh[next]]!)
            next += 1
        }
        terms = merged
        recent = [:]
    }
}

/// Which items are connected, kept up as connections arrive.
struct PartFinder: Sendable {
    private var parent: [Int32]
    /// The number of parts.
    private(set) var count: Int

    init(count: Int) {
        self.count = count
        parent = (0..<Int32(count)).map { $0 }
    }

    /// The lowest-numbered item of the part.
    mutating func root(_ item: Int) -> Int {
        var item = item
        while Int(parent[item]) != item {
            parent[item] = parent[Int(parent[item])]
            item = Int(parent[item])
        }
        return item
    }

    /// Makes one part of the parts of two items.
    mutating func join(_ a: Int, _ b: Int) {
        let a = root(a), b = root(b)
        if a == b { return }
        parent[max(a, b)] = Int32(min(a, b))
        count -= 1
    }
}
