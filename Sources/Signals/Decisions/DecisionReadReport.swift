/// What was found in the sources of a log of decisions, and what was assumed.
public struct DecisionReadReport: Sendable, Hashable {
    /// How each source was read: its format, its columns, its bad lines.
    public internal(set) var sources: [ReadReport] = []
    /// The number of decisions.
    public internal(set) var rows = 0
    /// The decisions of which it is not known what they paid off.
    public internal(set) var withoutReward = 0
    /// The decisions of which the action's probability is not known.
    public internal(set) var withoutPropensity = 0
    /// Records that do not say which action was taken, or that were not asked for: they are no rows.
    public internal(set) var leftOut = 0
    /// Events that came again: their id, or that of their decision, was there before. They count once.
    public internal(set) var repeated = 0
    /// Decisions that only rewards name.
    public internal(set) var unmatched = 0
    /// Events that neither are decisions nor say what one paid off.
    public internal(set) var ignored = 0
    /// What was assumed, in plain sentences.
    public internal(set) var assumed: [String] = []

    /// The format, where all sources have the same.
    public var format: FeedbackFormat? {
        Set(sources.map(\.format)).count == 1 ? sources[0].format : nil
    }

    /// The first bad lines of each source, with line, column, value and reason.
    public var badLines: [BadLine] { sources.flatMap(\.badLines) }

    /// The number of all bad lines.
    public var badLineCount: Int { sources.reduce(0) { $0 + $1.badLineCount } }

    /// What the report says, one line each.
    public var lines: [String] {
        var lines = sources.map { source in
            let bad = source.badLineCount > 0 ? ", \(counted(source.badLineCount, "bad line"))" : ""
            return "\(source.file): \(source.format.rawValue), \(source.layout.rawValue)"
                + "\(source.isCompressed ? " (gzip)" : ""), \(counted(source.records, "record"))\(bad)"
        }
        lines.append(counted(rows, "decision"))
        for (count, what) in [
            (withoutReward, "without a reward"), (withoutPropensity, "without a propensity"),
            (leftOut, "left out"), (repeated, "came again and count once"),
            (unmatched, "known only from their rewards"), (ignored, "of another kind"),
        ] where count > 0 {
            lines.append("\(count) \(what)")
        }
        return lines + assumed
    }
}
