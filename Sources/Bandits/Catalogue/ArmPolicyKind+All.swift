extension ArmPolicyKind {
    /// Every policy over arms that can be chosen by name.
    public static let all: [ArmPolicyKind] = [
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
            settings: [Setting("exploration", 1, in: 0...1000), Setting("lambda", 1, in: 1e-9...1e9)]
        ) { setup, given throws(BanditError) in
            try setup.requireFeatures(LinUCB.id)
            return setup.armFeatures > 0
                ? LinUCB(
                    armFeatures: setup.armFeatures, exploration: given["exploration"], lambda: given["lambda"],
                    seed: setup.seed)
                : LinUCB(
                    arms: setup.arms, features: setup.features, exploration: given["exploration"],
                    lambda: given["lambda"], seed: setup.seed)
        },
    ]
}
