/// A claim about a method that runs: a seeded workload, a named baseline, a metric, and a verdict.
///
/// `heed try ID` runs it in full; the tests run it at its quick size. An experiment that cannot fail is a defect.
public protocol Experiment: Sendable {
    /// What is claimed, in one sentence with the margin.
    var claim: String { get }
    /// What the method is held against.
    var baseline: String { get }
    /// Runs it.
    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult
}

/// How much work an experiment does.
public enum ExperimentSize: String, Sendable, Hashable, CaseIterable {
    /// A few seconds, for the tests.
    case quick
    /// The whole claim.
    case full
}

/// What an experiment found.
public struct ExperimentResult: Sendable, Hashable {
    /// The names of the columns.
    public var columns: [String]
    /// The rows: a name, then one number for each further column.
    public var rows: [Row]
    /// Whether the claim holds.
    public var holds: Bool
    /// Why, with the numbers that decide.
    public var verdict: String

    /// One row of the table.
    public struct Row: Sendable, Hashable {
        /// What the row is about.
        public var name: String
        /// The numbers; not a number where there is none.
        public var values: [Double]

        /// Creates a row.
        public init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    /// Creates a result.
    public init(columns: [String], rows: [Row], holds: Bool, verdict: String) {
        self.columns = columns
        self.rows = rows
        self.holds = holds
        self.verdict = verdict
    }
}
