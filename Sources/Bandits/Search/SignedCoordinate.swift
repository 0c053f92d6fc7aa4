import Kernels

/// Tunes the numbers of a pipeline whose stages can say "too low" or "too high": it bisects the one that
/// is to blame.
///
/// Source: Cheng, Nie and Swaminathan, "Trace is the Next AutoDiff" (2024) for the traces and the
/// feedback. Each number has a bracket. In a run's report the earliest tagged node has suspects: the
/// parameters that it depends on, without those of earlier nodes that nothing is said against. The last
/// suspect's bracket is cut at its value and the value set to the middle: up for `increase`, down for
/// `decrease`, the other way round where the trace's derivatives say that the node falls with it. Where
/// the bracket has become narrower than `resolution` and still the node complains, something before it
/// has changed, and it is opened again by `reopening` on the side asked for. A run without tags is fine:
/// the next input's turn comes.
///
/// Only for numbers, and for stages whose values rise or fall with them; errors in words are for
/// `TraceProposals` or `TraceSearch`. Runs of one trial that are reported twice, or after another trial
/// was, count once.
///
/// - Complexity: O(nodes²) for a report.
///
/// ```swift
/// var tuner = SignedCoordinate(parameters, inputs: examples.count)
/// let trial = tuner.choose()
/// tuner.learn(trial, run(trial.action.parameters, examples[trial.action.input]))
/// ```
public struct SignedCoordinate: Policy, Hashable {
    public static let id = "trace-opto"

    /// What to run: these values on this input.
    public struct Trial: Sendable, Hashable, Codable {
        /// The parameters.
        public let parameters: TraceParameters
        /// The number of the input.
        public let input: Int
    }

    /// The parameters with the values of the next trial.
    public private(set) var parameters: TraceParameters
    /// The number of inputs that take turns.
    public let inputs: Int
    /// The width below which a bracket is closed.
    public let resolution: Double
    /// How far a closed bracket is opened again.
    public let reopening: Double
    public var journal: Journal

    private var brackets: [Bracket]
    private var input = 0
    private var steps = 0

    private struct Bracket: Sendable, Hashable, Codable {
        var low: Double
        var high: Double
    }

    /// Creates a tuner that starts from the parameters' values.
    ///
    /// - Parameters:
    ///   - parameters: The parameters; only those with a range are tuned.
    ///   - inputs: The number of inputs that take turns.
    ///   - resolution: The width, as a share of the range, below which a bracket is closed.
    ///   - reopening: How far a closed bracket is opened again, as a share of the range.
    ///   - seed: The journal's seed; nothing is left to chance.
    public init(
        _ parameters: TraceParameters, inputs: Int = 1, resolution: Double = 1e-3, reopening: Double = 0.02,
        seed: UInt64 = 1
    ) {
        precondition(inputs > 0 && resolution > 0 && reopening > 0, "a setting is not positive")
        self.parameters = parameters
        self.inputs = inputs
        self.resolution = resolution
        self.reopening = reopening
        journal = Journal(seed: seed)
        brackets = parameters.all.map { parameter in
            if case .range(let low, let high) = parameter.constraint { return Bracket(low: low, high: high) }
            return Bracket(low: 0, high: 0)
        }
    }

    public mutating func decide(_ context: NoContext, random: inout CounterRandom) -> PolicyDecision<
        NoContext, Trial
    > {
        PolicyDecision(context: context, action: Trial(parameters: parameters, input: input), mark: steps)
    }

    public mutating func update(_ decision: PolicyDecision<NoContext, Trial>, _ report: TraceReport) {
        guard decision.mark == steps else { return }
        steps += 1
        guard let node = report.earliest, let tag = report.tags[node] else {
            input = (input + 1) % inputs
            return
        }
        let slopes = report.trace.derivatives(of: node)
        for suspect in report.suspects.reversed() {
            guard
                let place = parameters.all.firstIndex(where: { $0.name == report.trace.nodes[suspect].name }),
                case .range(let least, let most) = parameters.all[place].constraint,
                let value = parameters.all[place].value.number
            else { continue }
            var up: Bool
            switch tag {
            case .increase: up = true
            case .decrease: up = false
            case .error: return
            }
            if let slope = slopes[suspect], slope < 0 { up.toggle() }
            move(place, value, up: up, least, most)
            return
        }
    }

    private mutating func move(_ place: Int, _ value: Double, up: Bool, _ least: Double, _ most: Double) {
        var bracket = brackets[place]
        let range = most - least
        if up { bracket.low = value } else { bracket.high = value }
        if bracket.high - bracket.low < resolution * range {
            if up {
                bracket.high = min(most, value + reopening * range)
            } else {
                bracket.low = max(least, value - reopening * range)
            }
        }
        brackets[place] = bracket
        let middle = min(max(0.5 * (bracket.low + bracket.high), least), most)
        // The middle of a bracket inside the range is allowed.
        try! parameters.apply([parameters.all[place].name: .number(middle)])
    }
}
