import Kernels

/// Picks the pairs of one batch, each in the light of those before it.
///
/// Pairs are picked greedily by expected information gain. After each pick the covariance gets the update
/// that an answer of that gain brings on average, so that a second pair that asks the same teaches less.
/// Gains only fall as picks are added, so that a pair is looked at again only when it comes to the top
/// (Minoux, "Accelerated greedy algorithms for maximizing submodular set functions", 1978). Parts that no
/// vote connects are joined first.
///
/// Complexity: O(candidates) gains to begin with, and a few for each pick.
struct BatchPicker {
    /// A picked pair, i below j by number.
    struct Pick {
        var i: Int
        var j: Int
        var expected: InformationGain.Expected
        var joins: Bool
    }

    private struct Candidate: Comparable, Sendable {
        var value: Double
        var i: Int32
        var j: Int32
        /// How many picks had been made when the value was computed.
        var picks: Int32

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.value != b.value ? a.value < b.value : (a.i, a.j) > (b.i, b.j)
        }
    }

    private var posterior: any ScorePosterior
    private let gain: InformationGain
    private let order: [Int]
    private let partOf: [Int]
    private let undecided: [Double]
    private let options: ScheduleOptions
    private var random: CounterRandom
    private var uses: [Int]
    private var picks: [Pick] = []

    /// - Parameters:
    ///   - order: the items by score, best first.
    ///   - partOf: the part of each item.
    init(
        _ posterior: any ScorePosterior, order: [Int], partOf: [Int], options: ScheduleOptions,
        random: CounterRandom
    ) {
        self.posterior = posterior
        self.order = order
        self.partOf = partOf
        self.options = options
        self.random = random
        gain = InformationGain(link: posterior.answers.link, tie: posterior.answers.tie)
        uses = [Int](repeating: 0, count: order.count)
        undecided = Self.undecided(posterior, order, options.goal)
    }

    mutating func pick(_ count: Int) -> [Pick] {
        picks = []
        if order.count < 2 { return [] }
        join(count)
        if picks.count < count { choose(count) }
        return picks
    }

    /// How likely each item is to be on the wrong side of the goal's boundary, times two: all 1 for a whole
    /// ranking.
    private static func undecided(
        _ posterior: any ScorePosterior, _ order: [Int], _ goal: ScheduleGoal
    ) -> [Double] {
        var result = [Double](repeating: 1, count: order.count)
        guard order.count > 1, let k = goal.boundary(order.count) else { return result }
        for (place, item) in order.enumerated() {
            let rival = place < k ? order[k] : order[k - 1]
            let spread = posterior.variance(item, rival).squareRoot()
            let distance = abs(posterior.means[item] - posterior.means[rival])
            result[item] = spread > 0 ? 2 * Special.normalCDF(-distance / spread) : 0
        }
        return result
    }

    private func expected(_ i: Int, _ j: Int) -> InformationGain.Expected {
        gain.expected(mean: posterior.means[i] - posterior.means[j], variance: posterior.variance(i, j))
    }

    /// What a gain counts for the goal: the mean of how undecided the two items are.
    private func value(_ nats: Double, _ i: Int, _ j: Int) -> Double {
        nats * 0.5 * (undecided[i] + undecided[j])
    }

    private mutating func take(_ i: Int, _ j: Int, _ expected: InformationGain.Expected, joins: Bool) {
        picks.append(Pick(i: i, j: j, expected: expected, joins: joins))
        uses[i] += 1
        uses[j] += 1
        posterior.expect(i, j, gain: expected.nats)
    }

    /// Joins parts to the largest: the middle item of a part meets the item of the growing whole that is
    /// nearest in score among those least used.
    private mutating func join(_ count: Int) {
        var members: [Int: [Int]] = [:]
        for item in order { members[partOf[item], default: []].append(item) }
        if members.count < 2 { return }
        let roots = members.keys.sorted {
            let a = members[$0]!.count, b = members[$1]!.count
            return a != b ? a > b : $0 < $1
        }
        var whole = members[roots[0]]!
        for root in roots.dropFirst().prefix(count) {
            let part = members[root]!
            let joining = part[part.count / 2]
            let mean = posterior.means[joining]
            var best = whole[0]
            for item in whole.dropFirst() {
                let there = (uses[item], abs(posterior.means[item] - mean), item)
                if there < (uses[best], abs(posterior.means[best] - mean), best) { best = item }
            }
            let i = min(joining, best), j = max(joining, best)
            take(i, j, expected(i, j), joins: true)
            whole += part
        }
    }

    private func scored(_ pairs: [(Int32, Int32)]) -> [Candidate] {
        let chunks = Parallel.chunks(pairs.count, size: 1024)
        let start = Int32(picks.count)
        let parts = Parallel.map(chunks.count) { chunk -> [Candidate] in
            chunks[chunk].map {
                let (i, j) = (Int(pairs[$0].0), Int(pairs[$0].1))
                return Candidate(
                    value: value(expected(i, j).nats, i, j), i: pairs[$0].0, j: pairs[$0].1, picks: start)
            }
        }
        return Array(parts.joined())
    }

    private mutating func choose(_ count: Int) {
        var heap = MaxHeap(scored(candidates()))
        var taken = Set(picks.map { $0.i << 32 | $0.j })
        var waiting: [Candidate] = []
        var limit = max(1, options.maxPerItem)
        while picks.count < count {
            guard var top = heap.popFirst() else {
                // Nobody is left below the limit: allow each item once more.
                if waiting.isEmpty { return }
                heap = MaxHeap(waiting)
                waiting = []
                limit += 1
                continue
            }
            let (i, j) = (Int(top.i), Int(top.j))
            if taken.contains(i << 32 | j) { continue }
            if uses[i] >= limit || uses[j] >= limit {
                waiting.append(top)
                continue
            }
            let now = expected(i, j)
            if top.picks != Int32(picks.count) {
                top.value = value(now.nats, i, j)
                top.picks = Int32(picks.count)
                if let next = heap.first, top < next {
                    heap.push(top)
                    continue
                }
            }
            taken.insert(i << 32 | j)
            take(i, j, now, joins: false)
        }
    }

    /// Up to this many items every pair is a candidate.
    static let allPairs = 64

    /// The pairs to look at: all of few items; else neighbours in rank, random ones near and far, and for a
    /// goal with a boundary every item against the two at it.
    private mutating func candidates() -> [(Int32, Int32)] {
        let n = order.count
        var pairs: [(Int32, Int32)] = []
        func add(_ a: Int, _ b: Int) {
            if a != b { pairs.append((Int32(min(a, b)), Int32(max(a, b)))) }
        }
        if n <= Self.allPairs {
            for i in 0..<n { for j in i + 1..<n { add(i, j) } }
            return pairs
        }
        for place in 0..<n {
            for offset in [1, 2, 3, 5, 8] where place + offset < n {
                add(order[place], order[place + offset])
            }
            let near = min(n - 1, place + 1 + random.below(max(8, n / 16)))
            add(order[place], order[near])
            add(order[place], order[random.below(n)])
        }
        if let k = options.goal.boundary(n) {
            for item in order {
                add(item, order[k - 1])
                add(item, order[k])
            }
        }
        return pairs
    }
}
