import Foundation
import HeedAPI
import Serving

/// Items as people type them: one a line, `name` or `name: text`; or a JSON array.
enum ItemsText {
    /// The items as text: lines where that says all, otherwise JSON.
    static func text(_ items: [Item]) -> String {
        let isPlain = items.allSatisfy { item in
            item.image == nil && item.json == nil && !item.id.contains { $0 == ":" || $0.isNewline }
                && item.id.first?.isWhitespace == false && item.id.last?.isWhitespace == false
                && item.id.first != "["
                && item.text.map { !$0.isEmpty && !$0.contains(where: \.isNewline) && $0 == trimmed($0) }
                    ?? true
        }
        if isPlain {
            return items.map { item in item.text.map { "\(item.id): \($0)" } ?? item.id }.joined(
                separator: "\n")
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(items)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Reads items.
    ///
    /// - Throws: `ServiceError.invalid`.
    static func items(_ text: String) throws -> [Item] {
        let text = trimmed(text)
        if text.hasPrefix("[") {
            do {
                return try JSONDecoder().decode([Item].self, from: Data(text.utf8))
            } catch {
                throw ServiceError.invalid(
                    field: "items", value: String(text.prefix(40)),
                    expected: "a JSON array such as [{\"id\": \"a\", \"text\": \"shown\"}]")
            }
        }
        return lines(text).map { line in
            guard let mark = line.firstIndex(of: ":"), line[..<mark].contains(where: { !$0.isWhitespace }),
                !trimmed(String(line[line.index(after: mark)...])).isEmpty
            else { return Item(line) }
            return Item(
                trimmed(String(line[..<mark])), text: trimmed(String(line[line.index(after: mark)...])))
        }
    }

    /// The lines of a text, without those that are empty.
    static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
