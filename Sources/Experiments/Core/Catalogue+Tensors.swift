extension Catalogue {
    /// The methods of `Tensors`.
    static let tensors: [CatalogueEntry] = [
        CatalogueEntry(
            id: "adamp", paper: "Heo et al. 2021", module: "Tensors",
            summary: "Steps that do not lengthen weights before a normalisation",
            experiment: AdamPSphere()),
        CatalogueEntry(
            id: "lion-k", paper: "Chen, Liu, Liang and Liu 2024", module: "Tensors",
            summary: "Sign momentum with decay, which solves a bounded problem", experiment: LionBox()),
        CatalogueEntry(
            id: "target-surrogate-sso", paper: "Lavington et al. 2023", module: "Tensors",
            summary: "Many cheap steps for each costly gradient", experiment: SurrogateOracle()
        ),
        CatalogueEntry(
            id: "weight-compander", paper: "Cakaj, Mehnert and Yang 2023", module: "Tensors",
            summary: "Weights held down where large and spread out where small",
            experiment: CompandedNetwork()),
    ]
}
