import Kernels

/// A stretch of behaviour: the states passed through and the actions taken in them.
public struct TrajectorySegment: Sendable, Hashable, Codable {
    /// s₀, …, s_L: one more than there are actions.
    public let states: [Int]
    /// a₀, …, a_{L−1}.
    public let actions: [Int]

    /// Creates a segment.
    public init(states: [Int], actions: [Int]) {
        precondition(states.count == actions.count + 1, "a segment has one state more than actions")
        self.states = states
        self.actions = actions
    }
}

/// Comparisons of segments of one process: what reward models of behaviour learn from.
///
/// ```swift
/// var data = SegmentSet(process: process)
/// try data.add(first, second, label: 1, rater: "ann")
/// ```
public struct SegmentSet: Sendable, Hashable {
    /// The process that all segments are of.
    public let process: TabularProcess
    /// The segments that came first.
    public private(set) var first: [TrajectorySegment] = []
    /// The segments that came second.
    public private(set) var second: [TrajectorySegment] = []
    /// The probability with which the first was preferred: 1, 0, 0.5 for a tie, or between.
    public private(set) var labels: [Double] = []
    /// Who judged; nil for nobody known.
    public private(set) var raters: [String?] = []

    /// Creates an empty set.
    public init(process: TabularProcess) { self.process = process }

    /// The number of comparisons.
    public var count: Int { labels.count }

    /// Adds a comparison.
    ///
    /// - Throws: `LearningError.data` where a segment cannot happen in the process or the label is outside
    ///   0...1.
    public mutating func add(
        _ first: TrajectorySegment, _ second: TrajectorySegment, label: Double, rater: String? = nil
    ) throws {
        guard (0...1).contains(label) else {
            throw LearningError.data(
                "the label of comparison \(count + 1) is \(label); it is the probability, from 0 to 1, that the "
                    + "first was preferred")
        }
        try require(first)
        try require(second)
        self.first.append(first)
        self.second.append(second)
        labels.append(label)
        raters.append(rater)
    }

    /// Some of the comparisons, in the order asked for.
    public func selecting(_ places: [Int]) -> SegmentSet {
        var result = self
        result.first = places.map { first[$0] }
        result.second = places.map { second[$0] }
        result.labels = places.map { labels[$0] }
        result.raters = places.map { raters[$0] }
        return result
    }

    /// Σ φ(first) − Σ φ(second) for each comparison, as comparisons of what the segments collect.
    func collected() throws -> ComparisonSet {
        func sums(_ segments: [TrajectorySegment]) throws -> FeatureMatrix {
            try FeatureMatrix(
                segments.map { segment in
                    var sum = [Double](repeating: 0, count: process.features)
                    for (state, action) in zip(segment.states, segment.actions) where !process.isEnd[state] {
                        for (column, value) in process.features(state, action).enumerated() {
                            sum[column] += value
                        }
                    }
                    return sum
                })
        }
        return try ComparisonSet(first: sums(first), second: sums(second), labels: labels)
    }

    private func require(_ segment: TrajectorySegment) throws {
        for (place, action) in segment.actions.enumerated() {
            let (state, next) = (segment.states[place], segment.states[place + 1])
            guard (0..<process.states).contains(state), (0..<process.states).contains(next),
                (0..<process.actions).contains(action)
            else {
                throw LearningError.data(
                    "step \(place + 1) of a segment names a state or action that is not there")
            }
            let row = state * process.actions + action
            let isPossible =
                process.isEnd[state]
                ? next == state
                : (process.starts[row]..<process.starts[row + 1]).contains { process.nextStates[$0] == next }
            guard isPossible else {
                throw LearningError.data(
                    "step \(place + 1) of a segment goes from state \(state + 1) by action \(action + 1) to state "
                        + "\(next + 1), which cannot happen")
            }
        }
        if let last = segment.states.last, !(0..<process.states).contains(last) {
            throw LearningError.data("a segment ends in state \(last + 1), and there are \(process.states)")
        }
    }
}

extension TabularProcess {
    /// A segment of acting at random; in an end it stays there.
    public func randomSegment(from state: Int, length: Int, using random: inout CounterRandom)
        -> TrajectorySegment
    {
        var (states, taken) = ([state], [Int]())
        for _ in 0..<length {
            let here = states[states.count - 1]
            let action = random.below(actions)
            taken.append(action)
            states.append(isEnd[here] ? here : next(here, action, using: &random))
        }
        return TrajectorySegment(states: states, actions: taken)
    }
}

extension ProcessValues {
    /// Σ V(sₜ) − Q(sₜ, aₜ): what a segment loses by not acting as well as could be, never negative for V*
    /// and Q*.
    public func regret(_ segment: TrajectorySegment, in process: TabularProcess) -> Double {
        zip(segment.states, segment.actions).reduce(0) { sum, step in
            process.isEnd[step.0] ? sum : sum - advantage(step.0, step.1, actions: process.actions)
        }
    }

    /// V(s₀) − (Σ rₜ + V(s_L)): what a segment loses in a process without chance or discounting.
    func deterministicRegret(
        _ segment: TrajectorySegment, in process: TabularProcess, weights: [Double]
    ) -> Double {
        values[segment.states[0]] - process.partialReturn(segment, weights: weights)
            - values[segment.states[segment.states.count - 1]]
    }
}

extension TabularProcess {
    /// Σ r(sₜ, aₜ): what a segment collects.
    public func partialReturn(_ segment: TrajectorySegment, weights: [Double]) -> Double {
        let rewards = rewards(weights)
        return zip(segment.states, segment.actions).reduce(0) {
            isEnd[$1.0] ? $0 : $0 + rewards[$1.0 * actions + $1.1]
        }
    }
}
