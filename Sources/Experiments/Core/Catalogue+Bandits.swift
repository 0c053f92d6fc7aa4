import Bandits

extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "ips", paper: "Horvitz and Thompson 1952", module: "Bandits",
            summary: "A policy's value from another's log, by weighted rewards",
            experiment: WeightedAccuracy()),
        CatalogueEntry(
            id: "snips", paper: "Swaminathan and Joachims 2015", module: "Bandits",
            summary: "Off-policy value as a weighted average, which forgets the rewards' level",
            experiment: NormalizedAccuracy()),
        CatalogueEntry(
            id: "doubly-robust", paper: "Dudík, Langford and Li 2011", module: "Bandits",
            summary: "Off-policy value by a reward model, corrected by weighted rewards",
            experiment: DoublyRobustAccuracy()),
        CatalogueEntry(
            id: "switch-dr", paper: "Wang, Agarwal and Dudík 2017", module: "Bandits",
            summary: "Doubly robust, but the model alone where weights are heavy",
            experiment: HeavyWeightAccuracy(
                estimator: Tuned<SwitchDoublyRobust>(), name: "Switch-DR", beatsModel: true)),
        CatalogueEntry(
            id: "dros", paper: "Su, Dimakopoulou, Krishnamurthy and Dudík 2020", module: "Bandits",
            summary: "Doubly robust with heavy weights shrunk smoothly",
            experiment: HeavyWeightAccuracy(
                estimator: Tuned<OptimisticShrinkage>(), name: "DRos", beatsModel: true)),
        CatalogueEntry(
            id: "sg-dr", paper: "Metelli, Russo and Restelli 2021", module: "Bandits",
            summary: "Doubly robust with weights that keep its tails light",
            experiment: HeavyWeightAccuracy(
                estimator: SubGaussianDoublyRobust(), name: "SG-DR", beatsModel: false)),
        CatalogueEntry(
            id: "mrdr", paper: "Farajtabar, Chow and Ghavamzadeh 2018", module: "Bandits",
            summary: "Doubly robust with the reward model that makes its variance small",
            experiment: MoreRobustAccuracy()),
        CatalogueEntry(
            id: "cascade-dr", paper: "Kiyohara et al. 2022", module: "Bandits",
            summary: "Off-policy value of lists read from the top, doubly robust",
            experiment: CascadeAccuracy()),
        CatalogueEntry(
            id: "pseudo-inverse", paper: "Swaminathan et al. 2017", module: "Bandits",
            summary: "Off-policy value of slates whose actions add their shares",
            experiment: PseudoInverseAccuracy()),
    ]
}
