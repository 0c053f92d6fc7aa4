extension Catalogue {
    /// Rewards made of parts that have names: qualities, aspects, instructions, relevance.
    static let objectives: [CatalogueEntry] = [
        CatalogueEntry(
            id: "armorm", paper: "Wang et al. 2024", module: "Preferences",
            summary: "Rated qualities mixed by prompt, with length taken out", experiment: GatedQualities(),
            needsTensors: true),
        CatalogueEntry(
            id: "mapl", paper: "Sun et al. 2025", module: "Preferences",
            summary: "Instructions that can be checked, as comparisons on three levels",
            experiment: ManyInstructions()),
        CatalogueEntry(
            id: "opinpref-rm", paper: "Nath et al. 2024", module: "Preferences",
            summary: "A reward over a handful of aspects that an expert named", experiment: FewAspects(),
            needsTensors: true),
        CatalogueEntry(
            id: "r3-reward", paper: "Kim and Seo 2024", module: "Preferences",
            summary: "Relevance, length and variety as a reward without data", experiment: FarmingResistance()
        ),
    ]
}
