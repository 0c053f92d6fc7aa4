import Kernels

/// How the scores of people in a network drift, as it was learnt.
public struct ValueDynamicsModel: Sendable, Hashable {
    /// 95% intervals of a bound and a speed.
    public struct Interval: Sendable, Hashable {
        /// Of ε, in steps of 0.005.
        public let epsilon: ClosedRange<Double>
        /// Of μ.
        public let mu: ClosedRange<Double>
    }

    /// The fitted model.
    public let dynamics: BoundedConfidence
    /// The number of values.
    public let values: Int
    /// One for each bound and speed; empty where there are several steps between two waves.
    public let intervals: [Interval]
    /// How the fit ended.
    public let certificate: FitCertificate

    /// What each wave is predicted to be from the one before.
    public func predict(_ record: InfluenceRecord) throws -> [[Double]] {
        guard record.values == values else {
            throw LearningError.data(
                "the people have \(record.values) values, the model has learnt \(values)")
        }
        return record.waves.dropLast().map {
            dynamics.step($0, values: values, network: record.network, initial: record.waves[0])
        }
    }

    /// All that is needed to make it again.
    public var state: ModelState {
        var state = ModelState()
        state["epsilon"] = .init(dynamics.epsilon)
        state["mu"] = .init(dynamics.mu)
        state["numbers"] = .init([dynamics.stubbornness, Double(dynamics.substeps), Double(values)])
        state.settings["renormalises"] = String(dynamics.renormalises)
        let ends = intervals.flatMap {
            [$0.epsilon.lowerBound, $0.epsilon.upperBound, $0.mu.lowerBound, $0.mu.upperBound]
        }
        state["intervals"] = .init(ends, shape: [intervals.count, 4])
        state.keep(certificate)
        return state
    }

    /// Makes it again, bit for bit.
    ///
    /// - Throws: `LearningError.data` where something is missing or out of bounds.
    public init(_ state: ModelState) throws {
        let (epsilon, mu) = (try state.vector("epsilon"), try state.vector("mu"))
        let numbers = try state.vector("numbers")
        let ends = try state.numbers("intervals", rank: 2)
        let unit = 0.0...1.0
        guard numbers.count == 3, let substeps = Int(exactly: numbers[1]),
            let values = Int(exactly: numbers[2]), (1...1_000_000).contains(substeps), values >= 1,
            epsilon.count == 1 || epsilon.count == values, !epsilon.isEmpty, epsilon.count == mu.count,
            (epsilon + mu).allSatisfy(unit.contains),
            unit.contains(numbers[0]), ends.shape[1] == 4,
            stride(from: 0, to: ends.values.count, by: 2).allSatisfy({
                ends.values[$0] <= ends.values[$0 + 1]
            })
        else { throw LearningError.data("the model's bounds and speeds do not fit together") }
        dynamics = BoundedConfidence(
            epsilon: epsilon, mu: mu, stubbornness: numbers[0],
            renormalises: state.settings["renormalises"] == "true", substeps: substeps)
        self.values = values
        intervals = (0..<ends.shape[0]).map { row in
            let at = row * 4
            return Interval(
                epsilon: ends.values[at]...ends.values[at + 1], mu: ends.values[at + 2]...ends.values[at + 3])
        }
        certificate = try state.certificate
    }

    init(dynamics: BoundedConfidence, values: Int, intervals: [Interval], certificate: FitCertificate) {
        self.dynamics = dynamics
        self.values = values
        self.intervals = intervals
        self.certificate = certificate
    }
}
