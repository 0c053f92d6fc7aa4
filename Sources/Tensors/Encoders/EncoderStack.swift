/// The weights of a BERT encoder, and the way from tokens to vectors.
///
/// h⁰ = norm(E[token] + P[place] + K[0]); each layer has h ← norm(h + A(h) W_o + b_o) with A the heads of
/// softmax(Q Kᵀ/√d) V side by side, then h ← norm(h + f(h W_u + b_u) W_d + b_d).
///
/// Sequences stand one after the other in one matrix, a row for each token, so that nothing is padded: all but the scores
/// works on rows, and the scores on blocks of sequences of one length.
struct EncoderStack: Sendable {
    struct Linear {
        let weight: Tensor
        let bias: Tensor

        func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias) }
    }

    struct Norm {
        let weight: Tensor
        let bias: Tensor
        let epsilon: Double

        func callAsFunction(_ x: Tensor) -> Tensor {
            x.layerNorm(weight.shape, weight: weight, bias: bias, epsilon: epsilon)
        }
    }

    struct Layer {
        /// Queries, keys and values side by side, (3 · width, width); queries are divided by √d already.
        let gather: Linear
        let output: Linear
        let outputNorm: Norm
        let up: Linear
        let down: Linear
        let downNorm: Norm
    }

    let configuration: EncoderConfiguration
    /// (vocabulary, width).
    let words: Tensor
    /// (places, width), with the vector of the first kind added.
    let places: Tensor
    let norm: Norm
    let layers: [Layer]

    /// Sequences of one length that follow each other.
    struct Block {
        let rows: Range<Int>
        let count: Int
        let length: Int
    }

    /// The vectors of some sequences, (sequences, width).
    ///
    /// - Parameter sequences: Tokens; those of one length stand together.
    func callAsFunction(_ sequences: [ArraySlice<Int>]) -> Tensor {
        var blocks: [Block] = []
        var row = 0, first = 0
        while first < sequences.count {
            let length = sequences[first].count
            let count = sequences[first...].prefix { $0.count == length }.count
            blocks.append(Block(rows: row..<row + count * length, count: count, length: length))
            row += count * length
            first += count
        }
        var x = norm(
            words.embedding(Tensor(Array(sequences.joined())))
                + places.embedding(Tensor(sequences.flatMap { 0..<$0.count })))
        for layer in layers {
            x = layer.outputNorm(x + layer.output(attend(layer.gather(x), blocks)))
            x = layer.downNorm(x + layer.down(activate(layer.up(x))))
        }
        return pool(x, blocks)
    }

    private func activate(_ x: Tensor) -> Tensor {
        switch configuration.activation {
        case .gelu: x.gelu()
        case .geluTanh: x.geluTanh()
        case .relu: x.relu()
        }
    }

    /// From queries, keys and values (rows, 3 · width) to what the heads gather, (rows, width).
    private func attend(_ gathered: Tensor, _ blocks: [Block]) -> Tensor {
        let heads = configuration.heads, width = configuration.width / heads
        let parts = blocks.map { block in
            let part = blocks.count == 1 ? gathered : gathered[block.rows]
            let (n, length) = (block.count, block.length)
            // One copy puts every head of every sequence into one piece.
            let split = part.reshaped(to: [n, length, 3, heads, width]).permuted(2, 0, 3, 1, 4)
                .reshaped(to: [3, n * heads, length, width])
            let scores = split[0].matmul(split[1].transposed()).softmax(over: -1)
            return scores.matmul(split[2]).reshaped(to: [n, heads, length, width]).permuted(0, 2, 1, 3)
                .reshaped(to: [n * length, heads * width])
        }
        return parts.count == 1 ? parts[0] : Tensor.concatenated(parts)
    }

    private func pool(_ x: Tensor, _ blocks: [Block]) -> Tensor {
        let parts = blocks.map { block in
            let part = x[block.rows].reshaped(to: [block.count, block.length, configuration.width])
            return configuration.pooling == .mean ? part.mean(over: 1) : part[.all, 0]
        }
        let vectors = Tensor.concatenated(parts)
        guard configuration.normalizes else { return vectors }
        return vectors / vectors.norm(over: 1, keepingDimensions: true).clamped(from: 1e-12)
    }
}
