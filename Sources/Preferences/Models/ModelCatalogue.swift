/// The preference models by id: what `--model` accepts.
public enum PreferenceModels {
    /// A model's id, its one line, and how to make it.
    public struct Entry: Sendable {
        /// The id.
        public let id: String
        /// One line.
        public let summary: String
        /// Makes the model with these options.
        public let make: @Sendable (BoardOptions) -> any PreferenceModel
    }

    /// All models; the automatic choice first.
    public static let all: [Entry] = [
        entry(AutomaticModel.self) { AutomaticModel($0) },
        entry(BradleyTerry.self) { BradleyTerry($0) },
        entry(Davidson.self) { Davidson($0) },
        entry(RaoKupper.self) { RaoKupper($0) },
        entry(ThurstoneMosteller.self) { ThurstoneMosteller($0) },
        entry(JudgeReliability.self) { JudgeReliability($0) },
        entry(PlackettLuce.self) { PlackettLuce($0) },
        entry(RatingScale.self) { RatingScale($0) },
        entry(MixedFeedback.self) { MixedFeedback($0) },
        entry(Elo.self) { Elo(step: nil, $0) },
        entry(TimeDecay.self) { TimeDecay($0) },
    ]

    /// The model with this id.
    ///
    /// - Throws: `PreferenceError.unknown` with the known ids.
    public static func model(_ id: String, _ options: BoardOptions) throws -> any PreferenceModel {
        guard let entry = all.first(where: { $0.id == id }) else {
            throw PreferenceError.unknown(kind: "model", name: id, known: all.map(\.id))
        }
        return entry.make(options)
    }

    private static func entry<M: PreferenceModel>(
        _ type: M.Type, _ make: @escaping @Sendable (BoardOptions) -> M
    ) -> Entry {
        Entry(id: M.id, summary: M.summary, make: { make($0) })
    }
}
