extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "squarecb", paper: "Foster and Rakhlin 2020", module: "Bandits",
            summary: "Sparse linear predictions, explored by inverse gaps", experiment: SparseExploration()),
    ]
}
