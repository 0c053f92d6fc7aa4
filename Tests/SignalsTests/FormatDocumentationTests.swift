import Foundation
import Testing

@testable import Signals

@Suite("The documents")
struct FormatDocumentationTests {
    private static func document(_ name: String) throws -> String {
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: repository.appending(path: "docs/\(name)"), encoding: .utf8)
    }

    @Test("docs/feedback.md shows a canonical line of every kind")
    func lines() throws {
        let lines = try Self.document("feedback.md").split(separator: "\n").filter { $0.hasPrefix("{") }.map(
            String.init)
        let events = try lines.map { try FeedbackEvent(jsonLine: $0) }
        #expect(events.map { $0.jsonLine() } == lines)
        #expect(Set(events.map(\.feedback.kind)) == Set(Feedback.Kind.allCases))
    }

    @Test("docs/formats.md names every format, and docs/feedback.md every conversion")
    func tables() throws {
        let formats = try Self.document("formats.md")
        for format in FeedbackFormat.allCases { #expect(formats.contains("| `\(format.rawValue)` |")) }
        let feedback = try Self.document("feedback.md")
        for conversion in Conversion.all {
            #expect(feedback.contains("| \(conversion.from.rawValue) | \(conversion.to.rawValue) |"))
        }
    }
}
