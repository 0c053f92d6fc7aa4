/// The size of a BERT encoder and what makes one vector of its tokens'.
public struct EncoderConfiguration: Sendable, Hashable {
    /// What comes between the two projections of a layer.
    public enum Activation: String, Sendable, Hashable, CaseIterable {
        /// x Φ(x).
        case gelu
        /// x Φ(x) by the approximation with tanh.
        case geluTanh
        /// x where positive, 0 elsewhere.
        case relu

        /// By the name in a `config.json`.
        init?(name: String) {
            switch name {
            case "gelu": self = .gelu
            case "gelu_new", "gelu_pytorch_tanh": self = .geluTanh
            case "relu": self = .relu
            default: return nil
            }
        }
    }

    /// How a text's vector comes from those of its tokens.
    public enum Pooling: String, Sendable, Hashable, CaseIterable {
        /// The mean over all tokens, those of the frame among them.
        case mean
        /// The vector of the first token.
        case cls
    }

    /// The width of vectors.
    public var width: Int
    /// The number of layers.
    public var layers: Int
    /// The number of heads of each layer.
    public var heads: Int
    /// The width within the feed-forward parts.
    public var hiddenWidth: Int
    /// The number of tokens that have a vector.
    public var vocabulary: Int
    /// The number of places that have a vector: the longest sequence.
    public var places: Int
    /// The number of kinds of sequence; texts are all of the first.
    public var kinds: Int
    /// What comes between the two projections.
    public var activation: Activation
    /// What keeps the division in the norms safe.
    public var epsilon: Double
    /// How a text's vector comes from those of its tokens.
    public var pooling: Pooling
    /// Whether a text's vector is divided by its length.
    public var normalizes: Bool

    /// What does not fit together, in words; nil for an encoder that there can be.
    var fault: String? {
        if width < 1 || heads < 1 || width % heads != 0 {
            return "a width of \(width) has no \(heads) heads of equal width"
        }
        for (name, size, least) in [
            ("num_hidden_layers", layers, 0), ("intermediate_size", hiddenWidth, 1),
            ("vocab_size", vocabulary, 1), ("max_position_embeddings", places, 2),
            ("type_vocab_size", kinds, 1),
        ] where size < least { return "\(name) is at least \(least), not \(size)" }
        if !(epsilon >= 0 && epsilon < 1) { return "layer_norm_eps lies in 0..<1; \(epsilon) does not" }
        return nil
    }
}
