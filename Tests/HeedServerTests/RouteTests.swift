import Foundation
import HTTPTypes
import HeedAPI
import Serving
import Testing

@testable import HeedServer

/// Every role against every route.
@Suite struct RouteTests {
    /// What the routes are to be, written down a second time, so that no slip of the table goes unseen.
    static let expected = """
        GET /healthz open
        GET /readyz open
        GET /openapi.json open
        GET /status any read
        GET /metrics whole read
        POST /v1/spaces/{space}/events space send
        GET /v1/spaces/{space}/next space send
        POST /v1/spaces/{space}/answers space send
        DELETE /v1/spaces/{space}/answers/{answer} space send
        POST /v1/spaces/{space}/decide space decide
        GET /v1/spaces any read
        GET /v1/spaces/{space} space read
        GET /v1/spaces/{space}/decisions/{decision} space read
        GET /v1/spaces/{space}/ranking space read
        GET /v1/spaces/{space}/judges space read
        GET /v1/spaces/{space}/refusals space read
        GET /v1/spaces/{space}/models space read
        GET /v1/spaces/{space}/models/compare space read
        GET /v1/spaces/{space}/models/{model} space read
        GET /v1/spaces/{space}/jobs space read
        GET /v1/spaces/{space}/jobs/{job} space read
        GET /v1/spaces/{space}/export space read
        POST /v1/spaces whole admin
        PATCH /v1/spaces/{space} space admin
        DELETE /v1/spaces/{space} space admin
        POST /v1/spaces/{space}/jobs space admin
        DELETE /v1/spaces/{space}/jobs/{job} space admin
        POST /v1/spaces/{space}/models/{model}/promote space admin
        POST /v1/spaces/{space}/rollback space admin
        POST /v1/spaces/{space}/judges/{judge} space admin
        GET /v1/spaces/{space}/invitations space admin
        POST /v1/spaces/{space}/invitations space admin
        DELETE /v1/spaces/{space}/invitations/{invitation} space admin
        GET /v1/keys any admin
        POST /v1/keys any admin
        DELETE /v1/keys/{key} any admin
        POST /v1/erase any admin
        """

    @Test func theTableSaysWhatIsWrittenDown() {
        let table = APIRoutes.all.map { route in
            let access =
                switch route.access {
                case .open: "open"
                case .space(let role): "space \(role.rawValue)"
                case .any(let role): "any \(role.rawValue)"
                case .whole(let role): "whole \(role.rawValue)"
                }
            return "\(route.method.rawValue) \(route.path) \(access)"
        }
        #expect(table.sorted() == Self.expected.components(separatedBy: "\n").sorted())
        #expect(Set(APIRoutes.all.map(\.name)).count == APIRoutes.all.count)
        for route in APIRoutes.all {
            if case .space = route.access { #expect(route.path.contains("{space}")) }
            if case .open = route.access { #expect(!route.path.contains("/v1/")) }
        }
    }

    @Test func everyRoleAgainstEveryRoute() async throws {
        try await TestServer.with { server in
            try await server.space("other")
            let gone = try await server.key([.admin])
            try await server.service.keys.revoke(gone.key.id, now: 1)
            var whole: [Role: String] = [:]
            for role in Role.allCases { whole[role] = try await server.key([role]).secret }
            for (number, route) in APIRoutes.all.enumerated() {
                let space = "r\(number)"
                try await server.space(space)
                var own: [Role: String] = [:]
                for role in Role.allCases { own[role] = try await server.key([role], space: space).secret }
                func status(_ key: String?, in name: String = space) async throws -> (Int, String) {
                    let answer = try await Self.ask(server, route, space: name, key: key)
                    return (answer.status, answer.body)
                }
                let where_ = Comment(rawValue: "\(route.method.rawValue) \(route.path)")
                guard let needed = route.access.role else {
                    #expect(try await status(nil).0 == 200, where_)
                    continue
                }
                // Nobody, a key that never was, one that was revoked.
                for key in [nil, "hk_nothing.here", "x", gone.secret, gone.secret + "x"] as [String?] {
                    #expect(try await status(key).0 == 401, where_)
                }
                // All others first: the right one may remove the space.
                for role in Role.allCases where role != needed && role != .admin {
                    #expect(try await status(whole[role]).0 == 403, where_)
                    #expect(try await status(own[role]).0 == 403, where_)
                }
                if case .space = route.access {
                    for role in Role.allCases {
                        let (code, text) = try await status(own[role], in: "other")
                        #expect(code == 404 && text.contains("no space other"), where_)
                    }
                }
                for role in [needed, .admin] {
                    let (code, text) = try await status(own[role])
                    if case .whole = route.access {
                        #expect(code == 403, where_)
                    } else {
                        #expect(code != 401 && code != 403 && !text.contains("no space \(space)"), where_)
                    }
                    // Where the first one removed the space, it is not there for the second.
                    let later = try await status(whole[role])
                    #expect(later.0 != 401 && later.0 != 403, where_)
                    if route.name == "removeSpace" {
                        // Its keys went with it, and do not open the next one of its name.
                        try await server.space(space)
                        #expect(try await status(own[role]).0 == 401, where_)
                        own[role] = try await server.key([role], space: space).secret
                    }
                }
            }
        }
    }

    @Test func aKeyForOneSpaceSeesNothingOfTheOthers() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            try await server.space("b")
            let bound = try await server.key([.admin], space: "a")
            let other = try await server.key([.read], space: "b")
            let key = bound.secret
            #expect(try await server.ask("GET", "/v1/spaces", key: key).body.contains("\"b\"") == false)
            #expect(try await server.ask("GET", "/status", key: key).body.contains("\"b\"") == false)
            let keys = try await server.ask("GET", "/v1/keys", key: key).body
            #expect(keys.contains(bound.key.id) && !keys.contains(other.key.id))
            let revoking = try await server.ask("DELETE", "/v1/keys/\(other.key.id)", key: key)
            #expect(revoking.status == 404)
            // It cannot make itself a key for more.
            for body in [
                #"{"name":"n","roles":["admin"]}"#, #"{"name":"n","roles":["read"],"space":"b"}"#,
            ] {
                #expect(try await server.ask("POST", "/v1/keys", key: key, body: body).status == 403)
            }
            let erasing = try await server.ask(
                "POST", "/v1/erase", key: key, body: #"{"judge":"ann","spaces":["b"]}"#)
            #expect(erasing.status == 404)
        }
    }

    @Test func methodsFormsAndUnknownAddresses() async throws {
        try await TestServer.with { server in
            let key = server.admin
            let wrong = try await server.ask("PUT", "/v1/spaces", key: key)
            #expect(wrong.status == 405 && wrong.headers["allow"] == "GET, HEAD, POST")
            #expect(try await server.ask("GET", "/v2", key: key).status == 404)
            #expect(try await server.ask("GET", "/v1/spaces/none", key: key).code == "not_found")
            let head = try await server.ask("HEAD", "/v1/spaces", key: key)
            #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "2")
            let form = try await server.ask(
                "POST", "/v1/spaces", key: key, body: "name=a", type: "text/plain")
            #expect(form.status == 415 && form.code == "media_type")
            let packed = try await server.ask(
                "POST", "/v1/spaces", key: key, headers: ["Content-Encoding": "gzip"], body: "{}")
            #expect(packed.status == 415 && packed.code == "media_type")
            for (settings, field) in [
                (#"{"policy":"squarebc"}"#, "policy"), (#"{"goal":"besst"}"#, "settings.goal"),
            ] {
                let typo = try await server.ask(
                    "POST", "/v1/spaces", key: key, body: #"{"name":"a","settings":\#(settings)}"#)
                #expect(
                    typo.status == 422
                        && typo.body.contains("\"field\":\"\(field)\""))
                #expect(!typo.body.contains("initialize"))
            }
            let list = try await server.ask("POST", "/v1/spaces", key: key, body: "[]")
            #expect(
                list.status == 422
                    && list.body.contains(
                        "the body has a value of another type")
            )
            let picky = try await server.ask("GET", "/v1/spaces", key: key, headers: ["Accept": "text/html"])
            #expect(picky.status == 406)
            for accept in ["*/*", "application/*;q=0.5", "text/html, application/json"] {
                #expect(
                    try await server.ask("GET", "/v1/spaces", key: key, headers: ["Accept": accept]).status
                        == 200)
            }
            let refused = try await server.ask(
                "GET", "/v1/spaces", key: key, headers: ["Accept": "application/json;q=0"])
            #expect(refused.status == 406)
            let missing = try await server.ask("GET", "/v1/spaces")
            #expect(missing.status == 401 && missing.headers["www-authenticate"] == "Bearer")
        }
    }

    @Test func everyAnswerCarriesTheHeadersThatBrowsersNeed() async throws {
        try await TestServer.with { server in
            for path in ["/healthz", "/v1/spaces", "/none", "/openapi.json"] {
                let headers = try await server.ask("GET", path).headers
                #expect(headers["content-security-policy"]?.contains("default-src 'none'") == true)
                #expect(headers["x-content-type-options"] == "nosniff")
                #expect(headers["referrer-policy"] == "no-referrer")
                #expect(headers["x-frame-options"] == "DENY")
                #expect(headers["cache-control"] == "no-store")
                #expect(headers["x-request-id"]?.isEmpty == false)
                #expect(headers["server"] == nil)
            }
        }
    }

    private static func ask(_ server: TestServer, _ route: APIRoute, space: String, key: String?) async throws
        -> RawAnswer
    {
        var path = route.path.replacingOccurrences(of: "{space}", with: space)
        while let open = path.firstIndex(of: "{"), let close = path.firstIndex(of: "}") {
            path.replaceSubrange(open...close, with: "x")
        }
        let query = route.query.filter(\.isNeeded).map { "\($0.name)=x" }.joined(separator: "&")
        if !query.isEmpty { path += "?" + query }
        var body: String?
        switch route.input {
        case .none: break
        case .json: body = "{}"
        case .events: body = #"{"events":[]}"#
        }
        return try await server.ask(route.method.rawValue, path, key: key, body: body)
    }
}
