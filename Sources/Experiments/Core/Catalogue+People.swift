extension Catalogue {
    /// The methods that tell people apart, and those for preferences that go in circles.
    static let people: [CatalogueEntry] = [
        CatalogueEntry(
            id: "gpm", paper: "Zhang et al. 2024", module: "Preferences",
            summary: "Skew-symmetric scores: what beats what in circles", experiment: CyclicTastes(),
            needsTensors: true),
        CatalogueEntry(
            id: "pal", paper: "Chen et al. 2024", module: "Preferences",
            summary: "Prototypes of taste, and judges as mixtures of them", experiment: PluralTastes(),
            needsTensors: true),
        CatalogueEntry(
            id: "vpl", paper: "Poddar et al. 2024", module: "Preferences",
            summary: "People inferred from a few answers, and what to ask next", experiment: LatentPeople(),
            needsTensors: true),
    ]
}
