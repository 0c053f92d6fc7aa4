extension LearnerKind {
    /// Every learner that works on comparisons with features, the simplest first.
    public static let all: [LearnerKind] = [
        LearnerKind(
            RidgeSearch(), summary: "a weighted sum of features, its ridge chosen by held-out prompts"),
        LearnerKind(NeuralReward(), summary: "a network over features"),
        LearnerKind(
            "rm-ensemble-uwo",
            summary: "five weighted sums that differ where there are no data; their spread is known",
            RewardEnsemble(LinearReward())),
        LearnerKind(
            "preference-strength-rm",
            summary: "a weighted sum that trusts comparisons as far as others bear them out",
            Treated(PreferenceStrength(base: LinearReward()), LinearReward())),
        LearnerKind(
            ParetoReward(), summary: "what several groups or sources share, none louder than another"),
        LearnerKind(IdealPoints(), summary: "people as mixtures of a few ideal points"),
        LearnerKind(
            IdealDirections(),
            summary: "people as mixtures of a few directions, which may depend on the prompt"),
        LearnerKind(
            VariationalPreferences(), summary: "a latent taste for each person, from a few of their answers"),
        LearnerKind(GeneralPreference(), summary: "preferences that may go in circles"),
        LearnerKind(MultiObjectiveReward(), summary: "rated qualities, mixed as the prompt asks for"),
        LearnerKind(InverseConstitution(), summary: "a few principles in words that reproduce the choices"),
        LearnerKind(AspectReward(), summary: "a few named aspects, for small data"),
    ]
}
