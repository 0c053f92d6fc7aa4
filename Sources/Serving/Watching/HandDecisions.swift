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
            guard let slash = record.id.utf8.firstIndex(of: UInt8(ascii: "/")) else { continue }
            let decision = try JSONDecoder().decode(Decision.self, from: record.body)
            let judge = String(decoding: record.id.utf8[slash...].dropFirst(), as: UTF8.self)
            spaces[String(decoding: record.id.utf8[..<slash], as: UTF8.self), default: [:]][judge] =
                decision.setAside
        }
    }

    /// What was decided in a space, by judge.
    subscript(space: String) -> [String: Bool] { spaces[space] ?? [:] }
}
