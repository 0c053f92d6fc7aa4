import Evaluation
import HeedAPI
import Signals

/// What was last seen of one space.
struct SpacePictures: Sendable {
    /// When the space was made.
    var created = 0.0
    /// The number of the last piece of feedback in these pictures.
    var last: Int64 = 0
    /// How many removals they know of.
    var removals = 0
    var ledger = LedgerReport()
    var kinds: [String: Int] = [:]
    var decisions: DecisionsView?
    var ranking: RankingView?
    var findings: [FindingView] = []
    /// The judges as the rules see them, without what was decided by hand.
    var judges: [JudgeView] = []
    /// The judges whom the rules name.
    var suspects: Set<String> = []

    /// When the ranking was made, and what from.
    var rankingMade: Made?
    /// When judges and findings were looked at, and what from.
    var checksMade: Made?

    /// What a picture was made from, and what it cost.
    struct Made: Sendable {
        /// The number of the last piece of feedback in it.
        var last: Int64
        /// How many changes other than additions it knows of.
        var generation: Int
        /// The settings it was made under.
        var settings: SpaceSettings
        /// When it was finished, in seconds of a clock that only goes forward.
        var finished: Double
        /// How many seconds it took.
        var took: Double

        /// Whether there is something new, and the last time was long enough ago to keep the cost at a tenth of the time.
        func isDue(_ state: SpaceFeed.State, _ settings: SpaceSettings, at clock: Double) -> Bool {
            guard last != state.last || generation != state.generation || self.settings != settings else {
                return false
            }
            return clock >= finished + 10 * took
        }
    }
}
