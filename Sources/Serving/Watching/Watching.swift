import Foundation
import HeedAPI
import Signals

/// Keeps pictures of each space up to date in the background: ranking, judges, findings, what decisions paid off. Pages and
/// requests read the last picture, so that they are quick whatever the size of the store.
final class Watching: Sendable {
    let core: ServiceCore
    /// Pictures are made one after the other, apart from trainings, which take longer.
    let lane = BlockingLane("heed.watch", threads: 1, quality: .background)
    private let feeds = Locked<[String: SpaceFeed]>([:])

    init(_ core: ServiceCore) { self.core = core }

    /// What is known of a space's feedback.
    func feed(_ space: String) -> SpaceFeed {
        feeds.withLock { feeds in
            if let feed = feeds[space] { return feed }
            let feed = SpaceFeed(space, store: core.store, limit: 500_000)
            feeds[space] = feed
            return feed
        }
    }

    /// Makes pictures anew where feedback arrived, until it is cancelled.
    func run() async {}

    /// Reads again who was set aside by hand, as another process may have changed it.
    func reload() async throws {}

    /// The judges of a space whose votes are set aside now.
    func setAside(_ space: String) throws -> Set<String> { [] }
}

extension HeedService {
    /// The last ranking of a space; `nil` where there are no comparisons yet.
    public func ranking(_ space: String) async throws -> RankingView? { nil }

    /// The judges of a space: those with reasons first.
    public func judges(_ space: String) async throws -> [JudgeView] { [] }

    /// Counts a judge's votes, or sets them aside, by hand; `nil` leaves it to the rules again.
    public func setAside(_ space: String, judge: String, _ aside: Bool?) async throws -> JudgeView {
        throw ServiceError.notFound(kind: "judge", name: judge)
    }

    /// All that the dashboard shows of a space, from the last pictures.
    public func overview(_ space: String) async throws -> SpaceOverview {
        SpaceOverview(space: try spaces.space(space))
    }

    /// Makes the pictures of a space anew and returns when they are there: for tests, and for whoever wants them now.
    public func refresh(_ space: String) async throws {}
}
