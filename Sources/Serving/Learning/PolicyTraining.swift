import Bandits
import Foundation
import HeedAPI

/// Learns a policy from decisions, one after the other in the order in which they were made.
enum PolicyTraining {
    static func run(
        _ data: DecisionData, _ settings: SpaceSettings, method: String, seed: UInt64,
        _ progress: JobProgress,
        from begin: Double, share: Double
    ) throws -> Decider {
        let log = data.learn
        let rows = log.usable(needsPropensity: false)
        guard !rows.isEmpty else {
            throw ServiceError.notReady(
                "no decision that may be learnt from has a reward yet: send rewards that name decisions by their id"
            )
        }
        let logged = try LoggedDecisions(log, constant: true, scaled: true)
        let unit = settings.rewards.flatMap { $0.count == 2 ? $0[0]...$0[1] : nil } ?? logged.rewardRange
        let name = String(method.prefix { $0 != ":" })
        let (kind, given) = try ArmPolicyKind.parse(
            ArmPolicyKind.resolved(name, rewards: unit) + method.dropFirst(name.count))
        try progress.charge(
            size(kind, logged), "a model of \(logged.arms) actions and \(logged.features) features")
        var policy = try kind.make(
            ArmPolicySetup(arms: logged.arms, features: logged.features, rewards: 0...1, seed: seed), given)
        let length = unit.upperBound - unit.lowerBound
        for (place, row) in rows.enumerated() {
            if place & 127 == 0 {
                try progress.report(
                    begin + share * Double(place) / Double(rows.count),
                    "learns from decision \(place + 1) of \(rows.count)")
            }
            let told = min(max((logged.reward(row) - unit.lowerBound) / length, 0), 1)
            policy.learn(logged.decision(row), told)
        }
        return Decider(
            actions: logged.actions, features: log.featureNames.all, scales: logged.scales, constant: true,
            rewards: unit, policy: policy)
    }

    /// About how many bytes a policy takes: those that look at features keep a matrix for each arm, but for these.
    private static func size(_ kind: ArmPolicyKind, _ logged: LoggedDecisions) -> Int {
        let sparse: Set<String> = [SquareCB.id, NeuFastCB.id]
        let features = kind.usesFeatures ? Double(logged.features) : 1
        let numbers =
            sparse.contains(kind.id) || !kind.usesFeatures ? 4 * features : features * features + 4 * features
        return Int(min(8 * numbers * Double(logged.arms), 1e18))
    }
}
