extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "beta-thompson", paper: "Thompson 1933; Agrawal and Goyal 2012", module: "Bandits",
            summary: "Each arm as often as it is the best, rewards in 0...1",
            experiment: RegretGrowth(method: .betaThompson)),
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "exp3", paper: "Auer, Cesa-Bianchi, Freund and Schapire 2002", module: "Bandits",
            summary: "Arms whose rewards may follow any pattern", experiment: AdversarialGrowth()),
        CatalogueEntry(
            id: "exp4", paper: "Auer, Cesa-Bianchi, Freund and Schapire 2002", module: "Bandits",
            summary: "Experts' advice, learnt from the played arm's reward", experiment: ExpertAdviceGain()),
        CatalogueEntry(
            id: "gaussian-thompson", paper: "Thompson 1933; Agrawal and Goyal 2013", module: "Bandits",
            summary: "Each arm as often as it is the best, normal rewards",
            experiment: RegretGrowth(method: .gaussianThompson)),
        CatalogueEntry(
            id: "hedge", paper: "Freund and Schapire 1997", module: "Bandits",
            summary: "Trust split among experts whose losses are all seen", experiment: HedgeGrowth()),
        CatalogueEntry(
            id: "kl-ucb", paper: "Garivier and Cappé 2011", module: "Bandits",
            summary: "Upper bounds that know how little a rare event varies",
            experiment: RegretGrowth(method: .klUCB)),
        CatalogueEntry(
            id: "magnitude-reduced-ftrl", paper: "Dai, Luo, Wei and Zimmert 2023", module: "Bandits",
            summary: "Linear losses set by an opponent, with estimates that stay near zero",
            experiment: MagnitudeReduction()),
        CatalogueEntry(
            id: "regret-loss", paper: "Park, Liu, Ozdaglar and Zhang 2024", module: "Bandits",
            summary: "Audit of regret, and a learner trained to have none", experiment: RegretTraining()),
        CatalogueEntry(
            id: "successive-elimination", paper: "Even-Dar, Mannor and Mansour 2006", module: "Bandits",
            summary: "The best arm with a guarantee", experiment: EliminationSavings()),
        CatalogueEntry(
            id: "switching-cost-feedback", paper: "Cheng, Zhou and Ji 2023", module: "Bandits",
            summary: "Few changes of arm, and observations bought on a budget",
            experiment: SwitchingFeedback()),
        CatalogueEntry(
            id: "ucb1", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The arm that could still be the best", experiment: RegretGrowth(method: .ucb1)),
    ]
}
