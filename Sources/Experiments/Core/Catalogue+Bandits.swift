extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "bayesian-optimization", paper: "Frazier 2018; Jones, Schonlau and Welch 1998",
            module: "Bandits",
            summary: "Good settings of something expensive to try, by a model of what was measured",
            experiment: ModelledSearch()),
        CatalogueEntry(
            id: "preferential-bo", paper: "Chu and Ghahramani 2005; Brochu, de Freitas and Ghosh 2007",
            module: "Bandits",
            summary: "Good settings where people only say which of two they prefer",
            experiment: PreferredSearch()),
        CatalogueEntry(
            id: "cbo", paper: "Riedl, Klock, Geldhauser and Fornasier 2023", module: "Bandits",
            summary: "Particles that agree on the best valley of a rough function",
            experiment: ConsensusEscape()),
        CatalogueEntry(
            id: "apohf", paper: "Lin, Dai, Verma, Ng, Jaillet and Low 2024", module: "Bandits",
            summary: "The best prompt from choices between two, by a linear or a neural utility",
            experiment: DuelingPrompts()),
        CatalogueEntry(
            id: "double-thompson", paper: "Wu and Liu 2016", module: "Bandits",
            summary: "The arm that wins most comparisons, by sampling both sides of a duel",
            experiment: DuelingRegret()),
        CatalogueEntry(
            id: "qdhf", paper: "Ding, Zhang, Clune, Spector and Lehman 2024", module: "Bandits",
            summary: "A varied set of good solutions, where people say what varied means",
            experiment: LearntDiversity()),
        CatalogueEntry(
            id: "trace-opto", paper: "Cheng, Nie and Swaminathan 2024", module: "Bandits",
            summary: "Tunes a pipeline from what its stages say, by the record of its runs",
            experiment: TracedTuning()),
    ]
}
