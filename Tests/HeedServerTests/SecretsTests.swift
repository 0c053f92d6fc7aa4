import Foundation
import HeedAPI
import Serving
import Testing

@testable import HeedServer

@Suite struct SecretsTests {
    /// Whatever is asked, the log at its most talkative holds no key, no query, no text of a body.
    @Test func noSecretReachesTheLog() async throws {
        try await TestServer.with { server in
            try await server.space("a")
            let key = try await server.key([.send], space: "a")
            let secret = try #require(server.admin.split(separator: ".").last).description
            let other = try #require(key.secret.split(separator: ".").last).description
            let body = #"{"events":[{"kind":"critique","item":"x","text":"whispered"},{"oops":"whispered"}]}"#
            _ = try await server.ask(
                "POST", "/v1/spaces/a/events?token=whispered", key: key.secret, body: body)
            _ = try await server.ask("GET", "/v1/spaces/a/refusals?limit=whispered", key: server.admin)
            _ = try await server.ask("GET", "/v1/keys", key: key.secret)
            _ = try await server.ask("GET", "/c/whispered-token.signature", key: server.admin)
            _ = try await server.ask("GET", "/v1/spaces/whispered", key: server.admin)
            _ = try await server.ask(
                "POST", "/v1/keys", key: server.admin, body: #"{"name":"n","roles":["whispered"]}"#)
            _ = try await server.ask("GET", "/", headers: ["Cookie": "session=whispered"])
            let made = try await server.ask(
                "POST", "/v1/keys", key: server.admin, body: #"{"name":"n","roles":["read"]}"#)
            let third = try JSONDecoder().decode(NewKey.self, from: Data(made.body.utf8))
            let text = server.log.text
            #expect(text.contains("route=/v1/spaces/{space}/events"))
            for hidden in [secret, other, third.secret, "whispered"] { #expect(!text.contains(hidden)) }
            // Nor does the list of keys show any.
            let list = try await server.ask("GET", "/v1/keys", key: server.admin).body
            for hidden in [secret, other, third.secret] { #expect(!list.contains(hidden)) }
        }
    }

    @Test func theStoreHoldsNoKey() async throws {
        let store = MemoryStore()
        let service = try HeedService(store: store)
        let key = try #require(try await service.firstKey())
        let secret = try #require(key.secret.split(separator: ".").last).description
        for record in try store.records("key") {
            #expect(!String(decoding: record.body, as: UTF8.self).contains(secret))
        }
        #expect(try await service.firstKey() == nil)
    }
}
