import Kernels
import Testing

@testable import Signals

@Suite("Decisions: Vowpal Wabbit text")
struct DecisionVowpalWabbitTests {
    @Test("Lines of --cb are read exactly, with costs as rewards")
    func lines() throws {
        let (log, report) = try decisions(
            """
            3:-1:0.25 'first |user age:0.5 city=ams |doc:2 sports length:1.5 off:0
            1:0.5 tag| plain
            2 |a
            1:2:0.4|a
            """.replacing("1:2:0.4|a", with: "4:1e-3:1 | x:-2.5e1 y:+3"))
        #expect(
            log.read == [
                ReadDecision(
                    "3", 1, 0.25, ["user^age": 0.5, "user^city=ams": 1, "doc^sports": 2, "doc^length": 3]),
                ReadDecision("1", -0.5, nil, ["plain": 1]),
                ReadDecision("2", nil, nil), ReadDecision("4", -0.001, 1, ["x": -25, "y": 3]),
            ])
        #expect(log.possible.count == 0 && log.isSound)
        #expect(report.format == .vowpalWabbit && report.rows == 4)
        #expect(report.withoutReward == 1 && report.withoutPropensity == 2 && !log.hasPropensities)
        #expect(report.assumed.contains("a reward is the cost with its sign changed"))
        #expect(log.reward[2].isNaN)
    }

    @Test("Several labels are the possible actions; no label is no decision")
    func labels() throws {
        let (log, report) = try decisions(
            "| a\n1:1:0.5 | b\n1 2:3:0.25 4 | a\n1:0:0.5 2:1:0.25 | c\n5 6 | d\n'tag | e\n\n")
        #expect(
            log.read == [
                ReadDecision("1", -1, 0.5, ["b": 1]),
                ReadDecision(
                    "2", -3, 0.25, ["a": 1], possible: ["1", "2", "4"], probabilities: [-1, 0.25, -1]),
                ReadDecision("1", 0, 0.5, ["c": 1], possible: ["1", "2"], probabilities: [0.5, 0.25]),
            ])
        #expect(report.leftOut == 3 && report.sources[0].records == 6)
        #expect(report.assumed.contains { $0.contains("1 line with several costs") })
        #expect(log.reward[2].sign == .plus)
        // Names of lines that are no rows are not there.
        #expect(log.actions.all == ["1", "2", "4"] && log.featureNames.all == ["b", "a", "c"])
    }

    @Test("Names: namespaces, texts as values, values without names, long names")
    func names() throws {
        let long = String(repeating: "långt-", count: 20)
        let (log, _) = try decisions(
            "1:1:1 | a:2 a:3 |a a |é:0.5 b city:paris |n :4 :0 :5 |x\t\ty |\(long) \(long):1 12345678 123456789\n"
        )
        #expect(
            log.read[0].features == [
                "a": 5, "a^a": 1, "é^b": 0.5, "é^city^paris": 1, "n^0": 4, "n^2": 5, "x^y": 1,
                "\(long)^\(long)": 1,
                "\(long)^12345678": 1, "\(long)^123456789": 1,
            ])
        #expect(log.features.columns.count == 11)
    }

    @Test("Numbers are read to the nearest double")
    func numbers() throws {
        var generator = SeededGenerator(seed: 5)
        var texts = [
            "0.029411764705882353", "1e-7", "123456789012345678", "0.1", "5.", ".5", "9007199254740993",
            "1e22",
        ]
        for _ in 0..<3000 {
            let digits = Int.random(in: 1...19, using: &generator)
            let whole = String(UInt64.random(in: 1...UInt64.max, using: &generator)).prefix(digits)
            let place = Int.random(in: 0...whole.count, using: &generator)
            texts.append("\(whole.prefix(place)).\(whole.dropFirst(place))")
            texts.append("\(Double.random(in: -1...1, using: &generator))")
            texts.append("0.\(String(repeating: "0", count: place / 4))\(whole)")
        }
        let text = texts.map { "1:1:1 | x:\($0)\n" }.joined()
        let (log, _) = try decisions(text)
        var at = 0
        for (row, text) in texts.enumerated() {
            let value = try #require(
                Double(text.hasPrefix(".") ? "0" + text : text.hasSuffix(".") ? text + "0" : text))
            let range = log.features.range(row)
            if value == 0 {
                #expect(range.isEmpty)
            } else {
                #expect(log.features.values[range.lowerBound] == value, "\(text)")
            }
            at += range.count
        }
        #expect(at == log.features.values.count)
    }

    @Test("Examples of several lines, as for --cb_adf")
    func examples() throws {
        let (log, report) = try decisions(
            """
            shared |user age:0.5
            'red |item size:2
            0:-1:0.75 'blue |item size:3 new

            | p
            0:2:0.5 | q:2
            |

            shared | s
            | unlabelled

            shared | s
            0:1 'x | a
            'x | b
            """)
        #expect(
            log.read == [
                ReadDecision(
                    "blue", 1, 0.75, ["user^age": 0.5], possible: ["red", "blue"], probabilities: [-1, 0.75],
                    actionFeatures: [["item^size": 2], ["item^size": 3, "item^new": 1]]),
                ReadDecision(
                    "2", -2, 0.5, possible: ["1", "2", "3"], probabilities: [-1, 0.5, -1],
                    actionFeatures: [["p": 1], ["q": 2], [:]]),
                ReadDecision(
                    "1", -1, nil, ["s": 1], possible: ["1", "2"], probabilities: [-1, -1],
                    actionFeatures: [["a": 1], ["b": 1]]),
            ])
        #expect(report.leftOut == 1 && log.isSound)
        #expect(!log.actions.all.contains("x") && !log.featureNames.all.contains("unlabelled"))
        let bare = try decisions("| a\n0:1:0.5 | b\n\n0:1:0.5 | a\n| b\n").log
        #expect(bare.read.map(\.action) == ["2", "1"] && bare.possible.columns.count == 4)
    }

    @Test(
        "A line that cannot be used says where and why",
        arguments: [
            ("1:x:0.5 | a", 1, 3, "cost", "x"), ("1:1:0 | a", 1, 5, "probability", "0"),
            ("1:1:1.5 | a", 1, 5, "probability", "1.5"), ("1:1:nan | a", 1, 5, "probability", "nan"),
            ("1:1:0.5\n", 1, 8, "line", ""), ("1:1:0.5| a", 1, 1, "label", "1:1:0.5"),
            ("1:1:0.5:2 | a", 1, 1, "label", "1:1:0.5:2"), (":1:0.5 | a", 1, 1, "action", ":1:0.5"),
            ("1:1:0.5 | ok\r\n1:1:0.5 | a b: c", 2, 13, "feature", "b:"),
            ("1:1:0.5 | ok\n\n1:1:0.5 | a:1x", 3, 11, "feature", "a:1x"),
            ("1:1:0.5 | a:1:2", 1, 11, "feature", "a:1:2"), ("1:1:0.5 | a:inf", 1, 11, "feature", "a:inf"),
            ("1:1:0.5 |n:x a", 1, 12, "namespace", "x"), ("1:1:0.5 |:2 a", 1, 10, "namespace", ":2"),
            ("1:1:0.5 'tag 2 | a", 1, 9, "tag", "'tag"),
            ("1:1:0.5 |n:1e300 a:1e300", 1, 18, "feature", "a:1e300"),
            ("shared | a\n0:1:0.5 | b\n0:1:0.5 | c\n", 3, 1, "label", "0:1:0.5"),
            ("shared | a\n0:1:0.5 | b\nshared | c\n", 3, 1, "label", "shared"),
            ("shared | a\n\n", 1, 1, "example", "shared | a"), ("shared 0:1:1 | a\n", 1, 8, "label", "0:1:1"),
        ] as [(String, Int, Int, String, String)])
    func faults(_ text: String, _ line: Int, _ column: Int, _ field: String, _ value: String) throws {
        let good = text.hasPrefix("shared") ? "" : "\n7:1:0.5 | good\n"
        let options = ReadOptions(format: .vowpalWabbit)
        #expect {
            try decisions(text + good, options)
        } throws: { error in
            guard case FeedbackReadError.badLines("text", let lines, 1) = error, let bad = lines.first else {
                return false
            }
            return bad.line == line && bad.column == column && bad.field == field && bad.value == value
                && !bad.reason.isEmpty && !bad.text.isEmpty
        }
        var skipping = options
        skipping.skipBad = true
        let (log, report) = try decisions(text + good, skipping)
        #expect(report.badLineCount == 1 && log.isSound)
        if !good.isEmpty {
            #expect(log.read.last == ReadDecision("7", -1, 0.5, ["good": 1]))
            #expect(Set(log.featureNames.all).isSubset(of: ["good", "ok"]))
        }
        // The reader of events finds the same.
        let reading = try Reading(text + good, skipping)
        #expect(reading.rejected == report.badLines)
    }

    @Test("Line breaks, a byte-order mark and gzip change nothing; several files follow each other")
    func layouts() throws {
        let text = "1:1:0.5 | a b:2\n\n3 |n c\n2:0:0.25 |n a\n"
        let plain = try decisions(text).log
        let bytes = Array(text.utf8)
        for variant in [
            bytes.flatMap { $0 == 0x0A ? [0x0D, 0x0A] : [$0] }, bytes.map { $0 == 0x0A ? 0x0D : $0 },
            [0xEF, 0xBB, 0xBF] + bytes, try gzip(bytes), Array(bytes.dropLast()),
        ] {
            let (log, report) = try DecisionLogReader().read([.bytes(variant, name: "variant")])
            #expect(log.isIdentical(to: plain))
            #expect(report.sources[0].lines == 4)
        }
        let (both, report) = try DecisionLogReader().read([
            .text(text), .text("9:1:1 |n c\n1 2:1:1 |\n"), .text("action,reward,x\n1,5,2\n"),
            .text("7:1:1 | x"),
        ])
        #expect(both.count == 7 && both.isSound && report.sources.count == 4 && report.format == nil)
        #expect(both.read.map(\.action) == ["1", "3", "2", "9", "2", "1", "7"])
        #expect(both.read[5].features == ["x": 2] && both.read[6].features == ["x": 1])
        #expect(both.read[4].possible == ["1", "2"] && both.read[6].possible.isEmpty)
    }

    @Test("Rows cannot be chosen by columns that are not there")
    func filter() {
        #expect { try decisions("1:1:1 | a\n", ReadOptions(keeping: ["a": ["b"]])) } throws: {
            "\($0)".contains("no columns")
        }
    }

    /// A long text with lines of many kinds.
    static func long(_ seed: UInt64, isMultiline: Bool, rows: Int = 60_000) -> String {
        var generator = SeededGenerator(seed: seed)
        var text = ""
        for row in 0..<rows {
            if isMultiline {
                text += "shared |u a=\(Int.random(in: 0..<5000, using: &generator)) b:\(row % 7)\n"
                let taken = Int.random(in: 0..<3, using: &generator)
                for place in 0..<3 {
                    text += place == taken ? "0:\(row % 3):0.5 " : ""
                    text += "|i f\(Int.random(in: 0..<50, using: &generator)):0.25\n"
                }
                text += row % 11 == 0 ? " \n\n" : "\n"
            } else {
                if row % 5003 == 17 { text += "broken\n" }
                if row % 4001 == 9 { text += "1 2:0:0.5 3 |z q\n" }
                text +=
                    "\(Int.random(in: 1...10, using: &generator)):\(row % 2):0.1 |u a=\(row % 3001) x:0.\(row) y\n"
            }
        }
        return text
    }

    @Test("The result does not depend on the number of threads", arguments: [false, true])
    func threads(_ isMultiline: Bool) throws {
        let text = Self.long(11, isMultiline: isMultiline)
        let results = try [1, 2, 8].map { threads in
            try Parallel.withThreads(threads) { try decisions(text, ReadOptions(skipBad: true)) }
        }
        for (log, report) in results {
            #expect(log.isIdentical(to: results[0].log) && log.isSound)
            #expect(report == results[0].report)
        }
        #expect(results[0].log.count == (isMultiline ? 60_000 : 60_000 + 15))
    }

    @Test("A log made of the events of a text is the log of the text", arguments: [false, true])
    func events(_ isMultiline: Bool) throws {
        let text = Self.long(12, isMultiline: isMultiline, rows: 5500)
        let direct = try decisions(text, ReadOptions(skipBad: true)).log
        let lines = try Reading(text, ReadOptions(skipBad: true)).lines
        let joined = try decisions(lines.joined(separator: "\n")).log
        // Events carry probabilities of all possible actions or none.
        let expected = direct.read.map { row in
            var row = row
            row.probabilities = row.probabilities.map { _ in -1 }
            return row
        }
        #expect(joined.read == expected)
    }
}
