extension Catalogue {
    /// The methods of `Preferences` that judge by principles, tools, critiques and values.
    static let judges: [CatalogueEntry] = [
        CatalogueEntry(
            id: "icai", paper: "Findeis et al. 2025", module: "Preferences",
            summary: "A short list of principles that explains choices", experiment: PrincipleRecovery()),
        CatalogueEntry(
            id: "themis-rm", paper: "Li et al. 2024", module: "Preferences",
            summary: "Rewards that check figures and dates with tools", experiment: CheckedAnswers()),
        CatalogueEntry(
            id: "multicritique", paper: "Lan et al. 2024", module: "Preferences",
            summary: "One critique from several unreliable reviewers", experiment: MergedReviews()),
        CatalogueEntry(
            id: "value-kaleidoscope", paper: "Sorensen et al. 2024", module: "Preferences",
            summary: "The values that bear on a situation, and their conflict",
            experiment: ConflictingValues()),
    ]
}
