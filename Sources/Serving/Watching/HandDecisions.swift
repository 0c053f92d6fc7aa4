import Foundation

/// Which judges somebody counted or set aside by hand: records `judge` with the id SPACE/JUDGE.
struct HandDecisions: Sendable {
    /// What a record says.
    struct Decision: Codable, Sendable {
        var setAside: Bool
    }

    /// The kind of record.
    static let kind = "judge"

    private var spaces: [String: [String: Bool]] = [:]

    /// Reads them from a store.
    init(_ store: any ServiceStore) throws {
        for record in try store.records(Self.kind) {
            // Names of spaces have no slash; those of judges may.
            guard let slash = record.id.firstIndex(of: "/") else { continue }
            let decision = try JSONDecoder().decode(Decision.self, from: record.body)
            let judge = String(record.id[record.id.index(after: slash)...])
            spaces[String(record.id[..<slash]), default: [:]][judge] = decision.setAside
        }
    }

    /// What was decided in a space, by judge.
    subscript(space: String) -> [String: Bool] { spaces[space] ?? [:] }
}
