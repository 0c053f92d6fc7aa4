import Foundation
import Kernels
import Preferences

/// Utilities come back from forced choices, better between close outcomes where pairs are chosen actively;
/// coherence rises as noise falls; votes steer utilities on outcomes that nobody voted on.
struct ElicitedUtilities: Experiment {
    var claim: String {
        "60 outcomes, 708 of 1770 pairs: correlation with the truth at least 0.97; active pairs order close outcomes right at "
            + "least 2 points more often and with a lower log loss; unequal deviations predict pairs not asked at least as well "
            + "as Bradley–Terry; lotteries are off by at most 0.2 and a quarter of the shuffled error; completeness, "
            + "transitivity and accuracy rise as noise falls; control raises the held-out correlation with the citizens by 0.3"
    }
    var baseline: String {
        "random pairs with the same budget; Bradley–Terry on the same pairs; lotteries shuffled; no control"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let seeds = size == .full ? 20 : 8
        let runs = try Parallel.map(seeds) { try UtilityRun(seed: seed &* 1000 &+ UInt64($0)) }
        func mean(_ value: (UtilityRun) -> Double) -> Double { Statistics.mean(runs.map(value)) }
        let scales = UtilityRun.scales
        let curves = scales.indices.map { place in
            (0..<3).map { measure in mean { $0.coherence[place][measure] } }
        }
        let rises = (0..<3).allSatisfy { measure in
            (1..<scales.count).allSatisfy { curves[$0][measure] > curves[$0 - 1][measure] }
        }
        let correlation = min(mean { $0.active.correlation }, mean { $0.random.correlation })
        let accuracyGain = mean { $0.active.closeAccuracy - $0.random.closeAccuracy }
        let lossGain = mean { $0.random.closeLoss - $0.active.closeLoss }
        let thurstoneGain = mean { $0.bradleyTerry.unaskedLoss - $0.random.unaskedLoss }
        let (lottery, shuffled) = (mean(\.lotteryError), mean(\.shuffledError))
        let control = mean { $0.controlAfter - $0.controlBefore }
        func row(_ name: String, _ part: (UtilityRun) -> UtilityRun.Design) -> ExperimentResult.Row {
            .init(
                name,
                [
                    mean { part($0).correlation }, mean { part($0).closeAccuracy },
                    mean { part($0).closeLoss },
                    mean { part($0).unaskedLoss },
                ])
        }
        return ExperimentResult(
            columns: [
                "design or noise", "correlation", "accuracy, close", "log loss, close", "log loss, not asked",
            ],
            rows: [
                row("active pairs", \.active), row("random pairs", \.random),
                row("Bradley–Terry, random pairs", \.bradleyTerry),
            ]
                + scales.indices.map { place in
                    .init(
                        "noise × \(scales[place]): completeness, transitivity, accuracy",
                        curves[place] + [.nan])
                } + [
                    .init("lotteries: error, shuffled", [lottery, shuffled, .nan, .nan]),
                    .init(
                        "control: before, after", [mean(\.controlBefore), mean(\.controlAfter), .nan, .nan]),
                ],
            holds: correlation >= 0.97 && accuracyGain >= 0.02 && lossGain > 0 && thurstoneGain >= 0
                && lottery <= 0.2 && lottery <= shuffled / 4 && rises && control >= 0.3,
            verdict:
                "correlation \(fixed(correlation)), close pairs \(percent(accuracyGain)) more and log loss "
                + "\(String(format: "%.4f", lossGain)) less, \(String(format: "%.4f", thurstoneGain)) less than Bradley–Terry, "
                + "lotteries \(fixed(lottery)) against \(fixed(shuffled)), coherence \(rises ? "rises" : "does not rise"), "
                + "control +\(fixed(control))")
    }
}

/// One agent and one population.
private struct UtilityRun: Sendable {
    /// How well one design does.
    struct Design: Sendable {
        var correlation: Double
        var closeAccuracy: Double
        var closeLoss: Double
        var unaskedLoss: Double
    }

    static let scales = [8.0, 4, 2, 1, 0.5, 0.25]
    private(set) var active: Design
    private(set) var random: Design
    private(set) var bradleyTerry: Design
    private(set) var coherence: [[Double]]
    private(set) var lotteryError: Double
    private(set) var shuffledError: Double
    private(set) var controlBefore: Double
    private(set) var controlAfter: Double

    init(seed: UInt64) throws {
        let root = CounterRandom(seed: seed)
        var draws = root.split(1)
        let n = 60
        let names = (0..<n).map { "outcome \($0 + 1)" }
        let means = (0..<n).map { _ in draws.normal() }
        let deviations = (0..<n).map { _ in 0.2 + 0.6 * draws.uniform() }
        let truth = UtilityModel(names, means: means, deviations: deviations)
        let agent = SimulatedAgent(outcomes: names, means: means, deviations: deviations)
        let elicitation = Elicitation(answersPerOrder: 5)
        let search = ActiveElicitation(elicitation: elicitation, perRound: 100)

        let found = try search.run(names, agent: agent, seed: seed)
        active = Self.judge(
            found.utilities.means, { found.utilities.probability($0, over: $1) }, truth, found.preferences)

        var order = root.split(2)
        let asked = try Self.randomPreferences(names, agent, elicitation, seed, &order)
        let model = try RandomUtility().fit(asked)
        random = Self.judge(model.means, { model.probability($0, over: $1) }, truth, asked)

        let indicators = try FeatureMatrix(
            rows: n, columns: n, values: (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 })
        let strengths = try LinearReward(ridge: 3e-5).fit(asked.comparisons(features: indicators), seed: 1)
            .weights
        bradleyTerry = Self.judge(
            strengths, { Special.logistic(strengths[$0] - strengths[$1]) }, truth, asked)

        coherence = try Self.scales.enumerated().map { place, scale in
            let noisy = SimulatedAgent(
                outcomes: names, means: means, deviations: deviations.map { $0 * scale })
            var order = root.split(UInt64(10 + place))
            let answers = try Self.randomPreferences(names, noisy, elicitation, seed, &order)
            let report = try CoherenceReport(answers, seed: seed)
            return [
                report.completeness.value, report.transitivity?.value ?? .nan, report.utilityFit.accuracy,
            ]
        }

        var (allNames, allMeans, allDeviations) = (names, means, deviations)
        var lotteries: [(place: Int, lottery: Lottery)] = []
        for _ in 0..<40 {
            let order = draws.permutation(n)
            let share = (1 + Double(draws.below(9))) / 10
            let lottery = try Lottery([order[0], order[1]], probabilities: [share, 1 - share])
            lotteries.append((allNames.count, lottery))
            allNames.append("lottery \(lotteries.count): " + lottery.text(names))
            allMeans.append(lottery.expected(means))
            allDeviations.append(0.2 + 0.6 * draws.uniform())
        }
        let gambler = SimulatedAgent(outcomes: allNames, means: allMeans, deviations: allDeviations)
        let check = ExpectedUtilityCheck(
            try search.run(allNames, agent: gambler, seed: seed).utilities, lotteries: lotteries)
        (lotteryError, shuffledError) = (check.error, check.shuffledError)
        (controlBefore, controlAfter) = try Self.control(root.split(3))
    }

    private static func randomPreferences(
        _ names: [String], _ agent: SimulatedAgent, _ elicitation: Elicitation, _ seed: UInt64,
        _ random: inout CounterRandom
    ) throws -> SoftPreferences {
        var preferences = try SoftPreferences(outcomes: names)
        try elicitation.ask(
            ActivePairs.circle(names.count, using: &random), of: agent, into: &preferences, seed: seed)
        let rest = ActivePairs.random(
            ActivePairs.budget(names.count) - names.count, notIn: preferences, using: &random)
        try elicitation.ask(rest, of: agent, into: &preferences, seed: seed)
        return preferences
    }

    private static func judge(
        _ means: [Double], _ probability: (Int, Int) -> Double, _ truth: UtilityModel,
        _ asked: SoftPreferences
    ) -> Design {
        let n = means.count
        var isAsked = [Bool](repeating: false, count: n * n)
        for pair in asked.pairs {
            isAsked[pair.first * n + pair.second] = true
            isAsked[pair.second * n + pair.first] = true
        }
        var (right, close, closeLoss, unasked, unaskedLoss) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for a in 0..<n {
            for b in a + 1..<n {
                let p = truth.probability(a, over: b)
                let q = min(1 - 1e-12, max(1e-12, probability(a, b)))
                let loss = -p * log(q) - (1 - p) * log(1 - q)
                if !isAsked[a * n + b] {
                    unasked += 1
                    unaskedLoss += loss
                }
                let lead = truth.means[a] - truth.means[b]
                guard abs(lead) < 0.5 else { continue }
                close += 1
                closeLoss += loss
                if (means[a] > means[b]) == (lead > 0) { right += 1 }
            }
        }
        return Design(
            correlation: Statistics.pearson(means, truth.means), closeAccuracy: right / close,
            closeLoss: closeLoss / close, unaskedLoss: unaskedLoss / unasked)
    }

    /// A model whose weights have nothing to do with those of 30 citizens, who vote on 200 pairs of 40
    /// outcomes.
    private static func control(_ root: CounterRandom) throws -> (before: Double, after: Double) {
        var random = root
        let (outcomes, width) = (60, 10)
        let rows = (0..<outcomes).map { _ in (0..<width).map { _ in random.normal() } }
        let features = try FeatureMatrix(rows)
        let target = (0..<width).map { _ in random.normal() }
        let start = LinearRewardModel(weights: (0..<width).map { _ in random.normal() })
        let citizens = (0..<30).map { _ in target.map { $0 + 0.5 * random.normal() } }
        let names = (0..<outcomes).map { "outcome \($0 + 1)" }
        let places = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        let pairs = (0..<200).map { _ in
            let a = random.below(40)
            return OutcomePair(a, (a + 1 + random.below(39)) % 40)
        }
        let assembly = CitizenAssembly(citizens: 30, marginals: [], seed: 1)
        let votes = try assembly.vote(on: pairs, outcomes: names) { citizen, first, second, _, random in
            let (a, b) = (rows[places[first]!], rows[places[second]!])
            let lead = zip(citizens[citizen.number], zip(a, b)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
            return random.bernoulli(Special.logistic(lead)) ? .first : .second
        }
        let controlled = try UtilityControl().steer(start, to: votes, features: features)
        let held = features.selecting(Array(40..<outcomes))
        let truth = held.product(target)
        return (
            Statistics.pearson(held.product(start.weights), truth),
            Statistics.pearson(held.product(controlled.weights), truth)
        )
    }
}
