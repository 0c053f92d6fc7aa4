import Foundation
import HeedAPI
import Logging
import Serving
import Testing

@testable import HeedServer

@Suite struct SessionTests {
    /// A face over a store in memory, with a clock that tests move.
    struct Bench {
        let clock: Clock
        let service: HeedService
        let face: WebFace
        let key: String

        final class Clock: @unchecked Sendable {
            private let lock = NSLock()
            private var value = 1_795_262_400.0
            var now: Double { lock.withLock { value } }
            func add(_ seconds: Double) { lock.withLock { value += seconds } }
        }

        init() async throws {
            let clock = Clock()
            self.clock = clock
            var logger = Logger(label: "test")
            logger.logLevel = .error
            service = try HeedService(store: MemoryStore(), logger: logger, now: { clock.now })
            face = WebFace(service)
            key = try await service.firstKey()?.secret ?? ""
            _ = try await service.spaces.create("teas", SpaceSettings(), now: clock.now)
        }

        func request(_ method: String, _ path: String, cookie: String? = nil, form: [(String, String)] = [])
            -> WebRequest
        {
            var request = WebRequest()
            request.method = method
            let parts = path.split(separator: "?", maxSplits: 1)
            request.path = (parts.first ?? "").split(separator: "/").map(String.init)
            request.query = parts.count > 1 ? FormData(urlEncoded: Array(parts[1].utf8))?.byName ?? [:] : [:]
            request.form = FormData(form)
            request.headers["host"] = "heed.example"
            request.headers["cookie"] = cookie
            request.client = "10.0.0.1"
            return request
        }

        func logIn(_ key: String) async -> String? {
            let answer = await face.respond(request("POST", "/login", form: [("key", key)]))
            return answer["Set-Cookie"].map { String($0.prefix { $0 != ";" }) }
        }

        func csrf(_ cookie: String) -> String {
            face.sessions.session(request("GET", "/", cookie: cookie))?.csrf ?? ""
        }

        func post(_ path: String, _ cookie: String, _ form: [(String, String)] = []) async -> WebResponse {
            await face.respond(request("POST", path, cookie: cookie, form: form + [("csrf", csrf(cookie))]))
        }

        func key(_ roles: [Role], space: String? = nil) async throws -> NewKey {
            try await service.keys.create(KeyRequest(name: "k", roles: roles, space: space), now: clock.now)
        }
    }

    static let posts = [
        "/logout", "/spaces", "/keys", "/keys/revoke", "/spaces/teas/train", "/spaces/teas/cancel",
        "/spaces/teas/promote",
        "/spaces/teas/rollback", "/spaces/teas/judge", "/spaces/teas/invite",
        "/spaces/teas/revoke-invitation",
        "/spaces/teas/settings",
    ]

    @Test func aKeyOpensASessionWithASafeCookie() async throws {
        let bench = try await Bench()
        var request = bench.request("POST", "/login", form: [("key", bench.key), ("next", "/spaces/teas")])
        let answer = await bench.face.respond(request)
        #expect(answer.status == 303)
        #expect(answer["Location"] == "/spaces/teas")
        let cookie = answer["Set-Cookie"] ?? ""
        #expect(
            cookie.hasPrefix("heed=") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"))
        #expect(cookie.contains("; Path=/;") && !cookie.contains("Secure"))
        request.isSecure = true
        let secure = await bench.face.respond(request)["Set-Cookie"] ?? ""
        #expect(secure.hasPrefix("__Host-heed=") && secure.hasSuffix("; Secure"))
        #expect(!cookie.contains(bench.key))
        for next in ["//evil.example", "https://evil.example", "/\\evil"] {
            let away = bench.request("POST", "/login", form: [("key", bench.key), ("next", next)])
            #expect(await bench.face.respond(away)["Location"] == "/")
        }
    }

    @Test func withoutASessionEverythingLeadsToTheLogin() async throws {
        let bench = try await Bench()
        for path in ["/", "/keys", "/spaces/teas", "/spaces/teas/models/p1", "/spaces/nosuch"] {
            let answer = await bench.face.respond(bench.request("GET", path))
            #expect(answer.status == 303 && answer["Location"]?.hasPrefix("/login") == true, "\(path)")
        }
        for path in Self.posts {
            #expect(await bench.face.respond(bench.request("POST", path)).status == 401, "\(path)")
            let forged = bench.request("POST", path, cookie: "heed=eyJrZXkiOiJ4In0.AAAA")
            #expect(await bench.face.respond(forged).status == 401, "\(path)")
        }
    }

    @Test func everyChangeNeedsTheTokenOfItsOwnSession() async throws {
        let bench = try await Bench()
        let mine = try #require(await bench.logIn(bench.key)),
            other = try #require(await bench.logIn(bench.key))
        for path in Self.posts {
            #expect(
                await bench.face.respond(bench.request("POST", path, cookie: mine)).status == 403, "\(path)")
            let wrong = bench.request("POST", path, cookie: mine, form: [("csrf", bench.csrf(other))])
            #expect(await bench.face.respond(wrong).status == 403, "\(path)")
            for (header, value) in [
                ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ] {
                var away = bench.request("POST", path, cookie: mine, form: [("csrf", bench.csrf(mine))])
                away.headers[header] = value
                #expect(await bench.face.respond(away).status == 403, "\(path) \(value)")
            }
        }
        var home = bench.request(
            "POST", "/spaces", cookie: mine, form: [("csrf", bench.csrf(mine)), ("name", "new")])
        home.headers["origin"] = "https://heed.example"
        home.headers["sec-fetch-site"] = "same-origin"
        #expect(await bench.face.respond(home).status == 303)
    }

    @Test func everyChangeNeedsTheRole() async throws {
        let bench = try await Bench()
        let reader = try #require(await bench.logIn(try await bench.key([.read]).secret))
        for path in Self.posts where path != "/logout" {
            #expect(await bench.post(path, reader).status == 403, "\(path)")
        }
        let local = try #require(await bench.logIn(try await bench.key([.admin], space: "teas").secret))
        _ = try await bench.service.spaces.create("other", SpaceSettings(), now: 0)
        for path in ["/spaces", "/keys", "/keys/revoke", "/spaces/other/settings", "/spaces/other/invite"] {
            #expect(await bench.post(path, local).status == 403, "\(path)")
        }
        #expect(await bench.post("/spaces/teas/settings", local, [("question", "Q?")]).status == 303)
        for path in ["/spaces/other", "/spaces/other/live", "/keys"] {
            #expect(
                await bench.face.respond(bench.request("GET", path, cookie: local)).status == 403, "\(path)")
        }
        let all = String(
            decoding: await bench.face.respond(bench.request("GET", "/", cookie: local)).body, as: UTF8.self)
        #expect(all.contains("/spaces/teas") && !all.contains("/spaces/other"))
        #expect(await bench.logIn(try await bench.key([.send, .decide]).secret) == nil)
    }

    @Test func aSessionEndsWithItsKeyAndItsTime() async throws {
        let bench = try await Bench()
        let key = try await bench.key([.read]), cookie = try #require(await bench.logIn(key.secret))
        #expect(await bench.face.respond(bench.request("GET", "/", cookie: cookie)).status == 200)
        try await bench.service.keys.revoke(key.key.id, now: bench.clock.now)
        #expect(await bench.face.respond(bench.request("GET", "/", cookie: cookie)).status == 303)
        let other = try #require(await bench.logIn(bench.key))
        bench.clock.add(Sessions.duration + 1)
        #expect(await bench.face.respond(bench.request("GET", "/", cookie: other)).status == 303)
        let fresh = try #require(await bench.logIn(bench.key))
        let out = await bench.post("/logout", fresh)
        #expect(out.status == 303 && out["Set-Cookie"]?.contains("Max-Age=0") == true)
    }

    @Test func guessingKeysIsSlowedDown() async throws {
        let bench = try await Bench()
        for _ in 0..<10 {
            #expect(
                await bench.face.respond(bench.request("POST", "/login", form: [("key", "hk_x.y")])).status
                    == 401)
        }
        #expect(
            await bench.face.respond(bench.request("POST", "/login", form: [("key", bench.key)])).status
                == 429)
        var elsewhere = bench.request("POST", "/login", form: [("key", bench.key)])
        elsewhere.client = "10.0.0.2"
        #expect(await bench.face.respond(elsewhere).status == 303)
        bench.clock.add(301)
        #expect(
            await bench.face.respond(bench.request("POST", "/login", form: [("key", bench.key)])).status
                == 303)
    }

    @Test func formsChangeWhatTheySay() async throws {
        let bench = try await Bench()
        let cookie = try #require(await bench.logIn(bench.key))
        let saved = await bench.post(
            "/spaces/teas/settings", cookie,
            [
                ("question", "Which?"), ("items", "a: **A**\nb\n"), ("actions", "x\ny"), ("shown", "3"),
                ("goal", "best"),
                ("rewards", "0 1"), ("promotion", "manual"), ("retrainAfter", "7"), ("retrainPause", "1.5"),
                ("suspects", "count"), ("retentionDays", ""), ("policy", "linucb"),
            ])
        #expect(saved.status == 303)
        let settings = try bench.service.spaces.space("teas").settings
        #expect(settings.items == [Item("a", text: "**A**"), Item("b")] && settings.actions == ["x", "y"])
        #expect(
            settings.shown == 3 && settings.goal == .best && settings.rewards == [0, 1]
                && settings.retrainAfter == 7)
        #expect(settings.promotion == .manual && settings.suspects == .count && settings.retentionDays == nil)
        for (field, value) in [
            ("shown", "9"), ("rewards", "1 x"), ("items", "[1"), ("goal", "none"), ("retrainAfter", "0.5"),
        ] {
            let answer = await bench.post("/spaces/teas/settings", cookie, [(field, value)])
            #expect(answer.status == 422, "\(field)")
        }
        let made = await bench.post(
            "/keys", cookie, [("name", "shop"), ("role", "send"), ("role", "read"), ("space", "teas")])
        let page = String(decoding: made.body, as: UTF8.self)
        let secret = try #require(page.firstMatch(of: /hk_[a-z0-9]+\.[A-Za-z0-9_-]+/)).output
        #expect(bench.service.keys.principal(String(secret))?.roles == [.send, .read])
        #expect(await bench.post("/keys", cookie, [("name", ""), ("role", "send")]).status == 422)
    }

    @Test func liveIsSentOnlyWhereItChanged() async throws {
        let bench = try await Bench()
        let cookie = try #require(await bench.logIn(bench.key))
        var request = bench.request("GET", "/spaces/teas/live", cookie: cookie)
        let first = await bench.face.respond(request)
        request.headers["if-none-match"] = try #require(first["ETag"])
        #expect(await bench.face.respond(request).status == 304)
    }

    @Test func everyPageIsProtected() async throws {
        let bench = try await Bench()
        let cookie = try #require(await bench.logIn(bench.key))
        for path in ["/", "/keys", "/spaces/teas", "/login", "/c/nonsense", "/nosuch", "/spaces/nosuch"] {
            let answer = await bench.face.respond(bench.request("GET", path, cookie: cookie))
            #expect(answer["Content-Security-Policy"] == WebResponse.policy, "\(path)")
            #expect(answer["Cache-Control"] == "private, no-store", "\(path)")
            #expect(MarkupCheck(String(decoding: answer.body, as: UTF8.self)).complaints == [], "\(path)")
        }
    }

    @Test func assetsAreKeptForGoodUnderTheirVersion() async throws {
        let bench = try await Bench()
        for (name, asset) in Assets.all {
            let answer = await bench.face.respond(bench.request("GET", "/assets/\(name)?v=\(asset.version)"))
            #expect(answer.status == 200 && answer["Cache-Control"]?.contains("immutable") == true)
            #expect(answer.body == asset.body)
            var again = bench.request("GET", "/assets/\(name)")
            again.headers["if-none-match"] = answer["ETag"]
            #expect(await bench.face.respond(again).status == 304)
        }
        #expect(await bench.face.respond(bench.request("GET", "/assets/nosuch.js")).status == 404)
    }
}
