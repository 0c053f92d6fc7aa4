import HeedAPI
import Signals

extension HeedService {
    /// The last ranking of a space; `nil` where there are no comparisons yet.
    public func ranking(_ space: String) async throws -> RankingView? { try await pictures(space).ranking }

    /// The judges of a space: those with reasons first.
    public func judges(_ space: String) async throws -> [JudgeView] {
        let seen = try await pictures(space)
        return try judges(seen, of: try spaces.space(space))
    }

    /// Counts a judge's votes, or sets them aside, by hand; `nil` leaves it to the rules again.
    ///
    /// Nothing is deleted: once they count again, the ranking is what it was. The next picture shows it.
    public func setAside(_ space: String, judge: String, _ aside: Bool?) async throws -> JudgeView {
        try Comparing.check(judge: judge)
        let seen = try await pictures(space)
        try await core.lane.run { [watching] in try watching.decide(space, judge, aside) }
        let all = try judges(seen, of: try spaces.space(space))
        return all.first { $0.judge == judge }
            ?? JudgeView(judge: judge, answers: 0, setAside: aside ?? false, byHand: aside != nil)
    }

    /// All that the dashboard shows of a space, from the last pictures.
    public func overview(_ space: String) async throws -> SpaceOverview {
        let found = try spaces.space(space)
        var overview = SpaceOverview(space: found, perMinute: core.traffic.perMinute(space, at: now))
        if let seen = watching.seen(space) {
            overview.ledger = seen.ledger
            overview.kinds = seen.kinds
            overview.ranking = seen.ranking
            overview.decisions = seen.decisions
            overview.judges = Array(try judges(seen, of: found).prefix(200))
            overview.findings = seen.findings
        } else {
            overview.ledger = try await ledger(space)
        }
        overview.models = try await models(space)
        overview.jobs = Array(try await jobs(space).prefix(20))
        return overview
    }

    /// Makes the pictures of a space anew and returns when they are there: for tests, and for whoever wants them now.
    public func refresh(_ space: String) async throws {
        let space = try spaces.space(space)
        try await watching.lane.runUnlessCancelled { [watching] in
            try watching.refresh(space, everything: true)
        }
    }

    /// The last pictures, made now where there are none yet.
    private func pictures(_ space: String) async throws -> SpacePictures {
        let found = try spaces.space(space)
        if let seen = watching.seen(space), seen.rankingMade != nil { return seen }
        try await watching.lane.runUnlessCancelled { [watching] in
            if watching.seen(space)?.rankingMade == nil { try watching.refresh(found, everything: true) }
        }
        return watching.seen(space) ?? SpacePictures()
    }

    /// Judges as the rules see them, with what was decided by hand.
    private func judges(_ seen: SpacePictures, of space: Space) throws -> [JudgeView] {
        let decided = try watching.decided(space.name)
        let byRule = space.settings.suspects == .setAside
        guard !decided.isEmpty || byRule else { return seen.judges }
        let judges = seen.judges.map { judge in
            var judge = judge
            judge.byHand = decided[judge.judge] != nil
            judge.setAside = decided[judge.judge] ?? (byRule && !judge.reasons.isEmpty)
            return judge
        }
        return decided.isEmpty ? judges : JudgePicture.sorted(judges)
    }
}
