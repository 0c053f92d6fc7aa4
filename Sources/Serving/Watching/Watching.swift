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
    private let feeds = Locked<[String: SpaceFeed]>([:])
    private let pictures = Locked<[String: SpacePictures]>([:])
    private let hands = Locked<HandDecisions?>(nil)

    init(_ core: ServiceCore, votes limit: Int = Watching.votes) {
        self.core = core
        self.limit = limit
    }

    /// Makes pictures anew where feedback arrived, until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            let spaces = core.spaces.all()
            forget(except: Set(spaces.map(\.name)))
            for space in spaces {
                do {
                    try await lane.run { try self.refresh(space, everything: false) }
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
            let fresh = try HandDecisions(core.store)
            hands.withLock { $0 = fresh }
        }
    }

    /// The judges of a space whose votes are set aside now.
    ///
    /// Waits for the checks where they were never made, so that nobody learns from votes that were about to be flagged.
    func setAside(_ space: String) throws -> Set<String> {
        let settings = try core.spaces.space(space).settings
        if settings.suspects == .setAside, pictures.withLock({ $0[space]?.checksMade == nil }) {
            try look(try feed(space).follow(), space, settings)
        }
        return try aside(space, settings)
    }

    /// What is known of a space's feedback.
    func feed(_ space: String) -> SpaceFeed {
        feeds.withLock { feeds in
            if let feed = feeds[space] { return feed }
            let feed = SpaceFeed(space, store: core.store, limit: limit)
            feeds[space] = feed
            return feed
        }
    }

    /// The last pictures of a space; `nil` where there are none yet.
    func seen(_ space: String) -> SpacePictures? { pictures.withLock { $0[space] } }

    /// What was decided by hand in a space.
    func decided(_ space: String) throws -> [String: Bool] {
        if let known = hands.withLock({ $0 }) { return known[space] }
        let fresh = try HandDecisions(core.store)
        hands.withLock { $0 = fresh }
        return fresh[space]
    }

    /// Decides by hand; `nil` leaves a judge to the rules.
    func decide(_ space: String, _ judge: String, _ aside: Bool?) throws {
        let body = try aside.map { try JSONEncoder().encode(HandDecisions.Decision(setAside: $0)) }
        _ = try core.store.write([RecordChange(kind: HandDecisions.kind, id: "\(space)/\(judge)", body: body)]
        )
        let fresh = try HandDecisions(core.store)
        hands.withLock { $0 = fresh }
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
        if isDue(before.checksMade, state) { try look(state, name, settings) }
        state = try apply(name)
        if isDue(before.rankingMade, state) {
            let start = Self.clock()
            let ranking = try RankingPicture(
                state: state, settings: settings, seed: core.options.seed, now: core.now()
            ).make()
            let made = Self.made(state, settings, since: start)
            change(name) { ($0.ranking, $0.rankingMade) = (ranking, made) }
        }
        let ledger = LedgerReport(try core.store.ledger(name))
        let counts = try core.store.counts(name)
        let kinds = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        let isSame = before.last == state.last && before.removals == state.removals
        let decisions = isSame ? before.decisions : state.decisions.view
        let (last, removals) = (state.last, state.removals)
        change(name) {
            ($0.last, $0.removals, $0.ledger, $0.kinds, $0.decisions) = (
                last, removals, ledger, kinds, decisions
            )
        }
    }

    /// Looks at the judges.
    private func look(_ state: SpaceFeed.State, _ space: String, _ settings: SpaceSettings) throws {
        let start = Self.clock()
        let picture = try JudgePicture(state.votes.all, items: settings.items)
        let made = Self.made(state, settings, since: start)
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

    private func change(_ space: String, _ body: (inout SpacePictures) -> Void) {
        pictures.withLock { body(&$0[space, default: SpacePictures()]) }
    }

    private func forget(except spaces: Set<String>) {
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
