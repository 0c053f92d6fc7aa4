import Kernels

/// What chooses: a version of a model as it stands, or chance. It does not learn while it decides.
protocol Chooser: Sendable {
    /// The version that decisions carry.
    var version: String { get }

    /// The probability of each action; they add up to one.
    ///
    /// - Parameters:
    ///   - actions: At least one, each once.
    ///   - random: The randomness of the one decision.
    /// - Throws: `ServiceError` where the model is damaged.
    func propensities(of actions: [String], features: [String: Double], random: CounterRandom) throws
        -> [Double]
}

/// Chooses by chance: what stands before the first model.
struct UniformChooser: Chooser {
    /// The version by which decisions by chance are known.
    static let version = "uniform"
    var version: String { Self.version }

    func propensities(of actions: [String], features: [String: Double], random: CounterRandom) -> [Double] {
        [Double](repeating: 1 / Double(actions.count), count: actions.count)
    }
}
