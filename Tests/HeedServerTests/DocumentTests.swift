import Foundation
import Testing

@testable import HeedServer

/// What the documents say, held against the server.
@Suite struct DocumentTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func document(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent("docs/\(name)"), encoding: .utf8)
    }

    @Test func everyRouteIsDescribedWithAnExample() throws {
        let text = try Self.document("api.md")
        let examples = text.components(separatedBy: "\n").filter { $0.contains("$H/") }.joined(
            separator: "\n")
        for route in APIRoutes.all {
            let isNamed =
                text.contains("`\(route.method.rawValue) \(route.path)")
                || route.path.split(separator: "/").count == 1
            #expect(isNamed, "docs/api.md does not name \(route.method.rawValue) \(route.path)")
            let pattern = route.path.replacingOccurrences(
                of: #"\{[a-z]+\}"#, with: #"[^/\\s?"]+"#, options: .regularExpression)
            #expect(
                examples.range(of: "\\$H\(pattern)(?=[\\s?\"]|$)", options: .regularExpression) != nil,
                "docs/api.md has no example of \(route.path)")
        }
    }

    /// Every test that the threats are answered with is there.
    @Test func testsThatAreNamedAreThere() throws {
        let text = try Self.document("security.md")
        let folder = Self.root.appendingPathComponent("Tests").path
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
        let code = try files.filter { $0.hasSuffix(".swift") }.map {
            try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
        }
        .joined()
        var count = 0
        for part in text.components(separatedBy: "`")
        where part.range(of: #"^[A-Z][A-Za-z]+Tests\.[a-z]\w+$"#, options: .regularExpression) != nil {
            count += 1
            let name = part.components(separatedBy: ".")[1]
            #expect(code.contains("func \(name)("), "\(part) is not there")
        }
        #expect(count > 15)
    }
}
