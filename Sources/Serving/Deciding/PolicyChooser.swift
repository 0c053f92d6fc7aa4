import Bandits
import Kernels
import Signals

/// Chooses with a policy that was learnt.
///
/// An action that the policy does not know (it came up after the training) is explored: of n possible actions each unknown
/// one has the probability 1/n, as if by chance, and the policy spreads the rest over those it knows. So that something can be
/// learnt of it, and what is known loses no more than its share.
final class PolicyChooser: Chooser {
    let version: String
    let decider: Decider
    // By their bytes, as logs know them: names that only look alike stay apart.
    private let arms: Names
    private let places: Names

    /// A feature counts at most this often the largest size that it had in training.
    private static let largest = 100.0

    init(_ decider: Decider, version: String) {
        self.decider = decider
        self.version = version
        arms = Names(decider.actions)
        places = Names(decider.features)
    }

    func propensities(of actions: [String], features: [String: Double], random: CounterRandom) throws
        -> [Double]
    {
        try propensities(of: actions.map(arm), vector(features), random: random)
    }

    /// The arm that is an action; `nil` for one that the policy does not know.
    func arm(_ action: String) -> Int? { arms.code(of: action).map(Int.init) }

    /// The place of a feature; `nil` for one that the policy does not know.
    func place(_ feature: String) -> Int32? { places.code(of: feature).map { Int32(bitPattern: $0) } }

    /// The features as the policy sees them.
    func vector(_ features: [String: Double]) -> FeatureVector {
        var found: [(place: Int32, value: Double)] = []
        for (name, value) in features {
            if let place = place(name) { found.append((place, value)) }
        }
        return vector(found)
    }

    /// The same for features by their places, each once.
    func vector(_ features: [(place: Int32, value: Double)]) -> FeatureVector {
        // In the order of places, so that sums come out the same whatever the order of names.
        let sorted = features.sorted { $0.place < $1.place }
        var indices: [Int32] = [], values: [Double] = []
        indices.reserveCapacity(sorted.count + 1)
        values.reserveCapacity(sorted.count + 1)
        for (place, value) in sorted {
            let scaled =
                decider.scales.isEmpty ? value : Magnitude.bounded(value) / decider.scales[Int(place)]
            indices.append(place)
            values.append(min(max(scaled, -Self.largest), Self.largest))
        }
        if decider.constant {
            indices.append(Int32(decider.features.count))
            values.append(1)
        }
        return FeatureVector(indices: indices, values: values)
    }

    /// The probabilities of actions given by their arms.
    func propensities(of arms: [Int?], _ features: FeatureVector, random: CounterRandom) throws -> [Double] {
        let even = 1 / Double(arms.count)
        let known = arms.compactMap { $0 }
        guard !known.isEmpty else { return [Double](repeating: even, count: arms.count) }
        var p = [Double](repeating: 0, count: decider.actions.count)
        var random = random
        let context = BanditContext(
            features: features, available: known.count == decider.actions.count ? nil : known)
        decider.policy.propensities(context, into: &p, random: &random)
        let sum = known.reduce(0) { $0 + p[$1] }
        guard abs(sum - 1) < 1e-6, known.allSatisfy({ p[$0] >= 0 }) else {
            throw ServiceError.conflict(
                "version \(version) gives no probabilities here: train again, or roll back")
        }
        let share = Double(known.count) * even / sum
        return arms.map { $0.map { p[$0] * share } ?? even }
    }
}

/// Keeps numbers from outside within what can be computed with, where squares and their products must not overflow.
enum Magnitude {
    /// The number, at most 1e15 in size, and 0 below 1e-15.
    static func bounded(_ value: Double) -> Double {
        abs(value) < 1e-15 ? 0 : min(max(value, -1e15), 1e15)
    }
}
