extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "off-policy-intervals", paper: "Hall 1992", module: "Bandits",
            summary: "Intervals that keep their promise for skewed importance weights",
            experiment: SkewedIntervals()),
        CatalogueEntry(
            id: "off-policy-sequence", paper: "Waudby-Smith, Wu, Ramdas, Karampatziakis and Mineiro 2024",
            module: "Bandits",
            summary: "A policy's value watched while the log grows", experiment: WatchedValues()),
        CatalogueEntry(
            id: "propensity-model", paper: "Rosenbaum and Rubin 1983; Chernozhukov and others 2018",
            module: "Bandits",
            summary: "Propensities estimated for logs that have none", experiment: EstimatedPropensities()),
        CatalogueEntry(
            id: "sensitivity", paper: "Tan 2006; Zhao, Small and Bhattacharya 2019", module: "Bandits",
            summary: "How far an answer moves if something unseen moved the choices",
            experiment: HiddenReasons()),
    ]
}
