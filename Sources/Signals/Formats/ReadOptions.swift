/// How a source is read.
public struct ReadOptions: Sendable, Hashable {
    /// The format, where it is not to be recognised.
    public var format: FeedbackFormat?
    /// What columns mean: Heed's name of a field to the name of the file's column, such as
    /// `["left": "model_a", "right": "model_b", "winner": "win"]`. `docs/formats.md` lists the fields.
    public var mapping: [String: String]
    /// Keep only rows in which each of these columns has one of these values.
    public var keeping: [String: Set<String>]
    /// Whether to go on without the bad lines. Otherwise a source that has one is refused as a whole.
    public var skipBad: Bool
    /// How many bad lines are kept in the report; all are counted, and the sink gets every one.
    public var maximumBadLines: Int

    /// Creates options.
    public init(
        format: FeedbackFormat? = nil, mapping: [String: String] = [:], keeping: [String: Set<String>] = [:],
        skipBad: Bool = false, maximumBadLines: Int = 1000
    ) {
        self.format = format
        self.mapping = mapping
        self.keeping = keeping
        self.skipBad = skipBad
        self.maximumBadLines = maximumBadLines
    }
}
