import Foundation
import Testing

@testable import Preferences
@testable import Reports

@Suite struct ReportTests {
    private func full(_ names: [String]) throws -> RankingReport {
        var report = RankingReport(try ranking(names), title: "Title <b>&</b>")
        report.sources = [.init("<file>.csv", format: "<i>arena</i>", events: 100, refused: 1)]
        report.pairs = [.init(names[0], names[1], wins: 4.5, count: 8)]
        report.columns = [
            .init("<Truth>", names.map { ($0, 0.5) }, help: "<help>", isMarked: true),
            .init("Win rate", [(names[0], 0.625)], format: .percent(1)),
        ]
        report.judgeMap = names.map { .init($0, x: 0.1, y: 0.2, group: $0) }
        report.calibration = .init(
            bins: [.init(forecast: 0.4, observed: 0.5, interval: 0.3...0.7, count: 50)], error: 0.05,
            text: "<calibrated>")
        report.cycles = .init(worst: Array(names.prefix(3)), shares: [0.6, 0.55, 0.51], text: "<cycles>")
        report.findings = Severity.allCases.map { .init($0, "<finding>", "<text>", remedy: "<remedy>") }
        report.command = "heed rank '<script>alert(2)</script>'"
        report.version = "<1>"
        report.seed = 7
        report.dates = "<dates>"
        report.setting = "<setting>"
        return report
    }

    @Test func hostileNamesStayText() throws {
        let html = try full(hostileNames).document.html()
        let allowed: Set<String> = [
            "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "h2", "h3",
            "p", "nav", "ol",
            "ul", "li", "main", "section", "strong", "bdi", "code", "aside", "span", "dl", "div", "dt", "dd",
            "table",
            "caption", "thead", "tbody", "tr", "th", "td", "pre", "details", "summary", "figure",
            "figcaption", "footer",
            "svg", "desc", "g", "line", "rect", "circle", "path", "text",
        ]
        for tag in tags(html) {
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
            #expect(allowed.contains(String(name)), "\(tag)")
            #expect(!tag.contains("onerror=") || tag.contains("&gt;"), "\(tag)")
        }
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        for forbidden in ["\u{1B}", "\u{202E}", "\u{0}", "javascript:", "url(", "@import"] {
            #expect(!html.contains(forbidden))
        }
    }

    @Test func thePageIsCompleteInItself() throws {
        let html = try full(["a", "b", "c"]).document.html()
        let addresses = html.replacing("http://www.w3.org/2000/svg", with: "")
        #expect(
            !addresses.contains("http:") && !addresses.contains("https:") && !addresses.contains("<script"))
        #expect(html.contains("default-src 'none'"))
        #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
    }

    @Test func everyPictureInThePageIsWellFormed() throws {
        let html = try full(hostileNames).document.html()
        var count = 0
        for piece in html.components(separatedBy: "<svg ").dropFirst() {
            let end = try #require(piece.range(of: "</svg>"))
            #expect(XMLReading("<svg " + piece[..<end.upperBound]).isWellFormed)
            count += 1
        }
        #expect(count == 7)
    }

    @Test func theBodyIsWellFormedToo() throws {
        let html = try full(hostileNames).document.html()
        let start = try #require(html.range(of: "<body>")), end = try #require(html.range(of: "</body>"))
        #expect(XMLReading(String(html[start.lowerBound..<end.upperBound])).isWellFormed)
    }

    @Test func contentsLinkToEverySectionOnce() throws {
        var document = try full(["a", "b", "c"]).document
        document.sections.append(ReportSection("The ranking", id: "ranking", []))
        document.sections.append(ReportSection("日本", []))
        let html = document.html()
        let ids = tags(html).filter { $0.hasPrefix("h2 ") }.map { String($0) }
        #expect(ids.count == document.sections.count && Set(ids).count == ids.count)
        for id in [
            "answer", "ranking", "forest", "wins", "judges", "fit", "careful", "making", "ranking-2",
            "section",
        ] {
            #expect(html.contains("<h2 id=\"\(id)\">") && html.contains("href=\"#\(id)\""), "\(id)")
        }
    }

    @Test func theAnswerNamesTheFirstAndItsRivals() throws {
        let clear = try RankingReport(ranking(["best", "middle", "last"], judges: 400), title: "t").document
            .html()
        #expect(clear.contains("<bdi>best</bdi></strong> comes first of 3 items"))
        #expect(clear.contains("surely ahead of all others"))
        let unclear = try RankingReport(ranking(["best", "middle", "last"], judges: 6), title: "t").document
            .html()
        #expect(unclear.contains("has the highest score of 3 items"))
        #expect(unclear.contains("the data do not say who is first"))
    }

    @Test func partsAndOpenEndsAreSaidLoudly() throws {
        let fit = try ranking(["a", "b", "c"], extra: [("x", "y")])
        let report = RankingReport(fit, title: "t"), html = report.document.html()
        #expect(report.cautions.first?.severity == .serious)
        #expect(html.contains("The comparisons fall into <strong><bdi>2 parts</bdi></strong>"))
        #expect(html.contains("to ∞") && html.contains("−∞ to"))
        #expect(
            report.cautions.filter { $0.title.contains("connected") || $0.text.contains("parts with") }.count
                == 1)
        #expect(html.contains("href=\"#careful\""))
    }

    @Test func twoItemsAndOneVoteMakeAReport() throws {
        let html = RankingReport(try ranking([], extra: [("a", "b")]), title: "t").document.html()
        #expect(html.contains("2 items"))
        #expect(!html.contains("nan"))
    }

    @Test func manyItemsAreShownInPieces() throws {
        var fit = try ranking(["a", "b", "c"])
        fit.items = (0..<1200).map { place in
            var item = fit.items[place % 3]
            item.item = "item \(place)"
            item.rank = place + 1
            return item
        }
        let html = RankingReport(fit, title: "t").document.html()
        #expect(html.contains("The other 900 items") && html.contains("The rest of the plot"))
        #expect(html.contains("The first 1000 of 1200 items"))
        #expect(html.contains("The first 60 of 1200 items are shown."))
    }

    @Test func aFitThatFailedShowsNoScores() throws {
        var fit = try ranking(["a", "b", "c"])
        fit.certificate.converged = false
        let document = RankingReport(fit, title: "t").document
        #expect(document.sections.map(\.id) == ["answer", "careful", "making"])
        let html = document.html()
        #expect(html.contains("The fit failed") && !html.contains("<table") && !html.contains("<svg"))
        #expect(!html.contains(fit.items[0].scoreText))
    }

    @Test func oddJudgesComeFirst() throws {
        var fit = try ranking(["a", "b", "c"])
        fit.judges = [.ordinary, .random, .sharp, .reversed].map { kind in
            JudgeFit(
                judge: "<\(kind)>", sharpness: 1, standardError: 0.1, leftBias: 0, answers: 9, kind: kind)
        }
        let html = RankingReport(fit, title: "t").document.html()
        #expect(html.contains("<strong><bdi>2</bdi></strong> of 4 judges"))
        let places = ["reversed", "random", "ordinary", "sharp"].map {
            html.range(of: "<bdi>&lt;\($0)&gt;</bdi></th>")!.lowerBound
        }
        #expect(places == places.sorted())
    }

    @Test func theSameReportGivesTheSameBytes() throws {
        #expect(try full(hostileNames).document.html() == full(hostileNames).document.html())
    }

    @Test func everyKindOfBlockIsWritten() {
        let document = ReportDocument(
            title: "t",
            sections: [
                ReportSection(
                    "s",
                    [
                        .lede("one"), .paragraph("two \(code: "<x>") \(link: "three", to: "s")"),
                        .heading("four"),
                        .list(["five", "six"]), .code("<seven>"), .keyFigures([KeyFigure("8", "eight")]),
                        .callout(Callout(.note, "nine", "ten")),
                        .table(
                            ReportTable(
                                caption: "c",
                                columns: [
                                    .init("a", isName: true), .init("b", .count), .init("c", .percent(0)),
                                ],
                                rows: [
                                    ["x", 1234.0, .missing], ["short"], [.strong("y"), .range(nil, 2), 0.5],
                                ])),
                        .details(summary: "more", [.paragraph("deep")]),
                    ])
            ])
        let html = document.html()
        let start = html.range(of: "<body>")!, end = html.range(of: "</body>")!
        #expect(XMLReading(String(html[start.lowerBound..<end.upperBound])).isWellFormed)
        for part in [
            "<code>&lt;x&gt;</code>", "href=\"#s\"", "1,234", "50%", "−∞ to 2", "<summary>more</summary>",
        ] {
            #expect(html.contains(part), "\(part)")
        }
        #expect(!html.contains("<nav"), "one section needs no contents")
    }
}
