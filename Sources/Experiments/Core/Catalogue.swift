/// Every method of Heed with its experiment.
public enum Catalogue {
    /// All entries, by module and id.
    public static let all: [CatalogueEntry] =
        (evaluation + preferences + preferenceLearning + tensors + bandits)
        .sorted { ($0.module, $0.id) < ($1.module, $1.id) }

    /// The entry with this id.
    public static func entry(_ id: String) -> CatalogueEntry? { all.first { $0.id == id } }
}
