extension Catalogue {
    /// The methods of `Bandits`.
    static let bandits: [CatalogueEntry] = [
        CatalogueEntry(
            id: "epsilon-greedy", paper: "Auer, Cesa-Bianchi and Fischer 2002", module: "Bandits",
            summary: "The best arm so far, and now and then any arm", experiment: DecayingExploration()),
        CatalogueEntry(
            id: "aranyani", paper: "Basu Roy Chowdhury et al. 2024", module: "Bandits",
            summary: "A forest that learns from a stream and treats groups alike", experiment: FairStream()),
        CatalogueEntry(
            id: "fair-one-sided", paper: "Bechavod and Roth 2023", module: "Bandits",
            summary: "Accepts and rejects with labels of the accepted only, and heeds a panel of auditors",
            experiment: AuditedAcceptance()),
        CatalogueEntry(
            id: "asymmetric-graph-causal-bandit", paper: "Peng, Zhang and Mitra 2025", module: "Bandits",
            summary: "The best interventions on a network of causes that has to be learnt",
            experiment: CausalEdgeErrors()),
        CatalogueEntry(
            id: "sparse-misspecified-bandit", paper: "Dong and Yang 2023", module: "Bandits",
            summary: "A nearly best action where rewards are roughly linear in few features",
            experiment: SparseSearches(subject: .cover)),
        CatalogueEntry(
            id: "linear-search", paper: "Dong and Yang 2023", module: "Bandits",
            summary: "Random tries, the lasso, and tries of what it likes best",
            experiment: SparseSearches(subject: .lasso)),
        CatalogueEntry(
            id: "cascading-bandit", paper: "Kveton et al. 2015", module: "Bandits",
            summary: "Lists of items for people who stop at the first that they like",
            experiment: SlateRegret(subject: .cascade)),
        CatalogueEntry(
            id: "slate-thompson", paper: "Zhong, Cheung and Tan 2021", module: "Bandits",
            summary: "Lists of items by Thompson sampling, with the exact probability of each list",
            experiment: SlateRegret(subject: .thompson)),
        CatalogueEntry(
            id: "combinatorial-ucb", paper: "Kveton et al. 2015", module: "Bandits",
            summary: "The set of items with the largest sum, each item's outcome seen",
            experiment: SlateRegret(subject: .set)),
    ]
}
