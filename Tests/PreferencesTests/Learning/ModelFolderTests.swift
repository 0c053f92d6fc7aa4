import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Models in folders")
struct ModelFolderTests {
    /// A folder that is there during a test only.
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "heed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func records() throws -> PairRecords {
        var random = CounterRandom(seed: 2)
        let lines = (0..<120).map { index -> String in
            let (a, b) = (random.below(9), random.below(9))
            return
                #"{"prompt":"say \#(index % 30)","chosen":"a good answer \#(a) \#(index)","rejected":"no bad idea \#(b) \#(index)","#
                + #""judge":"j\#(index % 6)","group":"g\#(index % 2)"}"#
        }
        return try PairFile().read(Array(lines.joined(separator: "\n").utf8), name: "pairs.jsonl")
    }

    private func model(_ source: FeatureRecipe.Source = .tfidf(TFIDF())) throws -> TrainedModel {
        let records = try records()
        let plain = HonestSplit(try records.comparisons(), seed: 3)
        let features = try records.fitted(FeatureRecipe(source), on: plain.train)
        let data = try records.comparisons(features)
        let split = HonestSplit(data, seed: 3)
        let model = try LinearReward().fit(split.train)
        let report = try HeldOutReport(model, on: split.test, units: split.testUnits)
        return try TrainedModel(
            model, features: features,
            card: ModelCard(
                method: "linear", settings: ["ridge": "0.001"], recipe: features.recipe, seed: 1,
                date: "2026-11-21",
                data: ModelCard.Data(data, files: records.sources),
                split: ModelCard.Split(split, testShare: 0.2, judgeShare: 0.1, seed: 3),
                metrics: ModelCard.Metrics(report), certificate: model.certificate))
    }

    @Test(
        "A model answers from its folder as before, bit for bit",
        arguments: [FeatureRecipe.Source.tfidf(TFIDF()), .hashed(HashedNGrams(buckets: 300))])
    func roundTrip(_ source: FeatureRecipe.Source) throws {
        let model = try model(source)
        try inFolder { folder in
            let path = folder.appendingPathComponent("sub/helpful").path
            try ModelFolder.write(model, to: path)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
                    "card.json", "model.safetensors",
                ])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["sub"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("sub").path)
                    == ["helpful"], "nothing is left beside it")
            let read = try ModelFolder.read(path)
            #expect(read.predictor.state == model.predictor.state)
            #expect(read.features.learnt == model.features.learnt)
            let (a, b) = ("a good answer", "no bad idea")
            #expect(try read.compare(prompt: "say it", a, b) == model.compare(prompt: "say it", a, b))
            #expect(try read.compare(a, b).probability > 0.5)
            let scores = try read.score([a, b], prompts: ["say it", "say it"])
            #expect(
                abs(scores[0].value - scores[1].value - (try read.compare(prompt: "say it", a, b)).value)
                    < 1e-12)
            let card = try ModelFolder.card(of: path)
            #expect(card.data == model.card.data)
            #expect(card.data?.judges.count == 6)
            #expect(card.data?.files[0].used.contains("judge") == true)
            #expect(card.split == model.card.split)
            #expect(card.certificate == model.card.certificate)
            #expect(card.metrics?.all.accuracy == model.card.metrics?.all.accuracy)
            #expect(card.metrics == model.card.metrics)
            #expect(
                card.date == "2026-11-21" && card.method == "linear" && card.settings == ["ridge": "0.001"])
        }
    }

    @Test("Only models are replaced, and only when that is asked for")
    func replacing() throws {
        let model = try model(.hashed(HashedNGrams(buckets: 32)))
        try inFolder { folder in
            let path = folder.appendingPathComponent("m").path
            func refused(_ replacing: Bool) {
                #expect(throws: LearningError.self) {
                    try ModelFolder.write(model, to: path, replacing: replacing)
                }
            }
            try ModelFolder.write(model, to: path)
            refused(false)
            var other = model
            other.card.date = "later"
            try ModelFolder.write(other, to: path, replacing: true)
            #expect(try ModelFolder.card(of: path).date == "later")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m"])
            try "mine".write(toFile: path + "/notes.txt", atomically: true, encoding: .utf8)
            refused(true)
            #expect(FileManager.default.fileExists(atPath: path + "/notes.txt"))
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            try ModelFolder.write(model, to: path)
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createDirectory(
                atPath: path + "/photos", withIntermediateDirectories: true)
            refused(true)
            try FileManager.default.removeItem(atPath: path)
            try "a file".write(toFile: path, atomically: true, encoding: .utf8)
            refused(true)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "a file")
        }
    }

    @Test("What is damaged, missing or too new is said")
    func damage() throws {
        let model = try model(.hashed(HashedNGrams(buckets: 32)))
        try inFolder { folder in
            let path = folder.appendingPathComponent("m").path
            let (card, numbers) = (path + "/card.json", path + "/model.safetensors")
            try ModelFolder.write(model, to: path)
            let text = try String(contentsOfFile: card, encoding: .utf8)
            let bytes = try FileBytes.read(numbers)
            func problem() -> String {
                do {
                    _ = try ModelFolder.read(path)
                    return "read"
                } catch let error as LearningError { return error.description } catch {
                    return "another error: \(error)"
                }
            }
            func with(_ from: String, _ to: String) throws -> String {
                let changed = text.replacingOccurrences(of: from, with: to)
                #expect(changed != text)
                try changed.write(toFile: card, atomically: true, encoding: .utf8)
                return problem()
            }
            #expect(problem() == "read")
            #expect(try with("\"version\" : 1", "\"version\" : 2").contains("update Heed"))
            #expect(try with("\"version\" : 1", "\"version\" : 0").contains("version 0"))
            #expect(try with("preference model", "something").contains("damaged"))
            #expect(try with("\"method\" : \"linear\"", "\"method\" : \"magic\"").contains("no method"))
            #expect(
                try with("\"method\" : \"linear\"", "\"mode\" : \"linear\"").contains(
                    "method is missing at card"))
            #expect(try with("\"buckets\" : 32", "\"buckets\" : 33").contains("features"))
            #expect(try with("\"buckets\" : 32", "\"buckets\" : \"x\"").contains("at card.recipe.buckets"))
            #expect(try with("model.weights", "model.height").contains("model.height"))
            try text.write(toFile: card, atomically: true, encoding: .utf8)
            var flipped = bytes
            flipped[bytes.count - 3] ^= 4
            try Data(flipped).write(to: URL(fileURLWithPath: numbers))
            #expect(problem().contains("checksum"))
            try FileManager.default.removeItem(atPath: numbers)
            #expect(problem().contains("no such file"))
            try FileManager.default.removeItem(atPath: card)
            #expect(problem().contains("no card.json"))
            try FileManager.default.removeItem(atPath: path)
            #expect(problem().contains("no such model"))
        }
    }

    @Test("Whatever is done to a card, loading ends in a model or in an error")
    func fuzz() throws {
        let model = try model(.tfidf(TFIDF(features: 5)))
        try inFolder { folder in
            let path = folder.appendingPathComponent("m").path
            try ModelFolder.write(model, to: path)
            let card = URL(fileURLWithPath: path + "/card.json")
            let seed = Array(try Data(contentsOf: card))
            var random = CounterRandom(seed: 8)
            var read = 0
            for _ in 0..<1500 {
                var bytes = seed
                for _ in 0...random.below(3) {
                    let place = random.below(bytes.count)
                    switch random.below(4) {
                    case 0: bytes[place] = UInt8(random.below(256))
                    case 1: bytes[place] = UInt8(48 + random.below(10))
                    case 2: bytes.remove(at: place)
                    default: bytes.insert(Array("-1.e\"{}[],".utf8)[random.below(10)], at: place)
                    }
                }
                try Data(bytes).write(to: card)
                do {
                    let model = try ModelFolder.read(path)
                    _ = try model.compare("a", "b")
                    read += 1
                } catch is LearningError {}
            }
            #expect(read > 100)
        }
    }

    @Test("The reasons of a preference add up to it", arguments: [false, true])
    func reasons(hashed: Bool) throws {
        let model = try model(hashed ? .hashed(HashedNGrams(buckets: 256)) : .tfidf(TFIDF()))
        let (prompt, a, b) = ("say it", "a good answer. And a list:\n- one", "no bad idea")
        let reasons = try #require(try model.reasons(prompt: prompt, a, b))
        let sum = reasons.reduce(0) { $0 + $1.value }
        #expect(abs(sum - (try model.compare(prompt: prompt, a, b)).value) < 1e-9)
        #expect(zip(reasons, reasons.dropFirst()).allSatisfy { abs($0.value) >= abs($1.value) })
        if !hashed { #expect(reasons.prefix(12).contains { $0.feature == "“good”" && $0.value > 0 }) }
    }

    @Test("Models of numbers answer about numbers")
    func numbers() throws {
        let text = "left,right,winner\na,b,a\nb,c,b\na,c,a\n"
        let items = try ItemTable.read(Array("id,size,age\na,3,1\nb,2,5\nc,1,2\n".utf8), path: "items")
        let records = try PairFile().read(Array(text.utf8), name: "pairs", items: items)
        let data = try records.comparisons(records.recipe)
        let fit = try LinearReward(ridge: 0.1).fit(data)
        let model = try TrainedModel(
            fit, features: records.fitted(records.recipe),
            card: ModelCard(
                method: "linear", recipe: records.recipe, seed: 1, date: "",
                data: .init(data, files: records.sources),
                certificate: fit.certificate))
        #expect(model.card.data?.ranges == [1...3, 1...5])
        #expect(try model.compare([3, 1], [1, 2]).probability > 0.5)
        let reasons = try #require(try model.reasons([3, 1], [1, 2]))
        #expect(Set(reasons.map(\.feature)) == ["size", "age"])
        #expect(throws: LearningError.self) { try model.compare("a", "b") }
        #expect(throws: LearningError.self) { try model.compare([1], [2]) }
        try inFolder { folder in
            let path = folder.appendingPathComponent("m").path
            try ModelFolder.write(model, to: path)
            #expect(try ModelFolder.read(path).compare([3, 1], [1, 2]) == model.compare([3, 1], [1, 2]))
        }
    }

    @Test("A model that reads by an encoder asks for it")
    func encoder() throws {
        let recipe = FeatureRecipe(.encoder(folder: "mini", width: 2))
        let encoder: TextEncoder = { $0.map { [Float($0.utf8.count) / 10, 1] } }
        let features = try recipe.fitted(to: [], encoder: encoder)
        let model = try TrainedModel(
            LinearRewardModel(weights: [1, 0]), features: features,
            card: ModelCard(
                method: "linear", recipe: recipe, seed: 1, date: "",
                certificate: FitCertificate(converged: true, steps: 0, loss: .nan)))
        try inFolder { folder in
            let path = folder.appendingPathComponent("m").path
            try ModelFolder.write(model, to: path)
            #expect(throws: LearningError.self) { try ModelFolder.read(path) }
            let read = try ModelFolder.read(path) { folder, width in
                #expect(folder == "mini" && width == 2)
                return encoder
            }
            #expect(try read.compare("long answer", "short").probability > 0.5)
            #expect(read.card.certificate.loss.isNaN)
        }
    }
}
