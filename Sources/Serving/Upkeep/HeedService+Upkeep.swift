import HeedAPI
import Signals

extension HeedService {
    /// Removes everything that a person ever sent, and what answers their decisions; the service's records forget the name,
    /// and the models that learnt from what was removed are marked for retraining.
    ///
    /// - Parameter spaces: the spaces to remove it from; `nil` for all.
    /// - Returns: how many pieces were removed, by space.
    /// - Throws: `ServiceError`.
    public func erase(judge: String, from spaces: [String]? = nil) async throws -> [String: Int] {
        let removals = try await core.lane.run { try self.eraseNow(judge: judge, from: spaces) }
        return Dictionary(removals.map { ($0.space, $0.events) }, uniquingKeysWith: +)
    }

    /// Removes the feedback of a space that arrived before a time (in seconds since 1970-01-01 UTC).
    ///
    /// Models that learnt from it stay as they are: what grows old need not be forgotten, and a model that is marked is replaced by
    /// one that need not be better. To make models forget, `erase`, or train and promote by hand.
    ///
    /// - Returns: how many pieces were removed.
    /// - Throws: `ServiceError`.
    public func prune(_ space: String, before: Double) async throws -> Int {
        try await core.lane.run { try self.pruneNow(space, before: before) }.events
    }

    /// `erase` on the thread that calls it.
    package func eraseNow(judge: String, from spaces: [String]?) throws -> [Removal] {
        guard !judge.isEmpty else {
            throw ServiceError.invalid(field: "judge", value: "empty", expected: "the name of a judge")
        }
        try known(spaces ?? [])
        try Erasure(store: core.store, judge: judge, now: now).forget(in: spaces)
        defer { comparing.forgetAnswers() }
        let why = "feedback that it learnt from was erased"
        do {
            let removals = try core.store.erase(judge: judge, from: spaces).filter { $0.events > 0 }
            try learning.mark(removals, why: why)
            return removals
        } catch let error as StoreError {
            // The rows may be gone although the file could not be cleaned: better to mark too many models than too few.
            for space in try spaces ?? core.store.spaces() {
                let last = try core.store.last(space)
                try learning.mark([Removal(space: space, events: 0, range: 0...max(0, last))], why: why)
            }
            throw ServiceError.store(error)
        }
    }

    /// `prune` on the thread that calls it.
    package func pruneNow(_ space: String, before: Double) throws -> Removal {
        try known([space])
        guard !before.isNaN else {
            throw ServiceError.invalid(field: "before", value: "\(before)", expected: "a time")
        }
        do {
            var pieces: [ModelKind: Int] = [:]
            for kind in ModelKind.allCases { pieces[kind] = try learning.pieces(space, kind) }
            let removal = try core.store.prune(space, before: before)
            if removal.events > 0 { try learning.noteAged(space, before: pieces) }
            return removal
        } catch let error as StoreError { throw ServiceError.store(error) }
    }

    /// Refuses spaces that neither have feedback nor were made.
    private func known(_ names: [String]) throws {
        let made = Set(spaces.all().map(\.name))
        for name in names where !made.contains(name) {
            guard try core.store.spaces().contains(name) else {
                throw ServiceError.notFound(kind: "space", name: name)
            }
        }
    }
}
