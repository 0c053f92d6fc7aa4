import Foundation
import HeedAPI
import Testing

@testable import HeedServer

/// The pages in a real browser. Where there is none the tests pass over it, unless `HEED_REQUIRE_BROWSER=1`.
@Suite(.serialized) struct StoryTests {
    private static var browser: String? {
        if let path = Browser.path() { return path }
        if ProcessInfo.processInfo.environment["HEED_REQUIRE_BROWSER"] == "1" {
            Issue.record("HEED_REQUIRE_BROWSER is set, and there is no Chromium")
        }
        return nil
    }

    @Test(
        .enabled(
            if: Browser.path() != nil || ProcessInfo.processInfo.environment["HEED_REQUIRE_BROWSER"] == "1"))
    func fromTheFirstLoginToAChangedRanking() async throws {
        guard let path = Self.browser else { return }
        try await PageServer.with { server in
            try await onThread {
                let browser = try Browser(path)
                defer { browser.close() }
                let tab = try Tab(browser)
                try tab.view(width: 1280, height: 900)
                try Self.logIn(tab, server)
                try Self.makeSpace(tab)
                let link = try Self.invite(tab)
                try Self.compare(tab, link)
                try Self.watchRanking(tab, server)
                #expect(tab.complaints == [])
            }
        }
    }

    private static func logIn(_ tab: Tab, _ server: PageServer) throws {
        try tab.open(server.origin)
        try tab.wait("location.pathname === '/login'", "no login page")
        try tab.picture("login")
        try tab.type(server.key, into: "#f-key")
        try tab.press("Enter")
        try tab.wait("document.querySelector('#new-space')", "the login leads nowhere")
        try tab.picture("home-empty")
    }

    private static func makeSpace(_ tab: Tab) throws {
        try tab.type("teas", into: "#f-name")
        try tab.type("Which tea do you like better?", into: "#f-question")
        try tab.type(
            "Earl Grey: **Earl Grey**, with bergamot\nSencha\nAssam\nChai: Chai with *milk*", into: "#f-items"
        )
        try tab.evaluate("document.querySelector('#new-space button[type=submit]').click()")
        try tab.wait("location.pathname === '/spaces/teas'", "the space was not made")
        try tab.wait("document.querySelector('#live-state').textContent === 'Live'", "it does not live")
        try tab.picture("space-empty")
    }

    private static func invite(_ tab: Tab) throws -> String {
        try tab.type("ann", into: "#invite-judge")
        try tab.evaluate("document.querySelector('#invite-go').click()")
        try tab.wait("document.querySelector('.invitation-link')", "there is no link")
        return try tab.text("document.querySelector('.invitation-link').href")
    }

    /// Ten answers by key, one of them taken back, one a tie; always for the tea that comes first in the alphabet.
    private static func compare(_ tab: Tab, _ link: String) throws {
        try tab.open(link)
        try tab.wait("document.querySelectorAll('.thing').length === 2", "there are no two things")
        try tab.picture("compare")
        var count = 0
        func answer(_ key: String) throws {
            let before = try tab.text("document.querySelector('input[name=task]')?.value ?? ''")
            try tab.press(key)
            try tab.wait(
                "(document.querySelector('input[name=task]')?.value ?? '') !== '\(before)' && !document.querySelector('[aria-busy]')",
                "no next question after \(key)")
        }
        func better() throws -> String {
            let isLeft = try tab.evaluate(
                "(() => { const t = [...document.querySelectorAll('.thing')].map((e) => e.innerText.replace(/^[AB]\\s+/, '')); "
                    + "return t[0] < t[1]; })()")
            return isLeft as? Bool == true ? "ArrowLeft" : "ArrowRight"
        }
        while count < 10 {
            switch count {
            case 3:
                try answer(try better())
                try answer("u")
                try answer("=")
            case 5:
                try tab.press("w")
                try tab.wait("document.activeElement.id === 'why-text'", "w does not lead to why")
                try tab.call("Input.insertText", ["text": "it smells <b>better</b>"])
                try tab.press("Escape")
                try answer(try better())
            default: try answer(try better())
            }
            count += 1
        }
        #expect(try tab.text("document.querySelector('#standing').textContent").contains("answered 10"))
        try tab.view(width: 390, height: 844, phone: true)
        try tab.picture("compare-phone", whole: false)
        #expect(try tab.evaluate("document.documentElement.scrollWidth <= 390") as? Bool == true)
        try tab.view(width: 1280, height: 900)
    }

    private static func watchRanking(_ tab: Tab, _ server: PageServer) throws {
        try tab.open(server.origin + "/spaces/teas")
        try tab.wait("document.querySelector('#ranking svg')", "no ranking appears", seconds: 60)
        #expect(try tab.text("document.querySelector('#ranking figcaption').textContent").contains("votes"))
        let before = try tab.text("document.querySelector('#ranking figcaption').textContent")
        try tab.evaluate("document.querySelector('#ranking-table').open = true")
        // More votes arrive, and the page follows by itself, with what was opened still open.
        let votes = (0..<20).map { index in
            #"{"kind":"comparison","left":"Chai","right":"Sencha","outcome":"left","judge":"b\#(index % 4)","time":\#(1_767_000_000 + index * 60)}"#
        }
        let body = "{\"events\":[\(votes.joined(separator: ","))]}"
        let script = """
            fetch('/v1/spaces/teas/events', {method: 'POST', body: JSON.stringify(\(body)),
              headers: {'Content-Type': 'application/json', 'Authorization': 'Bearer \(server.key)'}}).then((r) => r.status)
            """
        let status = try tab.evaluate(script) as? Int
        #expect(status == 200 || status == 202)
        try tab.wait(
            "document.querySelector('#ranking figcaption').textContent !== \(quoted(before))",
            "the ranking does not follow",
            seconds: 60)
        #expect(try tab.evaluate("document.querySelector('#ranking-table').open") as? Bool == true)
        try tab.picture("space-after")
    }

    private static func quoted(_ text: String) -> String {
        (try? JSONSerialization.data(withJSONObject: [text])).map {
            String(decoding: $0, as: UTF8.self) + "[0]"
        } ?? "''"
    }

    /// A page that asks the server for nothing: its space is not there.
    private static func still(_ markup: String) -> String { markup.replacing(" data-live=", with: " title=") }

    @Test(
        .enabled(
            if: Browser.path() != nil || ProcessInfo.processInfo.environment["HEED_REQUIRE_BROWSER"] == "1"))
    func fullPagesFitEveryScreen() async throws {
        guard let path = Self.browser else { return }
        let pages: [(String, String)] = [
            ("space", Samples.page(Samples.overview()).html().markup),
            (
                "home",
                HomePage(
                    session: Samples.session,
                    spaces: [
                        Samples.overview("support-answers"), Samples.overview("offers"),
                        Samples.overview("search"),
                    ]
                ).html().markup
            ),
            ("compare-two", ComparePage(token: "x", task: Samples.task(), undo: "e1").html().markup),
            ("compare-three", ComparePage(token: "x", task: Samples.task(3), undo: "e1").html().markup),
            (
                "model",
                ModelPage(
                    session: Samples.session, space: "support-answers", model: Samples.overview().models[0],
                    others: [],
                    comparison: nil
                ).html().markup
            ),
            (
                "keys",
                KeysPage(
                    session: Samples.session,
                    keys: [
                        KeyInfo(
                            id: "ab12", name: "shop", roles: [.send, .decide], space: "offers",
                            created: Samples.now)
                    ],
                    spaces: ["offers"],
                    fresh: NewKey(
                        key: KeyInfo(id: "cd", name: "new", roles: [.read], space: nil, created: 0),
                        secret: "hk_cd.secret")
                ).html().markup
            ),
        ]
        try await PageServer.with { server in
            try await onThread {
                let browser = try Browser(path)
                defer { browser.close() }
                let tab = try Tab(browser)
                for (name, markup) in pages {
                    for (view, width, height, dark, phone) in [
                        ("light", 1280, 900, false, false), ("dark", 1280, 900, true, false),
                        ("phone", 390, 844, false, true),
                        ("small", 360, 640, true, true),
                    ] {
                        try tab.view(width: width, height: height, dark: dark, phone: phone)
                        try tab.open(server.origin + "/login")
                        let frame = try tab.call("Page.getFrameTree")["frameTree"] as? [String: Any]
                        let id = (frame?["frame"] as? [String: Any])?["id"] ?? ""
                        try tab.call("Page.setDocumentContent", ["frameId": id, "html": Self.still(markup)])
                        try tab.wait(
                            "document.styleSheets.length > 0 && getComputedStyle(document.body).margin === '0px'",
                            "no style")
                        let wide =
                            try tab.evaluate("document.documentElement.scrollWidth - \(width)") as? Int ?? 99
                        #expect(wide <= 0, "\(name) is too wide on \(view)")
                        try tab.picture("sample-\(name)-\(view)")
                    }
                }
                #expect(tab.complaints == [])
            }
        }
    }
}
