import Kernels
import Preferences

/// Reviews by several unreliable reviewers, graded and merged, find more flaws with fewer false ones; revisions tell
/// which pairs to keep.
struct MergedReviews: Experiment {
    var claim: String {
        "four reviewers who see 55% of flaws, merged by a judge who is right in 85%, reach an F1 at least 0.15 above the best "
            + "of them, 0.1 above all together and 0.06 above two who agree; pairs that revisions bear out are right at "
            + "least 12 points more often, and more than half are kept"
    }
    var baseline: String { "the best reviewer, all flags, flags of two reviewers; unfiltered pairs" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let (seeds, items, pairs) = size == .full ? (5, 2000, 4000) : (2, 2000, 4000)
        let runs = Parallel.map(seeds) { index in
            let random = CounterRandom(seed: seed).split(UInt64(index))
            return Self.reviews(items, random.split(1)) + Self.filter(pairs, random.split(2))
        }
        let means = runs[0].indices.map { column in Statistics.mean(runs.map { $0[column] }) }
        let (merged, best, union, two) = (means[0], means[1], means[2], means[3])
        let expected = 0.9197
        return ExperimentResult(
            columns: ["critique or pairs", "F1 or accuracy", "recall or share"],
            rows: [
                .init("merged", [merged, means[4]]), .init("best reviewer", [best, .nan]),
                .init("all flags", [union, .nan]), .init("two who agree", [two, .nan]),
                .init("pairs kept", [means[5], means[7]]), .init("all pairs", [means[6], 1]),
            ],
            holds: merged >= best + 0.15 && merged >= union + 0.1 && merged >= two + 0.06
                && abs(means[4] - expected) <= 0.01 && means[5] >= means[6] + 0.12 && means[7] > 0.5,
            verdict: "F1 \(fixed(merged)) against \(fixed(best)), \(fixed(union)) and \(fixed(two)), recall "
                + "\(fixed(means[4])) (\(fixed(expected)) by arithmetic); pairs kept \(percent(means[5])) right, all "
                + "\(percent(means[6])), \(percent(means[7])) kept")
    }

    /// F1 of the merged critique, the best reviewer, all flags and two who agree; the merged one's recall.
    private static func reviews(_ items: Int, _ random: CounterRandom) -> [Double] {
        var random = random
        let (sites, agents) = (10, 4)
        struct Tally {
            var (hits, flags) = (0, 0)
            mutating func add(_ isFlagged: Bool, _ isFlaw: Bool) {
                if isFlagged { flags += 1 }
                if isFlagged && isFlaw { hits += 1 }
            }
        }
        var (merged, union, two) = (Tally(), Tally(), Tally())
        var single = [Tally](repeating: Tally(), count: agents)
        var flaws = 0
        for _ in 0..<items {
            let isFlaw = (0..<sites).map { _ in random.bernoulli(0.3) }
            var graded: [GradedUnit] = []
            var counts = [Int](repeating: 0, count: sites)
            for agent in 0..<agents {
                for site in 0..<sites {
                    let isFlagged = random.bernoulli(isFlaw[site] ? 0.55 : 0.15)
                    single[agent].add(isFlagged, isFlaw[site])
                    guard isFlagged else { continue }
                    counts[site] += 1
                    let isBelieved = random.bernoulli(0.85) == isFlaw[site]
                    graded.append(
                        GradedUnit(
                            CritiqueUnit(site: "site \(site)", agent: "agent \(agent)"),
                            isBelieved ? .correct : .fabricated))
                }
            }
            let found = Set(MergedCritique(graded).units.map(\.site))
            for site in 0..<sites {
                flaws += isFlaw[site] ? 1 : 0
                merged.add(found.contains("site \(site)"), isFlaw[site])
                union.add(counts[site] > 0, isFlaw[site])
                two.add(counts[site] > 1, isFlaw[site])
            }
        }
        func score(_ tally: Tally) -> Double { 2 * Double(tally.hits) / Double(tally.flags + flaws) }
        return [
            score(merged), single.map(score).max() ?? 0, score(union), score(two),
            Double(merged.hits) / Double(flaws),
        ]
    }

    /// How often the labels of pairs are right: of those kept, of all; and the share kept.
    private static func filter(_ pairs: Int, _ random: CounterRandom) -> [Double] {
        var random = random
        let filter = RevisionFilter()
        // The mean gap of 4 · 8 revisions on either side has the variance 0.56.
        let noise = (0.56 * 32 / 2).squareRoot()
        var (kept, keptRight, right) = (0, 0, 0)
        for _ in 0..<pairs {
            let quality = 2.0.squareRoot() * random.normal()
            let label = quality + 2 * random.normal() > 0
            let lead = label ? quality : -quality
            func scores(_ mean: Double) -> [[Double]] {
                (0..<4).map { _ in (0..<8).map { _ in mean + noise * random.normal() } }
            }
            let keeps = filter.reading(chosen: scores(lead / 2), rejected: scores(-lead / 2)).keeps
            right += lead > 0 ? 1 : 0
            kept += keeps ? 1 : 0
            keptRight += keeps && lead > 0 ? 1 : 0
        }
        return [
            Double(keptRight) / Double(max(1, kept)), Double(right) / Double(pairs),
            Double(kept) / Double(pairs),
        ]
    }
}
