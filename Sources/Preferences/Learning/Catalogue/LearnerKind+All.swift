extension LearnerKind {
    /// Every learner that works on comparisons with features, the simplest first.
    public static let all: [LearnerKind] = [
        LearnerKind(LinearReward(), summary: "a weighted sum of features"),
        LearnerKind(NeuralReward(), summary: "a network over features"),
    ]
}
