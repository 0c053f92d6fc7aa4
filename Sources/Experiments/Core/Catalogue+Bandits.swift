import Bandits

extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "apohf", paper: "Lin, Dai, Verma, Ng, Jaillet and Low 2024", module: "Bandits",
            summary: "The best prompt from choices between two, by a linear or a neural utility",
            experiment: DuelingPrompts()),
        CatalogueEntry(
            id: "aranyani", paper: "Basu Roy Chowdhury et al. 2024", module: "Bandits",
            summary: "A forest that learns from a stream and treats groups alike", experiment: FairStream()),
        CatalogueEntry(
            id: "asymmetric-graph-causal-bandit", paper: "Peng, Zhang and Mitra 2025", module: "Bandits",
            summary: "The best interventions on a network of causes that has to be learnt",
            experiment: CausalEdgeErrors()),
        CatalogueEntry(
            id: "bayesian-optimization", paper: "Frazier 2018; Jones, Schonlau and Welch 1998",
            module: "Bandits",
            summary: "Good settings of something expensive to try, by a model of what was measured",
            experiment: ModelledSearch()),
        CatalogueEntry(
            id: "beta-thompson", paper: "Thompson 1933; Agrawal and Goyal 2012", module: "Bandits",
            summary: "Each arm as often as it is the best, rewards in 0...1",
            experiment: RegretGrowth(method: .betaThompson)),
        CatalogueEntry(
            id: "cascade-dr", paper: "Kiyohara et al. 2022", module: "Bandits",
            summary: "Off-policy value of lists read from the top, doubly robust",
            experiment: CascadeAccuracy()),
        CatalogueEntry(
            id: "cascading-bandit", paper: "Kveton et al. 2015", module: "Bandits",
            summary: "Lists of items for people who stop at the first that they like",
            experiment: SlateRegret(subject: .cascade)),
        CatalogueEntry(
            id: "cbo", paper: "Riedl, Klock, Geldhauser and Fornasier 2023", module: "Bandits",
            summary: "Particles that agree on the best valley of a rough function",
            experiment: ConsensusEscape()),
        CatalogueEntry(
            id: "combinatorial-ucb", paper: "Kveton et al. 2015", module: "Bandits",
            summary: "The set of items with the largest sum, each item's outcome seen",
            experiment: SlateRegret(subject: .set)),
        CatalogueEntry(
            id: "double-thompson", paper: "Wu and Liu 2016", module: "Bandits",
            summary: "The arm that wins most comparisons, by sampling both sides of a duel",
            experiment: DuelingRegret()),
        CatalogueEntry(
            id: "doubly-robust", paper: "Dudík, Langford and Li 2011", module: "Bandits",
            summary: "Off-policy value by a reward model, corrected by weighted rewards",
            experiment: DoublyRobustAccuracy()),
        CatalogueEntry(
            id: "dros", paper: "Su, Dimakopoulou, Krishnamurthy and Dudík 2020", module: "Bandits",
            summary: "Doubly robust with heavy weights shrunk smoothly",
            experiment: HeavyWeightAccuracy(
                estimator: Tuned<OptimisticShrinkage>(), name: "DRos", beatsModel: true)),
        CatalogueEntry(
            id: "dynlin-ucb", paper: "Mussi, Metelli and Restelli 2023", module: "Bandits",
            summary: "Actions whose effects build up and fade: held until they show",
            experiment: CarryOver()),
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "exp3", paper: "Auer, Cesa-Bianchi, Freund and Schapire 2002", module: "Bandits",
            summary: "Arms whose rewards may follow any pattern", experiment: AdversarialGrowth()),
        CatalogueEntry(
            id: "exp4", paper: "Auer, Cesa-Bianchi, Freund and Schapire 2002", module: "Bandits",
            summary: "Experts' advice, learnt from the played arm's reward", experiment: ExpertAdviceGain()),
        CatalogueEntry(
            id: "fair-one-sided", paper: "Bechavod and Roth 2023", module: "Bandits",
            summary: "Accepts and rejects with labels of the accepted only, and heeds a panel of auditors",
            experiment: AuditedAcceptance()),
        CatalogueEntry(
            id: "gaussian-thompson", paper: "Thompson 1933; Agrawal and Goyal 2013", module: "Bandits",
            summary: "Each arm as often as it is the best, normal rewards",
            experiment: RegretGrowth(method: .gaussianThompson)),
        CatalogueEntry(
            id: "gfucb", paper: "Lu, Zhao, Du and Huang 2022", module: "Bandits",
            summary: "Many linear bandits that share what their features mean",
            experiment: SharedRepresentation()),
        CatalogueEntry(
            id: "groupwise-regret", paper: "Acharya et al. 2023", module: "Bandits",
            summary: "Predictions that no overlapping group could have made better alone",
            experiment: GroupForecasts()),
        CatalogueEntry(
            id: "hedge", paper: "Freund and Schapire 1997", module: "Bandits",
            summary: "Trust split among experts whose losses are all seen", experiment: HedgeGrowth()),
        CatalogueEntry(
            id: "igw-batch-cb", paper: "Vangara and Egg 2024", module: "Bandits",
            summary: "A classifier refitted on closed batches, and what happens to its later generations",
            experiment: BatchGenerations()),
        CatalogueEntry(
            id: "ips", paper: "Horvitz and Thompson 1952", module: "Bandits",
            summary: "A policy's value from another's log, by weighted rewards",
            experiment: WeightedAccuracy()),
        CatalogueEntry(
            id: "kl-ucb", paper: "Garivier and Cappé 2011", module: "Bandits",
            summary: "Upper bounds that know how little a rare event varies",
            experiment: RegretGrowth(method: .klUCB)),
        CatalogueEntry(
            id: "linear-search", paper: "Dong and Yang 2023", module: "Bandits",
            summary: "Random tries, the lasso, and tries of what it likes best",
            experiment: SparseSearches(subject: .lasso)),
        CatalogueEntry(
            id: "linear-thompson", paper: "Agrawal and Goyal 2013", module: "Bandits",
            summary: "Each arm as often as a linear model holds it for the best",
            experiment: LinearExploration(method: .thompson)),
        CatalogueEntry(
            id: "linucb", paper: "Li, Chu, Langford and Schapire 2010", module: "Bandits",
            summary: "A linear model of rewards, and a bonus for what it is not sure of",
            experiment: LinearExploration(method: .linUCB)),
        CatalogueEntry(
            id: "logistic-thompson", paper: "Chapelle and Li 2011", module: "Bandits",
            summary: "Thompson sampling for clicks: a logistic model with a normal posterior",
            experiment: ClickExploration()),
        CatalogueEntry(
            id: "magnitude-reduced-ftrl", paper: "Dai, Luo, Wei and Zimmert 2023", module: "Bandits",
            summary: "Linear losses set by an opponent, with estimates that stay near zero",
            experiment: MagnitudeReduction()),
        CatalogueEntry(
            id: "mirror-descent", paper: "Nemirovski and Yudin 1983; Beck and Teboulle 2003",
            module: "Bandits",
            summary: "Weights that multiply, for many experts", experiment: ManyExperts()),
        CatalogueEntry(
            id: "mrdr", paper: "Farajtabar, Chow and Ghavamzadeh 2018", module: "Bandits",
            summary: "Doubly robust with the reward model that makes its variance small",
            experiment: MoreRobustAccuracy()),
        CatalogueEntry(
            id: "neufastcb", paper: "Deb, Ban, Zuo, He and Banerjee 2024", module: "Bandits",
            summary: "A network that learns losses online, and inverse-gap weighting",
            experiment: NeuralExploration()),
        CatalogueEntry(
            id: "off-policy-intervals", paper: "Hall 1992", module: "Bandits",
            summary: "Intervals that keep their promise for skewed importance weights",
            experiment: SkewedIntervals()),
        CatalogueEntry(
            id: "off-policy-sequence", paper: "Waudby-Smith, Wu, Ramdas, Karampatziakis and Mineiro 2024",
            module: "Bandits",
            summary: "A policy's value watched while the log grows", experiment: WatchedValues()),
        CatalogueEntry(
            id: "online-gradient-descent", paper: "Zinkevich 2003", module: "Bandits",
            summary: "Projected steps along gradients, little regret on any stream",
            experiment: AdversarialStream()),
        CatalogueEntry(
            id: "optimistic-omd-sea", paper: "Chen, Zhang, Tu, Zhao and Zhang 2023", module: "Bandits",
            summary: "A bet that the next gradient is like the last, and an ensemble of steps",
            experiment: DriftingGradients()),
        CatalogueEntry(
            id: "preferential-bo", paper: "Chu and Ghahramani 2005; Brochu, de Freitas and Ghosh 2007",
            module: "Bandits",
            summary: "Good settings where people only say which of two they prefer",
            experiment: PreferredSearch()),
        CatalogueEntry(
            id: "propensity-model", paper: "Rosenbaum and Rubin 1983; Chernozhukov and others 2018",
            module: "Bandits",
            summary: "Propensities estimated for logs that have none", experiment: EstimatedPropensities()),
        CatalogueEntry(
            id: "pseudo-inverse", paper: "Swaminathan et al. 2017", module: "Bandits",
            summary: "Off-policy value of slates whose actions add their shares",
            experiment: PseudoInverseAccuracy()),
        CatalogueEntry(
            id: "qdhf", paper: "Ding, Zhang, Clune, Spector and Lehman 2024", module: "Bandits",
            summary: "A varied set of good solutions, where people say what varied means",
            experiment: LearntDiversity()),
        CatalogueEntry(
            id: "regret-loss", paper: "Park, Liu, Ozdaglar and Zhang 2024", module: "Bandits",
            summary: "Audit of regret, and a learner trained to have none", experiment: RegretTraining()),
        CatalogueEntry(
            id: "sensitivity", paper: "Tan 2006; Zhao, Small and Bhattacharya 2019", module: "Bandits",
            summary: "How far an answer moves if something unseen moved the choices",
            experiment: HiddenReasons()),
        CatalogueEntry(
            id: "sg-dr", paper: "Metelli, Russo and Restelli 2021", module: "Bandits",
            summary: "Doubly robust with weights that keep its tails light",
            experiment: HeavyWeightAccuracy(
                estimator: SubGaussianDoublyRobust(), name: "SG-DR", beatsModel: false)),
        CatalogueEntry(
            id: "sgd-ucb-autobidding", paper: "Deng et al. 2023", module: "Bandits",
            summary: "Budgets over opaque channels, with a budget and a return to keep",
            experiment: BudgetDivision()),
        CatalogueEntry(
            id: "slate-thompson", paper: "Zhong, Cheung and Tan 2021", module: "Bandits",
            summary: "Lists of items by Thompson sampling, with the exact probability of each list",
            experiment: SlateRegret(subject: .thompson)),
        CatalogueEntry(
            id: "snips", paper: "Swaminathan and Joachims 2015", module: "Bandits",
            summary: "Off-policy value as a weighted average, which forgets the rewards' level",
            experiment: NormalizedAccuracy()),
        CatalogueEntry(
            id: "sparse-misspecified-bandit", paper: "Dong and Yang 2023", module: "Bandits",
            summary: "A nearly best action where rewards are roughly linear in few features",
            experiment: SparseSearches(subject: .cover)),
        CatalogueEntry(
            id: "squarecb", paper: "Foster and Rakhlin 2020", module: "Bandits",
            summary: "Sparse linear predictions, explored by inverse gaps", experiment: SparseExploration()),
        CatalogueEntry(
            id: "strategy-ensemble-preference", paper: "Lam 2024", module: "Bandits",
            summary: "Strategies combined, richer than the best in the long run", experiment: StrategyGrowth()
        ),
        CatalogueEntry(
            id: "successive-elimination", paper: "Even-Dar, Mannor and Mansour 2006", module: "Bandits",
            summary: "The best arm with a guarantee", experiment: EliminationSavings()),
        CatalogueEntry(
            id: "switch-dr", paper: "Wang, Agarwal and Dudík 2017", module: "Bandits",
            summary: "Doubly robust, but the model alone where weights are heavy",
            experiment: HeavyWeightAccuracy(
                estimator: Tuned<SwitchDoublyRobust>(), name: "Switch-DR", beatsModel: true)),
        CatalogueEntry(
            id: "switching-cost-feedback", paper: "Cheng, Zhou and Ji 2023", module: "Bandits",
            summary: "Few changes of arm, and observations bought on a budget",
            experiment: SwitchingFeedback()),
        CatalogueEntry(
            id: "trace-opto", paper: "Cheng, Nie and Swaminathan 2024", module: "Bandits",
            summary: "Tunes a pipeline from what its stages say, by the record of its runs",
            experiment: TracedTuning()),
        CatalogueEntry(
            id: "ucb1", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The arm that could still be the best", experiment: RegretGrowth(method: .ucb1)),
        CatalogueEntry(
            id: "vr-halpern", paper: "Cai, Alacaoglu and Diakonikolas 2023", module: "Bandits",
            summary: "Equilibria over many samples, with a residual", experiment: HalpernPrecision()),
    ]
}
