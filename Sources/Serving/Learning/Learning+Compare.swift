import Bandits
import Foundation
import HeedAPI

extension Learning {
    /// Compares two versions on the feedback that neither learnt from.
    func compare(_ space: Space, _ a: String, _ b: String) throws -> ModelComparison {
        let kinds = try [a, b].map { try kind(space.name, $0) }
        guard let kind = try kinds.compactMap({ $0 }).first ?? liveKind(space.name) else {
            throw ServiceError.notReady("the space has no model yet: uniform is all there is")
        }
        guard kinds.allSatisfy({ $0 == nil || $0 == kind }) else {
            throw ServiceError.invalid(field: "b", value: b, expected: "a \(kind.rawValue), as \(a) is one")
        }
        let current = try liveRecord(space.name, kind)?.value.current
        let choosers = try [a, b].map { try live.chooser(space.name, kind, $0 == "live" ? current : $0) }
        let progress = JobProgress(limit: core.options.trainingMemory)
        let aside = try watching.setAside(space.name)
        let valuation: Valuation
        do {
            switch kind {
            case .policy:
                let data = try DecisionData(
                    core.store, space, setAside: aside, learning: false, progress, share: 0)
                valuation = try PolicyBench(data.held, progress).compare(choosers[0], choosers[1], progress)
            case .ranker:
                let data = try VoteData(
                    core.store, space, setAside: aside, learning: false, progress, share: 0)
                valuation = try RankerBench(data.held).compare(choosers[0], choosers[1])
            }
        } catch let error as BanditError {
            throw ServiceError.notReady("the two cannot be compared: \(error)")
        }
        let (nameA, nameB) = (choosers[0].version, choosers[1].version)
        let (_, sentence) = PromotionRule.judge(valuation, candidate: nameA, live: nameB, isStale: false)
        return ModelComparison(
            a: nameA, b: nameB, metric: valuation.metric, valueA: valuation.valueA, valueB: valuation.valueB,
            difference: valuation.difference, count: valuation.count, verdict: sentence,
            findings: valuation.findings)
    }

    /// The kind of a version; `nil` for those that every kind has.
    private func kind(_ space: String, _ version: String) throws -> ModelKind? {
        if version == UniformChooser.version || version == "live" { return nil }
        guard let model = try modelRecord(space, version) else {
            throw ServiceError.notFound(kind: "model", name: String(version.prefix(80)))
        }
        return model.value.kind
    }

    /// The kind of which a version is live: policies first.
    private func liveKind(_ space: String) throws -> ModelKind? {
        try ModelKind.allCases.first { try liveRecord(space, $0)?.value.current != nil }
    }
}
