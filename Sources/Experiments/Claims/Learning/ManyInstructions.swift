import Kernels
import Preferences

/// Comparisons made up of instructions teach a reward to weigh four of them at once, for a small price elsewhere.
struct ManyInstructions: Experiment {
    var claim: String {
        "20 kinds of instructions, comparisons that seldom turn on one: with pairs of prompts and of leads the reward finds the "
            + "answer that obeys more of four instructions in 95%, 0.15 more often than from the comparisons alone, and "
            + "loses at most 0.03 on such comparisons"
    }
    var baseline: String { "the same reward learnt from the comparisons alone" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let runs = size == .full ? 5 : 2
        let names = ["comparisons alone", "with both", "with prompts", "with leads"]
        let losses = [(0.0, 0.0), (1, 1), (1, 0), (0, 1)].map {
            MultiLevelLoss(intraWeight: $0.0, interWeight: $0.1)
        }
        let results = try Parallel.map(runs) { run in
            let world = try World(seed: seed &* 1000 &+ UInt64(run))
            return try losses.map { try world.accuracies(MultiLevelReward(loss: $0).fit(world.data).weights) }
        }
        let means = names.indices.map { row in
            (0..<4).map { column in results.reduce(0) { $0 + $1[row][column] } / Double(runs) }
        }
        let (before, after) = (means[0], means[1])
        return ExperimentResult(
            columns: ["learnt", "2 instructions", "4 instructions", "6 instructions", "comparisons"],
            rows: zip(names, means).map { .init($0, $1) },
            holds: after[1] >= 0.95 && after[1] >= before[1] + 0.15 && after[3] >= before[3] - 0.03,
            verdict: "four instructions \(percent(after[1])) against \(percent(before[1])), comparisons "
                + "\(percent(after[3])) against \(percent(before[3]))"
        )
    }

    /// Features: the quality, then sⱼ for each kind j that the prompt has, else 0.
    private struct World {
        static let kinds = 20
        let data: MultiLevelSet
        /// Pairs of equal quality under 2, 4 and 6 instructions, and comparisons like those learnt from.
        let tests: [[(better: [Double], worse: [Double])]]

        init(seed: UInt64) throws {
            var random = CounterRandom(seed: seed)
            var rows: [[Double]] = []
            func answer() -> (quality: Double, signs: [Double]) {
                (random.normal(), (0..<Self.kinds).map { _ in random.bernoulli(0.5) ? 1 : -1 })
            }
            func row(_ answer: (quality: Double, signs: [Double]), _ prompt: [Int]) -> [Double] {
                var row = [answer.quality] + [Double](repeating: 0, count: Self.kinds)
                for kind in prompt { row[1 + kind] = answer.signs[kind] }
                return row
            }
            func add(_ answer: (quality: Double, signs: [Double]), _ prompt: [Int]) -> Int {
                rows.append(row(answer, prompt))
                return rows.count - 1
            }
            func prompt(_ count: Int) -> [Int] { Array(random.permutation(Self.kinds).prefix(count)) }
            func isBetter(
                _ a: (quality: Double, signs: [Double]), _ b: (quality: Double, signs: [Double]),
                _ prompt: [Int]
            ) -> Bool {
                if let kind = prompt.first, a.signs[kind] != b.signs[kind], random.bernoulli(0.15) {
                    return a.signs[kind] > b.signs[kind]
                }
                return a.quality > b.quality
            }
            var (left, right) = ([Int](), [Int]())
            var (intra, inter) = ([MultiLevelSet.Pair](), [MultiLevelSet.Leads]())
            for _ in 0..<500 {
                let (a, b, asked) = (answer(), answer(), prompt(random.below(2)))
                let (chosen, rejected) = isBetter(a, b, asked) ? (a, b) : (b, a)
                left.append(add(chosen, asked))
                right.append(add(rejected, asked))
                let free = (0..<Self.kinds).filter { !asked.contains($0) }
                for one in [chosen, rejected] {
                    // Up to four kinds that it obeys, against as many that it does not all obey.
                    let count = 1 + random.below(4)
                    var obeyed = free.filter { one.signs[$0] > 0 }, missed = free.filter { one.signs[$0] < 0 }
                    random.shuffle(&obeyed)
                    random.shuffle(&missed)
                    let wrong = 1 + random.below(count)
                    guard obeyed.count >= 2 * count, missed.count >= wrong else { continue }
                    let suited = asked + obeyed.prefix(count)
                    let unsuited = asked + missed.prefix(wrong) + obeyed.suffix(count - wrong)
                    intra.append(.init(add(one, suited), over: add(one, unsuited)))
                }
                var widening = free.filter { chosen.signs[$0] > rejected.signs[$0] }
                var narrowing = free.filter { chosen.signs[$0] < rejected.signs[$0] }
                random.shuffle(&widening)
                random.shuffle(&narrowing)
                let wide = asked + widening.prefix(1 + random.below(3))
                let narrow = asked + narrowing.prefix(random.bernoulli(0.5) ? 1 + random.below(3) : 0)
                guard wide.count > asked.count else { continue }
                inter.append(
                    .init(
                        .init(add(chosen, wide), over: add(rejected, wide)),
                        over: .init(add(chosen, narrow), over: add(rejected, narrow))))
            }
            tests =
                [2, 4, 6].map { count in
                    var pairs: [(better: [Double], worse: [Double])] = []
                    while pairs.count < 2000 {
                        var (a, b, asked) = (answer(), answer(), prompt(count))
                        (a.quality, b.quality) = (0, 0)
                        let gap = asked.reduce(0) { $0 + a.signs[$1] - b.signs[$1] }
                        if gap == 0 { continue }
                        if gap < 0 { (a, b) = (b, a) }
                        asked.sort()
                        pairs.append((row(a, asked), row(b, asked)))
                    }
                    return pairs
                }
                + [
                    (0..<2000).map { _ in
                        let (a, b, asked) = (answer(), answer(), prompt(random.below(2)))
                        let (chosen, rejected) = isBetter(a, b, asked) ? (a, b) : (b, a)
                        return (row(chosen, asked), row(rejected, asked))
                    }
                ]
            let items = ItemSet(features: try FeatureMatrix(rows))
            data = try MultiLevelSet(
                base: ComparisonSet(
                    items: items, left: left, right: right, labels: [Double](repeating: 1, count: 500)),
                intra: intra, inter: inter)
        }

        func accuracies(_ weights: [Double]) -> [Double] {
            tests.map { pairs in
                let hits = pairs.count { pair in
                    zip(weights, zip(pair.better, pair.worse)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) } > 0
                }
                return Double(hits) / Double(pairs.count)
            }
        }
    }
}
