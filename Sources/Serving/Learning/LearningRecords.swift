import HeedAPI

/// Which version of a kind is live in a space, and which were before it: the record `live`, `SPACE/KIND`.
struct LiveRecord: Sendable, Codable, Hashable {
    /// The live version; `nil` for chance.
    var current: String?
    /// The versions that were live before, the latest last; `uniform` for chance.
    var history: [String] = []
}

/// Where the trainings of a kind stand in a space: the record `live`, `SPACE/KIND/training`.
struct TrainingRecord: Sendable, Codable, Hashable {
    /// The number of the next version.
    var next = 1
    /// When the last training was asked for, in seconds since 1970-01-01 UTC.
    var started = 0.0
    /// How many rewards or votes there were then.
    var seen = 0
    /// How often feedback was erased.
    var erasures: Int?
    /// Whether the live model is to be learnt anew, as feedback that it learnt from was erased and no training was asked for since.
    var mustRenew: Bool?
}

/// A training as it is kept: the record `job`, `SPACE/ID`.
///
/// A process that runs it holds a lease, which it renews. A job whose lease ran out was interrupted.
struct JobRecord: Sendable, Codable, Hashable {
    var info: JobInfo
    var seed: UInt64
    /// The process that runs it.
    var owner: String?
    /// Until when it holds the job without renewing, in seconds since 1970-01-01 UTC.
    var lease = 0.0
    /// Whether somebody wants it to end.
    var isCancelled = false

    /// Whether the process that held it is gone: its lease ran out, or ends later than any process would have it, as the clock was
    /// set back. Processes on one store are taken to agree on the time to within a lease.
    func isAbandoned(at time: Double) -> Bool {
        lease < time || lease > time + 2 * Learning.lease
    }
}

/// The kinds and ids of the records of learning.
enum LearningKeys {
    static let model = "model"
    static let blob = "blob"
    static let job = "job"
    static let live = "live"

    static func live(_ space: String, _ kind: ModelKind) -> String { "\(space)/\(kind.rawValue)" }
    static func training(_ space: String, _ kind: ModelKind) -> String {
        "\(space)/\(kind.rawValue)/training"
    }
    static func own(_ space: String, _ id: String) -> String { "\(space)/\(id)" }
    static func version(_ kind: ModelKind, _ number: Int) -> String {
        (kind == .policy ? "p" : "r") + String(number)
    }
}
