import Bandits
import Foundation
import HeedAPI

/// The live models of spaces, ready to choose: read with every decision, and so kept decoded.
final class LiveModels: Sendable {
    private struct Entry: Sendable {
        /// When the space was made: another space of its name has models of its own.
        var created: Double
        var choosers: [ModelKind: any Chooser]
        /// The versions of the records of which they were read; 0 where there is none.
        var versions: [ModelKind: Int64]
    }

    private let store: any ServiceStore
    private let entries = Locked<[String: Entry]>([:])

    init(_ store: any ServiceStore) { self.store = store }

    /// The live model of a kind, where it was read before.
    func known(_ space: Space, _ kind: ModelKind) -> (any Chooser)? {
        entries.withLock { entries in
            guard let entry = entries[space.name], entry.created == space.created else { return nil }
            return entry.choosers[kind]
        }
    }

    /// Reads the live models of a space where they changed. It waits for the store.
    func load(_ space: Space) throws {
        for kind in ModelKind.allCases {
            let found = try store.value(
                LiveRecord.self, LearningKeys.live, LearningKeys.live(space.name, kind))
            let version = found?.version ?? 0
            let isKnown = entries.withLock { entries in
                entries[space.name].map { $0.created == space.created && $0.versions[kind] == version }
                    ?? false
            }
            if isKnown { continue }
            let chooser = try chooser(space.name, kind, found?.value.current)
            entries.withLock { entries in
                var entry = Entry(created: space.created, choosers: [:], versions: [:])
                if let old = entries[space.name], old.created == space.created { entry = old }
                // Whoever read a later state has been here in the meantime.
                guard entry.versions[kind].map({ $0 < version }) ?? true else { return }
                entry.choosers[kind] = chooser
                entry.versions[kind] = version
                entries[space.name] = entry
            }
        }
    }

    /// Reads what changed of all spaces that were read before, and forgets those that are gone.
    func reload(_ spaces: [Space]) throws {
        let known = Set(entries.withLock { $0.keys })
        for space in spaces where known.contains(space.name) { try load(space) }
        let names = Set(spaces.map(\.name))
        entries.withLock { entries in
            for name in known where !names.contains(name) { entries[name] = nil }
        }
    }

    /// A version, ready to choose; chance for `nil`.
    ///
    /// - Throws: `ServiceError.conflict` where its bytes are no longer kept.
    func chooser(_ space: String, _ kind: ModelKind, _ version: String?) throws -> any Chooser {
        guard let version, version != UniformChooser.version else { return UniformChooser() }
        guard let blob = try store.record(LearningKeys.blob, LearningKeys.own(space, version)) else {
            throw ServiceError.conflict(
                "the bytes of \(version) are no longer kept (only of the live model, the five before it and the five "
                    + "newest candidates): train again")
        }
        switch kind {
        case .policy: return PolicyChooser(try Decider.decode(blob.body, name: version), version: version)
        case .ranker:
            let model = try PolicyFile.decoder.decode(RankerModel.self, from: blob.body)
            return RankerChooser(version: version, model: model)
        }
    }
}
