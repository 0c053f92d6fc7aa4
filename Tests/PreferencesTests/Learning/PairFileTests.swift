import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Comparisons from files")
struct PairFileTests {
    private func read(
        _ text: String, _ change: (inout PairFile) -> Void = { _ in }, items: ItemTable? = nil
    ) throws -> PairRecords {
        var file = PairFile()
        change(&file)
        return try file.read(Array(text.utf8), name: "pairs", items: items)
    }

    @Test("Prompt, chosen and rejected, with all that may stand beside them")
    func chosen() throws {
        let records = try read(
            """
            {"prompt":"p1","chosen":"good","rejected":"bad","judge":"ann","source":"web","weight":2,"margin":0.5,"id":1}

            {"prompt":"p1","chosen":"best","rejected":"good","annotator":"x","chosen_ratings":{"help":4},"rejected_ratings":{"help":2,"truth":1}}
            {"prompt":"p2","chosen":"good","rejected":"bad","judge":null,"chosen_ratings":{"help":null}}
            """)
        #expect(records.count == 3)
        #expect(records.lines == [1, 3, 4])
        #expect(records.place(of: 1) == "pairs, line 3")
        #expect(
            records.answers == ["good", "bad", "best", "good", "bad"], "an item is an answer to a prompt")
        #expect(records.prompts == ["p1", "p2"])
        #expect(records.judges == ["ann", nil, nil])
        #expect(records.groups == ["web", nil, nil])
        #expect(records.weights == [2, 1, 1])
        #expect(records.margins == [0.5, 0, 0])
        #expect(records.qualities == ["help", "truth"])
        #expect(records.ratings?[2][0] == 4)
        #expect(records.ratings?[0] == [2, 1])
        #expect(records.ratings?[1][0].isNaN == true)
        #expect(records.sources[0].ignored == ["id", "annotator"])
        let data = try records.comparisons(FeatureRecipe(.hashed(HashedNGrams(buckets: 128))))
        #expect(data.labels == [1, 1, 1])
        #expect(data.prompt(2) == 1)
        #expect(data.judgeNames == ["ann"])
        #expect(data.items.promptFeatures?.rows == 2)
        #expect(data.items.names[2] == "best")
    }

    @Test("Instruction, input, two outputs and a label")
    func labelled() throws {
        let records = try read(
            """
            [{"instruction":"Add","input":"1+1","output_1":"2","output_2":"3","preference":1},
             {"instruction":"Add","input":"","output_1":"2","output_2":"3","preference":2},
             {"instruction":"Add","input":"","output_1":"4","output_2":"3","preference":1.5}
            ]
            """)
        #expect(records.prompts == ["Add\n\n1+1", "Add"])
        #expect(records.labels == [1, 0, 0.5])
        #expect(records.lines == [1, 2, 3])
    }

    @Test(
        "Labels in every spelling",
        arguments: [
            (["1", "2", "1.5"], [1, 0, 0.5]), (["0.7", "1", "0"], [0.7, 1, 0]),
            (["1", "-1", "0"], [1, 0, 0.5]),
            ([#""a""#, #""B""#, #""tie""#], [1, 0, 0.5]),
            ([#""left""#, #""right""#, #""draw""#], [1, 0, 0.5]),
            ([#""model_a""#, #""model_b""#, #""tie (bothbad)""#], [1, 0, 0.5]),
            ([#""text_a""#, #""text_b""#, #""1""#], [1, 0, 1]),
            ([#""x""#, #""y""#, #""tie""#], [1, 0, 0.5]),
        ])
    func spellings(_ labels: [String], _ expected: [Double]) throws {
        let lines = labels.map { #"{"text_a":"x","text_b":"y","winner":\#($0)}"# }
        #expect(try read(lines.joined(separator: "\n")).labels == expected)
    }

    @Test("Labels by rule")
    func rules() throws {
        let text = #"{"response_0":"x","response_1":"y","better_response_id":1}"#
        #expect(try read(text).labels == [0])
        let asProbability = try read(text) { $0.labels = .probability }
        #expect(asProbability.labels == [1])
        let words = #"{"one":"x","other":"y","says":"yes"}"#
        let records = try read(words) {
            ($0.first, $0.second, $0.label) = ("one", "other", "says")
            $0.labels = .words(first: ["yes"], second: ["no"], tie: [])
        }
        #expect(records.labels == [1])
    }

    @Test("Dialogues: what both share up to the last Assistant is the prompt")
    func dialogues() throws {
        let records = try read(
            #"""
            {"chosen":"\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant: Because.","rejected":"\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant: Be quiet."}
            {"chosen":"\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: So\n\nAssistant: A","rejected":"\n\nHuman: Hi\n\nAssistant: Yes?\n\nHuman: No\n\nAssistant: B"}
            {"chosen":"plain","rejected":"other"}
            """#)
        #expect(
            records.prompts == [
                "Human: Hi\n\nAssistant: Yes?\n\nHuman: Why?\n\nAssistant:", "Human: Hi\n\nAssistant:",
            ])
        #expect(records.answers[..<2] == ["Because.", "Be quiet."])
        #expect(records.answers[2] == "Yes?\n\nHuman: So\n\nAssistant: A")
        #expect(records.promptOf == [0, 0, 1, 1, -1, -1])
    }

    @Test("Lists of messages")
    func messages() throws {
        let records = try read(
            #"""
            {"prompt":"Q","chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"B"}]}
            {"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":[{"type":"text","text":"C"}]}],"rejected":[{"role":"assistant","content":"A"}]}
            {"prompt":"Q","chosen":{"role":"assistant","content":"A"},"rejected":"B"}
            {"chosen":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"R"},{"role":"assistant","content":"S"}],"rejected":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"R"},{"role":"assistant","content":"T"}]}
            """#)
        #expect(records.prompts == ["Q", "Human: Q\n\nAssistant: A\n\nHuman: R"])
        #expect(records.answers == ["A", "B", "C", "S", "T"])
        #expect(records.left == [0, 2, 0, 3])
        #expect(records.right == [1, 0, 1, 4])
    }

    @Test("Tables with quoted cells, and all line ends")
    func tables() throws {
        let records = try read(
            "\u{FEFF}prompt,chosen,rejected,user\r\n\"What, \"\"now\"\"?\",\"two\nlines\",no,7\r\nq,,no,\r\n")
        #expect(records.prompts == ["What, \"now\"?", "q"])
        #expect(records.answers == ["two\nlines", "no", "", "no"])
        #expect(records.judges == ["7", nil])
        #expect(records.lines == [2, 4])
        let tabs = try read("left\tright\tlabel\nx\ty\t2\nx\ty\t1")
        #expect(tabs.labels == [0, 1])
    }

    @Test("Pairs that name items")
    func items() throws {
        let table = try ItemTable.read(
            Array("id,price,title,stars\nx1,3,Old,4\nx2,1.5,New,2\nx3,2,Mid,5\n".utf8), path: "items.csv")
        #expect(table.columns == ["price", "stars"])
        #expect(table.ignored == ["title"])
        let records = try read("left,right,winner\nx1,x2,x2\nx2,x3,x2\n", items: table)
        #expect(records.labels == [0, 1])
        #expect(records.ids == ["x1", "x2", "x3"])
        #expect(records.recipe == FeatureRecipe(.columns(["price", "stars"])))
        let data = try records.comparisons(records.recipe)
        #expect(data.items.features.row(1) == [1.5, 2])
        let turned = try records.comparisons(FeatureRecipe(.columns(["stars"])))
        #expect(turned.items.features.row(2) == [5])
        #expect(throws: LearningError.self) { try records.comparisons(FeatureRecipe(.columns(["colour"]))) }
        #expect(throws: LearningError.self) {
            try records.comparisons(FeatureRecipe(.hashed(HashedNGrams())))
        }
        // Names that look like labels are names where all are.
        let numbered = try ItemTable(FeatureMatrix([[1], [2], [3]]))
        #expect(try read("left,right,winner\n2,1,1\n1,2,1\n", items: numbered).labels == [0, 1])
        #expect(try read("left,right,label\n0,1,1\n1,2,2\n0,2,1\n", items: numbered).labels == [1, 0, 1])
        let texts = try ItemTable.read(
            Array(#"{"id":"a","text":"one"}\#n{"id":"b","text":"two"}"#.utf8), path: "i")
        #expect(try read("left,right,winner\na,b,b\n", items: texts).answers == ["one", "two"])
    }

    @Test("Numbers in place")
    func vectors() throws {
        let records = try read(
            """
            {"chosen":[0.1,2],"rejected":[1,-1e-3]}
            {"chosen":[1,-0.001],"rejected":[5,6]}
            """)
        #expect(records.items == 3)
        #expect(records.recipe == FeatureRecipe(.embeddings(width: 2)))
        #expect(try records.comparisons(records.recipe).items.features.dense == [0.1, 2, 1, -0.001, 5, 6])
    }

    @Test("What is dropped on request is counted")
    func dropping() throws {
        let text = """
            {"a":"x","b":"y","label":"a"}
            {"a":"x","b":"x","label":"a"}
            {"a":"x","b":"y","label":null}
            {"a":"x","b":"y","label":"tie"}
            """
        #expect(throws: PairFileError.self) { try read(text) }
        let records = try read(text) { $0.dropping = [.identical, .unlabelled, .ties] }
        #expect(records.count == 1)
        #expect(records.sources[0].dropped == ["identical": 1, "unlabelled": 1, "ties": 1])
        #expect(records.sources[0].comparisons == 1)
    }

    @Test("TF-IDF learns from the training part only, and the cut stays the same")
    func split() throws {
        let text = (0..<60).map {
            #"{"prompt":"prompt \#($0 % 20)","chosen":"good word\#($0)","rejected":"bad word\#($0)"}"#
        }.joined(separator: "\n")
        let records = try read(text)
        let plain = HonestSplit(try records.comparisons(), seed: 5)
        let fitted = try records.fitted(FeatureRecipe(.tfidf(TFIDF(minimumDocuments: 1))), on: plain.train)
        let split = HonestSplit(try records.comparisons(fitted), seed: 5)
        #expect(split.train.left == plain.train.left && split.test.right == plain.test.right)
        let known = Set((fitted.words as? TFIDF)?.terms ?? [])
        for item in plain.test.left {
            #expect(!known.contains(records.answers[item].suffix(while: { $0 != " " })))
        }
        for item in plain.train.left {
            #expect(known.contains(records.answers[item].suffix(while: { $0 != " " })))
        }
    }

    @Test(
        "Every problem names its line, its field and what to do",
        arguments: [
            ("", nil, nil, "empty"), ("   \n", nil, nil, "empty"), ("[]", nil, nil, "no records"),
            (#"{"chosen":"a","rejected":"a"}"#, 1, nil, "are the same"),
            (#"{"chosen":"a"}"#, 1, nil, "no fields are known"),
            ("{\"chosen\":\"a\",\"rejected\":\"b\"}\n{\"chosen\":\"a\"}", 2, "rejected", "missing"),
            (
                "{\"chosen\":\"a\",\"rejected\":\"b\"}\n{\"chosen\":\"a\",\"rejected\":7}", 2, "rejected",
                "number"
            ),
            (
                "{\"chosen\":\"a\",\"rejected\":\"b\"}\n{\"chosen\":[1],\"rejected\":[2]}", 2, "chosen",
                "before it was"
            ),
            (
                "{\"chosen\":[1],\"rejected\":[2]}\n{\"chosen\":[1],\"rejected\":[2,3]}", 2, "rejected",
                "2 numbers"
            ),
            (#"{"chosen":[1],"rejected":[NaN]}"#, 1, nil, "no JSON"),
            (#"{"chosen":[1],"rejected":[1e999]}"#, 1, nil, "too large"),
            (#"{"a":"x","b":"y","label":"perhaps"}"#, 1, "label", "no label"),
            (#"{"a":"x","b":"y","label":7}"#, 1, "label", "no label"),
            (#"{"a":"x","b":"y","label":true}"#, 1, "label", "no label"),
            (#"{"a":"x","b":"y"}"#, 1, nil, "no field says"),
            (#"{"chosen":"a","rejected":"b","weight":-1}"#, 1, "weight", "at least 0"),
            (#"{"chosen":"a","rejected":"b","weight":"nan"}"#, 1, "weight", "finite"),
            (#"{"chosen":"a","rejected":"b","margin":"much"}"#, 1, "margin", "finite"),
            (#"{"chosen":"a","rejected":"b","judge":{"x":1}}"#, 1, "judge", "name"),
            (#"{"chosen":"a","rejected":"b","chosen_ratings":{"q":"x"}}"#, 1, "chosen_ratings", "rating"),
            (#"{"chosen":"a","rejected":"b"} x"#, 1, nil, "follows"),
            (#"{"chosen":"a","chosen":"b"}"#, 1, nil, "twice"), ("chosen,rejected\na\n", 2, nil, "1 cells"),
            ("chosen,chosen\na,b\n", 1, "chosen", "two columns"),
            ("chosen,rejected\n\"a,b\n", 2, nil, "not closed"),
            ("chosen,rejected\n\"a\"x,b\n", 2, nil, "follows the quotation mark"),
            (",\na,b", 1, nil, "no column has a name"),
            ("chosen,rejected\n", nil, nil, "no records"), ("PAR1....", nil, nil, "Parquet"),
            (String(repeating: "[", count: 5000), 1, nil, "nested"),
            (#"{"chosen":\#(String(repeating: "[", count: 5000))"#, 1, nil, "nested"),
            (#"{"chosen":"a\u12"#, 1, nil, "no JSON"), ("[1,2]", 1, nil, "an object should stand"),
        ] as [(String, Int?, String?, String)])
    func problems(_ text: String, _ line: Int?, _ field: String?, _ words: String) {
        do {
            let records = try read(text)
            Issue.record("\(records.count) comparisons were read from \(text.prefix(80))")
        } catch let error as PairFileError {
            #expect(error.line == line)
            #expect(error.field == field)
            #expect(error.problem.contains(words), "\(error)")
            #expect(error.path == "pairs" && !error.advice.isEmpty)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("Bytes that are no UTF-8, lines that are too long, items that are not there")
    func more() throws {
        let bad =
            Array("{\"chosen\":\"a\",\"rejected\":\"b\"}\n{\"chosen\":\"".utf8) + [0xFF]
            + Array("\",\"rejected\":\"b\"}".utf8)
        let error = #expect(throws: PairFileError.self) { try PairFile().read(bad, name: "f") }
        #expect(error?.line == 2)
        for tail in [
            [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF],
        ] as [[UInt8]] {
            #expect(throws: PairFileError.self) { try PairFile().read(Array("{} ".utf8) + tail, name: "f") }
        }
        #expect(throws: PairFileError.self) { try PairFile().read([0x1F, 0x8B, 8], name: "f.gz") }
        #expect(throws: PairFileError.self) { try PairFile().read([0xFF, 0xFE, 0x7B, 0], name: "f") }
        let long = #"{"chosen":"\#(String(repeating: "x", count: 2000))","rejected":"b"}"#
        let tooLong = #expect(throws: PairFileError.self) { try read(long) { $0.longestLine = 1000 } }
        #expect(tooLong?.line == 1)
        let table = try ItemTable(FeatureMatrix([[1], [2]]))
        let missing = #expect(throws: PairFileError.self) {
            try read("left,right,winner\n0,1,1\n0,5,0\n", items: table)
        }
        #expect(missing?.line == 3 && missing?.field == "right" && missing?.value == "5")
        #expect(throws: PairFileError.self) { try PairFile().read(["/no/such/file"]) }
        #expect(throws: PairFileError.self) { try PairFile().read(["/"]) }
        #expect(throws: PairFileError.self) { try read("x,y\n1,2") { $0.prompt = "z" } }
        #expect(throws: PairFileError.self) { try read("x,y\n1,2") { $0.first = "x" } }
    }

    @Test(
        "Items that cannot be used are refused",
        arguments: [
            "id,price\na,1\na,2\n", "id,price\na,1\nb,\n", "id,price\na,1\nb,nan\n", "id,name\na,b\n",
            "price,stars\n1,2\n",
            "{\"id\":\"a\",\"embedding\":[1,2]}\n{\"id\":\"b\",\"embedding\":[1]}", "{\"id\":null,\"x\":1}",
            "",
        ])
    func badItems(_ text: String) {
        #expect(throws: PairFileError.self) { try ItemTable.read(Array(text.utf8), path: "items") }
    }

    @Test("Whatever is done to a file, reading ends in comparisons or in an error")
    func fuzz() throws {
        let seeds = [
            #"{"prompt":"pé","chosen":"a\n","rejected":"b\u00e9","judge":"j","weight":1.5e0,"chosen_ratings":{"q":1}}"#
                + "\n"
                + #"{"prompt":"p","chosen":[{"role":"user","content":"x"}],"rejected":{"content":"y"}}"#,
            #"[{"output_1":"x","output_2":"y","label":1},{"output_1":"x","output_2":"z","label":2}]"#,
            "left,right,winner\n\"x\",y,x\r\ny,\"z\"\"\",y\n",
            #"{"chosen":[1,2.5],"rejected":[-0.5,1e3]}"# + "\n" + #"{"chosen":[1,2],"rejected":[4,5]}"#,
        ].map { Array($0.utf8) }
        var random = CounterRandom(seed: 11)
        var read = 0
        for round in 0..<6000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let place = random.below(bytes.count)
                switch random.below(5) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(Array("\"{}[],:\n\\0-e.\u{1}".utf8)[random.below(13)], at: place)
                case 3: bytes.removeSubrange(place..<min(bytes.count, place + random.below(20)))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 12)], at: place)
                }
            }
            do {
                let records = try PairFile().read(bytes, name: "f")
                _ = try records.comparisons()
                read += 1
            } catch is PairFileError {} catch is LearningError {}
        }
        #expect(read > 150, "most files that are still whole are read: \(read)")
    }
}

extension String {
    /// The end of it from the last place on where the condition fails.
    fileprivate func suffix(while condition: (Character) -> Bool) -> String {
        String(reversed().prefix(while: condition).reversed())
    }
}
