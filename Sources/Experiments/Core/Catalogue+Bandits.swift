extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "groupwise-regret", paper: "Acharya et al. 2023", module: "Bandits",
            summary: "Predictions that no overlapping group could have made better alone",
            experiment: GroupForecasts()),
        CatalogueEntry(
            id: "mirror-descent", paper: "Nemirovski and Yudin 1983; Beck and Teboulle 2003",
            module: "Bandits",
            summary: "Weights that multiply, for many experts", experiment: ManyExperts()),
        CatalogueEntry(
            id: "online-gradient-descent", paper: "Zinkevich 2003", module: "Bandits",
            summary: "Projected steps along gradients, little regret on any stream",
            experiment: AdversarialStream()),
        CatalogueEntry(
            id: "optimistic-omd-sea", paper: "Chen, Zhang, Tu, Zhao and Zhang 2023", module: "Bandits",
            summary: "A bet that the next gradient is like the last, and an ensemble of steps",
            experiment: DriftingGradients()),
        CatalogueEntry(
            id: "sgd-ucb-autobidding", paper: "Deng et al. 2023", module: "Bandits",
            summary: "Budgets over opaque channels, with a budget and a return to keep",
            experiment: BudgetDivision()),
        CatalogueEntry(
            id: "strategy-ensemble-preference", paper: "Lam 2024", module: "Bandits",
            summary: "Strategies combined, richer than the best in the long run", experiment: StrategyGrowth()
        ),
        CatalogueEntry(
            id: "vr-halpern", paper: "Cai, Alacaoglu and Diakonikolas 2023", module: "Bandits",
            summary: "Equilibria over many samples, with a residual", experiment: HalpernPrecision()),
    ]
}
