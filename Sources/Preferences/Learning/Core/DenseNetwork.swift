import Foundation
import Kernels
import Tensors

/// A trained network of linear layers as plain numbers: it answers without libtorch, and the same on every thread count.
public struct DenseNetwork: Sendable, Hashable {
    /// One layer: y = W x + b.
    public struct Layer: Sendable, Hashable {
        /// W, (outputs, inputs).
        public var weight: Matrix
        /// b, one for each output.
        public var bias: [Double]

        /// Creates a layer.
        public init(weight: Matrix, bias: [Double]) {
            precondition(weight.rows == bias.count, "a bias for each output")
            self.weight = weight
            self.bias = bias
        }
    }

    /// What follows each layer but the last.
    public enum Nonlinearity: String, Sendable, Hashable, Codable {
        /// max(0, x).
        case relu
        /// tanh x.
        case tanh

        /// The same for tensors.
        public var activation: Activation {
            switch self {
            case .relu: .relu
            case .tanh: .tanh
            }
        }

        @inline(__always)
        func callAsFunction(_ x: Double) -> Double {
            switch self {
            case .relu: max(0, x)
            case .tanh: Foundation.tanh(x)
            }
        }
    }

    /// The layers, from the input on.
    public var layers: [Layer]
    /// What stands between them.
    public var nonlinearity: Nonlinearity

    /// Creates a network.
    public init(layers: [Layer], nonlinearity: Nonlinearity = .relu) {
        precondition(!layers.isEmpty, "a network has a layer")
        self.layers = layers
        self.nonlinearity = nonlinearity
    }

    /// What a network of tensors has learnt; its activation has to be the same.
    public init(_ network: MLP, nonlinearity: Nonlinearity = .relu) {
        self.init(network.layers, nonlinearity: nonlinearity)
    }

    /// What linear layers of tensors have learnt.
    public init(_ layers: [Linear], nonlinearity: Nonlinearity = .relu) {
        self.init(
            layers: layers.map { layer in
                let shape = layer.weight.value.shape
                return Layer(
                    weight: Matrix(rows: shape[0], columns: shape[1], values: layer.weight.value.doubles),
                    bias: layer.bias?.value.doubles ?? [Double](repeating: 0, count: shape[0]))
            }, nonlinearity: nonlinearity)
    }

    /// The number of inputs.
    public var inputs: Int { layers[0].weight.columns }
    /// The number of outputs.
    public var outputs: Int { layers[layers.count - 1].bias.count }

    /// The outputs for each row, (rows, outputs).
    public func callAsFunction(_ rows: Matrix) -> Matrix {
        var x = rows
        for (place, layer) in layers.enumerated() {
            var y = x.multiplyTransposed(layer.weight)
            let isLast = place == layers.count - 1
            let width = layer.bias.count
            var values = y.values
            for index in values.indices {
                let sum = values[index] + layer.bias[index % width]
                values[index] = isLast ? sum : nonlinearity(sum)
            }
            y.values = values
            x = y
        }
        return x
    }

    /// Its parts for saving.
    public var state: ModelState {
        var state = ModelState()
        state.settings["layers"] = String(layers.count)
        state.settings["nonlinearity"] = nonlinearity.rawValue
        for (place, layer) in layers.enumerated() {
            state["\(place).weight"] = .init(
                layer.weight.values, shape: [layer.weight.rows, layer.weight.columns])
            state["\(place).bias"] = .init(layer.bias)
        }
        return state
    }

    /// Makes it of its parts.
    public init(_ state: ModelState) throws {
        guard let nonlinearity = Nonlinearity(rawValue: state.settings["nonlinearity"] ?? "") else {
            throw LearningError.data("the model's network has no nonlinearity that is known")
        }
        let count = try state.count("layers")
        guard count <= state.arrays.count else {
            throw LearningError.data("the model's network has fewer layers than the \(count) it should have")
        }
        let layers = try (0..<count).map { place in
            let weight = try state.matrix("\(place).weight")
            let bias = try state.vector("\(place).bias")
            guard bias.count == weight.rows, !bias.isEmpty else {
                throw LearningError.data("layer \(place) of the model's network has a bias that does not fit")
            }
            return Layer(weight: weight, bias: bias)
        }
        guard !layers.isEmpty,
            zip(layers, layers.dropFirst()).allSatisfy({ $0.bias.count == $1.weight.columns })
        else { throw LearningError.data("the layers of the model's network do not fit together") }
        self.init(layers: layers, nonlinearity: nonlinearity)
    }
}
