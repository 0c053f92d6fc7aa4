import Foundation
import Kernels

@testable import Signals

/// A row of a log of decisions with everything it says, for comparison.
struct ReadDecision: Equatable, CustomStringConvertible {
    var action: String
    var reward: Double?
    var propensity: Double?
    var time: Double?
    var weight = 1.0
    var position = 0
    var slate: String?
    var features: [String: Double] = [:]
    /// The possible actions with their probabilities, -1 where unknown, in order.
    var possible: [String] = []
    var probabilities: [Double] = []
    var actionFeatures: [[String: Double]] = []

    init(
        _ action: String, _ reward: Double?, _ propensity: Double?, time: Double? = nil, weight: Double = 1,
        position: Int = 0, slate: String? = nil, _ features: [String: Double] = [:], possible: [String] = [],
        probabilities: [Double] = [], actionFeatures: [[String: Double]] = []
    ) {
        self.action = action
        self.reward = reward
        self.propensity = propensity
        self.time = time
        self.weight = weight
        self.position = position
        self.slate = slate
        self.features = features
        self.possible = possible
        self.probabilities = probabilities
        self.actionFeatures = actionFeatures
    }

    var description: String {
        "\(action) \(String(describing: reward)) \(String(describing: propensity)) \(String(describing: time)) "
            + "\(weight) \(position) \(slate ?? "") \(features.sorted { $0.key < $1.key }) \(possible) "
            + "\(probabilities) \(actionFeatures)"
    }
}

extension DecisionLog {
    /// All rows with everything they say.
    var read: [ReadDecision] {
        func known(_ value: Double) -> Double? { value.isNaN ? nil : value }
        func numbers(_ rows: SparseRows, _ row: Int) -> [String: Double] {
            guard rows.count > 0 else { return [:] }
            return rows.range(row).reduce(into: [:]) {
                $0[featureNames[UInt32(rows.columns[$1])], default: 0] += rows.values[$1]
            }
        }
        return (0..<count).map { row in
            var decision = ReadDecision(
                actions[action[row]], known(reward[row]), known(propensity[row]), time: known(time[row]),
                weight: weight[row], position: Int(position[row]),
                slate: slate[row] == Names.none ? nil : slates[slate[row]], numbers(features, row))
            guard possible.count > 0 else { return decision }
            for entry in possible.range(row) {
                decision.possible.append(actions[UInt32(possible.columns[entry])])
                decision.probabilities.append(known(possible.values[entry]) ?? -1)
                if actionFeatures.count > 0 { decision.actionFeatures.append(numbers(actionFeatures, entry)) }
            }
            return decision
        }
    }

    /// Whether the columns have as many rows as they should, and every code a name.
    var isSound: Bool {
        func isSound(_ rows: SparseRows, _ count: Int, _ names: Names) -> Bool {
            (rows.count == 0 || rows.count == count) && rows.columns.count == rows.values.count
                && (rows.ends.last ?? 0) == rows.columns.count
                && rows.columns.allSatisfy { $0 >= 0 && $0 < names.count }
        }
        return reward.count == count && propensity.count == count && time.count == count
            && weight.count == count && position.count == count && slate.count == count
            && action.allSatisfy { $0 < actions.count }
            && (slate.values.allSatisfy { $0 == Names.none || $0 < slates.count })
            && propensity.allSatisfy { $0.isNaN || ($0 > 0 && $0 <= 1) }
            && reward.allSatisfy { !$0.isInfinite } && features.values.allSatisfy(\.isFinite)
            && isSound(features, count, featureNames) && isSound(possible, count, actions)
            && isSound(actionFeatures, possible.columns.count, featureNames)
    }

    /// Whether two logs are the same, bit for bit.
    func isIdentical(to other: DecisionLog) -> Bool {
        func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }
        return actions == other.actions && featureNames == other.featureNames && slates == other.slates
            && action == other.action && bits(reward) == bits(other.reward)
            && bits(propensity) == bits(other.propensity) && bits(time.values) == bits(other.time.values)
            && weight == other.weight && position == other.position && slate == other.slate
            && features == other.features && actionFeatures == other.actionFeatures
            && possible.ends == other.possible.ends && possible.columns == other.possible.columns
            && bits(possible.values) == bits(other.possible.values)
    }
}

/// Reads a text as a log of decisions.
func decisions(_ text: String, _ options: ReadOptions = ReadOptions()) throws -> (
    log: DecisionLog, report: DecisionReadReport
) {
    try DecisionLogReader(options).read([.text(text)])
}
