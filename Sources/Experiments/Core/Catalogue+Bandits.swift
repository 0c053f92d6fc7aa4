extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "linucb", paper: "Li, Chu, Langford and Schapire 2010", module: "Bandits",
            summary: "A linear model of rewards, and a bonus for what it is not sure of",
            experiment: LinearExploration(method: .linUCB)),
        CatalogueEntry(
            id: "linear-thompson", paper: "Agrawal and Goyal 2013", module: "Bandits",
            summary: "Each arm as often as a linear model holds it for the best",
            experiment: LinearExploration(method: .thompson)),
        CatalogueEntry(
            id: "logistic-thompson", paper: "Chapelle and Li 2011", module: "Bandits",
            summary: "Thompson sampling for clicks: a logistic model with a normal posterior",
            experiment: ClickExploration()),
        CatalogueEntry(
            id: "dynlin-ucb", paper: "Mussi, Metelli and Restelli 2023", module: "Bandits",
            summary: "Actions whose effects build up and fade: held until they show",
            experiment: CarryOver()),
        CatalogueEntry(
            id: "gfucb", paper: "Lu, Zhao, Du and Huang 2022", module: "Bandits",
            summary: "Many linear bandits that share what their features mean",
            experiment: SharedRepresentation()),
        CatalogueEntry(
            id: "neufastcb", paper: "Deb, Ban, Zuo, He and Banerjee 2024", module: "Bandits",
            summary: "A network that learns losses online, and inverse-gap weighting",
            experiment: NeuralExploration()),
        CatalogueEntry(
            id: "igw-batch-cb", paper: "Vangara and Egg 2024", module: "Bandits",
            summary: "A classifier refitted on closed batches, and what happens to its later generations",
            experiment: BatchGenerations()),
    ]
}
