extension Catalogue {
    /// The methods of `Preferences` that learn from comparisons of things with features or text.
    static let preferenceLearning: [CatalogueEntry] = [
        CatalogueEntry(
            id: "armorm", paper: "Wang et al. 2024", module: "Preferences",
            summary: "Rated qualities mixed by prompt, with length taken out", experiment: GatedQualities(),
            needsTensors: true),
        CatalogueEntry(
            id: "bcm-value-dynamics", paper: "Deffuant et al. 2000; Hegselmann and Krause 2002",
            module: "Preferences",
            summary: "How values drift towards friends who are near enough", experiment: DriftingValues()),
        CatalogueEntry(
            id: "gpm", paper: "Zhang et al. 2024", module: "Preferences",
            summary: "Skew-symmetric scores: what beats what in circles", experiment: CyclicTastes(),
            needsTensors: true),
        CatalogueEntry(
            id: "icai", paper: "Findeis et al. 2025", module: "Preferences",
            summary: "A short list of principles that explains choices", experiment: PrincipleRecovery()),
        CatalogueEntry(
            id: "mapl", paper: "Sun et al. 2025", module: "Preferences",
            summary: "Instructions that can be checked, as comparisons on three levels",
            experiment: ManyInstructions()),
        CatalogueEntry(
            id: "more-rm", paper: "Zeng et al. 2024", module: "Preferences",
            summary: "One score that disagreeing groups share", experiment: SharedPreference()),
        CatalogueEntry(
            id: "multicritique", paper: "Lan et al. 2024", module: "Preferences",
            summary: "One critique from several unreliable reviewers", experiment: MergedReviews()),
        CatalogueEntry(
            id: "opinpref-rm", paper: "Nath et al. 2024", module: "Preferences",
            summary: "A reward over a handful of aspects that an expert named", experiment: FewAspects(),
            needsTensors: true),
        CatalogueEntry(
            id: "pal", paper: "Chen et al. 2024", module: "Preferences",
            summary: "Prototypes of taste, and judges as mixtures of them", experiment: PluralTastes(),
            needsTensors: true),
        CatalogueEntry(
            id: "preference-strength-rm", paper: "Wang et al. 2024", module: "Preferences",
            summary: "Wrong labels found by models that have not seen them",
            experiment: StrengthOfPreference()),
        CatalogueEntry(
            id: "r3-reward", paper: "Kim and Seo 2024", module: "Preferences",
            summary: "Relevance, length and variety as a reward without data", experiment: FarmingResistance()
        ),
        CatalogueEntry(
            id: "regret-preference", paper: "Knox et al. 2022", module: "Preferences",
            summary: "Rewards from preferences between stretches of behaviour, by regret",
            experiment: RegretWorlds()),
        CatalogueEntry(
            id: "rm-ensemble-uwo", paper: "Coste et al. 2024", module: "Preferences",
            summary: "Careful scores for choosing the best of many", experiment: ConservativeEnsembles()),
        CatalogueEntry(
            id: "themis-rm", paper: "Li et al. 2024", module: "Preferences",
            summary: "Rewards that check figures and dates with tools", experiment: CheckedAnswers()),
        CatalogueEntry(
            id: "tree-rm", paper: "Qiu et al. 2024", module: "Preferences",
            summary: "Whether to compare the same things again or fresh ones", experiment: ComparisonReuse()),
        CatalogueEntry(
            id: "utility-engineering", paper: "Mazeika et al. 2025", module: "Preferences",
            summary: "Utilities elicited by forced choices, with coherence, exchange rates and control",
            experiment: ElicitedUtilities()),
        CatalogueEntry(
            id: "value-kaleidoscope", paper: "Sorensen et al. 2024", module: "Preferences",
            summary: "The values that bear on a situation, and their conflict",
            experiment: ConflictingValues()),
        CatalogueEntry(
            id: "vpl", paper: "Poddar et al. 2024", module: "Preferences",
            summary: "People inferred from a few answers, and what to ask next", experiment: LatentPeople(),
            needsTensors: true),
        CatalogueEntry(
            id: "worldpm", paper: "Wang et al. 2025", module: "Preferences",
            summary: "Few comparisons learnt from a start in many votes", experiment: WarmStartTransfer()),
    ]
}
