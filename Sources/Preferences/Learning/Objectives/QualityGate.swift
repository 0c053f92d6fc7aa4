import Foundation
import Kernels
import Tensors

/// Says how much each quality counts: the same for all, or by the prompt.
public enum QualityGate: Sendable, Hashable {
    /// One mixture g for everything, none below 0.
    case shared([Double])
    /// g(e) = s · softmax(network(e)/T) for the features e of a prompt, standardised.
    case prompted(DenseNetwork, Standardization, scale: Double, temperature: Double)

    /// The weights, one row for each prompt's features.
    public func callAsFunction(_ prompts: FeatureMatrix) -> Matrix {
        switch self {
        case .shared(let weights):
            return Matrix(rows: prompts.rows, columns: weights.count) { weights[$1] }
        case .prompted(let network, let standardization, let scale, let temperature):
            var logits = network(standardization(prompts))
            let k = logits.columns
            var values = logits.values
            for row in 0..<logits.rows {
                let range = row * k..<(row + 1) * k
                let largest = values[range].max()!
                var sum = 0.0
                for place in range {
                    values[place] = exp((values[place] - largest) / temperature)
                    sum += values[place]
                }
                for place in range { values[place] *= scale / sum }
            }
            logits.values = values
            return logits
        }
    }

    /// Its parts for saving.
    var state: ModelState {
        var state = ModelState()
        switch self {
        case .shared(let weights): state["shared"] = .init(weights)
        case .prompted(let network, let standardization, let scale, let temperature):
            state.nest("network", network.state)
            standardization.keep(in: &state)
            state["scale"] = .init([scale, temperature])
        }
        return state
    }

    /// Makes it of its parts.
    init(_ state: ModelState, qualities: Int) throws {
        if state["shared"] != nil {
            let weights = try state.vector("shared")
            guard weights.count == qualities else {
                throw LearningError.data("the model has \(weights.count) gates for \(qualities) qualities")
            }
            self = .shared(weights)
            return
        }
        let network = try DenseNetwork(state.nested("network"))
        let standardization = try Standardization(state)
        let numbers = try state.vector("scale")
        guard numbers.count == 2, numbers[1] > 0, network.outputs == qualities,
            network.inputs == standardization.means.count
        else { throw LearningError.data("the model's gates do not fit its \(qualities) qualities") }
        self = .prompted(network, standardization, scale: numbers[0], temperature: numbers[1])
    }
}

/// The gate while it is trained.
struct GateModule: Module {
    let network: MLP
    /// log s, which keeps s positive.
    let logScale: Parameter
    let temperature: Double

    func callAsFunction(_ prompts: Tensor, phase: Phase) -> Tensor {
        (network(prompts, phase: phase) / temperature).softmax(over: -1) * logScale.value.exp()
    }

    var gate: (DenseNetwork, Double) { (DenseNetwork(network), exp(logScale.value.doubles[0])) }
}
