import Foundation
import HTTPTypes
import HeedAPI

/// The description of the API in OpenAPI 3.1, made from the routes and the types that they carry.
public enum OpenAPIDocument {
    /// The document in JSON.
    public static func bytes(version: String) -> [UInt8] {
        let data = try? JSONSerialization.data(
            withJSONObject: document(version: version), options: [.sortedKeys, .withoutEscapingSlashes])
        return data.map { [UInt8]($0) } ?? []
    }

    private static func document(version: String) -> [String: Any] {
        var paths: [String: [String: Any]] = [:]
        for route in APIRoutes.all {
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Heed", "version": version,
                "description": "Collects feedback, decides, learns, and shows what is known and how surely.",
            ],
            "servers": [["url": "/"]],
            "paths": paths,
            "components": [
                "schemas": schemas(),
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private static func operation(_ route: APIRoute) -> [String: Any] {
        var result: [String: Any] = [
            "operationId": route.name, "summary": route.about,
            "security": route.access.role == nil ? [] : [["key": [String]()]],
        ]
        if let role = route.access.role {
            result["description"] = "Needs a key with the role `\(role.rawValue)`\(scope(route.access))."
        }
        let parameters = parameters(route)
        if !parameters.isEmpty { result["parameters"] = parameters }
        if let body = body(route.input) { result["requestBody"] = body }
        var responses: [String: Any] = [String(route.status.code): answer(route)]
        if route.mayBeEmpty { responses["204"] = ["description": "There is nothing to tell yet."] }
        responses["default"] = [
            "description": "Why it was not done.",
            "content": ["application/json": ["schema": reference("Error")]],
        ]
        result["responses"] = responses
        return result
    }

    private static func scope(_ access: APIRoute.Access) -> String {
        switch access {
        case .open, .space: ""
        case .any: "; one that is for a single space sees and changes only what is that space's"
        case .whole: " that is for all spaces"
        }
    }

    private static func parameters(_ route: APIRoute) -> [[String: Any]] {
        let text: [String: Any] = ["type": "string"]
        var result: [[String: Any]] = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            ["name": String($0.dropFirst().dropLast()), "in": "path", "required": true, "schema": text]
        }
        result += route.query.map {
            [
                "name": $0.name, "in": "query", "required": $0.isNeeded, "description": $0.about,
                "schema": text,
            ]
        }
        if case .events = route.input {
            result.append([
                "name": "Idempotency-Key", "in": "header", "required": false, "schema": text,
                "description": "Names the batch: sending it again with the same key changes nothing.",
            ])
        }
        return result
    }

    private static func body(_ input: APIRoute.Input) -> [String: Any]? {
        switch input {
        case .none: return nil
        case .json(let schema, let isOptional):
            return ["required": !isOptional, "content": ["application/json": ["schema": json(schema)]]]
        case .events:
            let batch: [String: Any] = [
                "type": "object", "required": ["events"], "additionalProperties": false,
                "properties": ["events": ["type": "array", "items": reference("FeedbackEvent")]],
            ]
            return [
                "required": true,
                "content": [
                    "application/json": ["schema": batch],
                    "application/x-ndjson": ["schema": reference("FeedbackEvent")],
                ],
            ]
        }
    }

    private static func answer(_ route: APIRoute) -> [String: Any] {
        switch route.output {
        case .nothing: ["description": "Done."]
        case .json(let schema):
            ["description": "Done.", "content": ["application/json": ["schema": json(schema)]]]
        case .other(let type):
            ["description": "Done.", "content": [type: ["schema": ["type": "string"]]]]
        }
    }

    private static func reference(_ name: String) -> [String: Any] {
        ["$ref": "#/components/schemas/\(name)"]
    }

    private static func schemas() -> [String: Any] {
        var result: [String: Any] = ["Error": errorSchema, "FeedbackEvent": FeedbackEventSchema.json]
        for route in APIRoutes.all {
            var used: [Schema] = []
            if case .json(let schema, _) = route.input { used.append(schema) }
            if case .json(let schema) = route.output { used.append(schema) }
            for (name, members) in used.flatMap(\.objects) {
                var properties: [String: Any] = [:]
                for member in members { properties[member.key] = json(member.schema) }
                var object: [String: Any] = ["type": "object", "properties": properties]
                let needed = members.filter(\.isNeeded).map(\.key)
                if !needed.isEmpty { object["required"] = needed }
                result[name] = object
            }
        }
        return result
    }

    private static func json(_ schema: Schema) -> [String: Any] {
        switch schema {
        case .text: ["type": "string"]
        case .word(let words): ["type": "string", "enum": words]
        case .number: ["type": "number"]
        case .integer: ["type": "integer"]
        case .flag: ["type": "boolean"]
        case .list(let inner): ["type": "array", "items": json(inner)]
        case .dictionary(let inner): ["type": "object", "additionalProperties": json(inner)]
        case .object(let name, _): reference(name)
        }
    }

    private static let errorSchema: [String: any Sendable] = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["code", "message"],
                "properties": [
                    "code": ["type": "string"], "message": ["type": "string"], "field": ["type": "string"],
                ] as [String: any Sendable],
            ] as [String: any Sendable]
        ] as [String: any Sendable],
    ]
}
