import Kernels

/// What was decided, with which probability, and what it paid off: the log that off-policy estimates and replays read.
///
/// One row for each decision. Columns that the source does not give are empty, so that a plain log of a million decisions
/// among ten actions costs some 20 MB plus its features.
///
/// ```swift
/// let log = try DecisionLog(contentsOf: ["clicks.csv"])
/// print(log.count, log.actions.count, log.hasPropensities)
/// ```
public struct DecisionLog: Sendable {
    /// The names of the actions; a row's action is a code of these.
    public internal(set) var actions = Names()
    /// The names of the features; categories are features of their own, `country=NL`.
    public internal(set) var featureNames = Names()

    /// The code of the action taken.
    public internal(set) var action: [UInt32] = []
    /// What it paid off, more is better; not a number where nothing came back.
    public internal(set) var reward: [Double] = []
    /// The probability with which the action was taken; not a number where unknown.
    public internal(set) var propensity: [Double] = []
    /// Seconds since 1970-01-01 UTC; not a number where unknown.
    public internal(set) var time = Column<Double>(missing: .nan)
    /// How much the row counts.
    public internal(set) var weight = Column<Double>(missing: 1)
    /// The place in a list that the action was shown in, 1 at the top; 0 where there is none.
    public internal(set) var position = Column<Int32>(missing: 0)
    /// The list, or the page view, that the row belongs to: rows with one code were shown together.
    public internal(set) var slate = Column<UInt32>(missing: Names.none)
    /// The names of the lists.
    public internal(set) var slates = Names()
    /// Numbers that describe the occasion: no rows, or one for each decision. Zeros are left out; where a source gives a
    /// number twice, both are there and add up.
    public internal(set) var features = SparseRows()
    /// The actions that were possible: no rows, or one for each decision whose columns are codes of actions and whose
    /// values are their probabilities, not a number where unknown. No rows, or a row without entries: nothing is said, so
    /// that every action is taken to have been possible.
    public internal(set) var possible = SparseRows()
    /// Numbers that describe each possible action: no rows, or one for each entry of `possible`, in its order.
    public internal(set) var actionFeatures = SparseRows()

    /// Creates an empty log.
    public init() {}

    /// The number of decisions.
    public var count: Int { action.count }

    /// Whether every decision has its probability.
    public var hasPropensities: Bool { !propensity.isEmpty && propensity.allSatisfy { !$0.isNaN } }
}
