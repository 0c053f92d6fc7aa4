extension ArmPolicyKind {
    /// Every policy over arms that can be chosen by name.
    public static let all: [ArmPolicyKind] = withoutFeatures + withFeatures

    /// The policy that a name stands for: `thompson` is Beta–Bernoulli for rewards in 0...1 and normal for others.
    public static func resolved(_ id: String, rewards: ClosedRange<Double>) -> String {
        guard id == "thompson" else { return id }
        return rewards.lowerBound >= 0 && rewards.upperBound <= 1 ? BetaThompson.id : GaussianThompson.id
    }

    private static let withoutFeatures: [ArmPolicyKind] = [
        ArmPolicyKind(UniformChoice.self, "every arm equally often; learns nothing") { setup, _ in
            UniformChoice(arms: setup.arms, seed: setup.seed)
        },
        ArmPolicyKind(
            EpsilonGreedy.self, "the best average so far, and now and then any arm",
            settings: [Setting("epsilon", 0.1, in: 0...1)]
        ) { setup, given in
            EpsilonGreedy(arms: setup.arms, epsilon: given["epsilon"], seed: setup.seed)
        },
        ArmPolicyKind(
            UCB1.self, "the arm with the highest upper bound on its average",
            settings: [Setting("exploration", 2, in: 0...1000)]
        ) { setup, given throws(BanditError) in
            try setup.requireUnitRewards(UCB1.id)
            return UCB1(arms: setup.arms, exploration: given["exploration"], seed: setup.seed)
        },
        ArmPolicyKind(
            KLUCB.self, "UCB with the bound that fits coins", settings: [Setting("c", 0, in: 0...100)]
        ) {
            setup, given throws(BanditError) in
            try setup.requireUnitRewards(KLUCB.id)
            return KLUCB(arms: setup.arms, c: given["c"], seed: setup.seed)
        },
        ArmPolicyKind(BetaThompson.self, "an arm as often as it is probably the best, for rewards in 0...1") {
            setup, _ throws(BanditError) in
            try setup.requireUnitRewards(BetaThompson.id)
            return BetaThompson(arms: setup.arms, seed: setup.seed)
        },
        ArmPolicyKind(GaussianThompson.self, "an arm as often as it is probably the best, for any rewards") {
            setup, _ in
            let spread = (setup.rewards.upperBound - setup.rewards.lowerBound) / 2
            return GaussianThompson(
                arms: setup.arms, deviation: spread, deviationOutcomes: 1, seed: setup.seed)
        },
        ArmPolicyKind(
            SuccessiveElimination.self, "drops arms that are surely not the best",
            settings: [Setting("delta", 0.05, in: 1e-9...0.5)]
        ) { setup, given throws(BanditError) in
            try setup.requireUnitRewards(SuccessiveElimination.id)
            return SuccessiveElimination(arms: setup.arms, delta: given["delta"], seed: setup.seed)
        },
        ArmPolicyKind(EXP3.self, "exponential weights, for rewards that an opponent may choose") {
            setup, _ throws(BanditError) in
            try setup.requireUnitRewards(EXP3.id)
            return EXP3(arms: setup.arms, seed: setup.seed)
        },
    ]

    private static let withFeatures: [ArmPolicyKind] = [
        ArmPolicyKind(
            SquareCB.self, "sparse linear predictions; arms are played the less the further they fall behind",
            usesFeatures: true,
            settings: [
                Setting("gamma", 10, in: 0...1e6), Setting("eta", 0.2, in: 1e-6...100),
                Setting("weighted", 0, in: 0...1),
            ]
        ) { setup, given in
            SquareCB(
                arms: setup.armFeatures > 0 ? nil : setup.arms, gamma: given["gamma"], range: setup.rewards,
                weighted: given["weighted"] != 0, eta: given["eta"], seed: setup.seed)
        },
        ArmPolicyKind(
            LinUCB.self, "linear predictions, the arm with the highest upper bound", usesFeatures: true,
            settings: [Setting("exploration", 1, in: 0...1000), lambda]
        ) { setup, given throws(BanditError) in
            try setup.requireFeatures(LinUCB.id)
            return setup.armFeatures > 0
                ? LinUCB(
                    armFeatures: setup.armFeatures, exploration: given["exploration"],
                    lambda: given["lambda"],
                    seed: setup.seed)
                : LinUCB(
                    arms: setup.arms, features: setup.features, exploration: given["exploration"],
                    lambda: given["lambda"], seed: setup.seed)
        },
        ArmPolicyKind(
            LinearThompson.self, "linear predictions, an arm as often as it is probably the best",
            usesFeatures: true,
            settings: [Setting("exploration", 0.5, in: 0...1000), lambda]
        ) { setup, given throws(BanditError) in
            try setup.requireFeatures(LinearThompson.id)
            return setup.armFeatures > 0
                ? LinearThompson(
                    armFeatures: setup.armFeatures, exploration: given["exploration"],
                    lambda: given["lambda"],
                    seed: setup.seed)
                : LinearThompson(
                    arms: setup.arms, features: setup.features, exploration: given["exploration"],
                    lambda: given["lambda"], seed: setup.seed)
        },
        ArmPolicyKind(
            LogisticThompson.self,
            "logistic predictions, an arm as often as it is probably the best; for clicks",
            usesFeatures: true, settings: [Setting("exploration", 0.5, in: 0...1000), lambda]
        ) { setup, given throws(BanditError) in
            try setup.requireFeatures(LogisticThompson.id)
            try setup.requireUnitRewards(LogisticThompson.id)
            return setup.armFeatures > 0
                ? LogisticThompson(
                    armFeatures: setup.armFeatures, exploration: given["exploration"],
                    lambda: given["lambda"],
                    seed: setup.seed)
                : LogisticThompson(
                    arms: setup.arms, features: setup.features, exploration: given["exploration"],
                    lambda: given["lambda"], seed: setup.seed)
        },
        ArmPolicyKind(
            NeuFastCB.self, "a small neural network; explores less the better the best arm is",
            usesFeatures: true,
            settings: [Setting("width", 64, in: 1...4096), Setting("gamma", 10, in: 0...1e6)]
        ) { setup, given throws(BanditError) in
            try setup.requireFeatures(NeuFastCB.id)
            try setup.requireUnitRewards(NeuFastCB.id)
            let exploration = NeuFastCB.Exploration.fastCB(gamma: given["gamma"])
            return setup.armFeatures > 0
                ? NeuFastCB(
                    armFeatures: setup.armFeatures, width: Int(given["width"]), exploration: exploration,
                    seed: setup.seed)
                : NeuFastCB(
                    arms: setup.arms, features: setup.features, width: Int(given["width"]),
                    exploration: exploration,
                    seed: setup.seed)
        },
    ]

    private static let lambda = Setting("lambda", 1, in: 1e-9...1e9)
}
