import Kernels
import Signals

/// The rows of a decision log as policies see them: contexts, arms by number, rewards.
///
/// ```swift
/// let log = try DecisionLog(contentsOf: ["clicks.vw"])
/// let logged = try LoggedDecisions(log)
/// var policy = SquareCB(arms: logged.arms)
/// for row in 0..<logged.count where logged.hasReward(row) { policy.learn(logged.decision(row), logged.reward(row)) }
/// ```
public struct LoggedDecisions: Sendable {
    /// The log.
    public let log: DecisionLog
    /// The number of arms: the log's actions, in the order in which they first came.
    public let arms: Int
    /// The number of features: those that the log names, and the constant.
    public let features: Int
    /// What each feature is divided by, so that none exceeds 1 in size; empty where they are left as they are.
    public let scales: [Double]
    /// What rewards are learnt in: `told` makes 0...1 of them; `nil` where they are learnt as they are.
    public let rewardUnit: ClosedRange<Double>?
    private let inverses: [Double]
    private let constant: Bool

    /// Prepares a log.
    ///
    /// - Parameters:
    ///   - constant: Whether every context gets a last feature that is always 1, for policies without an intercept.
    ///   - scaled: Whether each feature is divided by its largest absolute value in the log, and rewards are learnt as parts of
    ///     their range, so that units do not matter to policies and models.
    /// - Throws: `BanditError.data` where the log is empty.
    public init(_ log: DecisionLog, constant: Bool = false, scaled: Bool = false) throws(BanditError) {
        guard log.count > 0 else { throw .data("the log holds no decision") }
        self.log = log
        arms = log.actions.count
        features = log.featureNames.count + (constant ? 1 : 0)
        self.constant = constant
        var scales: [Double] = []
        if scaled {
            scales = [Double](repeating: 0, count: log.featureNames.count)
            for rows in [log.features, log.actionFeatures] {
                for (column, value) in zip(rows.columns, rows.values) {
                    scales[Int(column)] = max(scales[Int(column)], abs(value))
                }
            }
            for i in scales.indices where scales[i] == 0 { scales[i] = 1 }
        }
        self.scales = scales
        inverses = scales.map { 1 / $0 }
        rewardUnit = scaled ? Self.range(log) : nil
    }

    /// The number of decisions.
    public var count: Int { log.count }

    /// The names of the arms.
    public var actions: [String] { log.actions.all }

    /// Whether something came back.
    public func hasReward(_ row: Int) -> Bool { !log.reward[row].isNaN }

    /// What came back; not a number where nothing did.
    public func reward(_ row: Int) -> Double { log.reward[row] }

    /// Whether actions are described by features of their own.
    public var hasArmFeatures: Bool { log.actionFeatures.count > 0 }

    /// The number of features of an action; 0 where actions are known by their name alone.
    public var armFeatures: Int { hasArmFeatures ? log.featureNames.count : 0 }

    /// What was known before a decision.
    public func context(_ row: Int) -> BanditContext {
        var context = BanditContext(features: vector(log.features, row, constant: constant))
        guard log.possible.count > row else { return context }
        let possible = log.possible.range(row)
        guard !possible.isEmpty else { return context }
        let codes = log.possible.columns[possible]
        if codes.count < arms || Set(codes).count < codes.count {
            // An action that was listed twice can still be chosen only once.
            var listed: [Int] = []
            for code in codes where !listed.contains(Int(code)) { listed.append(Int(code)) }
            context.available = listed
        }
        if hasArmFeatures {
            var rows = [FeatureVector](repeating: FeatureVector(), count: arms)
            for slot in possible {
                rows[Int(log.possible.columns[slot])] = vector(log.actionFeatures, slot, constant: false)
            }
            context.armFeatures = rows
        }
        return context
    }

    /// The decision that was taken, as a policy can learn from it.
    public func decision(_ row: Int) -> PolicyDecision<BanditContext, Int> {
        let known = log.propensity[row]
        return PolicyDecision(
            context: context(row), action: Int(log.action[row]), propensity: known.isNaN ? 1 : known)
    }

    /// The smallest and the largest reward, widened where they are one.
    public var rewardRange: ClosedRange<Double> { Self.range(log) }

    /// A reward as policies learn it.
    public func told(_ reward: Double) -> Double {
        guard let unit = rewardUnit else { return reward }
        return min(max((reward - unit.lowerBound) / (unit.upperBound - unit.lowerBound), 0), 1)
    }

    private static func range(_ log: DecisionLog) -> ClosedRange<Double> {
        var low = Double.infinity, high = -Double.infinity
        for reward in log.reward where !reward.isNaN {
            low = min(low, reward)
            high = max(high, reward)
        }
        if low > high { return 0...1 }
        return low == high ? min(low, 0)...max(high, low + 1) : low...high
    }

    private func vector(_ rows: SparseRows, _ row: Int, constant: Bool) -> FeatureVector {
        let range = row < rows.count ? rows.range(row) : 0..<0
        let count = range.count + (constant ? 1 : 0)
        let indices = [Int32](unsafeUninitializedCapacity: count) { buffer, filled in
            rows.columns.withUnsafeBufferPointer { columns in
                for (place, at) in range.enumerated() { buffer[place] = columns[at] }
            }
            if constant { buffer[range.count] = Int32(features - 1) }
            filled = count
        }
        let values = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
            rows.values.withUnsafeBufferPointer { values in
                inverses.withUnsafeBufferPointer { inverses in
                    for (place, at) in range.enumerated() {
                        buffer[place] =
                            inverses.isEmpty ? values[at] : values[at] * inverses[Int(indices[place])]
                    }
                }
            }
            if constant { buffer[range.count] = 1 }
            filled = count
        }
        return FeatureVector(indices: indices, values: values)
    }
}
