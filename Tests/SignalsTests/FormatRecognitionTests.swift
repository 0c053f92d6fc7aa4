import Testing

@testable import Signals

@Suite("Recognised formats")
struct FormatRecognitionTests {
    @Test("A small file of each format gives exactly its events", arguments: FormatSample.all)
    func sample(_ sample: FormatSample) throws {
        let reading = try Reading(sample.text, sample.options)
        #expect(reading.report?.format == sample.format)
        #expect(reading.lines == sample.lines)
        #expect(reading.report?.events == sample.lines.count)
    }

    @Test("Every format but none has a sample")
    func coverage() {
        #expect(Set(FormatSample.all.map(\.format)) == Set(FeedbackFormat.allCases))
    }

    @Test(
        "CR LF, CR, a byte-order mark, gzip and a missing last line break change nothing",
        arguments: FormatSample.all)
    func layouts(_ sample: FormatSample) throws {
        let plain = try Reading(sample.text, sample.options)
        let bytes = Array(sample.text.utf8)
        let body = bytes.last == 0x0A ? Array(bytes.dropLast()) : bytes
        func replaced(_ by: [UInt8]) -> [UInt8] { body.flatMap { $0 == 0x0A ? by : [$0] } }
        var variants = [
            [0xEF, 0xBB, 0xBF] + bytes, body, body + [0x0A], body + [0x0A, 0x0A], try gzip(bytes),
            try gzip(Array(bytes.prefix(9))) + gzip(Array(bytes.dropFirst(9))),
        ]
        // A line break inside a quoted text is part of the text.
        if !sample.text.contains("\"two\n") { variants += [replaced([0x0D, 0x0A]), replaced([0x0D])] }
        for variant in variants {
            let reading = try Reading(variant, sample.options)
            #expect(reading.lines == plain.lines)
            #expect(reading.numbers == plain.numbers)
        }
    }

    @Test("The report says how columns were read")
    func report() throws {
        let reading = try Reading(
            "id,left,right,winner,user,country,len_a,len_b,note\n,a,b,a,ann,NL,1,2,\(String(repeating: "x", count: 99))\n"
        )
        let report = try #require(reading.report)
        #expect(
            report.fields.map { "\($0.field)=\($0.column)" } == [
                "left=left", "right=right", "winner=winner", "judge=user",
            ])
        #expect(report.groups.map(\.column) == ["country"])
        #expect(
            report.features.map { "\($0.field)=\($0.column)" } == ["id=id", "length=len_a", "length=len_b"])
        #expect(report.ignored == ["note"])
        #expect(report.lines == 2)
        #expect(report.summary == "text: comparisons, a comma-separated table, 1 event (judge=user)")
    }

    @Test("An item's own name goes before a word, except in a column of outcomes")
    func names() throws {
        let winner = try Reading("left,right,winner\nright,left,right\nb,a,a\n")
        #expect(winner.lines.map { $0.contains("\"outcome\":\"left\"") } == [true, false])
        let outcome = try Reading("left,right,outcome\nright,left,right\n")
        #expect(outcome.lines[0].contains("\"outcome\":\"right\""))
    }

    @Test("Names are kept by their bytes, and fields without their blanks")
    func bytes() throws {
        let log = try FeedbackLog(Reading("left,right,winner\n \u{e9} ,e\u{301},left\n\" a\",a,left\n"))
        #expect(
            log.items.all.map { Array($0.utf8) } == [
                [0xC3, 0xA9], [0x65, 0xCC, 0x81], [0x20, 0x61], [0x61],
            ])
    }

    @Test("Rows are kept by the values of columns")
    func keeping() throws {
        let text = "left,right,winner,race\na,b,a,x\na,c,a,y\na,d,a,x\n"
        let reading = try Reading(text, ReadOptions(keeping: ["race": ["x"]]))
        #expect(reading.lines.count == 2)
        #expect(reading.report?.leftOut == 1)
        let none = try Reading(text, ReadOptions(keeping: ["race": ["z"]]))
        #expect(none.lines.isEmpty && none.report?.notes.count == 1)
        #expect(throws: FeedbackReadError.self) { try Reading(text, ReadOptions(keeping: ["rce": ["x"]])) }
    }

    @Test("The fast way and the careful way agree", arguments: [false, true])
    func fastWay(_ quoted: Bool) throws {
        var generator = SeededGenerator(seed: 7)
        var text = "left,right,winner,judge\n"
        var expected: [String] = []
        for row in 0..<30_000 {
            let left = "item\(Int.random(in: 0..<50, using: &generator))"
            let right = "objet é\(Int.random(in: 0..<50, using: &generator))"
            let word = ["left", right, "tie"].randomElement(using: &generator)!
            let quote = quoted && row % 7 == 0 ? "\"" : ""
            text += "\(quote)\(left)\(quote),\(right),\(word),j\(row % 5)\(row % 11 == 0 ? "\r\n" : "\n")"
            let outcome = word == right ? "right" : word
            expected.append(
                #"{"kind":"comparison","left":"\#(left)","right":"\#(right)","outcome":"\#(outcome)","judge":"j\#(row % 5)"}"#
            )
        }
        let reading = try Reading(text)
        #expect(reading.lines == expected)
        #expect(reading.numbers == Array(2...30_001))
        var log = FeedbackLog()
        try FeedbackReader().read(.text(text), into: &log)
        #expect(log.events.map { $0.jsonLine() } == expected)
        var slow = FeedbackLog()
        for line in expected { try slow.append(FeedbackEvent(jsonLine: line)) }
        #expect(log.items == slow.items && log.judges == slow.judges)
    }

    @Test("Records longer than a block, and quotes and elements across blocks")
    func blocks() throws {
        let long = String(repeating: "long \"\"text\"\",\n", count: 30_000)
        let table = try Reading("left,right,winner,prompt\na,b,a,\"\(long)\"\na,b,b,x\n")
        #expect(table.lines.count == 2)
        #expect(table.numbers == [2, 30_003])
        let text = String(repeating: "ü[{\\\"\\\\", count: 60_000)
        let element = #"{"kind":"critique","item":"a","text":"\#(text)"}"#
        for source in ["[\(element),\n\(element)]", "\(element)\n\(element)\n"] {
            let reading = try Reading(source)
            #expect(reading.lines == [element, element])
            #expect(reading.numbers == [1, 2])
        }
    }

    @Test("One object over several lines is read")
    func values() throws {
        let reading = try Reading(
            "{\n \"kind\": \"thumb\",\n \"item\": \"a\",\n \"up\": true\n}\n{\n\"kind\":\"thumb\",\"item\":\"b\",\"up\":false}\n"
        )
        #expect(reading.numbers == [1, 6])
    }
}

extension FeedbackLog {
    init(_ reading: Reading) throws {
        try self.init(reading.lines.map { try FeedbackEvent(jsonLine: $0) })
    }
}
