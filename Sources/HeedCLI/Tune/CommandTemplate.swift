import Foundation
import Heed

/// A command with places for settings: `./train --lr {lr}`, or `{1.lr}` and `{2.lr}` where two are compared.
struct CommandTemplate: Sendable {
    let words: [String]

    /// - Throws: `Failure` where a place names no setting, or a setting has no place.
    init(_ words: [String], names: [String], pairs: Bool) throws {
        self.words = words
        guard !words.isEmpty else { return }
        let places = pairs ? names.flatMap { ["1.\($0)", "2.\($0)"] } : names
        for word in words {
            for name in Self.names(in: word) where !places.contains(name) {
                throw Failure(
                    "'{\(name)}' in the command is no setting; there are \(places.map { "{\($0)}" }.joined(separator: ", "))",
                    code: Failure.usage)
            }
        }
        let used = Set(words.flatMap(Self.names))
        if let missing = places.first(where: { !used.contains($0) }) {
            throw Failure(
                "the setting {\(missing)} does not appear in the command, so that it could not matter",
                code: Failure.usage)
        }
    }

    var isEmpty: Bool { words.isEmpty }

    /// The command's words with values in their places.
    func filled(_ values: [String: String]) -> [String] {
        words.map { word in
            var out = ""
            var rest = word[...]
            while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
                let value = values[String(rest[rest.index(after: open)..<close])]
                out += rest[..<open] + (value ?? "{")
                rest = rest[rest.index(after: value == nil ? open : close)...]
            }
            return out + rest
        }
    }

    /// The values of a point by name.
    static func values(_ point: SearchPoint, prefix: String = "") -> [String: String] {
        Dictionary(uniqueKeysWithValues: zip(point.names, point.values).map { (prefix + $0, $1.description) })
    }

    /// The names in braces; braces around anything else than a name are text, such as JSON.
    private static func names(in word: String) -> [String] {
        var found: [String] = []
        var rest = word[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            if !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) }) {
                found.append(String(name))
            }
            rest = rest[rest.index(after: open)...]
        }
        return found
    }
}
