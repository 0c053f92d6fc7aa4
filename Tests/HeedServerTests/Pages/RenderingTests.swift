import Foundation
import HeedAPI
import Serving
import Testing

@testable import HeedServer

@Suite struct RenderingTests {
    @Test func hostileTextsNeverBecomeMarkupAnywhere() {
        for seed in 1...150 {
            var hostile = HostileText(seed: UInt64(seed))
            let view = Samples.overview("s") { _ in hostile.text() }
            var page = Samples.page(view, message: Message(kind: "serious", text: hostile.text()))
            page.draft = FormData([("items", hostile.text()), ("question", hostile.text())])
            page.origin = hostile.text()
            page.invitations = [
                InvitationInfo(
                    id: hostile.text(), space: "s", judge: hostile.text(), created: 0, expires: 1e12,
                    path: hostile.text())
            ]
            let pages = [
                page.html(), HomePage(session: Samples.session, spaces: [view], message: page.message).html(),
                ModelPage(
                    session: Samples.session, space: "s", model: view.models[0], others: view.models,
                    comparison: nil
                ).html(),
                KeysPage(
                    session: Samples.session,
                    keys: [
                        KeyInfo(
                            id: hostile.text(), name: hostile.text(), roles: [.read], space: hostile.text(),
                            created: 0)
                    ],
                    spaces: [hostile.text()]
                ).html(),
                LoginPage(problem: hostile.text(), next: hostile.text()).html(),
            ]
            for page in pages { #expect(MarkupCheck(page.markup).complaints == [], "seed \(seed)") }
        }
    }

    @Test func hostileTasksNeverBecomeMarkup() {
        for seed in 1...600 {
            var hostile = HostileText(seed: UInt64(seed) &+ 7_000)
            let items = (0..<(2 + seed % 4)).map { _ in
                Item(
                    hostile.text(), text: hostile.text(40), image: "https://e.org/" + hostile.text(3),
                    json: hostile.text())
            }
            let task = ComparisonTask(
                token: hostile.text(), question: hostile.text(), items: items, bits: 0, answered: 0,
                settled: true,
                advice: hostile.text())
            let page = ComparePage(
                token: hostile.text(), task: task, undo: hostile.text(), problem: hostile.text())
            #expect(MarkupCheck(page.html().markup).complaints == [], "seed \(seed)")
        }
    }

    @Test func theCheckItselfSeesWhatIsWrong() {
        for bad in [
            "<p onclick=\"x\">a</p>", "<p style=\"x\">a</p>", "<script>x</script>",
            "<a href=\"javascript:x\">a</a>", "<p>a",
            "<iframe></iframe>", "<p>a</b>", "<a href=\"//evil\">a</a>", "<p class=a>b</p>", "<p>a & b</p>",
        ] {
            #expect(MarkupCheck(bad).complaints != [], "\(bad)")
        }
    }

    @Test func textComesOutAsItWentIn() {
        for seed in 1...500 {
            var hostile = HostileText(seed: UInt64(seed) &+ 99)
            let text = hostile.text()
            let shown = MarkupCheck(HTML(.p) { text }.markup).text
            let expected = String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map { scalar in
                        let isHarmful = scalar == "\u{0}" || scalar == "\u{202E}" || scalar == "\u{2028}"
                        return isHarmful ? "\u{FFFD}" : scalar
                    }))
            #expect(shown.unicodeScalars.elementsEqual(expected.unicodeScalars), "seed \(seed)")
        }
    }

    @Test func addressesLeadWhereTheySayOrAreNone() {
        for bad in [
            "javascript:alert(1)", " https://e.org", "https:///x", "http://", "ftp://e.org", "//e.org",
            "https://e.org/ x",
            "data:text/html,x", "https://\\evil", "jAvAsCrIpT:x", "https://e.org/\u{0}",
        ] {
            #expect(Address.web(bad) == nil, "\(bad)")
        }
        #expect(Address.web("HTTPS://e.org/a?b=c#d")?.text == "HTTPS://e.org/a?b=c#d")
        for bad in ["//evil.example", "https://evil.example", "/\\evil", "", "x", "/a b", "/\n"] {
            #expect(Address.local(bad) == nil, "\(bad)")
        }
        #expect(Address.path("spaces", "a/b?c", query: [("x y", "&")]).text == "/spaces/a%2Fb%3Fc?x%20y=%26")
    }
}

@Suite struct MarkdownTests {
    private func html(_ text: String) -> String { Markdown.html(text).markup }

    @Test(arguments: [
        ("one\ntwo\n\nthree", "<p>one\ntwo</p><p>three</p>"),
        ("# Big #\n###### small", "<h3>Big</h3><h6>small</h6>"),
        (
            "*a* **b** ***c*** _d_ __e__",
            "<p><em>a</em> <strong>b</strong> <strong><em>c</em></strong> <em>d</em> <strong>e</strong></p>"
        ),
        ("snake_case_name 2 * 3 * 4", "<p>snake_case_name 2 * 3 * 4</p>"),
        ("**open and *never closed", "<p>**open and *never closed</p>"),
        ("`a *b* <c>` and ``x ` y``", "<p><code>a *b* &lt;c&gt;</code> and <code>x ` y</code></p>"),
        ("- a\n- b\n  more\n\n  para", "<ul><li>a</li><li><p>b\nmore</p><p>para</p></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  - b", "<ul><li><p>a</p><ul><li>b</li></ul></li></ul>"),
        ("> a\n> b\n\nc", "<blockquote><p>a\nb</p></blockquote><p>c</p>"),
        ("a  \nb\\\nc", "<p>a<br>b<br>c</p>"), ("---", "<hr>"), ("\\*a\\*", "<p>*a*</p>"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>"), ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
    ]) func rendersWhatItSays(_ text: String, _ expected: String) {
        #expect(html(text) == expected)
    }

    @Test func linksAreSafeAndCodeIsKept() {
        #expect(
            html("[a *b*](https://e.org/x_(y))")
                == "<p><a href=\"https://e.org/x_(y)\" rel=\"noopener noreferrer nofollow ugc\">a <em>b</em></a></p>"
        )
        #expect(html("see https://e.org/a, ok").contains(">https://e.org/a</a>, ok"))
        #expect(html("![alt](https://e.org/i.png)").contains("<img") == false)
        #expect(html("```swift\nlet a = 1 < 2\n\n  b\n```").contains("let a = 1 &lt; 2\n\n  b</code>"))
    }

    @Test func hostileMarkdownNeverBecomesMarkup() {
        for seed in 1...3_000 {
            var hostile = HostileText(seed: UInt64(seed) &+ 31)
            let text = hostile.text(60)
            #expect(MarkupCheck(html(text)).complaints == [], "seed \(seed)")
        }
    }

    @Test func longAndDeepTextsEnd() {
        for piece in [
            "[", "](", "[](", "*", "* ", "**a", "_a", "`", "``` ", "> ", "- ", "1. ", "<", "https://", "[a](",
            "\\", "`a``",
        ] {
            let deep = html(String(repeating: piece, count: 20_000))
            #expect(deep.utf8.count < 3_000_000, "\(piece)")
        }
        #expect(MarkupCheck(html(String(repeating: "> - ", count: 500) + "a")).complaints == [])
    }

    @Test func jsonIsIndented() {
        #expect(
            JSONLayout.indented("{\"a\":[1,{\"b\":\"x,y\"}],\"c\":{}}")
                == "{\n  \"a\": [\n    1,\n    {\n      \"b\": \"x,y\"\n    }\n  ],\n  \"c\": {}\n}")
        #expect(JSONLayout.indented("\"open \\") == "\"open \\")
        #expect(JSONLayout.indented(String(repeating: "[", count: 10_000)).utf8.count < 600_000)
    }
}
