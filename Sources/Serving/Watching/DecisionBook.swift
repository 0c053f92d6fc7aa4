import Foundation
import HeedAPI
import Signals

/// What a space's decisions paid off, in sums: by version, over time, and by action of the latest.
///
/// The rewards of a decision add up, as everywhere in Heed. Bounded: only the latest decisions are known one by one; where a
/// reward comes later than that, its decision is looked up in the store.
struct DecisionBook: Sendable {
    /// How many versions are told apart; the decisions of further ones are added up under `others`.
    static let versionLimit = 1_000
    /// The name of all versions beyond that.
    static let others = "(others)"
    /// The name of the version of decisions that name none.
    static let unnamed = "(none)"

    /// How many decisions are known one by one.
    let latest: Int

    private struct Entry: Sendable {
        var version: String
        var action: String
        var time: Double?
        var reward: Double?
    }

    private(set) var decisions = 0
    private(set) var rewarded = 0
    private var versions: [String] = []
    private var means: [String: RunningMean] = [:]
    private var series = TimeSeries()
    private var entries: [String: Entry] = [:]
    private var ids: [String] = []
    private var oldest = 0

    init(latest: Int = 50_000) { self.latest = max(1, latest) }

    /// Whether a decision is known one by one.
    func knows(_ id: String) -> Bool { entries[id] != nil }

    /// Notes a decision.
    mutating func add(_ decision: Decision, time: Double?) {
        decisions += 1
        let entry = Entry(version: name(of: decision.policy), action: decision.action, time: time)
        entries[decision.id] = entry
        ids.append(decision.id)
        while ids.count - oldest > latest {
            entries[ids[oldest]] = nil
            oldest += 1
        }
        if oldest > latest {
            ids.removeFirst(oldest)
            oldest = 0
        }
    }

    /// Notes a reward.
    ///
    /// - Parameter former: looks up a decision that is known no longer: what it is, and the rewards that it had before this one.
    mutating func add(
        _ value: Double, to id: String,
        former: (String) throws -> (decision: Decision, time: Double?, rewards: [Double])?
    ) rethrows {
        if var entry = entries[id] {
            let before = entry.reward
            entry.reward = (before ?? 0) + value
            entries[id] = entry
            change(entry, from: before, to: (before ?? 0) + value)
        } else if let found = try former(id) {
            let entry = Entry(
                version: name(of: found.decision.policy), action: found.decision.action, time: found.time)
            let before = found.rewards.isEmpty ? nil : found.rewards.reduce(0, +)
            change(entry, from: before, to: (before ?? 0) + value)
        }
    }

    private mutating func change(_ entry: Entry, from before: Double?, to after: Double) {
        if let before {
            means[entry.version]?.remove(before)
            if let time = entry.time { series.remove(before, at: time) }
        } else {
            rewarded += 1
        }
        means[entry.version, default: RunningMean()].add(after)
        if let time = entry.time { series.add(after, at: time) }
    }

    private mutating func name(of policy: String?) -> String {
        let name = policy ?? Self.unnamed
        if means[name] != nil { return name }
        let known = versions.count < Self.versionLimit ? name : Self.others
        if means[known] == nil {
            versions.append(known)
            means[known] = RunningMean()
        }
        return known
    }

    /// The sums as they are shown; `nil` where there is no decision.
    var view: DecisionsView? {
        guard decisions > 0 else { return nil }
        var actions: [String: (count: Int, mean: RunningMean)] = [:]
        for id in ids[oldest...] {
            guard let entry = entries[id] else { continue }
            actions[entry.action, default: (0, RunningMean())].count += 1
            if let reward = entry.reward { actions[entry.action]?.mean.add(reward) }
        }
        let often = actions.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(50)
        return DecisionsView(
            decisions: decisions, rewarded: rewarded,
            versions: versions.compactMap { name in
                guard let mean = means[name], let reward = mean.estimate else { return nil }
                return DecisionsView.Version(version: name, count: mean.count, reward: reward)
            },
            series: series.points,
            actions: often.map {
                DecisionsView.Action(action: $0.key, count: $0.value.count, reward: $0.value.mean.estimate)
            })
    }
}
