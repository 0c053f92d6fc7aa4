import Bandits
import Foundation
import HeedAPI
import Signals

extension Learning {
    /// A model that was learnt, with what it is to be compared on.
    private struct Learnt {
        var chooser: any Chooser
        var method: String
        var bytes: Data
        var range: DataRange
        /// Compares the model with another one; throws `ServiceError.notReady` where there is too little to compare on.
        var compare: (_ other: any Chooser) throws -> Valuation
    }

    /// Trains a model, keeps it, values it, and makes it live where the rule says so.
    func train(_ job: JobRecord, _ progress: JobProgress) throws -> (model: String, verdict: String) {
        let space = try core.spaces.space(job.info.space)
        let kind = job.info.kind
        let parent = try core.store.value(
            LiveRecord.self, LearningKeys.live, LearningKeys.live(space.name, kind))
        let version = try nextVersion(space.name, kind)
        let erasures = try erasures(space.name, kind)
        let learnt =
            try kind == .policy
            ? policy(space, job, version, progress) : ranker(space, job, version, progress)
        try progress.report(0.8, "keeps \(version)")
        let info = ModelInfo(
            id: version, kind: kind, method: learnt.method, status: .candidate, created: core.now(),
            parent: parent?.value.current ?? UniformChooser.version, learned: learnt.range, metrics: [:],
            verdict: "not valued yet", seed: job.seed, bytes: learnt.bytes.count)
        try keep(info, learnt.bytes, of: job)
        try markIfOutdated(space.name, kind, version, since: erasures)
        try progress.report(0.85, "values \(version)")
        let verdict = try value(space, kind, version, learnt)
        try forgetBytes(space.name, kind)
        return (version, verdict)
    }

    /// Keeps a new model, in one write with its job: where that was cancelled, was taken over or went with its space, nothing is kept.
    private func keep(_ info: ModelInfo, _ bytes: Data, of job: JobRecord) throws {
        let key = LearningKeys.own(job.info.space, info.id)
        let own = LearningKeys.own(job.info.space, job.info.id)
        for _ in 0..<20 {
            let found = try core.store.value(JobRecord.self, LearningKeys.job, own)
            guard let found, found.value.owner == process, found.value.info.state == .running else {
                throw JobProgress.Stop.lost
            }
            if found.value.isCancelled { throw JobProgress.Stop.cancelled }
            guard try modelRecord(job.info.space, info.id) == nil else {
                throw ServiceError.conflict("there is a model \(info.id) already")
            }
            let isKept = try core.store.write([
                RecordChange(LearningKeys.job, own, found.value, expected: found.version),
                RecordChange(LearningKeys.model, key, info, expected: 0),
                RecordChange(kind: LearningKeys.blob, id: key, body: bytes, expected: 0),
            ])
            if isKept { return }
        }
        throw ServiceError.conflict(
            "the trainings of \(job.info.space) are being changed by others; try again")
    }

    private func policy(_ space: Space, _ job: JobRecord, _ version: String, _ progress: JobProgress) throws
        -> Learnt
    {
        let data = try DecisionData(
            core.store, space, setAside: try watching.setAside(space.name), progress, share: 0.4)
        let decider = try PolicyTraining.run(
            data, space.settings, method: job.info.method, seed: job.seed, progress, from: 0.4, share: 0.4)
        let chooser = PolicyChooser(decider, version: version)
        return Learnt(
            chooser: chooser, method: job.info.method, bytes: try decider.encoded(), range: data.range,
            compare: Self.once({ try PolicyBench(data.held, progress) }) { bench, other in
                try bench.compare(chooser, other, progress)
            })
    }

    private func ranker(_ space: Space, _ job: JobRecord, _ version: String, _ progress: JobProgress) throws
        -> Learnt
    {
        let data = try VoteData(
            core.store, space, setAside: try watching.setAside(space.name), progress, share: 0.4)
        let model = try RankerTraining.run(data, method: job.info.method, progress)
        let chooser = RankerChooser(version: version, model: model)
        return Learnt(
            chooser: chooser, method: model.method, bytes: try PolicyFile.encoder.encode(model),
            range: data.range,
            compare: Self.once({ try RankerBench(data.held) }) { bench, other in
                try bench.compare(chooser, other)
            })
    }

    /// A comparison whose bench is made when it is first needed.
    private static func once<Bench>(
        _ make: @escaping () throws -> Bench, _ body: @escaping (Bench, any Chooser) throws -> Valuation
    ) -> (any Chooser) throws -> Valuation {
        var made: Bench?
        return { other in
            let bench = try made ?? make()
            made = bench
            return try body(bench, other)
        }
    }

    /// The number of a new version, never given again.
    private func nextVersion(_ space: String, _ kind: ModelKind) throws -> String {
        let key = LearningKeys.training(space, kind)
        for _ in 0..<20 {
            let found = try core.store.value(TrainingRecord.self, LearningKeys.live, key)
            var state = found?.value ?? TrainingRecord()
            let number = state.next
            state.next += 1
            if try core.store.write([
                RecordChange(LearningKeys.live, key, state, expected: found?.version ?? 0)
            ]) {
                return LearningKeys.version(kind, number)
            }
        }
        throw ServiceError.conflict("the models of \(space) are being changed by others; try again")
    }

    /// Compares a new model with the one that is live at this moment, writes the verdict, and promotes it where the rule says so;
    /// once more where another model became live in the meantime.
    private func value(_ space: Space, _ kind: ModelKind, _ version: String, _ learnt: Learnt) throws
        -> String
    {
        for _ in 0..<5 {
            let found = try core.store.value(
                LiveRecord.self, LearningKeys.live, LearningKeys.live(space.name, kind))
            let current = found?.value.current
            let isStale = try current.flatMap { try modelRecord(space.name, $0)?.value.stale } != nil
            var metrics: [String: Double] = [:]
            var result: (promotes: Bool, sentence: String)
            do {
                let valuation = try learnt.compare(try live.chooser(space.name, kind, current))
                metrics = valuation.metrics
                result = PromotionRule.judge(
                    valuation, candidate: version, live: current ?? UniformChooser.version, isStale: isStale)
            } catch ServiceError.notReady(let why) {
                result =
                    isStale
                    ? (
                        true,
                        "Takes the place of \(current ?? ""), which learnt from what was erased since; \(why)."
                    )
                    : (false, "Cannot tell: \(why).")
            } catch let error as BanditError {
                result = (false, "Cannot tell: \(error).")
            }
            if result.promotes, try core.spaces.space(space.name).settings.promotion == .manual {
                result = (false, result.sentence + " The space's models are promoted by hand.")
            }
            let change = { (info: inout ModelInfo) in
                info.metrics = metrics
                info.verdict = result.sentence
            }
            if result.promotes {
                if try makeLive(space.name, kind, version, after: found, change) { break }
                continue
            }
            if try changeModel(space.name, version, change) { return result.sentence }
        }
        guard let info = try modelRecord(space.name, version)?.value else {
            throw ServiceError.notFound(kind: "model", name: version)
        }
        return info.verdict
    }
}

extension Valuation {
    /// The figures by name, as models carry them.
    fileprivate var metrics: [String: Double] {
        let name = metric == "value" ? "value" : "logLoss"
        var all = [
            name: valueA.value, "\(name)OfLive": valueB.value, "difference": difference.value,
            "heldOut": Double(count), "effective": effective,
        ]
        all["\(name)Low"] = valueA.low
        all["\(name)High"] = valueA.high
        all["differenceLow"] = difference.low
        all["differenceHigh"] = difference.high
        return all.filter(\.value.isFinite)
    }
}
