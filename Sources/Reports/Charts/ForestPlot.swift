/// Scores with their intervals, one row an item: who is ahead, and by how much more than chance.
///
/// An interval that has no end on one side, or reaches far beyond all others, ends in an arrow at the edge.
/// Rows of several groups stand under headings.
public struct ForestPlot: Chart {
    /// One item.
    public struct Row: Sendable, Hashable {
        /// The name.
        public var label: String
        /// The score.
        public var score: Double
        /// The interval around it.
        public var interval: ClosedRange<Double>
        /// Whether the interval has no lower end.
        public var opensBelow = false
        /// Whether the interval has no upper end.
        public var opensAbove = false
        /// The ranks that the item can claim.
        public var ranks: ClosedRange<Int>?
        /// The heading that the row stands under.
        public var group: String?
        /// Whether to set the row apart by colour, such as all that may be the best.
        public var highlighted = false
        /// A known value to compare with, such as the truth of a simulation.
        public var reference: Double?
        /// The decimals of the numbers beside the row.
        public var decimals = 2

        /// Creates a row.
        public init(_ label: String, score: Double, interval: ClosedRange<Double>) {
            self.label = label
            self.score = score
            self.interval = interval
        }
    }

    public var title: String
    /// The rows, from the top; those of one group together.
    public var rows: [Row]
    /// What the axis measures.
    public var axis: String
    /// What `reference` is.
    public var referenceName: String
    /// What a highlighted row is.
    public var highlightName: String
    /// What stands above the names and above the numbers.
    public var headings: (names: String, numbers: String)
    /// What the axis spans; set it to give several plots the same scale.
    public var domain: ClosedRange<Double>?

    /// Creates a plot.
    public init(
        title: String, rows: [Row], axis: String = "score in log-odds; 0 is the average item",
        referenceName: String = "truth", highlightName: String = "may be the best",
        headings: (names: String, numbers: String) = ("item", "score (interval)"),
        domain: ClosedRange<Double>? = nil
    ) {
        self.title = title
        self.rows = rows
        self.axis = axis
        self.referenceName = referenceName
        self.highlightName = highlightName
        self.headings = headings
        self.domain = domain
    }

    /// A domain that suits these rows: all scores, and intervals unless they are far wider than the rest.
    public static func domain(_ rows: [Row]) -> ClosedRange<Double> {
        let intervals = rows.map { row -> IntervalDomain.Row in
            (
                value: row.score, low: row.opensBelow ? nil : row.interval.lowerBound,
                high: row.opensAbove ? nil : row.interval.upperBound
            )
        }
        let range = IntervalDomain.of(intervals)
        return ClosedRange.hull([range.lowerBound, range.upperBound, 0] + rows.compactMap(\.reference))
            .padded(0.04)
    }

    public func image(width: Double) -> SVGImage {
        let layout = ForestLayout(self, width: max(280, width))
        return SVGImage(
            width: layout.width, height: layout.height, title: title, summary: summary,
            content: layout.nodes())
    }

    private var summary: String {
        guard let first = rows.first, let last = rows.last else { return "There is nothing to show." }
        if rows.count == 1 { return "\(first.label): \(first.sentence)." }
        return "\(rows.count) items with their scores and intervals, from \(first.label) (\(first.sentence)) "
            + "to \(last.label) (\(last.sentence))."
    }
}

extension ForestPlot.Row {
    /// The interval in words.
    var intervalText: String {
        let low = opensBelow ? "−∞" : NumberText.typographic(NumberText.fixed(interval.lowerBound, decimals))
        let high = opensAbove ? "∞" : NumberText.typographic(NumberText.fixed(interval.upperBound, decimals))
        return "\(low) to \(high)"
    }

    var scoreText: String { NumberText.typographic(NumberText.fixed(score, decimals)) }

    var ranksText: String {
        guard let ranks else { return "" }
        return ranks.lowerBound == ranks.upperBound
            ? "\(ranks.lowerBound)" : "\(ranks.lowerBound)–\(ranks.upperBound)"
    }

    var sentence: String { "\(scoreText), interval \(intervalText)" }

    var tooltip: String {
        var text = "\(label): \(sentence)"
        if ranks != nil { text += ", rank \(ranksText)" }
        if opensAbove { text += "; never lost, so that there is no upper end" }
        if opensBelow { text += "; never won, so that there is no lower end" }
        return text
    }
}
