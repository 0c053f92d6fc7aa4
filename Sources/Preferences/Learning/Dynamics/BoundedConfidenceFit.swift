import Kernels

/// Learns how close friends must be to be listened to, and how fast people move, from repeated measurements.
///
/// Source: Mukta, Sakib, Islam, Ahmed and Rifat, "Predicting Users' Value Changes by the Friends' Influence
/// from Social Media Usage" (2021), with what it leaves out filled in from bounded-confidence models: (ε,
/// μ) = argmin of the squared error of predicting each wave from the one before, found by a particle swarm.
/// Intervals (95%) resample whole networks.
///
/// What the data cannot say: where μ is nearly 0 nothing tells ε. ε is known only as finely as the
/// distances of friends lie. That people become alike may also come from making friends with those who are;
/// this model calls all of it influence.
///
/// - Complexity: particles · iterations · edges · values · waves.
///
/// ```swift
/// let model = try BoundedConfidenceFit().fit(records, seed: 1)
/// let next = model.dynamics.step(scores, values: 5, network: network)
/// ```
public struct BoundedConfidenceFit: Sendable, Hashable {
    /// The method's id.
    public static let id = "bcm-value-dynamics"

    /// Whether all values have one bound and one speed.
    public var sharesValues: Bool
    /// Whether stubbornness is learnt too, from at least three waves.
    public var learnsStubbornness: Bool
    /// Whether the weights of those within the bound are brought to a sum of 1.
    public var renormalises: Bool
    /// How many steps the time between two waves has.
    public var substeps: Int
    /// The bound, where it is known: 1 lets everybody listen to all friends.
    public var epsilon: Double?
    /// What searches.
    public var swarm: ParticleSwarm
    /// The number of resamples for the intervals.
    public var resamples: Int

    /// Creates the learner.
    public init(
        sharesValues: Bool = true, learnsStubbornness: Bool = false, renormalises: Bool = false,
        substeps: Int = 1,
        epsilon: Double? = nil, swarm: ParticleSwarm = ParticleSwarm(), resamples: Int = 400
    ) {
        precondition(substeps > 0, "at least one step")
        self.sharesValues = sharesValues
        self.learnsStubbornness = learnsStubbornness
        self.renormalises = renormalises
        self.substeps = substeps
        self.epsilon = epsilon
        self.swarm = swarm
        self.resamples = resamples
    }

    /// Learns from networks that were measured at least twice.
    ///
    /// - Throws: `LearningError`.
    public func fit(
        _ records: [InfluenceRecord], seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> ValueDynamicsModel {
        guard let values = records.first?.values, records.allSatisfy({ $0.values == values }) else {
            throw LearningError.data("\(Self.id) needs networks whose people have scores of the same values")
        }
        guard records.contains(where: { $0.waves.count >= 2 }) else {
            throw LearningError.data("\(Self.id) needs a network that was measured at least twice")
        }
        if learnsStubbornness, !records.contains(where: { $0.waves.count >= 3 }) {
            throw LearningError.data("stubbornness needs a network that was measured at least three times")
        }
        let groups = sharesValues ? [Array(0..<values)] : (0..<values).map { [$0] }
        var (bounds, speeds, spread, loss, stubborn) = ([Double](), [Double](), 0.0, 0.0, 0.0)
        for (number, group) in groups.enumerated() {
            let data = records.map { $0.selecting(group) }
            let found = swarm.minimize(
                lower: [epsilon ?? 0, 0] + (learnsStubbornness ? [0] : []),
                upper: [epsilon ?? 1, 1] + (learnsStubbornness ? [1] : []), seed: seed &+ UInt64(number)
            ) { point in Self.error(self.dynamics(at: point), data) }
            bounds.append(found.x[0])
            speeds.append(found.x[1])
            stubborn += (learnsStubbornness ? found.x[2] : 0) / Double(groups.count)
            spread = max(spread, found.spread)
            loss += found.value / Double(groups.count)
            try watch.step(number + 1, of: groups.count, loss: found.value)
        }
        let dynamics = BoundedConfidence(
            epsilon: bounds, mu: speeds, stubbornness: stubborn, renormalises: renormalises,
            substeps: substeps)
        var limits: [String] = []
        var intervals: [ValueDynamicsModel.Interval] = []
        if substeps == 1 {
            for (number, group) in groups.enumerated() {
                let profile = ConfidenceProfile(
                    records.map { $0.selecting(group) }, stubbornness: stubborn, renormalises: renormalises,
                    epsilon: epsilon)
                let interval = profile.intervals(
                    resamples: resamples, random: CounterRandom(seed: seed).split(UInt64(77 + number)))
                intervals.append(interval)
                if interval.mu.lowerBound <= 0.01 {
                    limits.append(
                        "no influence is visible"
                            + (sharesValues ? "" : " on value \(number + 1)")
                            + ": the bound is not determined")
                }
            }
        }
        limits.append("influence and the choice of like-minded friends are not told apart")
        return ValueDynamicsModel(
            dynamics: dynamics, values: values, intervals: intervals,
            certificate: FitCertificate(
                converged: spread < 0.05, steps: swarm.iterations, loss: loss, limits: limits))
    }

    private func dynamics(at point: [Double]) -> BoundedConfidence {
        BoundedConfidence(
            epsilon: point[0], mu: point[1], stubbornness: point.count > 2 ? point[2] : 0,
            renormalises: renormalises, substeps: substeps)
    }

    /// The mean squared error of predicting each wave from the one before.
    static func error(_ dynamics: BoundedConfidence, _ records: [InfluenceRecord]) -> Double {
        var (sum, count) = (0.0, 0)
        for record in records {
            for (now, next) in zip(record.waves, record.waves.dropFirst()) {
                let found = dynamics.step(
                    now, values: record.values, network: record.network, initial: record.waves[0])
                for (a, b) in zip(found, next) { sum += (a - b) * (a - b) }
                count += next.count
            }
        }
        return sum / Double(max(count, 1))
    }
}

extension InfluenceRecord {
    /// Some of the values only.
    func selecting(_ chosen: [Int]) -> InfluenceRecord {
        if chosen.count == values { return self }
        let cut = waves.map { wave in
            (0..<network.people).flatMap { person in chosen.map { wave[person * values + $0] } }
        }
        return InfluenceRecord(network: network, chosen: chosen.count, waves: cut)
    }

    private init(network: InfluenceNetwork, chosen: Int, waves: [[Double]]) {
        self.network = network
        values = chosen
        self.waves = waves
    }
}

/// Sums of squares and products for each network and bound, of which every fit of a speed is a ratio.
struct ConfidenceProfile {
    private let bounds: [Double]
    /// For each network, for each bound: Σ x x, Σ x y, Σ y y, with x the pull and y the change.
    private let sums: [[SIMD4<Double>]]

    init(_ records: [InfluenceRecord], stubbornness: Double, renormalises: Bool, epsilon: Double?) {
        let bounds = epsilon.map { [$0] } ?? (0...200).map { Double($0) / 200 }
        self.bounds = bounds
        sums = Parallel.map(records.count) { place in
            let record = records[place]
            return bounds.map { bound in
                let model = BoundedConfidence(epsilon: bound, mu: 1, renormalises: renormalises)
                var sum = SIMD4<Double>.zero
                for (now, next) in zip(record.waves, record.waves.dropFirst()) {
                    for person in 0..<record.network.people {
                        for value in 0..<record.values {
                            let at = person * record.values + value
                            let x =
                                (1 - stubbornness)
                                * model.pull(now, at, value, person, record.values, record.network)
                            let y =
                                next[at] - stubbornness * record.waves[0][at] - (1 - stubbornness) * now[at]
                            sum += SIMD4(x * x, x * y, y * y, 0)
                        }
                    }
                }
                return sum
            }
        }
    }

    func intervals(resamples: Int, random: CounterRandom) -> ValueDynamicsModel.Interval {
        let draws = Parallel.map(resamples) { index -> (Double, Double) in
            var random = random.split(UInt64(index))
            var total = [SIMD4<Double>](repeating: .zero, count: bounds.count)
            for _ in sums.indices {
                let network = sums[random.below(sums.count)]
                for bound in total.indices { total[bound] += network[bound] }
            }
            var best = (error: Double.infinity, bound: 0.0, speed: 0.0)
            for (bound, sum) in zip(bounds, total) {
                let speed = sum[0] > 0 ? min(1, max(0, sum[1] / sum[0])) : 0
                let error = sum[2] - 2 * speed * sum[1] + speed * speed * sum[0]
                if error < best.error { best = (error, bound, speed) }
            }
            return (best.bound, best.speed)
        }
        func interval(_ values: [Double]) -> ClosedRange<Double> {
            Statistics.quantile(values, 0.025)...Statistics.quantile(values, 0.975)
        }
        return .init(epsilon: interval(draws.map(\.0)), mu: interval(draws.map(\.1)))
    }
}
