import Kernels
import Preferences

/// Bounded confidence predicts how friends' scores draw together, where they listen only to those who are
/// near.
struct DriftingValues: Experiment {
    var claim: String {
        "40 ego networks: the error on the last wave is at most 0.6 of predicting no change and of averaging over all friends at "
            + "its own best speed, below 0.1 of averaging at the same speed; the bound and the speed are found "
            + "within 0.05; correcting by support vector regression costs at most 5%"
    }
    var baseline: String { "no change; averaging over all friends (ε = 1) with the same μ and with its own" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        let (networks, seeds) = size == .full ? (40, 5) : (20, 2)
        var found: [[Double]] = []
        for place in 0..<seeds {
            found.append(
                try Self.errors(networks, CounterRandom(seed: seed &+ UInt64(place)), seed &+ UInt64(place)))
        }
        let means = (0..<7).map { column in Statistics.mean(found.map { $0[column] }) }
        let (epsilonError, muError) = (found.map { $0[5] }.max() ?? 1, found.map { $0[6] }.max() ?? 1)
        let names = [
            "bounded confidence", "no change", "all friends, own speed", "all friends, same speed",
            "bounded confidence, corrected",
        ]
        let ratios = (0..<5).map { means[0] / means[$0] }
        return ExperimentResult(
            columns: ["prediction", "mean squared error × 1000", "bounded confidence's share"],
            rows: names.indices.map { .init(names[$0], [1000 * means[$0], ratios[$0]]) },
            holds: ratios[1] <= 0.6 && ratios[2] <= 0.6 && ratios[3] < 0.1 && means[4] <= 1.05 * means[0]
                && epsilonError <= 0.05 && muError <= 0.05,
            verdict:
                "\(fixed(ratios[1])) of no change, \(fixed(ratios[2])) of averaging, \(fixed(ratios[3])) at the same speed; ε and μ "
                + "off by at most \(fixed(epsilonError)) and \(fixed(muError)); the correction costs \(percent(means[4] / means[0] - 1))"
        )
    }

    private static func errors(_ networks: Int, _ root: CounterRandom, _ seed: UInt64) throws -> [Double] {
        let truth = BoundedConfidence(epsilon: 0.25, mu: 0.4)
        let records = try (0..<networks).map { try record(truth, root.split(UInt64($0))) }
        let train = try records.map {
            try InfluenceRecord(network: $0.network, values: 5, waves: Array($0.waves.prefix(3)))
        }
        let test = try records.map {
            try InfluenceRecord(network: $0.network, values: 5, waves: Array($0.waves.suffix(2)))
        }
        func error(_ model: ValueDynamicsModel) throws -> ForecastErrors {
            ForecastErrors(try test.map { try model.predict($0) }, for: test)
        }
        let model = try BoundedConfidenceFit().fit(train, seed: seed)
        let mine = try error(model)
        let averaging = try error(BoundedConfidenceFit(epsilon: 1).fit(train, seed: seed))
        let sameSpeed = BoundedConfidence(epsilon: [1], mu: model.dynamics.mu)
        let same = ForecastErrors(
            test.map { [sameSpeed.step($0.waves[0], values: 5, network: $0.network)] }, for: test)
        let corrected = try RefinedForecast(model, on: train)
        let refined = ForecastErrors(try test.map { try corrected.predict($0) }, for: test)
        return [
            mine.meanSquared, mine.unchanged, averaging.meanSquared, same.meanSquared, refined.meanSquared,
            abs(model.dynamics.epsilon[0] - 0.25), abs(model.dynamics.mu[0] - 0.4),
        ]
    }

    /// 15 people, 60% of all ties, weights from Gamma(1), 5 values, 4 waves measured with an error of 0.01.
    private static func record(_ truth: BoundedConfidence, _ random: CounterRandom) throws -> InfluenceRecord
    {
        var random = random
        var ties: [(of: Int, with: Int, count: Double)] = []
        for a in 0..<15 {
            for b in 0..<15 where a != b && random.bernoulli(0.6) {
                ties.append((a, b, random.gamma(shape: 1)))
            }
        }
        let network = try InfluenceNetwork(people: 15, interactions: ties)
        var scores = (0..<75).map { _ in random.uniform() }
        var waves: [[Double]] = []
        for _ in 0..<4 {
            waves.append(scores.map { min(1, max(0, $0 + 0.01 * random.normal())) })
            scores = truth.step(scores, values: 5, network: network)
        }
        return try InfluenceRecord(network: network, values: 5, waves: waves)
    }
}
