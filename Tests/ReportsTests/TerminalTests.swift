import Foundation
import Testing

@testable import Reports

@Suite struct TerminalTests {
    @Test func widthsCountColumns() {
        #expect(DisplayWidth.of("abc") == 3)
        #expect(DisplayWidth.of("日本語") == 6)
        #expect(DisplayWidth.of("ｈａｌｆ") == 8)
        #expect(DisplayWidth.of("e\u{301}") == 1)
        #expect(DisplayWidth.of("👩‍👩‍👧") == 2)
        #expect(DisplayWidth.of("👍🏽") == 2)
        #expect(DisplayWidth.of("🇩🇪") == 2)
        #expect(DisplayWidth.of("❤️") == 2)
        #expect(DisplayWidth.of("1️⃣") == 2)
        #expect(DisplayWidth.of("한국") == 4)
        #expect(DisplayWidth.of("\u{1112}\u{1161}\u{11AB}") == 2)
        #expect(DisplayWidth.of("zero\u{200B}width") == 9)
        #expect(DisplayWidth.of("─●─…–∞") == 6)
        #expect(DisplayWidth.elide("日本語モデル", to: 7) == "日本語…")
        #expect(DisplayWidth.elide("abc", to: 3) == "abc")
        #expect(DisplayWidth.elide("abcd", to: 1) == "…")
        #expect(DisplayWidth.elide("abcd", to: 0) == "")
    }

    private func randomTable(_ dice: inout Dice) -> TextTable {
        let letters: [Character] = [
            "a", "W", "é", "日", "👩‍👩‍👧", "e\u{301}", " ", "語", "🇩🇪", "-", "\u{1B}", "\n", "ล", "कि",
        ]
        func word(_ dice: inout Dice) -> String {
            String((0..<dice.roll(30)).map { _ in letters[dice.roll(letters.count)] })
        }
        let columns = (0..<(1 + dice.roll(7))).map { index -> TextTable.Column in
            switch dice.roll(3) {
            case 0: .number(word(&dice), importance: dice.roll(5))
            case 1: .bar(word(&dice), importance: dice.roll(5))
            default: TextTable.Column(word(&dice), importance: dice.roll(5), minimum: dice.roll(10))
            }
        }
        let rows = (0..<dice.roll(8)).map { _ in
            columns.map { column -> TextTable.Cell in
                switch dice.roll(5) {
                case 0: .number(Double(dice.roll(1_000_000)) - 5e5, dice.roll(6))
                case 1:
                    .bar(
                        Double(dice.roll(9)), from: dice.roll(2) == 0 ? nil : -3,
                        to: dice.roll(2) == 0 ? nil : 20)
                case 2: .missing
                default: .text(word(&dice))
                }
            }
        }
        return TextTable(columns: columns, rows: rows)
    }

    @Test func tablesFitTheWidthWhateverIsInThem() {
        var dice = Dice(7)
        for _ in 0..<600 {
            let table = randomTable(&dice), width = 1 + dice.roll(120)
            let text = table.text(width: width, unicode: dice.roll(2) == 0)
            for line in text.split(separator: "\n") {
                #expect(DisplayWidth.of(String(line)) <= width, "\(width): \(line)")
            }
            #expect(!text.contains("\u{1B}"))
            #expect(text.filter { $0 == "\n" }.count - table.rows.count - 2 <= 1)
            #expect(
                text == table.text(width: width, unicode: true)
                    || text == table.text(width: width, unicode: false))
        }
    }

    private var ranking: TextTable {
        TextTable(
            columns: [
                .number("rank", importance: 9), TextTable.Column("item"), .number("score", importance: 9),
                .bar("interval"),
                .number("seen", importance: 1),
            ],
            rows: [
                [.count(1), .text("日本語"), .number(1.5), .bar(1.5, from: 1, to: nil), .count(12_345)],
                [.count(2), .text("b"), .number(-1.25), .bar(-1.25, from: -2, to: -0.5), .count(7)],
            ])
    }

    @Test func aTableReadsWell() {
        let expected = """
            rank  item    score  interval                       seen
            ────  ──────  ─────  ───────────────────────────  ──────
               1  日本語   1.50                        ───●▸  12,345
               2  b       -1.25   ─────●─────                      7

            """
        #expect(ranking.text() == expected)
    }

    @Test func numbersAreLeftOutRatherThanCut() {
        let text = ranking.text(width: 24)
        #expect(text.contains("-1.25") && !text.contains("12,3"))
        #expect(text.contains("not shown"))
        #expect(ranking.text(width: 34, unicode: false).utf8.contains(UInt8(ascii: "o")))
    }

    @Test func colourComesOnlyWhenToldTo() {
        var table = ranking
        table.rows[0][1] = table.rows[0][1].tone(.good)
        #expect(!table.text().contains("\u{1B}"))
        #expect(table.text(colour: true).contains("\u{1B}[32m日本語\u{1B}[0m"))
    }

    @Test func emptyTables() {
        #expect(TextTable(columns: []).text(width: 10) == "")
        #expect(TextTable(columns: [TextTable.Column("a")]).text() == "a\n─\n")
        #expect(TextTable(columns: [TextTable.Column("a")]).csv() == "a\n")
    }

    @Test func barsShowIntervalsOnOneScale() {
        let bar = IntervalBar(domain: 0...10, width: 13)
        #expect(bar.text(5, from: 2, to: 8) == "   ───●───   ")
        #expect(bar.text(5, from: nil, to: 8) == "◂─────●───   ")
        #expect(bar.text(0, from: 0, to: nil) == " ●──────────▸")
        #expect(bar.text(5, from: 5, to: 5) == "      ●      ")
        #expect(IntervalBar(domain: 0...10, width: 5, unicode: false).text(5, from: nil, to: nil) == "<-o->")
        #expect(bar.text(.nan, from: nil, to: nil) == String(repeating: " ", count: 13))
        #expect(IntervalBar(domain: 3...3, width: 1).text(3, from: 3, to: 3) == "●")
        #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline.text([1, .nan, 1]) == "▄ ▄")
        #expect(Sparkline.text([]) == "")
    }

    /// Reads what `CSV` writes.
    private func parse(_ text: String) -> [[String]] {
        var rows: [[String]] = [], row: [String] = [], field: [UInt8] = []
        var quoted = false
        let bytes = Array(text.utf8)
        var at = 0
        func end() {
            row.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        while at < bytes.count {
            let byte = bytes[at]
            if quoted {
                if byte != 0x22 {
                    field.append(byte)
                } else if at + 1 < bytes.count, bytes[at + 1] == 0x22 {
                    field.append(byte)
                    at += 1
                } else {
                    quoted = false
                }
            } else if byte == 0x22 {
                quoted = true
            } else if byte == 0x2C {
                end()
            } else if byte == 0x0A {
                end()
                rows.append(row)
                row = []
            } else {
                field.append(byte)
            }
            at += 1
        }
        return rows
    }

    @Test func valuesSurviveCSV() {
        let fields = hostileNames + ["a,b", "say \"hi\"", " edge ", "\r\n", "\"", ",", "=1+1"]
        let rows = [fields, Array(fields.reversed())]
        let back = parse(CSV.text(rows))
        #expect(back.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
        #expect(
            ranking.csv()
                == "rank,item,score,interval lower,interval upper,seen\n"
                + "1,日本語,1.5,1,,12345\n2,b,-1.25,-2,-0.5,7\n"
        )
    }

    @Test func terminalsAreAskedWhatTheyCanShow() {
        func info(_ terminal: Bool, _ columns: Int?, _ environment: [String: String]) -> TerminalInfo {
            TerminalInfo.make(isTerminal: terminal, columns: columns, environment: environment)
        }
        #expect(
            info(true, 132, ["TERM": "xterm", "LANG": "en_US.UTF-8"])
                == TerminalInfo(isTerminal: true, width: 132, colour: true))
        #expect(info(true, nil, [:]).width == 80)
        #expect(info(false, nil, [:]) == TerminalInfo(isTerminal: false, width: nil, colour: false))
        #expect(info(false, nil, ["COLUMNS": "60"]).width == 60)
        #expect(info(true, 90, ["COLUMNS": "none"]).width == 90)
        #expect(!info(true, 90, ["NO_COLOR": "1"]).colour)
        #expect(info(true, 90, ["NO_COLOR": ""]).colour)
        #expect(!info(true, 90, ["TERM": "dumb"]).colour && !info(true, 90, ["TERM": "dumb"]).isTerminal)
        #expect(info(false, nil, ["FORCE_COLOR": "1"]).colour)
        #expect(!info(false, nil, ["FORCE_COLOR": "1", "NO_COLOR": "1"]).colour)
        #expect(!info(true, 90, ["LC_ALL": "", "LANG": "de_DE.ISO-8859-1"]).unicode)
    }
}
