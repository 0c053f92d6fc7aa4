import Foundation
import Testing

@testable import Tensors

@Suite(.enabled(if: Torch.isAvailable, "libtorch is not there: run scripts/build-torch-shim"))
struct EncoderTests {
    private static let texts = [
        "", "hello world", "The cat sleeps, unaffable and running…",
        String(repeating: "日本語 café ", count: 10),
    ]

    private func encoder(
        _ changes: [String: Any] = [:], pooling: String? = "mean", normalizes: Bool = false,
        weights: [String: Tensor] = TinyEncoder.weights()
    ) throws -> SentenceEncoder {
        let folder = try ScratchFolder()
        try TinyEncoder.write(
            to: folder, changes, pooling: pooling, normalizes: normalizes, weights: weights)
        return try SentenceEncoder(contentsOf: folder.url)
    }

    private func apart(_ a: [[Float]], _ b: [[Float]]) -> Float {
        a.map(\.count) == b.map(\.count)
            ? zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? 0 : .infinity
    }

    /// What a model gives for one text: the first six numbers, and Σ k vₖ.
    private typealias Golden = (first: [Float], moment: Float)

    /// Numbers that transformers 5.23 gives with PyTorch for the same weights and texts.
    private func check(_ encoder: SentenceEncoder, _ golden: [Golden]) throws {
        let vectors = try encoder.encode(Self.texts)
        #expect(vectors.count == golden.count && encoder.width == 32)
        for (vector, golden) in zip(vectors, golden) {
            #expect(apart([Array(vector.prefix(6))], [golden.first]) < 2e-6)
            let moment = vector.enumerated().reduce(Float(0)) { $0 + Float($1.offset + 1) * $1.element }
            #expect(abs(moment - golden.moment) < 1e-3)
        }
    }

    @Test func theMeanWithGELUOfLengthOne() throws {
        try check(
            encoder(["hidden_act": "gelu"], pooling: "mean", normalizes: true),
            [
                ([-0.0288556, 0.1922526, 0.134726, -0.2419914, 0.0147981, 0.1781343], -21.33643),
                ([0.0053666, 0.1064451, 0.0568866, -0.1842906, 0.0217265, 0.2770027], -19.13699),
                ([-0.0360377, 0.0886696, 0.0088339, -0.1876118, -0.0064427, 0.2597163], -17.37239),
                ([-0.0776964, 0.1654595, 0.1264299, -0.2579141, -0.0783582, 0.1830914], -15.55394),
            ])
    }

    @Test func theFirstTokenWithTheApproximateGELU() throws {
        try check(
            encoder(["hidden_act": "gelu_new"], pooling: "cls", normalizes: false),
            [
                ([-0.0544088, 0.9191073, 0.6417342, -1.2275186, 0.090512, 0.9786325], -108.37908),
                ([0.0990834, 0.537077, 0.215439, -0.987286, 0.1563775, 1.5667304], -106.02044),
                ([-0.1733965, 0.5015065, 0.09549, -1.032986, 0.0804147, 1.3693966], -101.97708),
                ([-0.5118941, 0.9839106, 0.7791237, -1.4734366, -0.4536301, 0.9805005], -88.36535),
            ])
    }

    @Test func theMeanWithRectifiers() throws {
        try check(
            encoder(["hidden_act": "relu"], pooling: "mean", normalizes: false),
            [
                ([-0.1359906, 0.9439367, 0.70089, -1.2537094, 0.1167956, 0.9030901], -108.68579),
                ([-0.0009941, 0.6274363, 0.3731567, -1.0644339, 0.149118, 1.3477689], -102.34232),
                ([-0.1475641, 0.5426128, 0.0758614, -1.113037, 0.0077552, 1.3314062], -95.82549),
                ([-0.3555599, 0.8477942, 0.5941455, -1.4300527, -0.3566246, 1.1189488], -85.62941),
            ])
    }

    @Test func vectorsAreDividedByTheirLengthOnlyWhereModulesSaySo() throws {
        let plain = try encoder().encode(Self.texts), unit = try encoder(normalizes: true).encode(Self.texts)
        for (plain, unit) in zip(plain, unit) {
            let length = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(apart([plain.map { $0 / length }], [unit]) < 1e-6)
        }
        // Without a word on pooling the mean is meant.
        #expect(try apart(encoder(pooling: nil).encode(Self.texts), plain) == 0)
    }

    @Test func aTextsVectorDependsOnTheTextAlone() throws {
        let encoder = try encoder()
        let words = ["hello", "world", "the cat", "unaffable", "runs", "日本", "é", "!", "🤷", "zurich 12"]
        var random = CounterRandom(seed: 3)
        let texts = (0..<60).map { _ in
            (0..<Int(random.uniform() * 20)).map { _ in words[Int(random.uniform() * 10)] }.joined(
                separator: " ")
        }
        let alone = try texts.map { try encoder.encode($0) }
        let together = try encoder.encode(texts, batch: 60)
        #expect(apart(alone, together) < 1e-5)
        #expect(try apart(encoder.encode(texts, batch: 7), together) < 1e-5)
        #expect(try apart(encoder.encode(texts.reversed(), batch: 16).reversed(), together) < 1e-5)
        // The same call gives the same bits.
        #expect(try encoder.encode(texts, batch: 60) == together)
        #expect(try encoder.matrix(of: texts, batch: 60) == Array(together.joined()))
        #expect(try encoder.encode([]) == [] && encoder.matrix(of: []) == [])
    }

    @Test func whatComesAfterTheLongestLengthHasNoSay() throws {
        let encoder = try encoder()
        #expect(encoder.maximumLength == 24)
        let long = String(repeating: "cat ", count: 22)
        #expect(try encoder.encode(long) == encoder.encode(long + "hello world"))
        #expect(try encoder.encode(long) != encoder.encode(String(long.dropLast(4)) + "hello"))
    }

    @Test func weightsMayHaveOtherNamesAndTypes() throws {
        let weights = TinyEncoder.weights()
        let vectors = try encoder().encode(Self.texts)
        let old = Dictionary(
            uniqueKeysWithValues: weights.map {
                (
                    "bert."
                        + $0.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
                        .replacing("LayerNorm.bias", with: "LayerNorm.beta"), $1
                )
            })
        #expect(try encoder(weights: old).encode(Self.texts) == vectors)
        let double = weights.mapValues { $0.cast(to: .float64) }
        #expect(try encoder(weights: double).encode(Self.texts) == vectors)
        let short = weights.mapValues { $0.cast(to: .bfloat16) }
        #expect(try apart(encoder(weights: short).encode(Self.texts), vectors) < 0.1)
        // What a sentence encoder does not need may be there.
        var more = weights
        more["pooler.dense.weight"] = Tensor([1, 2] as [Float])
        #expect(try encoder(weights: more).encode(Self.texts) == vectors)
    }

    @Test func foldersThatAreNoEncoderSayWhy() throws {
        func message(_ changes: [String: Any], _ change: (ScratchFolder) throws -> Void = { _ in }) -> String
        {
            fault {
                let folder = try ScratchFolder()
                try TinyEncoder.write(to: folder, changes, pooling: "mean")
                try change(folder)
                _ = try SentenceEncoder(contentsOf: folder.url)
            }
        }
        #expect(message([:]) == "no error")
        let fields: [([String: Any], String)] = [
            (["model_type": "roberta"], "\"roberta\"; \"bert\" is read"),
            (["hidden_size": NSNull()], "there is no \"hidden_size\""), (["hidden_size": "x"], "hidden_size"),
            (["hidden_size": -1], "no 4 heads"), (["num_attention_heads": 5], "no 5 heads"),
            (["num_attention_heads": 0], "no 0 heads"), (["hidden_act": "mish"], "\"mish\"; gelu"),
            (["num_hidden_layers": -1], "num_hidden_layers"),
            (["num_hidden_layers": 3], "no tensor \"encoder.layer.2."),
            (["num_hidden_layers": 4_000_000_000_000], "encoder.layer.2."),
            (["intermediate_size": 49], "[48, 32]; by config.json it is [49, 32]"),
            (["vocab_size": 187], "188 tokens, the model vectors for 187"),
            (["vocab_size": 189], "[188, 32]; by config.json it is [189, 32]"),
            (["max_position_embeddings": 23], "[24, 32]; by config.json it is [23, 32]"),
            (["max_position_embeddings": 0], "max_position_embeddings is at least"),
            (["layer_norm_eps": -1], "layer_norm_eps"), (["type_vocab_size": 0], "type_vocab_size"),
            (["position_embedding_type": "relative_key"], "absolute"), (["is_decoder": true], "decoders"),
        ]
        for (changes, says) in fields {
            let message = message(changes)
            #expect(message.contains(says), "\(changes): \(message)")
        }
        let files: [(String, [UInt8]?, String)] = [
            ("config.json", nil, "there is no config.json"), ("config.json", Array("{".utf8), "config.json"),
            ("config.json", Array("[1]".utf8), "config.json"), ("vocab.txt", nil, "vocab.txt"),
            ("model.safetensors", nil, "there is no model.safetensors"),
            ("model.safetensors", [1, 2, 3], "not a safetensors file"),
            ("modules.json", TinyEncoder.json([["type": "a.Dense", "path": "2_Dense"]]), "\"Dense\""),
            (
                "modules.json", TinyEncoder.json([["type": "a.Transformer", "path": "0"]]),
                "the encoder is in \"0\""
            ),
            ("1_Pooling/config.json", TinyEncoder.json(["pooling_mode": "max"]), "the pooling is max"),
            ("1_Pooling/config.json", TinyEncoder.json(["pooling_mode": ["cls", "mean"]]), "cls and mean"),
            (
                "1_Pooling/config.json", TinyEncoder.json(["pooling_mode_max_tokens": true]),
                "the pooling is max"
            ),
            ("1_Pooling/config.json", TinyEncoder.json(["pooling_mode": 3]), "1_Pooling/config.json"),
        ]
        for (name, bytes, says) in files {
            let message = message([:]) { folder in
                try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
                if let bytes { folder.write(bytes, name) }
            }
            #expect(message.contains(says), "\(name): \(message)")
        }
        #expect(
            fault { _ = try SentenceEncoder(contentsOf: URL(fileURLWithPath: "/nowhere")) }
                .contains("no config.json"))
    }

    @Test func weightsThatAreNoNumbersAreReported() throws {
        var weights = TinyEncoder.weights()
        weights["encoder.layer.1.output.dense.bias"] = Tensor.full(.nan, [32])
        #expect(fault { _ = try encoder(weights: weights).encode("hello") }.contains("not finite"))
        weights["encoder.layer.1.output.dense.bias"] = Tensor.zeros([32], dtype: .int64)
        #expect(fault { _ = try encoder(weights: weights) }.contains("I64"))
        weights["encoder.layer.1.output.dense.bias"] = nil
        #expect(
            fault { _ = try encoder(weights: weights) }.contains(
                "no tensor \"encoder.layer.1.output.dense.bias\""))
    }

    /// A file cut off anywhere is an error, never a crash.
    @Test func filesThatAreCutOffAreErrors() throws {
        let folder = try ScratchFolder()
        try TinyEncoder.write(to: folder, pooling: "mean")
        for name in ["config.json", "model.safetensors", "modules.json", "1_Pooling/config.json"] {
            let whole = folder.bytes(name)
            for part in 0..<8 {
                folder.write(Array(whole.prefix(whole.count * part / 8)), name)
                #expect(throws: TensorError.self) { _ = try SentenceEncoder(contentsOf: folder.url) }
            }
            folder.write(whole, name)
        }
        _ = try SentenceEncoder(contentsOf: folder.url)
    }

    /// Files with other bytes are read or are errors; whatever they say, nothing stops the program.
    @Test func filesWithOtherBytesNeverCrash() throws {
        let folder = try ScratchFolder()
        try TinyEncoder.write(to: folder, pooling: "mean")
        folder.write(
            TinyEncoder.json([
                "normalizer": ["type": "BertNormalizer"], "pre_tokenizer": ["type": "BertPreTokenizer"],
                "model": [
                    "type": "WordPiece", "max_input_chars_per_word": 100,
                    "vocab": ["[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4],
                ],
            ]), "tokenizer.json")
        folder.write(
            TinyEncoder.json(["model_max_length": 20, "do_lower_case": true]), "tokenizer_config.json")
        folder.write(TinyEncoder.json(["max_seq_length": 16]), "sentence_bert_config.json")
        let names = [
            "config.json", "modules.json", "1_Pooling/config.json", "vocab.txt", "tokenizer_config.json",
            "sentence_bert_config.json", "tokenizer.json",
        ]
        let signs = Array("0123456789-+.eE\"{}[]:,ntf\\u".utf8)
        var random = CounterRandom(seed: 5)
        func below(_ count: Int) -> Int { Int(random.uniform() * Double(count)) }
        var (read, refused) = (0, 0)
        for name in names {
            let whole = folder.bytes(name)
            for round in 0..<40 {
                // Without a vocabulary of its own the tokenizer reads that of tokenizer.json.
                if name == "tokenizer.json", round == 0 {
                    try FileManager.default.removeItem(atPath: "\(folder.path)/vocab.txt")
                }
                var bytes = whole
                for _ in 0...below(3) { bytes[below(bytes.count)] = signs[below(signs.count)] }
                folder.write(bytes, name)
                do {
                    _ = try SentenceEncoder(contentsOf: folder.url).encode("hello a 12")
                    read += 1
                } catch is TensorError { refused += 1 }
            }
            folder.write(whole, name)
        }
        #expect(read > 20 && refused > 20)
        // Numbers that no Int holds.
        for (name, field) in [
            ("tokenizer_config.json", "model_max_length"), ("sentence_bert_config.json", "max_seq_length"),
            ("config.json", "hidden_size"), ("config.json", "num_hidden_layers"),
            ("config.json", "intermediate_size"),
        ] {
            let whole = folder.bytes(name)
            for number in ["1e300", "-1e300", "9223372036854775807", "-9223372036854775808", "0.5", "1e30"] {
                let text = String(decoding: whole, as: UTF8.self)
                let fields = text.dropFirst().dropLast()
                folder.write(
                    Array("{\(fields.replacing("\"\(field)\"", with: "\"x\"")),\"\(field)\":\(number)}".utf8),
                    name)
                do { _ = try SentenceEncoder(contentsOf: folder.url).encode("hello") } catch is TensorError {}
            }
            folder.write(whole, name)
        }
    }
}
