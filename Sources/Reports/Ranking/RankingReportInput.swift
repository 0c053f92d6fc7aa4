extension RankingReport {
    /// A file that the ranking was made from.
    public struct Source: Sendable, Hashable {
        /// The name.
        public var name: String
        /// What was found in it, such as `arena battles`.
        public var format: String
        /// How many events were read.
        public var events: Int
        /// How many lines were refused.
        public var refused: Int

        /// Creates a source.
        public init(_ name: String, format: String, events: Int, refused: Int = 0) {
            self.name = name
            self.format = format
            self.events = events
            self.refused = refused
        }
    }

    /// What was observed of two items.
    public struct Pair: Sendable, Hashable {
        /// One item.
        public var first: String
        /// The other.
        public var second: String
        /// How often the first won, ties as half a win.
        public var wins: Double
        /// How often the two were compared.
        public var count: Double

        /// Creates a pair.
        public init(_ first: String, _ second: String, wins: Double, count: Double) {
            self.first = first
            self.second = second
            self.wins = wins
            self.count = count
        }
    }

    /// One more column of numbers on the items, such as the truth of a simulation or the plain win rate.
    public struct ItemColumn: Sendable, Hashable {
        /// The heading.
        public var title: String
        /// What the numbers are.
        public var help: String
        /// How they are written.
        public var format: ReportTable.Format
        /// The items and their numbers, in any order.
        public var values: [(item: String, value: Double)] {
            get { zip(items, numbers).map { (item: $0, value: $1) } }
            set {
                items = newValue.map(\.item)
                numbers = newValue.map(\.value)
            }
        }
        /// Whether the forest plot marks the numbers, which must then be scores.
        public var isMarked: Bool

        private var items: [String]
        private var numbers: [Double]

        /// Creates a column.
        public init(
            _ title: String, _ values: [(item: String, value: Double)],
            format: ReportTable.Format = .number(2),
            help: String = "", isMarked: Bool = false
        ) {
            self.title = title
            self.help = help
            self.format = format
            self.isMarked = isMarked
            items = values.map(\.item)
            numbers = values.map(\.value)
        }

        /// The numbers by the items' bytes.
        var lookup: [NameKey: Double] {
            Dictionary(zip(items.map(NameKey.init), numbers), uniquingKeysWith: { first, _ in first })
        }
    }

    /// How well the fitted model predicts comparisons that it has not seen.
    public struct CalibrationResult: Sendable, Hashable {
        /// The reliability diagram.
        public var bins: [CalibrationPlot.Bin]
        /// The expected calibration error.
        public var error: Double?
        /// What it comes to, in plain words.
        public var text: String

        /// Creates a result.
        public init(bins: [CalibrationPlot.Bin], error: Double? = nil, text: String = "") {
            self.bins = bins
            self.error = error
            self.text = text
        }
    }

    /// Whether the comparisons go round in circles.
    public struct CycleResult: Sendable, Hashable {
        /// The items of the worst circle, each beating the next and the last the first; empty where there is
        /// none.
        public var worst: [String]
        /// How often each of them beat the next.
        public var shares: [Double]
        /// What it comes to, in plain words.
        public var text: String

        /// Creates a result.
        public init(worst: [String] = [], shares: [Double] = [], text: String) {
            self.worst = worst
            self.shares = shares
            self.text = text
        }
    }

    /// Something found in the data.
    public struct Finding: Sendable, Hashable {
        /// How much it matters.
        public var severity: Severity
        /// What it is, in a few words.
        public var title: String
        /// What it means.
        public var text: String
        /// What to do about it.
        public var remedy: String?

        /// Creates a finding.
        public init(_ severity: Severity, _ title: String, _ text: String, remedy: String? = nil) {
            self.severity = severity
            self.title = title
            self.text = text
            self.remedy = remedy
        }
    }
}
