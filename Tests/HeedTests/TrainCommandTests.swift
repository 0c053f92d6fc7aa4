import Foundation
import Heed
import Testing

@Suite("heed train, score, compare and explain")
struct TrainCommandTests {
    /// A generator that gives the same numbers everywhere.
    private struct Numbers {
        var state: UInt64
        mutating func uniform() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        mutating func pick(_ words: [String]) -> String { words[Int(uniform() * Double(words.count))] }
    }

    /// Comparisons of two answers of which the thankful one is mostly preferred.
    private static func texts(_ count: Int) -> String {
        var numbers = Numbers(state: 11)
        let filler = ["the", "train", "leaves", "at", "noon", "from", "platform", "four", "today", "again"]
        let kind = ["thanks", "gladly", "welcome"], rude = ["whatever", "dunno", "bother"]
        return (0..<count).map { row in
            func answer(_ last: String) -> String {
                (0..<6).map { _ in numbers.pick(filler) }.joined(separator: " ") + " \(last)"
            }
            let (good, bad) = (answer(numbers.pick(kind)), answer(numbers.pick(rude)))
            let (chosen, rejected) = numbers.uniform() < 0.9 ? (good, bad) : (bad, good)
            return
                #"{"prompt": "question \#(row % 90)", "chosen": "\#(chosen)", "rejected": "\#(rejected)", "#
                + #""judge": "judge \#(row % 8)", "group": "\#(row % 2 == 0 ? "even" : "odd")"}"#
        }.joined(separator: "\n") + "\n"
    }

    /// Cars, and judges of which half want speed and half want room.
    private static func cars() -> (items: String, pairs: String) {
        var numbers = Numbers(state: 5)
        let cars = (0..<40).map { _ in (speed: numbers.uniform() * 4 - 2, room: numbers.uniform() * 4 - 2) }
        let items =
            "id,speed,room\n"
            + cars.enumerated().map { "car\($0),\($1.speed),\($1.room)" }.joined(separator: "\n")
        var pairs = "left,right,winner,judge,group\n"
        for row in 0..<1600 {
            let a = Int(numbers.uniform() * 40), b = (a + 1 + Int(numbers.uniform() * 39)) % 40
            let judge = row % 20
            let d = judge < 10 ? cars[a].speed - cars[b].speed : cars[a].room - cars[b].room
            let first = numbers.uniform() < 1 / (1 + exp(-3 * d))
            pairs +=
                "car\(a),car\(b),\(first ? "car\(a)" : "car\(b)"),j\(judge),\(judge < 10 ? "racers" : "families")\n"
        }
        return (items + "\n", pairs)
    }

    @Test("Texts: learnt, saved, and asked again in another process")
    func texts() throws {
        let folder = try Scratch()
        try folder.write(Self.texts(700), "pairs.jsonl")
        let runs = try ["1", "2"].map {
            try folder.heed(
                ["train", "pairs.jsonl", "--save", "model\($0)", "--json"], environment: ["HEED_THREADS": $0])
        }
        #expect(runs[0].code == 0, "\(runs[0].error)")
        let methods = try #require(try runs[0].json()["methods"] as? [[String: Any]])
        let all = try #require(methods[0]["all"] as? [String: Any])
        #expect(try #require(all["accuracy"] as? Double) > 0.8)
        #expect((methods[0]["groups"] as? [Any])?.count == 2)
        // The same numbers, whatever the number of threads.
        let bytes = try ["1", "2"].map {
            try Data(contentsOf: URL(fileURLWithPath: folder.path("model\($0)/model.safetensors")))
        }
        #expect(bytes[0] == bytes[1])

        let compare = try folder.heed(
            "compare", "model1", "the train leaves gladly", "the train leaves whatever", "--literal", "--json"
        )
        #expect(compare.code == 0, "\(compare.error)")
        #expect(try #require(try compare.json()["probability"] as? Double) > 0.7)
        try folder.write("the train leaves gladly", "a.txt")
        try folder.write("the train leaves whatever", "b.txt")
        let explain = try folder.heed(
            "explain", "model1", "a.txt", "b.txt", "--data", "pairs.jsonl", "--count", "40", "--json")
        #expect(explain.code == 0, "\(explain.error)")
        let reasons = try #require(try explain.json()["reasons"] as? [[String: Any]])
        let words = reasons.compactMap { $0["what"] as? String }.joined(separator: " ")
        #expect(words.contains("gladly") || words.contains("whatever"), "\(words)")
        #expect((try explain.json()["evidence"] as? [Any])?.isEmpty == false)

        try folder.write(
            #"{"id": "nice", "prompt": "question 1", "text": "gladly and welcome"}"# + "\n"
                + #"{"id": "rude", "prompt": "question 1", "text": "dunno whatever"}"# + "\n", "new.jsonl")
        let scores = try folder.heed("score", "model1", "new.jsonl", "--csv")
        #expect(scores.code == 0, "\(scores.error)")
        let values = Table.rows(scores.text).dropFirst().compactMap { Double($0[1]) }
        #expect(values.count == 2 && values[0] > values[1])
    }

    @Test("Things with numbers: a model that tells people apart beats one taste for all")
    func cars() throws {
        guard Torch.isAvailable else { return }
        let folder = try Scratch()
        let (items, pairs) = Self.cars()
        try folder.write(items, "cars.csv")
        try folder.write(pairs, "pairs.csv")
        let run = try folder.heed("train", "pairs.csv", "--items", "cars.csv", "--compare", "--json")
        #expect(run.code == 0, "\(run.error)")
        let methods = try #require(try run.json()["methods"] as? [[String: Any]])
        func loss(_ id: String) throws -> Double {
            let method = try #require(methods.first { $0["id"] as? String == id })
            return try #require((method["all"] as? [String: Any])?["logLoss"] as? Double)
        }
        #expect(try loss("pal") < loss("linear") - 0.05)

        let trained = try folder.heed(
            "train", "pairs.csv", "--items", "cars.csv", "--method", "pal", "--save", "pal")
        #expect(trained.code == 0, "\(trained.error)")
        // The fastest and the roomiest car, for each group.
        let rows = Table.rows(items).dropFirst()
        func best(_ column: Int) -> String {
            rows.max { Double($0[column])! < Double($1[column])! }![0]
        }
        let (fast, roomy) = (best(1), best(2))
        for (group, isFast) in [("racers", true), ("families", false)] {
            let answer = try folder.heed(
                "compare", "pal", fast, roomy, "--items", "cars.csv", "--for", "group:\(group)", "--json")
            #expect(answer.code == 0, "\(answer.error)")
            #expect((try #require(try answer.json()["probability"] as? Double) > 0.5) == isFast)
        }
        let nobody = try folder.heed(
            "compare", "pal", fast, roomy, "--items", "cars.csv", "--for", "judge:nobody")
        #expect(nobody.code == 64 && nobody.error.contains("nobody"))
        // Somebody new who says a few times that room matters.
        let few = pairs.split(separator: "\n").filter { $0.hasSuffix("families") }.suffix(12)
        try folder.write("left,right,winner,judge,group\n" + few.joined(separator: "\n") + "\n", "hers.csv")
        let hers = try folder.heed(
            "compare", "pal", roomy, fast, "--items", "cars.csv", "--newcomer", "hers.csv", "--json")
        #expect(hers.code == 0, "\(hers.error)")
        #expect(try #require(try hers.json()["probability"] as? Double) > 0.5)
    }

    @Test("What cannot be used is refused, with the place and what to do; nothing is half written")
    func refused() throws {
        let folder = try Scratch()
        try folder.write(Self.texts(100), "pairs.jsonl")
        func message(_ arguments: String...) throws -> String {
            let run = try HeedProcess.run(arguments, in: folder)
            #expect(run.code != 0 && run.code < 128, "\(arguments)")
            #expect(run.out.isEmpty)
            return run.error
        }
        #expect(try message("train", "missing.jsonl").contains("missing.jsonl"))
        #expect(try message("train", "pairs.jsonl", "--method", "magic").contains("Known: linear"))
        #expect(try message("train", "pairs.jsonl", "--compare", "--save", "m").contains("--compare"))
        #expect(try message("train", "pairs.jsonl", "--prompt", "question").contains("question"))
        try folder.write(#"{"prompt": "p", "chosen": "same", "rejected": "same"}"# + "\n", "same.jsonl")
        #expect(try message("train", "same.jsonl").contains("line 1"))
        try folder.write(#"{"chosen": [1, 2], "rejected": [1]}"# + "\n", "lengths.jsonl")
        #expect(try message("train", "lengths.jsonl").contains("line 1"))
        try folder.write(#"{"prompt": "p", "chosen": "a""# + "\n", "broken.jsonl")
        #expect(try message("train", "broken.jsonl").contains("line 1"))
        try folder.write("id,a\nx,1\ny,nan\n", "things.csv")
        try folder.write("left,right,winner\nx,y,x\n", "named.csv")
        #expect(try message("train", "named.csv", "--items", "things.csv").contains("things.csv"))

        try FileManager.default.createDirectory(
            atPath: folder.path("precious"), withIntermediateDirectories: false)
        try folder.write("keep me", "precious/note.txt")
        #expect(try message("train", "pairs.jsonl", "--save", "precious").contains("precious"))
        #expect(try folder.read("precious/note.txt") == "keep me")
        #expect(try folder.heed("train", "pairs.jsonl", "--save", "model", "-q").code == 0)
        #expect(try message("train", "pairs.jsonl", "--save", "model").contains("--replace"))
        #expect(try folder.heed("train", "pairs.jsonl", "--save", "model", "--replace", "-q").code == 0)
        #expect(try message("compare", "model", "none.txt", "b.txt").contains("--literal"))
        #expect(try message("compare", "nowhere", "a", "b", "--literal").contains("nowhere"))
        #expect(
            try message("compare", "model", "a", "b", "--literal", "--for", "judge:judge 1").contains(
                "one taste"))
        try folder.write("{", "model/card.json")
        #expect(try message("compare", "model", "a", "b", "--literal").contains("card.json"))
    }
}
