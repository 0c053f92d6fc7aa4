extension Catalogue {
    /// The methods of `Evaluation`.
    static let evaluation: [CatalogueEntry] = [
        CatalogueEntry(
            id: "hierarchical-dawid-skene", paper: "Dawid and Skene 1979; Kim and Ghahramani 2012",
            module: "Evaluation",
            summary: "Crowd labels and worker reliability, jointly", experiment: LabelRecovery()),
        CatalogueEntry(
            id: "confidence-sequence", paper: "Waudby-Smith et al. 2021", module: "Evaluation",
            summary: "Intervals that stay valid under daily looking", experiment: PeekingCoverage()),
    ]
}
