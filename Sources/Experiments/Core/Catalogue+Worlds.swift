extension Catalogue {
    /// The methods of `Preferences` that learn from soft choices, segments of behaviour, and networks.
    static let worlds: [CatalogueEntry] = [
        CatalogueEntry(
            id: "bcm-value-dynamics", paper: "Deffuant et al. 2000; Hegselmann and Krause 2002",
            module: "Preferences",
            summary: "How values drift towards friends who are near enough", experiment: DriftingValues()),
        CatalogueEntry(
            id: "regret-preference", paper: "Knox et al. 2022", module: "Preferences",
            summary: "Rewards from preferences between stretches of behaviour, by regret",
            experiment: RegretWorlds()),
        CatalogueEntry(
            id: "tree-rm", paper: "Qiu et al. 2024", module: "Preferences",
            summary: "Whether to compare the same things again or fresh ones", experiment: ComparisonReuse()),
        CatalogueEntry(
            id: "utility-engineering", paper: "Mazeika et al. 2025", module: "Preferences",
            summary: "Utilities elicited by forced choices, with coherence, exchange rates and control",
            experiment: ElicitedUtilities()),
    ]
}
