extension EncoderStack {
    /// Reads the weights by the names that Hugging Face's library has for them.
    ///
    /// - Throws: `TensorError.format` where a tensor is missing or of another shape.
    init(_ file: SafetensorsFile, _ configuration: EncoderConfiguration) throws(TensorError) {
        let width = configuration.width
        let weights = EncoderWeights(file)
        func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws(TensorError) -> Linear {
            Linear(
                weight: try weights.tensor(name + ".weight", [outputs, inputs]),
                bias: try weights.tensor(name + ".bias", [outputs]))
        }
        func norm(_ name: String) throws(TensorError) -> Norm {
            Norm(
                weight: try weights.tensor(name + ".weight", or: name + ".gamma", [width]),
                bias: try weights.tensor(name + ".bias", or: name + ".beta", [width]),
                epsilon: configuration.epsilon)
        }
        self.configuration = configuration
        words = try weights.tensor("embeddings.word_embeddings.weight", [configuration.vocabulary, width])
        let kinds = try weights.tensor(
            "embeddings.token_type_embeddings.weight", [configuration.kinds, width])
        places =
            try weights.tensor("embeddings.position_embeddings.weight", [configuration.places, width])
            + kinds[0]
        self.norm = try norm("embeddings.LayerNorm")
        let scale = 1 / Double(width / configuration.heads).squareRoot()
        var layers: [Layer] = []
        for place in 0..<configuration.layers {
            let name = "encoder.layer.\(place)."
            let query = try linear(name + "attention.self.query", width, width)
            let key = try linear(name + "attention.self.key", width, width)
            let value = try linear(name + "attention.self.value", width, width)
            layers.append(
                Layer(
                    gather: Linear(
                        weight: .concatenated([query.weight * scale, key.weight, value.weight]),
                        bias: .concatenated([query.bias * scale, key.bias, value.bias])),
                    output: try linear(name + "attention.output.dense", width, width),
                    outputNorm: try norm(name + "attention.output.LayerNorm"),
                    up: try linear(name + "intermediate.dense", configuration.hiddenWidth, width),
                    down: try linear(name + "output.dense", width, configuration.hiddenWidth),
                    downNorm: try norm(name + "output.LayerNorm")))
        }
        self.layers = layers
    }
}

/// The tensors of a file by their names, with or without the model's before them.
private struct EncoderWeights {
    let file: SafetensorsFile
    let prefix: String

    init(_ file: SafetensorsFile) {
        self.file = file
        prefix = file.names.contains { $0.hasPrefix("bert.embeddings.") } ? "bert." : ""
    }

    /// A tensor of numbers in float32.
    ///
    /// - Parameter other: The name that older files have for it.
    func tensor(_ name: String, or other: String? = nil, _ shape: [Int]) throws(TensorError) -> Tensor {
        var name = prefix + name
        if let other, file[name] == nil, file[prefix + other] != nil { name = prefix + other }
        guard let entry = file[name] else {
            throw .format(
                source: file.path,
                reason:
                    "there is no tensor \(quoted(name)) among the \(file.entries.count) of the file, which a "
                    + "BERT of this config.json has")
        }
        guard entry.shape == shape else {
            throw .format(
                source: file.path,
                reason:
                    "the tensor \(quoted(name)) has the shape \(entry.shape); by config.json it is \(shape)")
        }
        guard entry.dtype?.isFloatingPoint == true else {
            throw .format(
                source: file.path,
                reason: "the tensor \(quoted(name)) holds \(entry.storedType), not numbers of a network")
        }
        let tensor = try file.tensor(name)
        return tensor.dtype == .float32 ? tensor : tensor.cast(to: .float32)
    }
}
