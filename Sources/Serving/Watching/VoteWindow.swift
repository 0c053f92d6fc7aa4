import Signals

/// The latest votes of a space by column: all of them, and those that count.
///
/// Bounded: beyond `limit` votes and a fifth the oldest are let go of. Names of invitations, decisions and the like are not
/// kept; judge, prompt, time, weight, item features and the seconds that an answer took are.
struct VoteWindow: Sendable {
    /// The kinds of feedback that are votes.
    static let kinds: Set<Feedback.Kind> = [.comparison, .ranking, .choice, .rating, .thumb, .label]
    /// How many votes that count are kept at hand for schedulers that follow one by one.
    private static let recentLimit = 4_096

    /// How many votes are kept.
    let limit: Int
    /// All votes.
    private(set) var all = FeedbackLog()
    /// Who is set aside.
    private(set) var aside: Set<String> = []
    /// How many votes were let go of for their age.
    private(set) var leftOut = 0
    /// How many votes that count were ever added; never falls but when the window is made anew.
    private(set) var countedInAll = 0
    /// The latest votes that count, the last of which is number `countedInAll`.
    private(set) var recent: [FeedbackEvent] = []
    private var sequences: [Int64] = []
    private var kept: FeedbackLog?

    init(limit: Int) { self.limit = max(10, limit) }

    /// The votes that count.
    var counted: FeedbackLog { kept ?? all }

    /// How many votes are set aside.
    var setAside: Int { all.count - counted.count }

    /// Adds a vote.
    mutating func add(_ stored: StoredEvent) throws {
        var event = stored.event
        event.id = nil
        event.decision = nil
        event.groups = [:]
        event.features = event.features.filter { $0.key == "seconds" }
        try all.append(event)
        sequences.append(stored.sequence)
        guard !isAside(event) else { return }
        try kept?.append(event)
        countedInAll += 1
        recent.append(event)
        if recent.count > 2 * Self.recentLimit { recent.removeFirst(recent.count - Self.recentLimit) }
    }

    /// Lets go of the oldest votes where there are too many. Returns whether there were.
    mutating func trim() -> Bool {
        guard all.count > limit + limit / 5 else { return false }
        let excess = all.count - limit
        rebuild { place, _ in place >= excess }
        leftOut += excess
        return true
    }

    /// Takes votes out by their numbers in the order of arrival. Returns whether there were any.
    mutating func remove(_ gone: Set<Int64>) -> Bool {
        guard sequences.contains(where: gone.contains) else { return false }
        let sequences = sequences
        rebuild { place, _ in !gone.contains(sequences[place]) }
        return true
    }

    /// Sets these judges aside and counts all others. Returns whether that changes anything.
    mutating func setAside(_ judges: Set<String>) -> Bool {
        guard judges != aside else { return false }
        aside = judges
        kept = judges.isEmpty ? nil : all.filter { !isAside($0) }
        start()
        return true
    }

    private func isAside(_ event: FeedbackEvent) -> Bool { event.judge.map(aside.contains) ?? false }

    private mutating func rebuild(_ isKept: (Int, FeedbackEvent) -> Bool) {
        var place = 0
        var left: [Int64] = []
        let old = sequences
        all = all.filter { event in
            let stays = isKept(place, event)
            if stays { left.append(old[place]) }
            place += 1
            return stays
        }
        sequences = left
        if kept != nil { kept = all.filter { !isAside($0) } }
        start()
    }

    private mutating func start() {
        recent = []
        countedInAll = counted.count
    }
}
