import Testing

@testable import Preferences

@Suite("Layouts of comparisons")
struct PairLayoutTests {
    private func read(
        _ text: String, items: ItemTable? = nil, _ change: (inout PairFile) -> Void = { _ in }
    ) throws -> PairRecords {
        var file = PairFile()
        change(&file)
        return try file.read(Array(text.utf8), name: "pairs", items: items)
    }

    /// The preferred answers, one for each comparison; "tie" for those that ended even.
    private func winners(_ records: PairRecords) -> [String] {
        (0..<records.count).map { place in
            let label = records.labels[place]
            return label == 0.5
                ? "tie" : records.answers[label > 0.5 ? records.left[place] : records.right[place]]
        }
    }

    @Test(
        "Two answers under many names",
        arguments: [
            (
                #"{"history":"q","human_ref_A":"good","human_ref_B":"bad","labels":1,"score_A":3,"score_B":9}"#,
                "good"
            ),
            (#"{"history":"q","human_ref_A":"bad","human_ref_B":"good","labels":0}"#, "good"),
            (#"{"question":"q","response_j":"good","response_k":"bad"}"#, "good"),
            (#"{"Prompt":"q","Chosen":"good","Rejected":"bad"}"#, "good"),
            (
                #"{"conversation_a":[{"role":"user","content":"q"},{"role":"assistant","content":"bad"}],"conversation_b":"#
                    + #"[{"role":"user","content":"q"},{"role":"assistant","content":"good"}],"winner":"model_b","judge":["x","y"]}"#,
                "good"
            ),
            (
                #"{"prompt":"q","response_a":"good","response_b":"bad","winner_model_a":1,"winner_model_b":0,"winner_tie":0}"#,
                "good"
            ),
            (
                #"{"prompt":"q","response_a":"good","response_b":"bad","winner_model_a":0,"winner_model_b":0,"winner_tie":1}"#,
                "tie"
            ),
            (
                #"{"question":{"id":"1","full_text":"q"},"answer_0":"good","answer_1":"bad","score_0":0.5,"score_1":-0.5}"#,
                "good"
            ),
            (#"{"prompt":"q","response_1":"good","response_2":"bad","rank_1":1,"rank_2":4}"#, "good"),
            (#"{"prompt":"q","response_1":"good","response_2":"bad","preference_strength":-3}"#, "good"),
            (
                #"{"context":"q","response1":"bad","response2":"good","overall_preference":2}"# + "\n"
                    + #"{"context":"q","response1":"good","response2":"bad","overall_preference":-2}"#, "good"
            ),
            (#"{"instruction":"q","response1":"bad","response2":"good","human":[2,2,1]}"#, "good"),
            (
                #"{"info":{"post":"q"},"summaries":[{"text":"bad"},{"text":"good"}],"choice":1}"# + "\n"
                    + #"{"info":{"post":"q"},"summaries":[{"text":"good"},{"text":"bad"}],"choice":0}"#,
                "good"
            ),
            (#"{"instruction":"q","generations":["bad","good"],"ratings":[2,5]}"#, "good"),
            ("sep=;\r\nprompt;chosen;rejected;\r\nq;good;bad;\r\n;;;\r\n", "good"),
            (",prompt,chosen,rejected\n0,q,good,bad\n", "good"),
            (
                #"{"user_id":"u","user_prompt":"q","model_response":"good","score":90}"# + "\n"
                    + #"{"user_id":"u","user_prompt":"q","model_response":"bad","score":10}"#, "good"
            ),
        ])
    func pairs(_ text: String, _ winner: String) throws {
        let records = try read(text)
        #expect(records.prompts == ["q"])
        #expect(winners(records).allSatisfy { $0 == winner }, "\(winners(records))")
    }

    @Test("Lists of ranked or rated answers become all their pairs")
    func lists() throws {
        let ranked = try read(
            #"{"prompt":"q","answers":[{"answer":"a","rank":1},{"answer":"c","rank":3},{"answer":"b","rank":2}]}"#
        )
        #expect(winners(ranked).sorted() == ["a", "a", "b"])
        let rated = try read(
            #"{"instruction":"q","completions":[{"response":"a","overall_score":8},{"response":"b","overall_score":4},"#
                + #"{"response":"c","overall_score":4}]}"#)
        #expect(winners(rated) == ["a", "a"])
        #expect(rated.sources[0].made?.contains("completions") == true)
        #expect(throws: PairFileError.self) {
            try read(#"{"prompt":"q","answers":[{"answer":"a","rank":1},{"answer":"b","rank":1}]}"#)
        }
    }

    @Test("One answer on each line: only those to the same prompt by the same judge are compared")
    func rows() throws {
        let records = try read(
            "prompt,response,helpfulness,correctness,user\np,a,4,3,ann\np,b,1,2,ann\np,c,3,3,bob\nq,d,2,2,bob\nq,e,0,1,bob\n"
        )
        #expect(winners(records) == ["a", "d"])
        #expect(records.judges == ["ann", "bob"])
        #expect(records.qualities == ["helpfulness", "correctness"])
        // A label for each of many texts is no preference among them.
        #expect(throws: PairFileError.self) { try read("text,label\na,1\nb,0\n") }
    }

    @Test("Ratings of items, and choices from sets described by numbers")
    func ratings() throws {
        let items = try ItemTable.read(Array("item,size\n1,3\n2,5\n3,9\n".utf8), path: "items")
        let rated = try read("user,item,rating\nu,1,5\nu,2,1\nu,3,5\nv,1,2\n", items: items)
        #expect(rated.count == 2 && rated.judges == ["u", "u"])
        let many = try read(
            "user,item,rating\n" + (0..<60).map { "u,\($0),\($0)\n" }.joined(),
            items: try ItemTable(
                FeatureMatrix(rows: 60, columns: 1, values: (0..<60).map(Double.init)),
                ids: (0..<60).map(String.init)))
        #expect(many.count == 240)
        let sets = try read(
            "case,alt,choice,cost\n1,train,0,9\n1,car,1,5\n1,air,0,20\n2,train,1,7\n2,car,0,8\n")
        #expect(sets.count == 3 && sets.columns == ["cost"])
        #expect(sets.numbers?.row(sets.left[0]) == [5])
        let sides = try read("choice,price1,time1,price2,time2\nchoice1,1,2,3,4\nchoice2,5,6,7,8\n")
        #expect(sides.labels == [1, 0] && sides.columns == ["price", "time"])
    }

    @Test("Places within fields can be named")
    func nested() throws {
        let records = try read(
            #"{"meta":{"ask":"q","who":"p"},"x":{"body":"good"},"y":[{"body":"bad"}],"verdict":{"best":"a"}}"#
        ) {
            ($0.prompt, $0.first, $0.second) = ("meta.ask", "x.body", "y[0].body")
            ($0.label, $0.judge) = ("verdict.best", "meta.who")
        }
        #expect(winners(records) == ["good"] && records.prompts == ["q"] && records.judges == ["p"])
        #expect(records.sources[0].ignored.isEmpty)
    }

    @Test("Comparisons of one prompt are cut by pairs of answers")
    func onePrompt() throws {
        let text = (0..<20).map { #"{"prompt":"p","chosen":"good \#($0)","rejected":"bad \#($0)"}"# }
        let split = HonestSplit(try read(text.joined(separator: "\n")).comparisons())
        #expect(split.train.count == 16 && split.test.count == 4 && split.unit == "pair of items")
    }
}
