import Foundation

extension ServiceStore {
    /// A record's contents.
    func value<T: Decodable>(_ type: T.Type, _ kind: String, _ id: String) throws -> (
        value: T, version: Int64
    )? {
        guard let record = try record(kind, id) else { return nil }
        return (try JSONDecoder().decode(type, from: record.body), record.version)
    }

    /// The contents of all records of a kind.
    func values<T: Decodable>(_ type: T.Type, _ kind: String) throws -> [T] {
        let decoder = JSONDecoder()
        return try records(kind).map { try decoder.decode(type, from: $0.body) }
    }
}

extension RecordChange {
    /// A change to contents that are written as JSON.
    init(_ kind: String, _ id: String, _ value: some Encodable, expected: Int64? = nil) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(kind: kind, id: id, body: try encoder.encode(value), expected: expected)
    }
}
