extension Catalogue {
    /// Methods of `Preferences` for labels that are wrong, tastes that differ, and data that are few.
    static let noise: [CatalogueEntry] = [
        CatalogueEntry(
            id: "more-rm", paper: "Zeng et al. 2024", module: "Preferences",
            summary: "One score that disagreeing groups share", experiment: SharedPreference()),
        CatalogueEntry(
            id: "preference-strength-rm", paper: "Wang et al. 2024", module: "Preferences",
            summary: "Wrong labels found by models that have not seen them",
            experiment: StrengthOfPreference()),
        CatalogueEntry(
            id: "rm-ensemble-uwo", paper: "Coste et al. 2024", module: "Preferences",
            summary: "Careful scores for choosing the best of many", experiment: ConservativeEnsembles()),
        CatalogueEntry(
            id: "worldpm", paper: "Wang et al. 2025", module: "Preferences",
            summary: "Few comparisons learnt from a start in many votes", experiment: WarmStartTransfer()),
    ]
}
