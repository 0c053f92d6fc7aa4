import Foundation
import Kernels

/// A network with one hidden layer: f(x) = v·tanh(W x + b)/√m + c.
///
/// The factor 1/√m keeps gradients of one size whatever the width m. W may have one block for each arm, as if arm a's features were
/// x in the a-th place and zeros elsewhere; the other parameters are shared.
public struct TanhNetwork: Sendable, Hashable, Codable {
    /// The dimension of x.
    public let inputs: Int
    /// The hidden units m.
    public let width: Int
    /// The blocks of W.
    public let blocks: Int
    /// The parameters: W block after block and unit after unit, then b, v and c.
    public internal(set) var parameters: [Double]
    /// The parameters at the start, θ₀.
    public let start: [Double]

    /// Creates a network with W ~ N(0, 1/inputs), v ~ N(0, 1) and b = c = 0.
    public init(inputs: Int, width: Int, blocks: Int = 1, random: inout CounterRandom) {
        precondition(inputs > 0 && width > 0 && blocks > 0, "a network needs inputs and hidden units")
        self.inputs = inputs
        self.width = width
        self.blocks = blocks
        let scale = 1 / Double(inputs).squareRoot()
        var values = (0..<blocks * width * inputs).map { _ in scale * random.normal() }
        values += [Double](repeating: 0, count: width)
        values += (0..<width).map { _ in random.normal() }
        values.append(0)
        parameters = values
        start = values
    }

    private var biases: Int { blocks * width * inputs }
    private var tops: Int { biases + width }

    /// f(x) in a block.
    public func value(_ x: FeatureVector, block: Int = 0) -> Double {
        precondition(x.dimension <= inputs, "\(x.dimension) features where \(inputs) go in")
        precondition(block >= 0 && block < blocks, "there is no block \(block)")
        let biases = biases, tops = tops
        return parameters.withUnsafeBufferPointer { p in
            var sum = 0.0
            for unit in 0..<width {
                let inner = x.dot(p, offset: (block * width + unit) * inputs) + p[biases + unit]
                sum += p[tops + unit] * tanh(inner)
            }
            return sum / Double(width).squareRoot() + p[tops + width]
        }
    }

    /// Adds `scale` times the gradient of f(x) in the parameters.
    ///
    /// - Parameter gradient: One place for each parameter.
    public func addGradient(
        _ scale: Double, _ x: FeatureVector, block: Int = 0, to gradient: inout [Double]
    ) {
        precondition(gradient.count == parameters.count, "one place for each parameter")
        let biases = biases, tops = tops
        let shrunk = scale / Double(width).squareRoot()
        parameters.withUnsafeBufferPointer { p in
            gradient.withUnsafeMutableBufferPointer { g in
                for unit in 0..<width {
                    let row = (block * width + unit) * inputs
                    let hidden = tanh(x.dot(p, offset: row) + p[biases + unit])
                    let back = shrunk * p[tops + unit] * (1 - hidden * hidden)
                    for i in 0..<x.values.count {
                        g[row + (x.isDense ? i : Int(x.indices[i]))] += back * x.values[i]
                    }
                    g[biases + unit] += back
                    g[tops + unit] += shrunk * hidden
                }
                g[tops + width] += scale
            }
        }
    }

    /// θ − θ₀.
    public var deviations: [Double] { zip(parameters, start).map { $0 - $1 } }

    /// |θ − θ₀|.
    public var distance: Double { deviations.reduce(0) { $0 + $1 * $1 }.squareRoot() }
}
