import Kernels

/// A reward for a process, learnt from comparisons of segments.
public struct SegmentRewardModel: Sendable, Hashable {
    /// How comparisons are taken to come about.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// By regret: the segment nearer to acting well is preferred.
        case regret
        /// By partial return: the segment that collects more is preferred.
        case partialReturn
    }

    /// The process.
    public let process: TabularProcess
    /// How comparisons are taken to come about.
    public let kind: Kind
    /// w, one for each feature.
    public let weights: [Double]
    /// The covariance of the errors of w, by the curvature of the likelihood; nil where it was not computed.
    public let covariance: Matrix?
    /// How the fit ended.
    public let certificate: FitCertificate

    /// Creates a model of its weights.
    public init(
        process: TabularProcess, kind: Kind, weights: [Double], covariance: Matrix? = nil,
        certificate: FitCertificate = FitCertificate(converged: true, steps: 0, loss: .nan)
    ) {
        precondition(weights.count == process.features, "a weight for each feature")
        self.process = process
        self.kind = kind
        self.weights = weights
        self.covariance = covariance
        self.certificate = certificate
    }

    /// The standard error of each weight; nil where it was not computed.
    public var errors: [Double]? {
        covariance.map { covariance in weights.indices.map { max(0, covariance[$0, $0]).squareRoot() } }
    }

    /// V*, Q* and a best policy for the learnt reward.
    ///
    /// - Throws: `LearningError.training` where without discounting there is none.
    public func plan() throws -> ProcessValues { try ProcessValues.optimal(process, weights: weights) }

    /// The probability that the first of each comparison is preferred, by exact values.
    ///
    /// - Throws: `LearningError.data` for another process's segments.
    public func probabilities(_ data: SegmentSet) throws -> [Double] {
        guard data.process == process else {
            throw LearningError.data("the segments are of another process than the model's")
        }
        switch kind {
        case .partialReturn:
            return (0..<data.count).map { place in
                Special.logistic(
                    process.partialReturn(data.first[place], weights: weights)
                        - process.partialReturn(data.second[place], weights: weights))
            }
        case .regret:
            let values = try plan()
            return (0..<data.count).map { place in
                Special.logistic(
                    values.regret(data.second[place], in: process)
                        - values.regret(data.first[place], in: process))
            }
        }
    }

    /// How good the policy that the learnt reward leads to is under a true one, averaged over the states
    /// that are no ends: 1 is as good as can be, 0 as good as acting at random; cut at −1 and 1.
    public func normalisedValue(trueWeights: [Double]) throws -> Double {
        let learnt = try ProcessValues.of(plan().policy, in: process, weights: trueWeights).values
        let best = try ProcessValues.optimal(process, weights: trueWeights).values
        let random = try ProcessValues.uniform(process, weights: trueWeights).values
        let places = (0..<process.states).filter { !process.isEnd[$0] }
        func mean(_ values: [Double]) -> Double { Statistics.mean(places.map { values[$0] }) }
        let range = mean(best) - mean(random)
        guard range > 0 else { return 1 }
        return min(1, max(-1, (mean(learnt) - mean(random)) / range))
    }

    /// All that is needed to make it again for its process.
    public var state: ModelState {
        var state = ModelState()
        state["weights"] = .init(weights)
        state.settings["kind"] = kind.rawValue
        if let covariance {
            state["covariance"] = .init(covariance)
        }
        state.keep(certificate)
        return state
    }

    /// Makes it again.
    ///
    /// - Throws: `LearningError.data` where something is missing or the process is another.
    public init(_ state: ModelState, process: TabularProcess) throws {
        weights = try state.vector("weights")
        guard let kind = Kind(rawValue: state.settings["kind"] ?? "") else {
            throw LearningError.data("the model does not say how its comparisons came about")
        }
        self.kind = kind
        covariance = state["covariance"] == nil ? nil : try state.matrix("covariance")
        certificate = try state.certificate
        self.process = process
        guard weights.count == process.features,
            covariance.map({ $0.rows == weights.count && $0.columns == weights.count }) ?? true
        else {
            throw LearningError.data(
                "the model has \(weights.count) weights, the process \(process.features) features")
        }
    }
}
