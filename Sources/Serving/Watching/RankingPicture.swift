import Foundation
import HeedAPI
import Preferences
import Signals

/// The ranking of a space's items from the votes that count.
struct RankingPicture {
    let state: SpaceFeed.State
    let settings: SpaceSettings
    let seed: UInt64
    let now: Double

    /// The ranking; `nil` where no vote says anything about the order of items.
    func make() throws -> RankingView? {
        let votes = state.votes
        let log = votes.counted
        let fit: RankingFit
        do {
            fit = try AutomaticModel().fit(log)
        } catch PreferenceError.nothingToLearnFrom { return nil } catch PreferenceError.tooFewItems {
            return nil
        }
        let scheduler = try ComparisonScheduler(
            log: log, items: settings.items.map(\.id),
            options: Asker.options(settings.goal, seed, votes, settings.items.count))
        let advice = StoppingRule().assess(scheduler)
        let hasPairs = scheduler.votes > 0
        return RankingView(
            items: fit.items.map(entry), method: fit.model, last: state.last, made: now,
            votes: log.count - log.labels.count,
            setAside: votes.setAside - (votes.all.labels.count - log.labels.count),
            advice: hasPairs
                ? advice.sentence : "the votes are ratings: read from the intervals whether they suffice",
            settled: hasPairs && advice.shouldStop, notes: notes(fit))
    }

    private func entry(_ item: RankedItem) -> RankedEntry {
        func end(_ value: Double, _ open: [RankedItem.OpenSide]) -> Double? {
            value.isFinite && !(item.open.map(open.contains) ?? false) ? value : nil
        }
        return RankedEntry(
            item: item.item,
            score: Estimate(
                item.score.isFinite ? item.score : 0, low: end(item.interval.lowerBound, [.below, .both]),
                high: end(item.interval.upperBound, [.above, .both])),
            rank: item.rank, rankLow: item.ranks.lowerBound, rankHigh: item.ranks.upperBound,
            comparisons: item.comparisons)
    }

    private func notes(_ fit: RankingFit) -> [String] {
        var notes = fit.certificate.notes
        if state.votes.leftOut > 0 {
            notes.append(
                "The latest \(state.votes.limit) votes make this ranking; \(state.votes.leftOut) older ones are left out."
            )
        }
        if !state.votes.aside.isEmpty, state.votes.setAside > 0 {
            notes.append("\(state.votes.setAside) votes are set aside; they can be counted again.")
        }
        return notes
    }
}
