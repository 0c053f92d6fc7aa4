import Kernels
import Preferences
import Signals

/// In a town with lazy, random and reversed judges the joint fit is closer to the truth, and finds them.
struct SpamResistance: Experiment {
    var claim: String {
        "the error against the truth is at least 15% below plain Davidson's, and at least 80% of the planted reversed, "
            + "random and lazy judges are named with at most 5% of honest ones"
    }
    var baseline: String { "Davidson, which trusts all judges alike" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let towns = size == .full ? 40 : 6
        let root = CounterRandom(seed: seed)
        struct Outcome: Sendable {
            var own = 0.0, plain = 0.0, named = 0, planted = 0, slandered = 0, honest = 0
        }
        let found = try Parallel.map(towns) { town throws -> Outcome in
            var random = root.split(UInt64(town))
            let items = 12, judges = 60, answers = 60
            let truth = Boards.centred((0..<items).map { _ in 0.9 * random.normal() })
            var log = FeedbackLog()
            var kinds: [String: String] = [:]
            for judge in 0..<judges {
                let u = random.uniform()
                let kind = u < 0.12 ? "lazy" : u < 0.27 ? "random" : u < 0.35 ? "reversed" : "honest"
                kinds["judge\(judge)"] = kind
                for _ in 0..<answers {
                    let i = random.below(items)
                    var j = random.below(items - 1)
                    if j >= i { j += 1 }
                    var d = truth[i] - truth[j] + 0.2
                    if kind == "lazy" { d = 4 }
                    if kind == "random" { d = 0 }
                    if kind == "reversed" { d = truth[j] - truth[i] }
                    try log.append(
                        FeedbackEvent(
                            .comparison(
                                Comparison(
                                    left: Boards.name(i), right: Boards.name(j),
                                    outcome: Boards.davidson(0.2)(d, &random), first: .left)),
                            judge: "judge\(judge)"))
                }
            }
            func error(_ fit: RankingFit) -> Double {
                // Scale is the judges' affair: the plain fit may have any, so that each is scaled to fit best.
                var xy = 0.0, yy = 0.0, xx = 0.0
                for item in fit.items {
                    let x = truth[Boards.number(item.item)]
                    xy += x * item.score
                    yy += item.score * item.score
                    xx += x * x
                }
                return max(0, (xx - xy * xy / yy) / Double(items)).squareRoot()
            }
            let joint = try JudgeReliability().fit(log)
            var outcome = Outcome(own: error(joint), plain: error(try Davidson().fit(log)))
            for judge in joint.judges {
                let suspect = [.lazy, .random, .reversed].contains(judge.kind)
                if kinds[judge.judge] == "honest" {
                    outcome.honest += 1
                    outcome.slandered += suspect ? 1 : 0
                } else {
                    outcome.planted += 1
                    outcome.named += suspect ? 1 : 0
                }
            }
            return outcome
        }
        let own = Statistics.mean(found.map(\.own)), plain = Statistics.mean(found.map(\.plain))
        let named =
            Double(found.reduce(0) { $0 + $1.named }) / Double(max(1, found.reduce(0) { $0 + $1.planted }))
        let slandered =
            Double(found.reduce(0) { $0 + $1.slandered }) / Double(max(1, found.reduce(0) { $0 + $1.honest }))
        return ExperimentResult(
            columns: ["model", "error (scale-free)", "planted judges named", "honest judges named"],
            rows: [.init("judges", [own, named, slandered]), .init("Davidson", [plain, .nan, .nan])],
            holds: own <= 0.85 * plain && named >= 0.8 && slandered <= 0.05,
            verdict:
                "error \(fixed(own)) against \(fixed(plain)); \(percent(named)) of the planted judges named, "
                + "\(percent(slandered)) of the honest ones")
    }
}
