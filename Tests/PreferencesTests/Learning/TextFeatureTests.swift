import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Features of texts")
struct TextFeatureTests {
    static let texts = [
        "The cat sat on the mat. The cat was happy.", "A dog sat on the log, don't you know?",
        "Café au lait: the cat's favourite café drink!", "Dogs and cats and dogs; the mat was red.",
        "Zebra 42 zebra 42 the THE the.",
    ]

    private func words(_ text: String) -> [String] {
        var words = TextWords()
        words.read(text)
        return (0..<words.count).map {
            String(decoding: words.bytes[words.starts[$0]..<words.ends[$0]], as: UTF8.self)
        }
    }

    @Test("Words are in lower case, in every script")
    func tokens() {
        #expect(
            words("Don't STOP, 'quoted' it’s x_1 3.5") == [
                "don't", "stop", "quoted", "it's", "x_1", "3", "5",
            ])
        #expect(words("ÉTÉ Straße ΣΊΣΥΦΟΣ") == ["été", "straße", "σίσυφοσ"])
        #expect(words("cafe\u{301}") == words("caf\u{E9}"), "composed and decomposed are the same word")
        #expect(words("你好 world, こんにちは") == ["你", "好", "world", "こ", "ん", "に", "ち", "は"])
        #expect(words("ok👍🏽good 👨‍👩‍👧").contains("👍"))
        #expect(words("हिन्दी العربية") == ["हिन्दी", "العربية"])
        #expect(words("").isEmpty)
        #expect(words(" '' - ’ \0").isEmpty)
    }

    /// Numbers of scikit-learn 1.9: TfidfVectorizer(token_pattern=r"(?u)\w+(?:['’]\w+)*", ngram_range=(1, 2), sublinear_tf=True).
    @Test("TF-IDF gives the numbers of scikit-learn")
    func tfidf() throws {
        let all = try TFIDF(minimumDocuments: 1).fitted(to: Self.texts)
        #expect(all.terms.count == 57)
        let rows = try all.features(of: Self.texts)
        let expected: [(Int, [String: Double])] = [
            (
                0,
                [
                    "cat": 0.41950332283584374, "cat sat": 0.24776542030865187,
                    "cat was": 0.24776542030865187,
                    "happy": 0.24776542030865187, "mat": 0.199895581047075, "mat the": 0.24776542030865187,
                    "on": 0.199895581047075, "on the": 0.199895581047075, "sat": 0.199895581047075,
                    "sat on": 0.199895581047075, "the": 0.24776542030865187, "the cat": 0.41950332283584374,
                    "the mat": 0.199895581047075, "was": 0.199895581047075, "was happy": 0.24776542030865187,
                ]
            ),
            (
                4,
                [
                    "42": 0.44514923219147684, "42 the": 0.26291230750788025, "42 zebra": 0.26291230750788025,
                    "the": 0.26291230750788025, "the the": 0.44514923219147684, "zebra": 0.44514923219147684,
                    "zebra 42": 0.44514923219147684,
                ]
            ),
        ]
        for (place, numbers) in expected {
            let row = rows.row(place)
            for (column, term) in all.terms.enumerated() {
                #expect(abs(row[column] - (numbers[term] ?? 0)) < 1e-14, "\(place) \(term)")
            }
        }
        let common = try TFIDF(minimumDocuments: 2).fitted(to: Self.texts)
        #expect(common.terms == ["mat", "on", "on the", "sat", "sat on", "the", "the mat", "was"])
        let second = try common.features(of: Self.texts).row(1)
        for (a, b) in zip(
            second,
            [
                0, 0.479527938028855, 0.479527938028855, 0.479527938028855, 0.479527938028855,
                0.2832169249871526, 0, 0,
            ])
        {
            #expect(abs(a - b) < 1e-14)
        }
        #expect(try common.features(of: ["Nothing of this"]).row(0) == [Double](repeating: 0, count: 8))
    }

    @Test("The most frequent terms are kept, ties in alphabetical order")
    func vocabulary() throws {
        let two = try TFIDF(features: 2, minimumDocuments: 1, words: 1).fitted(to: ["b a", "c a", "d"])
        #expect(two.terms == ["a", "b"])
        let loaded = try TFIDF(features: 2, minimumDocuments: 1, words: 1).loading(two.learnt)
        #expect(loaded == two)
        #expect(throws: LearningError.self) { try TFIDF().fitted(to: ["one text only"]) }
        #expect(throws: LearningError.self) { try TFIDF().fitted(to: []) }
        #expect(throws: LearningError.self) { try TFIDF().features(of: ["a"]) }
        #expect(throws: LearningError.self) { try TFIDF().loading(ModelState()) }
    }

    @Test("Hashes never change")
    func hashes() {
        #expect(StableHash.plain("".utf8) == 0xcbf2_9ce4_8422_2325)
        #expect(StableHash.plain("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(StableHash.plain("foobar".utf8) == 0x8594_4171_f739_67e8)
        let hashed = HashedNGrams(buckets: 64, words: 1, characters: nil, normalizes: false)
        let terms = hashed.terms(of: "one two one")
        #expect(terms.map(\.text) == ["one", "two"])
        let hash = StableHash.mixed(StableHash.plain("wone".utf8))
        #expect(terms[0].column == Int((hash & (UInt64.max >> 1)) % 64))
        #expect(terms[0].value == (hash >> 63 == 0 ? 1 : -1) * 2.0.squareRoot())
    }

    @Test("Pieces of words are those of the characters, a space on each side")
    func pieces() {
        let hashed = HashedNGrams(buckets: 4096, words: 0, characters: 3...4)
        let pieces = Set(hashed.terms(of: "Éa bcd").map(\.text))
        #expect(pieces == [" éa", "éa ", " éa ", " bc", " bcd", "bcd", "bcd ", "cd "])
    }

    @Test(
        "Terms add up to the row, rows have length 1, and threads change nothing", arguments: [true, false])
    func rows(normalizes: Bool) throws {
        let hashed = HashedNGrams(buckets: 256, counts: .binary, normalizes: normalizes)
        var random = CounterRandom(seed: 4)
        let texts = (0..<300).map { _ in
            (0..<random.below(40)).map { _ in Self.texts[random.below(5)].prefix(random.below(30)) }.joined()
        }
        let rows = hashed.features(of: texts)
        for place in stride(from: 0, to: 300, by: 37) {
            var sum = [Double](repeating: 0, count: 256)
            for term in hashed.terms(of: texts[place]) { sum[term.column] += term.value }
            let row = rows.row(place)
            #expect(zip(sum, row).allSatisfy { abs($0 - $1) < 1e-12 })
            let square = row.reduce(0) { $0 + $1 * $1 }
            if normalizes { #expect(abs(square - 1) < 1e-12 || square == 0) }
            #expect(
                hashed.features(of: [texts[place]]).row(0) == row, "a row does not depend on those beside it")
        }
        let serial = Parallel.withThreads(1) { hashed.features(of: texts) }
        #expect(serial == rows)
        let words = try TFIDF(minimumDocuments: 1).fitted(to: texts)
        let serialWords = try Parallel.withThreads(1) { try TFIDF(minimumDocuments: 1).fitted(to: texts) }
        #expect(serialWords == words)
    }

    @Test("Style is counted")
    func style() {
        let text = """
            # Title
            Some **bold** and `code`, see [here](http://x.org).

            - one
            * two
            1. three
            22) four
            ```
            let x = 1
            ```
            | a | b |
            Is it? No! Yes.
            """
        let values = StyleFeatures.values(of: text)
        func count(_ name: String) -> Int {
            Int((exp(values[StyleFeatures.names.firstIndex(of: name)!]) - 1).rounded())
        }
        #expect(values.count == StyleFeatures.names.count)
        #expect(count("length") == text.count)
        #expect(count("paragraphs") == 2)
        #expect(count("list items") == 2)
        #expect(count("numbered items") == 2)
        #expect(count("headings") == 1)
        #expect(count("bold") == 1)
        #expect(count("code blocks") == 1)
        #expect(count("inline code") == 1)
        #expect(count("links") == 1)
        #expect(count("table rows") == 1)
        #expect(count("questions") == 1)
        #expect(count("exclamations") == 1)
        #expect(StyleFeatures.values(of: "").allSatisfy { $0 == 0 })
        #expect(StyleFeatures.values(of: "**\n`\n```\n#\n-\n1.\n](").allSatisfy { $0.isFinite })
    }

    @Test(
        "Overlap, products and style stand behind the words; pieces add up to them", arguments: [false, true])
    func recipe(isTFIDF: Bool) throws {
        let source: FeatureRecipe.Source =
            isTFIDF ? .tfidf(TFIDF(minimumDocuments: 1)) : .hashed(HashedNGrams(buckets: 512))
        let recipe = FeatureRecipe(source, product: true)
        let fitted = try recipe.fitted(to: Self.texts)
        let base = try #require(fitted.promptWidth)
        #expect(fitted.width == 2 * base + 2 + StyleFeatures.names.count)
        let (prompt, answer) = ("Was the cat happy?", Self.texts[0])
        let row = try fitted.features(of: [answer, answer], prompts: [prompt, nil])
        let prompts = try fitted.features(ofPrompts: [prompt])
        let alone = try #require(prompts).row(0)
        let (with, without) = (row.row(0), row.row(1))
        let dot = (0..<base).reduce(0) { $0 + with[$1] * alone[$1] }
        #expect((0..<base).allSatisfy { abs(with[base + $0] - with[$0] * alone[$0]) < 1e-15 })
        #expect(with[2 * base] == 1, "all four words are in the answer")
        #expect(abs(with[2 * base + 1] - dot) < 1e-12, "both have length 1")
        #expect(without[base..<2 * base + 2].allSatisfy { $0 == 0 })
        #expect(Array(with[(2 * base + 2)...]) == StyleFeatures.values(of: answer))
        #expect(fitted.name(of: 2 * base + 2) == "length")
        var sum = [Double](repeating: 0, count: fitted.width)
        for piece in try fitted.pieces(of: answer, prompt: prompt) { sum[piece.column] += piece.value }
        #expect(zip(sum, with).allSatisfy { abs($0 - $1) < 1e-12 })
        let again = try JSONDecoder().decode(FeatureRecipe.self, from: JSONEncoder().encode(recipe))
        #expect(again == recipe)
        let loaded = try again.loading(fitted.learnt)
        #expect(try loaded.features(of: [answer], prompts: [prompt]).row(0) == with)
    }

    @Test("An encoder's rows are checked")
    func encoder() throws {
        let encoder: TextEncoder = { $0.map { [Float($0.utf8.count), 1] } }
        let recipe = FeatureRecipe(
            .encoder(folder: "mini", width: 2), style: true, overlap: true, product: true)
        let fitted = try recipe.fitted(to: [], encoder: encoder)
        let row = try fitted.features(of: ["abc", "d"], prompts: ["pq", nil])
        #expect(Array(row.row(0)[..<5]) == [7, 1, 14, 1, 0])
        #expect(abs(row.row(0)[5] - 15 / (50.0 * 5).squareRoot()) < 1e-12)
        #expect(Array(row.row(1)[..<6]) == [1, 1, 0, 0, 0, 0])
        #expect(row.columns == fitted.width)
        #expect(throws: LearningError.self) { try recipe.fitted(to: []).features(of: ["a"], prompts: [nil]) }
        #expect(throws: LearningError.self) {
            try recipe.fitted(to: [], encoder: { $0.map { _ in [1] } }).features(of: ["a"], prompts: [nil])
        }
    }

    @Test(
        "A recipe that is damaged is refused",
        arguments: [
            #"{"source":"hashed"}"#, #"{"source":"psychic","style":false,"overlap":false,"product":false}"#,
            #"{"source":"columns","columns":["a","a"],"style":false,"overlap":false,"product":false}"#,
            #"{"source":"embeddings","width":-1,"style":false,"overlap":false,"product":false}"#,
            #"{"source":"embeddings","width":4,"style":true,"overlap":false,"product":false}"#,
            #"{"source":"hashed","buckets":8,"words":0,"counts":"binary","normalizes":true,"style":false,"overlap":false,"product":false}"#,
        ])
    func damagedRecipe(_ text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(FeatureRecipe.self, from: Data(text.utf8))
        }
    }
}
