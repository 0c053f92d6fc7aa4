import Foundation

extension Policy {
    /// Saves the policy with all it has learnt; the file appears whole or not at all.
    ///
    /// - Throws: `BanditError.file` where the file cannot be written.
    public func save(to path: String) throws {
        do {
            try PolicyFile.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw BanditError.file(path: path, reason: "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Loads a policy that goes on exactly where the saved one was.
    ///
    /// - Throws: `BanditError.file` where there is no such file, or it holds something else.
    public static func load(from path: String) throws -> Self {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw BanditError.file(path: path, reason: "cannot be read: \(error.localizedDescription)")
        }
        return try PolicyFile.decode(Self.self, from: data, path: path)
    }
}

/// The format of saved policies: JSON with the method's id and a version, numbers to the last bit.
public enum PolicyFile {
    /// The version that is written and read.
    static let version = 1

    private struct Header: Codable {
        var format: String
        var version: Int
        var policy: String
    }

    private struct Contents<P: Codable>: Codable {
        var format: String
        var version: Int
        var policy: String
        var state: P
    }

    /// The id of the method that a saved file holds.
    ///
    /// - Throws: `BanditError.file` where it is not a saved policy.
    public static func id(at path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw BanditError.file(path: path, reason: "cannot be read")
        }
        return try header(data, path: path).policy
    }

    static func encode<P: Policy>(_ policy: P) throws -> Data {
        try encoder.encode(
            Contents(format: "heed-policy", version: version, policy: P.id, state: policy))
    }

    static func decode<P: Policy>(_ type: P.Type, from data: Data, path: String) throws -> P {
        let header = try header(data, path: path)
        guard header.policy == P.id else {
            throw BanditError.file(path: path, reason: "holds a policy '\(header.policy)', not '\(P.id)'")
        }
        do {
            return try decoder.decode(Contents<P>.self, from: data).state
        } catch {
            throw BanditError.file(path: path, reason: "is damaged")
        }
    }

    /// Writes numbers to the last bit, infinite ones and those that are none too.
    public static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    /// Reads what `encoder` writes.
    public static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }

    private static func header(_ data: Data, path: String) throws -> Header {
        guard let header = try? decoder.decode(Header.self, from: data), header.format == "heed-policy" else {
            throw BanditError.file(path: path, reason: "is not a saved policy")
        }
        guard header.version == version else {
            throw BanditError.file(
                path: path,
                reason: "has version \(header.version) of the format, this Heed reads \(version)")
        }
        return header
    }
}
