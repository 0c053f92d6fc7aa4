import Foundation
import HeedAPI

extension Learning {
    /// How many of the versions that were live before keep their bytes, and how many candidates.
    static let kept = 5
    /// How many versions that were live are remembered for rolling back.
    private static let remembered = 100

    typealias Found<T> = (value: T, version: Int64)

    func modelRecord(_ space: String, _ id: String) throws -> Found<ModelInfo>? {
        try core.store.value(ModelInfo.self, LearningKeys.model, LearningKeys.own(space, id))
    }

    func liveRecord(_ space: String, _ kind: ModelKind) throws -> Found<LiveRecord>? {
        try core.store.value(LiveRecord.self, LearningKeys.live, LearningKeys.live(space, kind))
    }

    /// The models of a space, the newest first.
    func models(_ space: String) throws -> [ModelInfo] {
        let decoder = JSONDecoder()
        return try core.store.records(LearningKeys.model)
            .filter { $0.id.hasPrefix("\(space)/") }
            .map { try decoder.decode(ModelInfo.self, from: $0.body) }
            .sorted { $0.created != $1.created ? $0.created > $1.created : $0.number > $1.number }
    }

    /// Changes what is known of a model by compare-and-set.
    func changeModel(_ space: String, _ id: String, _ body: (inout ModelInfo) -> Void) throws -> Bool {
        for _ in 0..<20 {
            guard let found = try modelRecord(space, id) else {
                throw ServiceError.notFound(kind: "model", name: id)
            }
            var info = found.value
            body(&info)
            if info == found.value { return true }
            let key = LearningKeys.own(space, id)
            if try core.store.write([RecordChange(LearningKeys.model, key, info, expected: found.version)]) {
                return true
            }
        }
        return false
    }

    /// Makes a version live, in one write with the status of that and of the one before.
    ///
    /// - Parameters:
    ///   - version: The version; `nil` for chance.
    ///   - found: The record that it follows.
    ///   - isRollBack: Whether it was live before, so that the present one is not remembered.
    /// - Returns: Whether it is live; `false` where another one became live, or a model changed, in the meantime.
    func makeLive(
        _ space: String, _ kind: ModelKind, _ version: String?, after found: Found<LiveRecord>?,
        isRollBack: Bool = false, _ change: (inout ModelInfo) -> Void = { _ in }
    ) throws -> Bool {
        var record = found?.value ?? LiveRecord()
        let old = record.current
        if isRollBack {
            _ = record.history.popLast()
        } else {
            record.history = Array((record.history + [old ?? UniformChooser.version]).suffix(Self.remembered))
        }
        record.current = version
        var changes = [
            try RecordChange(
                LearningKeys.live, LearningKeys.live(space, kind), record, expected: found?.version ?? 0)
        ]
        var mustRenew: Bool?
        for (id, status) in [(old, ModelInfo.Status.retired), (version, .live)] {
            guard let id else { continue }
            guard let model = try modelRecord(space, id) else {
                // The space may have been removed in the meantime.
                if id == version { throw ServiceError.notFound(kind: "model", name: id) }
                continue
            }
            if id == version, model.value.stale != nil { mustRenew = true }
            var info = model.value
            info.status = status
            if id == version { change(&info) }
            changes.append(
                try RecordChange(
                    LearningKeys.model, LearningKeys.own(space, id), info, expected: model.version))
        }
        guard try core.store.write(changes) else { return false }
        try noteTraining(space, kind) { [mustRenew] in $0.mustRenew = mustRenew }
        if let space = try? core.spaces.space(space) { try live.load(space) }
        return true
    }

    /// Makes a model live by hand.
    func promote(_ space: String, _ id: String) throws -> ModelInfo {
        for _ in 0..<20 {
            guard let model = try modelRecord(space, id) else {
                throw ServiceError.notFound(kind: "model", name: String(id.prefix(80)))
            }
            let found = try liveRecord(space, model.value.kind)
            if found?.value.current == id { return model.value }
            // Whoever is to decide must be there.
            _ = try live.chooser(space, model.value.kind, id)
            if try makeLive(space, model.value.kind, id, after: found) {
                try forgetBytes(space, model.value.kind)
                return try modelRecord(space, id)?.value ?? model.value
            }
        }
        throw ServiceError.conflict("the models of \(space) are being changed by others; try again")
    }

    /// Makes the version live again that was before the present one; `nil` where that is chance.
    func rollBack(_ space: String, _ kind: ModelKind) throws -> ModelInfo? {
        for _ in 0..<20 {
            guard let found = try liveRecord(space, kind), let last = found.value.history.last else {
                throw ServiceError.notReady(
                    "no version of the \(kind.rawValue) was live before: there is nothing to roll back to")
            }
            let version = last == UniformChooser.version ? nil : last
            _ = try live.chooser(space, kind, version)
            if try makeLive(space, kind, version, after: found, isRollBack: true) {
                return try version.flatMap { try modelRecord(space, $0)?.value }
            }
        }
        throw ServiceError.conflict("the models of \(space) are being changed by others; try again")
    }

    /// Lets go of the bytes of models that nobody is likely to want back; what is known of them stays.
    func forgetBytes(_ space: String, _ kind: ModelKind) throws {
        let record = try liveRecord(space, kind)?.value ?? LiveRecord()
        let all = try models(space).filter { $0.kind == kind }
        var wanted = Set(record.history.suffix(Self.kept))
        if let current = record.current { wanted.insert(current) }
        wanted.formUnion(all.filter { $0.status == .candidate }.prefix(Self.kept).map(\.id))
        for model in all where model.bytes > 0 && !wanted.contains(model.id) {
            guard let found = try modelRecord(space, model.id), found.value.status != .live else { continue }
            var info = found.value
            info.bytes = 0
            let key = LearningKeys.own(space, model.id)
            _ = try core.store.write([
                RecordChange(LearningKeys.model, key, info, expected: found.version),
                RecordChange(kind: LearningKeys.blob, id: key, body: nil),
            ])
        }
    }

    /// Marks the models that learnt from what was erased, and makes a training due where one of them is live.
    ///
    /// Only for what must be forgotten. What merely grew too old, and answers that were taken back, mark nothing: a model may have
    /// learnt from them, and if each of them were a reason to learn anew, models would be replaced all the time without having to
    /// be better.
    func mark(_ removals: [Removal], why: String) throws {
        for removal in removals {
            guard let range = removal.range else { continue }
            // First, so that a training that is keeping its model either sees this or is seen below.
            for kind in ModelKind.allCases {
                try noteTraining(removal.space, kind) { $0.erasures = ($0.erasures ?? 0) + 1 }
            }
            for model in try models(removal.space) where model.stale == nil && model.learned.overlaps(range) {
                try markStale(removal.space, model.id, why)
            }
            for kind in ModelKind.allCases {
                let current = try liveRecord(removal.space, kind)?.value.current
                let isStale = try current.flatMap { try modelRecord(removal.space, $0)?.value.stale } != nil
                let count = try pieces(removal.space, kind)
                try noteTraining(removal.space, kind) { state in
                    state.seen = min(state.seen, count)
                    if isStale { state.mustRenew = true }
                }
                nextLook.withLock { $0[LearningKeys.training(removal.space, kind)] = nil }
            }
        }
        wake()
    }

    /// How often feedback of a kind was erased.
    func erasures(_ space: String, _ kind: ModelKind) throws -> Int {
        let key = LearningKeys.training(space, kind)
        return try core.store.value(TrainingRecord.self, LearningKeys.live, key)?.value.erasures ?? 0
    }

    /// Marks a new model where feedback was erased since its training began.
    func markIfOutdated(_ space: String, _ kind: ModelKind, _ id: String, since begun: Int) throws {
        if try erasures(space, kind) != begun {
            try markStale(space, id, "feedback was erased while it was trained")
        }
    }

    /// Notes that feedback went for its age, so that what comes after it counts as new: no model is marked.
    ///
    /// - Parameter before: How many pieces there were of each kind before.
    func noteAged(_ space: String, before: [ModelKind: Int]) throws {
        for kind in ModelKind.allCases {
            let gone = max(0, (before[kind] ?? 0) - (try pieces(space, kind)))
            if gone > 0 { try noteTraining(space, kind) { $0.seen = max(0, $0.seen - gone) } }
            nextLook.withLock { $0[LearningKeys.training(space, kind)] = nil }
        }
    }

    private func markStale(_ space: String, _ id: String, _ why: String) throws {
        guard try changeModel(space, id, { $0.stale = why }) else {
            throw ServiceError.conflict("the model \(id) is being changed by others; try again")
        }
    }

    private func noteTraining(_ space: String, _ kind: ModelKind, _ body: (inout TrainingRecord) -> Void)
        throws
    {
        let key = LearningKeys.training(space, kind)
        for _ in 0..<20 {
            guard let found = try core.store.value(TrainingRecord.self, LearningKeys.live, key) else {
                return
            }
            var state = found.value
            body(&state)
            if try core.store.write([RecordChange(LearningKeys.live, key, state, expected: found.version)]) {
                return
            }
        }
        throw ServiceError.conflict("the trainings of \(space) are being changed by others; try again")
    }
}

extension ModelInfo {
    /// The number in its version.
    fileprivate var number: Int { Int(id.dropFirst()) ?? 0 }
}

extension DataRange {
    fileprivate func overlaps(_ range: ClosedRange<Int64>) -> Bool {
        first > 0 && first <= range.upperBound && range.lowerBound <= last
    }
}
