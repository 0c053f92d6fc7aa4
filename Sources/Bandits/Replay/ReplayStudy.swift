import Evaluation
import Kernels

/// What several runs of a policy in a replay say together: its reward with an interval, and how that developed.
public struct ReplayStudy: Sendable {
    /// The mean reward of a decision while the policy learns.
    public let value: Double
    /// Its standard error.
    public let standardError: Double
    /// Its 95% interval; for runs on one log corrected for skewness, as rare rewards and heavy weights need it.
    public let interval: Interval
    /// The mean weight of a decision, where rewards are weighted; near 1 where the log tried what the policy does and its propensities
    /// are right.
    public let meanWeight: Double?
    /// The standard error of the mean weight.
    public let meanWeightError: Double?
    /// The mean number of decisions in a run.
    public let decisions: Double
    /// The mean reward so far, at places along the run.
    public let rewards: [Point]
    /// The cumulative regret, at the same places; empty where the world is not known.
    public let regrets: [Point]

    /// A mean over the runs at one place.
    public struct Point: Sendable, Hashable, Codable {
        /// The number of decisions.
        public var decisions: Int
        /// The value.
        public var value: Double
        /// Its 95% interval.
        public var interval: Interval

        /// Creates a point.
        public init(decisions: Int, value: Double, interval: Interval) {
            self.decisions = decisions
            self.value = value
            self.interval = interval
        }
    }

    /// Sums runs up.
    ///
    /// Runs in a fitted world are independent: their spread is the error. Runs on the rows of one log are not, however many there are: the
    /// error is then that of the average run, from the spread of its own terms.
    ///
    /// - Throws: `BanditError.data` where no run has a decision.
    public init(_ runs: [ReplayTrace], independent: Bool, points: Int = 60) throws(BanditError) {
        let traces = runs.filter { !$0.rewards.isEmpty }
        guard !traces.isEmpty else {
            throw .data("no decision of the log was accepted: too few, or too rare choices")
        }
        let means = traces.map { $0.mean.value }
        value = Statistics.mean(means)
        let own = Statistics.mean(traces.map { $0.mean.standardError })
        let spread = means.count > 1 ? (Statistics.variance(means) / Double(means.count)).squareRoot() : own
        standardError = independent ? spread : own
        interval =
            independent
            ? Interval(lower: value - 1.959964 * spread, upper: value + 1.959964 * spread)
            : try Self.interval(traces)
        let weights = traces.filter { !$0.weights.isEmpty }.map(\.weights)
        meanWeight = weights.isEmpty ? nil : Statistics.mean(weights.map { Statistics.mean($0) })
        meanWeightError =
            weights.isEmpty
            ? nil
            : Statistics.mean(
                weights.map { $0.count > 1 ? (Statistics.variance($0) / Double($0.count)).squareRoot() : 0 })
        decisions = Statistics.mean(traces.map { Double($0.rewards.count) })
        let shortest = traces.map(\.rewards.count).min() ?? 0
        rewards = Self.points(
            traces.map { Array($0.rewards.prefix(shortest)) }, points, independent, mean: true)
        regrets =
            traces.allSatisfy { $0.regrets.count == $0.rewards.count }
            ? Self.points(traces.map { Array($0.regrets.prefix(shortest)) }, points, true, mean: false) : []
    }

    /// The interval of runs on the same log: of the mean of each row's terms where all runs have the same rows, otherwise the mean of
    /// the ends of each run's own.
    private static func interval(_ traces: [ReplayTrace]) throws(BanditError) -> Interval {
        let method = SkewCorrectedInterval()
        let count = traces[0].rewards.count
        if !traces[0].weights.isEmpty, traces.allSatisfy({ $0.rewards.count == count }) {
            let share = 1 / Double(traces.count)
            var mean = [Double](repeating: 0, count: count)
            for trace in traces {
                for (row, reward) in trace.rewards.enumerated() { mean[row] += share * reward }
            }
            return try method.interval(Contributions(mean), level: 0.95)
        }
        var lower: [Double] = [], upper: [Double] = []
        for trace in traces where trace.rewards.count > 1 {
            let found = try method.interval(Contributions(trace.rewards), level: 0.95)
            lower.append(found.lower)
            upper.append(found.upper)
        }
        guard !lower.isEmpty else { throw .data("no run has two decisions: too few, or too rare choices") }
        return Interval(lower: Statistics.mean(lower), upper: Statistics.mean(upper))
    }

    private static func points(_ runs: [[Double]], _ count: Int, _ independent: Bool, mean: Bool) -> [Point] {
        let curves = runs.map { ReplayTrace.cumulative($0, at: count) }
        guard let first = curves.first else { return [] }
        return first.indices.map { place in
            let n = Double(first[place].decisions)
            let scale = mean ? 1 / n : 1
            let values = curves.map { $0[place].sum * scale }
            let value = Statistics.mean(values)
            var error = 0.0
            if independent || !mean {
                if values.count > 1 {
                    error = (Statistics.variance(values) / Double(values.count)).squareRoot()
                }
            } else if n > 1 {
                error = Statistics.mean(
                    curves.map { curve in
                        let spread = curve[place].squares - curve[place].sum * curve[place].sum / n
                        return (max(0, spread) / (n - 1) / n).squareRoot()
                    })
            }
            return Point(
                decisions: first[place].decisions, value: value,
                interval: Interval(lower: value - 1.959964 * error, upper: value + 1.959964 * error))
        }
    }
}
