import Heed

/// A policy as it was asked for on the command line.
struct PolicyChoice: Sendable {
    let text: String
    private let kind: ArmPolicyKind
    private let settings: [String: Double]
    private let setup: ArmPolicySetup

    init(_ text: String, _ logged: LoggedDecisions) throws {
        self.text = text
        let rewards = logged.rewardRange
        setup = ArmPolicySetup(
            arms: logged.arms, features: logged.features, armFeatures: logged.armFeatures,
            rewards: logged.rewardUnit == nil ? rewards : 0...1)
        let (name, rest) = (text.prefix { $0 != ":" }, text.drop { $0 != ":" })
        (kind, settings) = try ArmPolicyKind.parse(
            ArmPolicyKind.resolved(String(name), rewards: rewards) + rest)
        _ = try make(seed: 1)
    }

    /// A new policy of this kind.
    func make(seed: UInt64) throws -> any ArmPolicy {
        var setup = setup
        setup.seed = seed
        return try kind.make(setup, settings)
    }
}
