import Foundation
import HeedAPI

/// The spaces of a service, by name.
public final class SpaceRegistry: Sendable {
    private let store: any ServiceStore
    private let lane: BlockingLane
    private let spaces = Reread<[String: Space]>([:])

    init(_ store: any ServiceStore, lane: BlockingLane) throws {
        self.store = store
        self.lane = lane
        try reload()
    }

    /// Reads the spaces again, as another process may have changed them.
    func reload() throws {
        try spaces.read {
            Dictionary(try store.values(Space.self, "space").map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        }
    }

    /// All spaces, by name.
    public func all() -> [Space] { spaces.value.values.sorted { $0.name < $1.name } }

    /// A space.
    ///
    /// - Throws: `ServiceError.notFound`.
    public func space(_ name: String) throws -> Space {
        guard let space = spaces.value[name] else {
            throw ServiceError.notFound(kind: "space", name: name)
        }
        return space
    }

    /// Makes a space.
    public func create(_ name: String, _ settings: SpaceSettings, now: Double) async throws -> Space {
        try Self.check(name: name)
        try settings.check()
        let space = Space(name: name, settings: settings, created: now)
        try await lane.run { [self] in
            // With what a process that had not heard of its end may have left of a former space of this name.
            let changes = [try RecordChange("space", name, space, expected: 0)] + (try leftovers(name))
            guard try store.write(changes) else {
                throw ServiceError.conflict("there is a space \(name) already")
            }
            try reload()
        }
        return space
    }

    /// Changes how a space works.
    public func update(_ name: String, _ body: @Sendable @escaping (inout SpaceSettings) throws -> Void)
        async throws
        -> Space
    {
        for _ in 0..<5 {
            let found = try await lane.run { [store] in try store.value(Space.self, "space", name) }
            guard let (old, version) = found else { throw ServiceError.notFound(kind: "space", name: name) }
            var space = old
            try body(&space.settings)
            try space.settings.check()
            let change = try RecordChange("space", name, space, expected: version)
            if try await lane.run({ [store] in try store.write([change]) }) {
                try await lane.run { try self.reload() }
                return space
            }
        }
        throw ServiceError.conflict("the space \(name) is being changed by others; try again")
    }

    /// Ends a space: its record, all records that are its own, and whatever else goes with it in the same write.
    func end(_ name: String, with others: @Sendable @escaping () throws -> [RecordChange]) async throws {
        _ = try space(name)
        for _ in 0..<5 {
            let isDone = try await lane.run { [self] in
                let own = [RecordChange(kind: "space", id: name, body: nil)] + (try leftovers(name))
                guard try store.write(own + (try others())) else { return false }
                try reload()
                return true
            }
            if isDone { return }
        }
        throw ServiceError.conflict("the space \(name) is being changed by others; try again")
    }

    /// What removes the records that are a space's own.
    private func leftovers(_ name: String) throws -> [RecordChange] {
        var changes: [RecordChange] = []
        for kind in ["model", "job", "live", "judge", "invitation"] {
            for record in try store.records(kind) where record.id.utf8.starts(with: "\(name)/".utf8) {
                changes.append(RecordChange(kind: kind, id: record.id, body: nil))
                // A model's bytes have its name, and are too large to be read only to be removed.
                if kind == "model" { changes.append(RecordChange(kind: "blob", id: record.id, body: nil)) }
            }
        }
        return changes
    }

    private static func check(name: String) throws {
        let bytes = Array(name.utf8)
        let isGood = { (c: UInt8) in (97...122).contains(c) || (48...57).contains(c) }
        guard (1...64).contains(bytes.count), isGood(bytes[0]),
            bytes.allSatisfy({ isGood($0) || $0 == 45 || $0 == 95 })
        else {
            throw ServiceError.invalid(
                field: "name", value: String(name.prefix(80)),
                expected: "1 to 64 of a-z, 0-9, - and _, beginning with a letter or a digit")
        }
    }
}

extension SpaceSettings {
    /// Refuses settings that cannot work.
    ///
    /// - Throws: `ServiceError.invalid`.
    func check() throws {
        func refuse(_ field: String, _ value: String, _ expected: String) -> ServiceError {
            .invalid(field: field, value: String(value.prefix(80)), expected: expected)
        }
        guard question.utf8.count <= 2000 else {
            throw refuse("question", "\(question.utf8.count) bytes", "at most 2000 bytes")
        }
        guard (2...6).contains(shown) else { throw refuse("shown", "\(shown)", "2 to 6") }
        guard items.count <= 10_000 else { throw refuse("items", "\(items.count) items", "at most 10000") }
        guard actions.count <= 10_000 else {
            throw refuse("actions", "\(actions.count) actions", "at most 10000")
        }
        try Learning.check(.policy, policy, field: "policy")
        var seen = Set<String>()
        for item in items {
            guard !item.id.isEmpty, item.id.utf8.count <= 200 else {
                throw refuse("items.id", item.id, "1 to 200 bytes")
            }
            guard seen.insert(item.id).inserted else { throw refuse("items.id", item.id, "each item once") }
            let size = (item.text?.utf8.count ?? 0) + (item.json?.utf8.count ?? 0)
            guard size <= 100_000 else {
                throw refuse("items.text", "\(size) bytes", "at most 100000 bytes an item")
            }
            if let image = item.image {
                guard image.utf8.count <= 2000, image.hasPrefix("https://") || image.hasPrefix("http://")
                else {
                    throw refuse("items.image", image, "an http or https address")
                }
            }
        }
        guard Set(actions).count == actions.count, actions.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 200 })
        else {
            throw refuse("actions", actions.joined(separator: ", "), "names of 1 to 200 bytes, each once")
        }
        guard policy.utf8.count <= 200 else {
            throw refuse("policy", policy, "at most 200 bytes")
        }
        if let rewards {
            guard rewards.count == 2, rewards[0] < rewards[1], rewards.allSatisfy(\.isFinite) else {
                throw refuse("rewards", "\(rewards)", "the smallest and the largest, such as [0, 1]")
            }
        }
        guard (0...1_000_000_000).contains(retrainAfter) else {
            throw refuse("retrainAfter", "\(retrainAfter)", "0 or more")
        }
        guard (0...1e7).contains(retrainPause) else {
            throw refuse("retrainPause", "\(retrainPause)", "seconds")
        }
        if let days = retentionDays {
            guard days > 0, days <= 36_500 else {
                throw refuse("retentionDays", "\(days)", "above 0, at most 36500")
            }
        }
    }
}
