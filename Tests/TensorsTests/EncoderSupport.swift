import Foundation
import Testing

@testable import Tensors

/// A small BERT whose weights follow from a rule, which Python computed the same numbers from.
enum TinyEncoder {
    static let vocabulary: [String] = {
        var entries = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        func both(_ names: String) { for name in names { entries += ["\(name)", "##\(name)"] } }
        let signs = (UInt8(ascii: "!")...UInt8(ascii: "~")).map { Character(Unicode.Scalar($0)) }
        both("abcdefghijklmnopqrstuvwxyz0123456789")
        entries += signs.filter { !$0.isLetter && !$0.isNumber }.map { "\($0)" }
        both("äßéийёкомсваяσς中文日本語カ한각अ")
        entries += ["\u{1112}", "\u{1161}", "\u{11AB}", "##\u{1161}", "##\u{11AB}"]
        entries += "…“”’—€😀❤".map { "\($0)" }
        entries +=
            "hello world the un ##aff ##able run ##ning ##n ##ing cafe naive zurich москва cat sleeps ##s [unused1]"
            .split(separator: " ").map(String.init)
        return entries
    }()

    /// Numbers around 0 by a linear congruence.
    static func numbers(_ count: Int, seed: UInt32, scale: Double) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = 1_664_525 &* state &+ 1_013_904_223
            return (Double(state >> 8) / 16_777_216 - 0.5) * scale
        }
    }

    /// The weights by the names that they have in files.
    static func weights() -> [String: Tensor] {
        let width = 32, hidden = 48
        var shapes: [(String, [Int])] = [
            ("embeddings.word_embeddings.weight", [vocabulary.count, width]),
            ("embeddings.position_embeddings.weight", [24, width]),
            ("embeddings.token_type_embeddings.weight", [2, width]),
            ("embeddings.LayerNorm.weight", [width]), ("embeddings.LayerNorm.bias", [width]),
        ]
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) {
            shapes += [(name + ".weight", [outputs, inputs]), (name + ".bias", [outputs])]
        }
        for layer in 0..<2 {
            let name = "encoder.layer.\(layer)."
            for part in ["query", "key", "value"] { linear(name + "attention.self.\(part)", width, width) }
            linear(name + "attention.output.dense", width, width)
            shapes += ["weight", "bias"].map { (name + "attention.output.LayerNorm.\($0)", [width]) }
            linear(name + "intermediate.dense", hidden, width)
            linear(name + "output.dense", width, hidden)
            shapes += ["weight", "bias"].map { (name + "output.LayerNorm.\($0)", [width]) }
        }
        var result: [String: Tensor] = [:]
        for (place, (name, shape)) in shapes.enumerated() {
            let isEmbedding = name.hasPrefix("embeddings")
            var values = numbers(
                shape.reduce(1, *), seed: UInt32(place + 1), scale: isEmbedding ? 2 : 1)
            if name.hasSuffix("LayerNorm.weight") { values = values.map { $0 + 1 } }
            result[name] = Tensor(values, shape: shape, dtype: .float32)
        }
        return result
    }

    /// The fields of a `config.json`.
    static var configuration: [String: Any] {
        [
            "model_type": "bert", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
            "intermediate_size": 48, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "vocab_size": 188,
            "max_position_embeddings": 24, "type_vocab_size": 2,
        ]
    }

    static func json(_ value: Any) -> [UInt8] {
        Array(try! JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed))
    }

    /// Writes the files of a model into a folder.
    static func write(
        to folder: ScratchFolder, _ changes: [String: Any] = [:], pooling: String? = nil,
        normalizes: Bool = false, weights: [String: Tensor] = TinyEncoder.weights()
    ) throws {
        folder.write(
            json(configuration.merging(changes) { $1 }.filter { !($1 is NSNull) }), "config.json")
        folder.write(Array(vocabulary.joined(separator: "\n").utf8), "vocab.txt")
        try SafetensorsFile.write(weights, to: "\(folder.path)/model.safetensors")
        let types = ["Transformer", "Pooling"] + (normalizes ? ["Normalize"] : [])
        let paths = ["", "1_Pooling", "2_Normalize"]
        folder.write(
            json(
                zip(types, paths).map {
                    ["type": "sentence_transformers.models.\($0)", "path": $1]
                }), "modules.json")
        if let pooling {
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/1_Pooling", withIntermediateDirectories: true)
            let modes = ["cls_token", "mean_tokens", "max_tokens"]
            folder.write(
                json(
                    Dictionary(
                        uniqueKeysWithValues: modes.map { ("pooling_mode_\($0)", $0.hasPrefix(pooling)) })),
                "1_Pooling/config.json")
        }
    }
}

extension ScratchFolder {
    var url: URL { URL(fileURLWithPath: path) }
}

/// What goes wrong with a body, in words.
func fault(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}
