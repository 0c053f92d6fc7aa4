import Foundation
import HeedAPI
import Testing

@testable import HeedServer

@Suite struct OpenAPITests {
    private static func document() throws -> [String: Any] {
        let bytes = OpenAPIDocument.bytes(version: "1")
        let object = try JSONSerialization.jsonObject(with: Data(bytes))
        return try #require(object as? [String: Any])
    }

    @Test func everyRouteIsThere() throws {
        let document = try Self.document()
        #expect(document["openapi"] as? String == "3.1.0")
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        #expect(paths.values.map(\.count).reduce(0, +) == APIRoutes.all.count)
        for route in APIRoutes.all {
            let operation = try #require(
                paths[route.path]?[route.method.rawValue.lowercased()] as? [String: Any])
            #expect(operation["operationId"] as? String == route.name)
            let responses = try #require(operation["responses"] as? [String: Any])
            #expect(responses[String(route.status.code)] != nil && responses["default"] != nil)
            let parameters = operation["parameters"] as? [[String: Any]] ?? []
            let named = Set(
                parameters.filter { $0["in"] as? String == "path" }.compactMap { $0["name"] as? String })
            let wanted = Set(
                route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
                    String($0.dropFirst().dropLast())
                })
            #expect(named == wanted)
            let security = try #require(operation["security"] as? [Any])
            #expect(security.isEmpty == (route.access == .open))
        }
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let document = try Self.document()
        let components = try #require(document["components"] as? [String: Any])
        let schemas = try #require(components["schemas"] as? [String: Any])
        var open: [Any] = [document]
        var count = 0
        while let value = open.popLast() {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String {
                    count += 1
                    #expect(
                        schemas[reference.replacingOccurrences(of: "#/components/schemas/", with: "")] != nil)
                }
                open += object.values
            } else if let list = value as? [Any] {
                open += list
            }
        }
        #expect(count > 40)
    }

    /// The schemas say of wire types what these really write.
    @Test func schemasAreThoseOfTheTypes() throws {
        guard case .object("DecideRequest", let members) = Schema.of(DecideRequest.self) else {
            Issue.record("not an object")
            return
        }
        #expect(members.allSatisfy { !$0.isNeeded })
        #expect(members.first { $0.key == "by" }?.schema == .word(["policy", "ranker"]))
        #expect(members.first { $0.key == "features" }?.schema == .dictionary(.number))
        guard case .object("JobInfo", let job) = Schema.of(JobInfo.self) else {
            Issue.record("not an object")
            return
        }
        #expect(job.filter { !$0.isNeeded }.map(\.key) == ["finished", "model"])
        let written = try JSONSerialization.jsonObject(
            with: JSONEncoder().encode(
                JobInfo(
                    id: "1", space: "s", kind: .policy, method: "m", created: 1, finished: 2, model: "p1")))
        #expect(Set((written as? [String: Any] ?? [:]).keys) == Set(job.map(\.key)))
        guard case .object("SpaceSettings", let settings) = Schema.of(SpaceSettings.self) else {
            Issue.record("not an object")
            return
        }
        #expect(settings.count == 12 && settings.allSatisfy { !$0.isNeeded })
        #expect(Schema.of(SpaceOverview.self).objects.map(\.name).contains("DecisionsView.Version"))
    }

    @Test func itIsServedToEverybody() async throws {
        try await TestServer.with { server in
            let answer = try await server.ask("GET", "/openapi.json")
            #expect(
                answer.status == 200
                    && answer.body == String(decoding: OpenAPIDocument.bytes(version: "0.1.0"), as: UTF8.self)
            )
        }
    }
}
