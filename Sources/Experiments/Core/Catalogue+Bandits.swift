extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "bayesian-optimization", paper: "Frazier 2018; Jones, Schonlau and Welch 1998",
            module: "Bandits",
            summary: "Good settings of something expensive to try, by a model of what was measured",
            experiment: ModelledSearch()),
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "preferential-bo", paper: "Chu and Ghahramani 2005; Brochu, de Freitas and Ghosh 2007",
            module: "Bandits",
            summary: "Good settings where people only say which of two they prefer",
            experiment: PreferredSearch()),
        CatalogueEntry(
            id: "squarecb", paper: "Foster and Rakhlin 2020", module: "Bandits",
            summary: "Sparse linear predictions, explored by inverse gaps", experiment: SparseExploration()),
    ]
}
