import Foundation
import HeedAPI
import Signals

/// Keeps pictures of each space up to date in the background: ranking, judges, findings, what decisions paid off. Pages and
/// requests read the last picture, so that they are quick whatever the size of the store.
final class Watching: Sendable {
    /// The latest votes of a space that rankings and checks look at.
    static let votes = 500_000

    let core: ServiceCore
    /// Pictures are made one after the other, and apart from trainings, which take longer.
    let lane = BlockingLane("heed.watch", threads: 1, quality: .background)
    private let limit: Int
    /// With the time at which the space was made: another space of its name has feedback of its own.
    private let feeds = Locked<[String: (created: Double?, feed: SpaceFeed)]>([:])
    private let pictures = Locked<[String: SpacePictures]>([:])
    private let hands = Reread<HandDecisions?>(nil)

    init(_ core: ServiceCore, votes limit: Int = Watching.votes) {
        self.core = core
        self.limit = limit
    }

    /// Makes pictures anew where feedback arrived, until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            let spaces = core.spaces.all()
            forget(except: Set(spaces.map(\.name)))
            core.traffic.forget(except: Set(spaces.map(\.name)))
            for space in spaces {
                do {
                    try await lane.runUnlessCancelled { try self.refresh(space, everything: false) }
                } catch is CancellationError {
                    return
                } catch {
                    core.logger.error(
                        "making pictures failed", metadata: ["space": "\(space.name)", "error": "\(error)"])
                }
            }
            try? await Task.sleep(nanoseconds: UInt64(max(0.01, core.options.snapshotInterval) * 1e9))
        }
    }

    /// Reads again who was set aside by hand, as another process may have changed it.
    func reload() async throws {
        try await core.lane.run { [self] in
            try hands.read { try HandDecisions(core.store) }
        }
    }

    /// The judges of a space whose votes are set aside now.
    ///
    /// Waits for the checks where they were never made, so that nobody learns from votes that were about to be flagged.
    func setAside(_ space: String) throws -> Set<String> {
        let found = try core.spaces.space(space)
        if found.settings.suspects == .setAside, seen(space)?.checksMade == nil {
            try look(try feed(space).follow(), found)
        }
        return try aside(space, found.settings)
    }

    /// What is known of a space's feedback.
    func feed(_ space: String) -> SpaceFeed {
        let created = try? core.spaces.space(space).created
        return feeds.withLock { feeds in
            if let known = feeds[space], known.created == created { return known.feed }
            let feed = SpaceFeed(space, store: core.store, limit: limit)
            feeds[space] = (created, feed)
            return feed
        }
    }

    /// The last pictures of a space; `nil` where there are none yet.
    func seen(_ space: String) -> SpacePictures? {
        guard let created = try? core.spaces.space(space).created else { return nil }
        return pictures.withLock { $0[space].flatMap { $0.created == created ? $0 : nil } }
    }

    /// What was decided by hand in a space.
    func decided(_ space: String) throws -> [String: Bool] {
        if let known = hands.value { return known[space] }
        try hands.read { try HandDecisions(core.store) }
        return hands.value?[space] ?? [:]
    }

    /// Decides by hand; `nil` leaves a judge to the rules.
    func decide(_ space: String, _ judge: String, _ aside: Bool?) throws {
        let body = try aside.map { try JSONEncoder().encode(HandDecisions.Decision(setAside: $0)) }
        _ = try core.store.write([RecordChange(kind: HandDecisions.kind, id: "\(space)/\(judge)", body: body)]
        )
        try hands.read { try HandDecisions(core.store) }
        _ = try apply(space)
    }

    /// Leaves the votes of those out who are set aside as far as is known now.
    func apply(_ space: String) throws -> SpaceFeed.State {
        try feed(space).setAside(try aside(space, try core.spaces.space(space).settings))
    }

    /// Makes the pictures of a space: all of them, or those that are due. Waits for the store.
    func refresh(_ space: Space, everything: Bool) throws {
        let (name, settings) = (space.name, space.settings)
        var state = try feed(name).follow()
        let before = seen(name) ?? SpacePictures()
        let clock = Self.clock()
        func isDue(_ made: SpacePictures.Made?, _ state: SpaceFeed.State) -> Bool {
            everything || made?.isDue(state, settings, at: clock) ?? true
        }
        if isDue(before.checksMade, state) { try look(state, space) }
        state = try apply(name)
        if isDue(before.rankingMade, state) {
            let start = Self.clock()
            let ranking = try RankingPicture(
                state: state, settings: settings, seed: core.options.seed, now: core.now()
            ).make()
            let made = Self.made(state, settings, since: start)
            change(space) { ($0.ranking, $0.rankingMade) = (ranking, made) }
        }
        let ledger = LedgerReport(try core.store.ledger(name))
        let counts = try core.store.counts(name)
        let kinds = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        let isSame = before.last == state.last && before.removals == state.removals
        let decisions = isSame ? before.decisions : state.decisions.view
        let (last, removals) = (state.last, state.removals)
        change(space) {
            ($0.last, $0.removals, $0.ledger, $0.kinds, $0.decisions) = (
                last, removals, ledger, kinds, decisions
            )
        }
    }

    /// Looks at the judges.
    private func look(_ state: SpaceFeed.State, _ space: Space) throws {
        let start = Self.clock()
        let picture = try JudgePicture(state.votes.all, items: space.settings.items)
        let made = Self.made(state, space.settings, since: start)
        change(space) {
            $0.judges = picture.judges
            $0.findings = picture.findings
            $0.suspects = picture.suspects
            $0.checksMade = made
        }
    }

    /// Who is set aside: by hand, else by the rules where the settings say so.
    private func aside(_ space: String, _ settings: SpaceSettings) throws -> Set<String> {
        var aside = settings.suspects == .setAside ? seen(space)?.suspects ?? [] : []
        for (judge, isAside) in try decided(space) {
            if isAside { aside.insert(judge) } else { aside.remove(judge) }
        }
        return aside
    }

    private func change(_ space: Space, _ body: (inout SpacePictures) -> Void) {
        pictures.withLock { pictures in
            var own = pictures[space.name] ?? SpacePictures()
            if own.created != space.created { own = SpacePictures(created: space.created) }
            body(&own)
            pictures[space.name] = own
        }
    }

    /// Forgets all spaces but these.
    func forget(except spaces: Set<String>) {
        feeds.withLock { $0 = $0.filter { spaces.contains($0.key) } }
        pictures.withLock { $0 = $0.filter { spaces.contains($0.key) } }
    }

    private static func made(
        _ state: SpaceFeed.State, _ settings: SpaceSettings, since start: Double
    ) -> SpacePictures.Made {
        let end = clock()
        return SpacePictures.Made(
            last: state.last, generation: state.generation, settings: settings, finished: end,
            took: end - start)
    }

    private static func clock() -> Double { ProcessInfo.processInfo.systemUptime }
}
