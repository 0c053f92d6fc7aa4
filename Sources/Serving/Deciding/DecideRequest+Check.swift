import HeedAPI

/// The limits of a request for a decision.
enum DecideLimits {
    static let actions = 1_000
    static let features = 1_000
    static let name = 200
    static let prompt = 2_000
    /// A slate's places, each with the actions that were left for it.
    static let slate = 50_000
}

extension DecideRequest {
    /// The actions to choose among, after all that the request says was looked at.
    ///
    /// - Throws: `ServiceError.invalid`, `.tooLarge`.
    func checked(_ settings: SpaceSettings) throws -> [String] {
        let candidates = try candidates(settings)
        try Self.name("id", id)
        try Self.name("judge", judge)
        try Self.name("prompt", prompt, limit: DecideLimits.prompt)
        if let id, Identifiers.slate(of: id) != nil {
            throw ServiceError.invalid(
                field: "id", value: id,
                expected: "no / and a number at its end, which name a place of a slate")
        }
        guard (features?.count ?? 0) + (groups?.count ?? 0) <= DecideLimits.features else {
            throw ServiceError.tooLarge(
                what: "the number of features and groups", limit: DecideLimits.features)
        }
        for (name, value) in features ?? [:] {
            try Self.name("features", name)
            guard value.isFinite else {
                throw ServiceError.invalid(
                    field: "features.\(name)", value: "\(value)", expected: "a finite number")
            }
            if name == "position" {
                throw ServiceError.invalid(
                    field: "features", value: name, expected: "another name: position is the place in a slate"
                )
            }
        }
        for (name, value) in groups ?? [:] {
            try Self.name("groups", name)
            try Self.name("groups.\(name)", value)
        }
        guard let slate else { return candidates }
        guard (1...candidates.count).contains(slate) else {
            throw ServiceError.invalid(
                field: "slate", value: "\(slate)", expected: "1 to \(candidates.count), the number of actions"
            )
        }
        guard (2 * candidates.count - slate + 1) * slate / 2 <= DecideLimits.slate else {
            throw ServiceError.tooLarge(what: "a slate's places times its actions", limit: DecideLimits.slate)
        }
        guard prompt == nil else {
            throw ServiceError.invalid(
                field: "prompt", value: prompt ?? "",
                expected: "no prompt: the places of a slate have its id there")
        }
        return candidates
    }

    private func candidates(_ settings: SpaceSettings) throws -> [String] {
        let all: [String]
        if let actions {
            all = actions
            guard all.count <= DecideLimits.actions else {
                throw ServiceError.tooLarge(what: "the number of actions", limit: DecideLimits.actions)
            }
            for action in all { try Self.name("actions", action) }
            guard Set(all).count == all.count else {
                var seen = Set<String>()
                let twice = all.first { !seen.insert($0).inserted } ?? ""
                throw ServiceError.invalid(field: "actions", value: twice, expected: "each action once")
            }
        } else {
            all = settings.actions.isEmpty && by == .ranker ? settings.items.map(\.id) : settings.actions
        }
        guard !all.isEmpty else {
            throw ServiceError.invalid(
                field: "actions", value: "none",
                expected: "what to choose among: name actions in the request, or in the space's settings")
        }
        guard all.count <= DecideLimits.actions else {
            throw ServiceError.tooLarge(
                what:
                    "the number of the space's actions (name those that are possible in the request), \(all.count),",
                limit: DecideLimits.actions)
        }
        return all
    }

    private static func name(_ field: String, _ value: String?, limit: Int = DecideLimits.name) throws {
        guard let value, value.isEmpty || value.utf8.count > limit else { return }
        throw ServiceError.invalid(
            field: String(field.prefix(80)), value: String(value.prefix(80)), expected: "1 to \(limit) bytes")
    }

    /// The features as models see them: numbers, and each group as a feature that is 1.
    var occasion: [String: Double] {
        var all = features ?? [:]
        for (name, value) in groups ?? [:] { all["\(name)=\(value)", default: 0] += 1 }
        return all
    }
}
