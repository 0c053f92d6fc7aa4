import Foundation

extension EncoderConfiguration {
    /// Reads `config.json`, and where they are `modules.json` and the configuration of the pooling.
    ///
    /// - Throws: `TensorError.format` where something is missing, does not fit together or is of another architecture.
    init(_ folder: EncoderFolder) throws(TensorError) {
        let source = folder.path("config.json")
        guard let file = try folder.json("config.json", as: ConfigurationFile.self) else {
            throw .format(
                source: folder.url.path,
                reason:
                    "there is no config.json: it is not the folder of a model as Hugging Face's libraries save it"
            )
        }
        if let type = file.model_type, type != "bert" {
            throw .format(
                source: source,
                reason:
                    "the architecture is \(quoted(type)); \"bert\" is read (BERT, MiniLM, BGE, E5, GTE of that type)"
            )
        }
        guard file.position_embedding_type ?? "absolute" == "absolute", file.is_decoder != true else {
            throw .format(
                source: source,
                reason:
                    "only encoders with absolute places are read, not decoders or those with relative places")
        }
        guard let activation = Activation(name: file.hidden_act ?? "gelu") else {
            throw .format(
                source: source,
                reason:
                    "hidden_act is \(quoted(file.hidden_act ?? "")); gelu, gelu_new, gelu_pytorch_tanh and relu are read"
            )
        }
        self.init(
            width: file.hidden_size, layers: file.num_hidden_layers, heads: file.num_attention_heads,
            hiddenWidth: file.intermediate_size, vocabulary: file.vocab_size,
            places: file.max_position_embeddings, kinds: file.type_vocab_size ?? 2, activation: activation,
            epsilon: file.layer_norm_eps ?? 1e-12, pooling: .mean, normalizes: false)
        if let fault { throw .format(source: source, reason: fault) }
        try readModules(folder)
    }

    /// What follows the encoder: pooling, and perhaps a division by the length.
    private mutating func readModules(_ folder: EncoderFolder) throws(TensorError) {
        let modules = try folder.json("modules.json", as: [ModuleEntry].self)
        var poolingFolder = "1_Pooling"
        for module in modules ?? [] {
            // `sentence_transformers.models.Pooling`, or longer in newer files.
            switch module.type.split(separator: ".").last.map(String.init) ?? "" {
            case "Transformer":
                guard module.path.isEmpty || module.path == "." else {
                    throw .format(
                        source: folder.path("modules.json"),
                        reason: "the encoder is in \(quoted(module.path)), not in the folder itself")
                }
            case "Pooling": poolingFolder = module.path
            case "Normalize": normalizes = true
            case let other:
                throw .format(
                    source: folder.path("modules.json"),
                    reason: "a module is \(quoted(other)); Transformer, Pooling and Normalize are read")
            }
        }
        let name = poolingFolder + "/config.json"
        // Without a word on it the mean is meant, as in the Python library.
        guard let file = try folder.json(name, as: PoolingFile.self) else { return }
        let modes = file.modes
        switch modes {
        case ["mean"], []: pooling = .mean
        case ["cls"]: pooling = .cls
        default:
            throw .format(
                source: folder.path(name),
                reason: "the pooling is \(modes.joined(separator: " and ")); mean or cls alone is read")
        }
    }
}

/// `config.json`.
private struct ConfigurationFile: Decodable {
    var model_type: String?
    var hidden_size: Int
    var num_hidden_layers: Int
    var num_attention_heads: Int
    var intermediate_size: Int
    var vocab_size: Int
    var max_position_embeddings: Int
    var type_vocab_size: Int?
    var hidden_act: String?
    var layer_norm_eps: Double?
    var position_embedding_type: String?
    var is_decoder: Bool?
}

/// An entry of `modules.json`.
private struct ModuleEntry: Decodable {
    var path: String
    var type: String
}

/// The configuration of the pooling, with one name for each way or with a field of names.
private struct PoolingFile: Decodable {
    var modes: [String] = []

    private struct Key: CodingKey {
        let stringValue: String
        init(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let field = Key(stringValue: "pooling_mode")
        if fields.contains(field) {
            if let name = try? fields.decode(String.self, forKey: field) {
                modes = [name]
            } else {
                modes = try fields.decode([String].self, forKey: field)
            }
            return
        }
        for key in fields.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where key.stringValue.hasPrefix("pooling_mode_") {
            guard try fields.decode(Bool.self, forKey: key) else { continue }
            let name = key.stringValue.dropFirst("pooling_mode_".count)
            modes.append(String(name.hasSuffix("_tokens") ? name.dropLast(7) : name))
        }
        modes = modes.map { $0 == "cls_token" ? "cls" : $0 }
    }
}
