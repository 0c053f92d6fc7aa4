extension Catalogue {
    /// The methods of `Preferences`.
    static let preferences: [CatalogueEntry] = [
        CatalogueEntry(
            id: "active", paper: "Chen et al. 2013; Mikhailiuk et al. 2020", module: "Preferences",
            summary: "Comparisons with the most expected information", experiment: ActiveSavings()),
        CatalogueEntry(
            id: "bradley-terry", paper: "Bradley and Terry 1952", module: "Preferences",
            summary: "Log-odds of winning, with intervals that cover", experiment: IntervalCoverage()),
        CatalogueEntry(
            id: "clustered-intervals", paper: "Liang and Zeger 1986", module: "Preferences",
            summary: "Robust intervals where votes hang together by judge", experiment: ClusteredCoverage()),
        CatalogueEntry(
            id: "davidson", paper: "Davidson 1970", module: "Preferences", summary: "Comparisons with ties",
            experiment: TieScale()),
        CatalogueEntry(
            id: "elo", paper: "Elo 1978", module: "Preferences", summary: "Strength followed game by game",
            experiment: DriftingForecast(method: .elo)),
        CatalogueEntry(
            id: "intransitivity", paper: "Jiang, Lim, Yao and Ye 2011 (HodgeRank)", module: "Preferences",
            summary: "Cycles beyond chance", experiment: CycleDetection()),
        CatalogueEntry(
            id: "judges", paper: "Chen et al. 2013", module: "Preferences",
            summary: "Items and judges' reliability, jointly", experiment: SpamResistance()),
        CatalogueEntry(
            id: "mixed", paper: "Luce 1959", module: "Preferences",
            summary: "Several kinds of feedback on one scale",
            experiment: MixedGain()),
        CatalogueEntry(
            id: "plackett-luce", paper: "Plackett 1975; Turner et al. 2020", module: "Preferences",
            summary: "Rankings and choices", experiment: RankingRecovery()),
        CatalogueEntry(
            id: "rao-kupper", paper: "Rao and Kupper 1967", module: "Preferences",
            summary: "Ties as differences too small to notice", experiment: ThresholdTies(method: .raoKupper)),
        CatalogueEntry(
            id: "rating-scale", paper: "Andrich 1978; Zwinderman 1995", module: "Preferences",
            summary: "Ratings, each judge's severity cancelled", experiment: SeverityResistance()),
        CatalogueEntry(
            id: "thurstone", paper: "Thurstone 1927; Mosteller 1951", module: "Preferences",
            summary: "Normal instead of logistic noise", experiment: ThresholdTies(method: .thurstone)),
        CatalogueEntry(
            id: "time-decay", paper: "Dixon and Coles 1997", module: "Preferences",
            summary: "Older games count less, tuned on forecasts",
            experiment: DriftingForecast(method: .timeDecay)),
    ]
}
