import Testing

@testable import Signals

@Suite("Event lines")
struct EventJSONTests {
    /// One event of each kind, with every field somewhere.
    static let events: [FeedbackEvent] = [
        FeedbackEvent(
            .comparison(
                Comparison(
                    left: "a", right: "b", outcome: .left, probability: 0.1 + 0.2, margin: 3, first: .right)),
            id: "e1", judge: "ann", prompt: "p1", time: 1_767_323_045.123456, weight: 2,
            groups: ["country": "NL", "a": "ü"],
            features: ["x": -0.0, "tiny": .leastNonzeroMagnitude, "huge": 1.7976931348623157e308],
            itemFeatures: ["length": [812, 455.5]], decision: "d1"),
        FeedbackEvent(
            .comparison(Comparison(left: "e\u{301}", right: "\u{e9}", outcome: .bothBad)), weight: 0),
        FeedbackEvent(
            .comparison(Comparison(left: "\"\\\n\t\r\u{1}\u{7f}", right: "\u{1F600}\u{2028}", outcome: .skip))
        ),
        FeedbackEvent(
            .ranking(Ranking(tiers: [["a"], ["b", "c"], ["d"]], unplaced: ["e"])),
            itemFeatures: ["f": [1, 2, 3, 4, 5]]),
        FeedbackEvent(.choice(Choice("b", among: ["a", "b"])), judge: ""),
        FeedbackEvent(.rating(Rating("a", 4.5, scale: 1...5))),
        FeedbackEvent(.rating(Rating("a", scores: ["help": 1, "overall": 2]))),
        FeedbackEvent(.rating(Rating("a", scores: ["help": 1], scale: 1...1))),
        FeedbackEvent(.thumb(Thumb("a", up: false)), time: -1.5),
        FeedbackEvent(
            .impression(
                Impression([
                    Impression.Slot("a", position: 1, propensity: 0.25, clicked: true, dwell: 3.5),
                    Impression.Slot("b", position: 2, clicked: false), Impression.Slot("c", position: 9),
                ]))),
        FeedbackEvent(
            .decision(
                Decision(id: "d1", action: "a", among: ["a", "b"], propensities: [0.5, 0.5], policy: "v3")),
            id: "x", decision: "d0"),
        FeedbackEvent(.decision(Decision(id: "d1", action: "a"))),
        FeedbackEvent(.reward(Reward(value: -1)), decision: "d1"),
        FeedbackEvent(.reward(Reward(action: "a", value: 1e21, propensity: 0.125))),
        FeedbackEvent(.demonstration(Demonstration([Demonstration.Step(observation: "", action: "go")]))),
        FeedbackEvent(.bag(Bag(["a", "b"], value: 0.75, statistic: .maximum))),
        FeedbackEvent(.critique(Critique("a", text: ""))),
        FeedbackEvent(.label(Label(task: "t", value: "cat", gold: "dog"))),
    ]

    @Test("Every kind and field comes back exactly", arguments: events)
    func roundTrip(_ event: FeedbackEvent) throws {
        let line = event.jsonLine()
        let back = try FeedbackEvent(jsonLine: line)
        #expect(back == event)
        #expect(Array(back.jsonLine().utf8) == Array(line.utf8))
        #expect(!line.utf8.contains(10))
    }

    @Test("Lines are canonical")
    func canonical() {
        #expect(
            Self.events[0].jsonLine() == """
                {"kind":"comparison","left":"a","right":"b","outcome":"left","probability":0.30000000000000004,\
                "margin":3,"first":"right","id":"e1","judge":"ann","prompt":"p1","time":1767323045.123456,\
                "weight":2,"groups":{"a":"ü","country":"NL"},"features":{"huge":1.7976931348623157e+308,\
                "tiny":5e-324,"x":-0.0},"itemFeatures":{"length":[812,455.5]},"decision":"d1"}
                """)
        #expect(Self.events[3].jsonLine().contains(#""ranking":["a",["b","c"],"d"],"unplaced":["e"]"#))
    }

    @Test("Composed and decomposed names stay two names")
    func bytes() throws {
        let back = try FeedbackEvent(jsonLine: Self.events[1].jsonLine())
        #expect(Array(back.feedback.items[0].utf8) == [0x65, 0xCC, 0x81])
        #expect(Array(back.feedback.items[1].utf8) == [0xC3, 0xA9])
    }

    @Test("A time is seconds or ISO 8601")
    func times() throws {
        for (text, seconds) in [
            ("\"2026-01-02T03:04:05Z\"", 1_767_323_045.0), ("\"2026-01-02T04:04:05+01:00\"", 1_767_323_045),
            ("\"2026-01-02 03:04:05.5\"", 1_767_323_045.5), ("\"1970-01-01\"", 0), ("12.25", 12.25),
            ("\"1969-12-31T23:59:59Z\"", -1), ("\"20000229\"", 951_782_400),
        ] {
            let event = try FeedbackEvent(jsonLine: #"{"kind":"thumb","item":"a","up":true,"time":\#(text)}"#)
            #expect(event.time == seconds)
        }
    }

    @Test(
        "What is not an event is refused, with its place",
        arguments: [
            (#"{"kind":"thumb","item":"a"}"#, 1, "up", "missing"),
            (#"{"kind":"thumb","item":"a","up":1}"#, 33, "up", "true or false"),
            (#"{"kind":"thumb","item":"a","up":true,"jugde":"x"}"#, 38, nil, "not a field"),
            (#"{"kind":"thumb","item":"a","up":true,"item":"b"}"#, 38, nil, "twice"),
            (#"{"kind":"smile"}"#, 9, "kind", "one of comparison"),
            (#"{"kind":"comparison","left":"a","right":"a","outcome":"tie"}"#, 41, "right", "itself"),
            (#"{"kind":"thumb","item":"a","up":true,"weight":-1}"#, 47, "weight", "not negative"),
            (#"{"kind":"thumb","item":"a","up":true,"weight":1e999}"#, 47, "weight", "range"),
            (#"{"kind":"thumb","item":"a","up":true,"time":"yesterday"}"#, 45, "time", "ISO 8601"),
            (#"{"kind":"thumb","item":"a","up":true"#, 37, nil, "} is missing"),
            (#"{"kind":"thumb","item":"a" "up":true}"#, 28, nil, "expected , or }"),
            (#"["kind"]"#, 1, nil, "a JSON object"),
            ("", 1, nil, "value is missing"),
        ] as [(String, Int, String?, String)])
    func refusals(_ line: String, _ column: Int, _ field: String?, _ reason: String) {
        #expect {
            try FeedbackEvent(jsonLine: line)
        } throws: { error in
            guard let error = error as? EventLineError else { return false }
            return error.column == column && error.field == field && error.reason.contains(reason)
        }
    }

    @Test(
        "The JSON grammar is RFC 8259, strictly",
        arguments: [
            "01", "+1", "1.", ".5", "1e", "0x10", "NaN", "Infinity", "-", "[1,]", "{\"a\":1,}", "[1 2]",
            "'a'", "tru",
            "\"\u{1}\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"a", "[",
            "]", "1 1",
            "{a:1}", "{\"a\"}", String(repeating: "[", count: 100_000), "//x\n1",
        ])
    func grammar(_ text: String) {
        var tape = JSONTape()
        #expect(throws: JSONError.self) {
            try Array(text.utf8).withUnsafeBufferPointer { try tape.parse($0) { _ in } }
        }
    }

    @Test("Escapes, surrogate pairs and invalid UTF-8")
    func strings() throws {
        var tape = JSONTape()
        let good = Array(#"["\ud83d\ude00\u00e9\/\b\f\n\r\t\"\\\u0000",-0,1E+2,0.5e-1,true,null,{}]"#.utf8)
        try good.withUnsafeBufferPointer { bytes in
            try tape.parse(bytes) { root in
                let values = Array(root.elements)
                #expect(values[0].string == "😀é/\u{8}\u{c}\n\r\t\"\\\0")
                #expect(values[2].number == 100)
                #expect(values[3].number == 0.05)
                #expect(values[4].bool == true)
                #expect(values.count == 7)
            }
        }
        for bad: [UInt8] in [
            [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
        ] {
            #expect(throws: JSONError.self) {
                try bad.withUnsafeBufferPointer { try tape.parse($0) { _ in } }
            }
        }
    }

    @Test("Random numbers read back exactly")
    func numbers() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let number = Double(bitPattern: generator.next())
            guard number.isFinite else { continue }
            var out: [UInt8] = []
            JSONText.append(number, to: &out)
            #expect(out.withUnsafeBufferPointer { DecimalNumber.value($0) }?.bitPattern == number.bitPattern)
        }
        for (text, value) in [("+1", 1.0), ("007", 7), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("-0", -0.0)] {
            #expect(DecimalNumber.value(text)?.bitPattern == value.bitPattern)
        }
        for text in ["", "0x10", "nan", "inf", "1_000", " 5", "5 ", "1e999", "1,5", "--1", "1e", ".", "٣"] {
            #expect(DecimalNumber.value(text) == nil)
        }
        #expect(DecimalNumber.value("9007199254740993") == 9_007_199_254_740_992)
        #expect(DecimalNumber.value("0.1") == 0.1)
    }
}
