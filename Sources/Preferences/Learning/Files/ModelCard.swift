import Foundation

/// What a model folder says of its model: how it was made, of what, how good it is and what it cannot know. Stored as `card.json`.
public struct ModelCard: Sendable, Codable {
    /// The newest version of the format, which this release writes.
    public static let newestVersion = 1

    /// What the data were.
    public struct Data: Sendable, Hashable, Codable {
        /// The files.
        public var files: [PairRecords.Source]
        /// The number of comparisons.
        public var comparisons: Int
        /// The number of different answers.
        public var items: Int
        /// The number of different prompts.
        public var prompts: Int
        /// The share of comparisons that ended even.
        public var ties: Double
        /// The names of the judges.
        public var judges: [String]
        /// The names of the groups.
        public var groups: [String]
        /// The least and greatest number of each column, in order; of all together where there are many.
        public var ranges: [ClosedRange<Double>]

        /// Up to how many columns have a range each.
        static let widestRanges = 256

        /// Describes comparisons and where they come from.
        public init(_ data: ComparisonSet, files: [PairRecords.Source]) {
            self.files = files
            comparisons = data.count
            items = data.items.count
            prompts = data.items.promptNames.count
            ties = data.count == 0 ? 0 : Double(data.labels.count { $0 == 0.5 }) / Double(data.count)
            judges = data.judgeNames
            groups = data.groupNames
            ranges = Self.ranges(data.items.features)
        }

        private static func ranges(_ features: FeatureMatrix) -> [ClosedRange<Double>] {
            guard features.rows > 0, features.columns > 0 else { return [] }
            if features.columns > widestRanges {
                switch features.storage {
                case .dense(let values): return [values.min()!...values.max()!]
                case .sparse(let rows):
                    return [min(0, rows.values.min() ?? 0)...max(0, rows.values.max() ?? 0)]
                }
            }
            let values = features.dense
            return (0..<features.columns).map { column in
                var (least, greatest) = (values[column], values[column])
                for place in stride(from: column, to: values.count, by: features.columns) {
                    least = min(least, values[place])
                    greatest = max(greatest, values[place])
                }
                return least...greatest
            }
        }
    }

    /// How the data were cut.
    public struct Split: Sendable, Hashable, Codable {
        /// The share of units that were held out.
        public var testShare: Double
        /// The share of judges that were held out.
        public var judgeShare: Double
        /// What the cut was drawn with.
        public var seed: UInt64
        /// What a unit is: "prompt" or "pair of items".
        public var unit: String
        /// The number of comparisons learnt from.
        public var train: Int
        /// The number held out.
        public var test: Int

        /// Describes a cut.
        public init(_ split: HonestSplit, testShare: Double, judgeShare: Double, seed: UInt64) {
            (self.testShare, self.judgeShare, self.seed) = (testShare, judgeShare, seed)
            (unit, train, test) = (split.unit, split.train.count, split.test.count)
        }
    }

    /// How good the model was on what was held out.
    public struct Metrics: Sendable, Hashable, Codable {
        /// On everything.
        public var all: HeldOutReport.Part
        /// On each group.
        public var groups: [HeldOutReport.Part]
        /// On judges that were held out.
        public var newJudges: HeldOutReport.Part?

        /// Takes the figures of a report.
        public init(_ report: HeldOutReport) {
            (all, groups, newJudges) = (report.all, report.groups, report.newJudges)
        }
    }

    /// The version of the format.
    public var version = ModelCard.newestVersion
    /// The method's id, as in `LearnerKind.all`.
    public var method: String
    /// The method's settings, as they were given.
    public var settings: [String: String]
    /// How answers become numbers.
    public var recipe: FeatureRecipe
    /// What the method learnt from was drawn with.
    public var seed: UInt64
    /// The day it was made, as the maker writes it.
    public var date: String
    /// What it was made from.
    public var data: Data?
    /// How the data were cut.
    public var split: Split?
    /// How good it was.
    public var metrics: Metrics?
    /// How the fit ended, and what the model cannot know.
    public var certificate: FitCertificate

    /// Creates a card.
    public init(
        method: String, settings: [String: String] = [:], recipe: FeatureRecipe, seed: UInt64, date: String,
        data: Data? = nil, split: Split? = nil, metrics: Metrics? = nil, certificate: FitCertificate
    ) {
        (self.method, self.settings, self.recipe, self.seed, self.date) = (
            method, settings, recipe, seed, date
        )
        (self.data, self.split, self.metrics, self.certificate) = (data, split, metrics, certificate)
    }
}
