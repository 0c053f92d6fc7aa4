import Foundation
import Testing

@testable import Reports

@Suite struct ChartTests {
    private var charts: [any Chart] {
        let forest = ForestPlot(
            title: "Forest <&>",
            rows: hostileNames.enumerated().map { index, name in
                var row = ForestPlot.Row(
                    name, score: Double(index), interval: Double(index - 1)...Double(index + 2))
                row.ranks = 1...(index + 1)
                row.opensAbove = index % 5 == 0
                row.opensBelow = index % 7 == 0
                row.group = index < 3 ? "<one>" : "two"
                row.reference = Double(index) + 0.3
                row.highlighted = index < 2
                return row
            })
        let count = hostileNames.count
        let matrix = WinMatrix(
            title: "Matrix", names: hostileNames,
            probability: (0..<count).map { a in (0..<count).map { $0 == 3 ? .nan : a < $0 ? 0.8 : 0.2 } },
            observed: (0..<count).map { a in
                (0..<count).map { (a + $0) % 3 == 0 ? nil : .init(wins: 3, count: 5) }
            })
        let map = JudgePlot(
            title: "Map",
            points: hostileNames.enumerated().map { index, name in
                .init(
                    name, x: Double(index % 5), y: Double(index / 5), group: hostileNames[index % 10],
                    answers: Double(index), agreement: Double(index) / 13)
            })
        let calibration = CalibrationPlot(
            title: "Calibration", bins: [.init(forecast: 0.2, observed: 0.3, interval: 0.1...0.4, count: 20)],
            error: 0.1)
        let line = LineChart(
            title: "Lines",
            series: hostileNames.map {
                .init($0, [.init(1, 2, band: 1...3), .init(100, 4), .init(.nan, 1)])
            },
            xAxis: "<x>", yAxis: "&y", xScale: .logarithmic, yScale: .logarithmic, reference: 2)
        let bars = BarChart(
            title: "Bars",
            bars: hostileNames.map { .init($0, -1.5, interval: -2...1) } + [.init("nan", .nan)],
            axis: "<axis>")
        return [forest, matrix, map, calibration, line, bars]
    }

    private var empty: [any Chart] {
        [
            ForestPlot(title: "t", rows: []), WinMatrix(title: "t", names: [], probability: []),
            WinMatrix(title: "t", names: ["one"], probability: [[0.5]]), JudgePlot(title: "t", points: []),
            JudgePlot(title: "t", points: [.init("one", x: 1, y: 1)]), CalibrationPlot(title: "t", bins: []),
            LineChart(title: "t", series: [], xAxis: "x", yAxis: "y"),
            LineChart(title: "t", series: [.init("one", [.init(1, 1)])], xAxis: "x", yAxis: "y"),
            BarChart(title: "t", bars: [], axis: "a"),
            BarChart(title: "t", bars: [.init("zero", 0)], axis: "a"),
            ForestPlot(title: "t", rows: [.init("one", score: 0, interval: 0...0)]),
            ForestPlot(
                title: "t", rows: [.init("nan", score: .nan, interval: -Double.infinity...Double.infinity)]),
        ]
    }

    @Test(arguments: [280.0, 350, 519, 760, 1400])
    func everyChartIsWellFormedAndSaysWhatItIs(width: Double) {
        for chart in charts + empty {
            for standalone in [false, true] {
                let image = chart.image(width: width)
                let text = image.markup(standalone: standalone)
                let xml = XMLReading(text)
                #expect(xml.isWellFormed, "\(type(of: chart)) at \(width)")
                #expect(xml.texts("title").first == chart.title)
                #expect(!(xml.texts("desc").first ?? "").isEmpty)
                #expect(xml.elements.first?.attributes["viewBox"] != nil)
                #expect(xml.all("script").isEmpty && xml.all("img").isEmpty)
                let places = [
                    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "d", "viewBox",
                ]
                for element in xml.elements {
                    for value in places.compactMap({ element.attributes[$0] }) {
                        #expect(
                            !value.contains("n") && !value.contains("e"), "a place is not a number: \(value)")
                    }
                }
                #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}") && !text.contains("\u{0}"))
            }
        }
    }

    @Test func theSameChartGivesTheSameBytes() {
        for (a, b) in zip(charts, charts) {
            #expect(a.image(width: 700).markup() == b.image(width: 700).markup())
        }
    }

    @Test(arguments: [350.0, 760])
    func intervalEndsMapLinearlyToPlaces(width: Double) throws {
        let ends: [(Double, Double)] = [(-2, -1), (-1.5, 0.5), (0, 0.25), (0.1, 2)]
        let plot = ForestPlot(
            title: "t", rows: ends.map { .init("item", score: ($0.0 + $0.1) / 2, interval: $0.0...$0.1) },
            domain: -2.5...2.5)
        let lines = XMLReading(plot.image(width: width).markup()).all("line", style: "hd-interval")
        #expect(lines.count == ends.count)
        func place(_ line: [String: String], _ name: String) throws -> Double {
            try #require(line[name].flatMap(Double.init))
        }
        let x0 = try place(lines[0], "x1"), scale = (try place(lines[3], "x2") - x0) / 4
        #expect(scale > 0)
        for (line, (low, high)) in zip(lines, ends) {
            #expect(abs(try place(line, "x1") - (x0 + (low + 2) * scale)) < 0.02)
            #expect(abs(try place(line, "x2") - (x0 + (high + 2) * scale)) < 0.02)
        }
    }

    @Test func openEndsAreArrowsAtTheEdgeAndDoNotStretchTheScale() {
        var open = ForestPlot.Row("never lost", score: 4, interval: -1...30)
        open.opensAbove = true
        let rows =
            [open]
            + (0..<9).map {
                ForestPlot.Row(
                    "i\($0)", score: Double($0) / 4, interval: Double($0) / 4 - 1...Double($0) / 4 + 1)
            }
        let plot = ForestPlot(title: "t", rows: rows)
        let xml = XMLReading(plot.image(width: 760).markup())
        #expect(xml.all("path", style: "hd-arrow").count == 1)
        #expect(ForestPlot.domain(rows).upperBound < 8)
        #expect(xml.texts("title").contains { $0.contains("to ∞") && $0.contains("never lost") })
    }

    @Test(arguments: [5, 60, 500]) func aForestHasOneRowForEachItem(count: Int) {
        let rows = (0..<count).map {
            ForestPlot.Row("item \($0)", score: Double($0), interval: Double($0) - 1...Double($0) + 1)
        }
        let xml = XMLReading(ForestPlot(title: "t", rows: rows).image(width: 760).markup())
        #expect(xml.all("circle", style: "hd-point").count == count)
    }

    @Test func aMatrixShowsSixtyItemsAtMostAndSaysSo() {
        let names = (0..<75).map { "item \($0)" }
        let matrix = WinMatrix(
            title: "t", names: names,
            probability: names.indices.map { a in names.indices.map { a < $0 ? 0.7 : 0.3 } })
        #expect(matrix.note == "The first 60 of 75 items are shown.")
        let xml = XMLReading(matrix.image(width: 760).markup())
        #expect(xml.texts("title").filter { $0.contains("against") }.count == 60 * 59)
    }

    @Test func aMatrixTellsWhatWasObserved() {
        let matrix = WinMatrix(
            title: "t", names: ["a", "b"], probability: [[0.5, 0.75], [0.25, 0.5]],
            observed: [[nil, .init(wins: 3, count: 5)], [nil, nil]])
        let titles = XMLReading(matrix.image(width: 400).markup()).texts("title")
        #expect(titles.contains("a against b: 75.0% by the model; won 60.0% of n = 5"))
        #expect(titles.contains("b against a: 25.0% by the model; never compared"))
    }

    @Test func judgesOfManyGroupsDifferInShapeAndColour() {
        let points = (0..<8).map { JudgePlot.Point("j\($0)", x: Double($0), y: 0, group: "g\($0)") }
        let text = JudgePlot(title: "t", points: points).image(width: 600).markup()
        for index in 1...8 { #expect(text.contains("hd-s\(index)")) }
        #expect(
            Set(
                MarkShape.allCases.map { shape in
                    var out = ""
                    shape.node(0, 0, radius: 5, "x").write(to: &out)
                    return out
                }
            ).count == 8)
    }

    @Test func ticksAreRoundAndWithinTheDomain() {
        var dice = Dice(1)
        for _ in 0..<2000 {
            let low = Double(dice.roll(20_001) - 10_000) / 7, span = Double(1 + dice.roll(100_000)) / 300
            let ticks = Ticks(low...(low + span), about: 5)
            #expect((2...9).contains(ticks.values.count), "\(low) \(span)")
            #expect(ticks.values.allSatisfy { $0 >= low - span * 1e-6 && $0 <= low + span * 1.000001 })
            #expect(Set(ticks.values.map(ticks.label)).count == ticks.values.count, "labels differ")
        }
        #expect(
            Ticks(0...1, about: 5).values.map(Ticks(0...1, about: 5).label) == [
                "0.0", "0.2", "0.4", "0.6", "0.8", "1.0",
            ])
        #expect(Ticks(1...10_000, about: 5, kind: .logarithmic).values == [1, 10, 100, 1000, 10_000])
    }

    @Test func numbersReadAsPeopleWriteThem() {
        #expect(NumberText.fixed(-0.001, 2) == "0.00")
        #expect(NumberText.fixed(-1.005, 1) == "-1.0")
        #expect(NumberText.count(1_234_567) == "1,234,567")
        #expect(NumberText.count(-1234.5) == "-1,234.5")
        #expect(NumberText.count(999.96) == "1,000")
        #expect(NumberText.percent(0.634, 1) == "63.4%")
        #expect(NumberText.coordinate(-0.256) == "-0.26")
        #expect(NumberText.coordinate(3.104) == "3.1")
        #expect(NumberText.coordinate(.nan) == "0")
    }
}
