import Kernels
import Tensors

/// Companded weights regularise a network that has few answers to learn from.
struct CompandedNetwork: Experiment {
    var claim: String {
        "with 60 training points and 40 features the mean accuracy is at most 0.3 points below that of plain weights; "
            + "max|w| in standard deviations is lower in at least 90% of networks, and fewer weights are near 0"
    }
    var baseline: String { "the same network, start and steps with plain weights" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        try Torch.require()
        let networks = size == .full ? 20 : 4
        let root = CounterRandom(seed: seed)
        let found = (0..<networks).map { Self.compare(root.split(UInt64($0))) }
        let plain = found.map(\.plain), companded = found.map(\.companded)
        func row(_ name: String, _ results: [Outcome]) -> ExperimentResult.Row {
            .init(
                name,
                [
                    100 * Statistics.mean(results.map(\.accuracy)),
                    Statistics.mean(results.map(\.shape.relativeLargest)),
                    100 * Statistics.mean(results.map(\.shape.shareNearZero)),
                    Statistics.mean(results.map(\.shape.kurtosis)),
                ])
        }
        let rows = [row("plain", plain), row("companded", companded)]
        let lower =
            Double(zip(plain, companded).count { $1.shape.relativeLargest < $0.shape.relativeLargest })
            / Double(networks)
        let gain = rows[1].values[0] - rows[0].values[0]
        return ExperimentResult(
            columns: ["weights", "accuracy, %", "max|w| in deviations", "near 0, %", "kurtosis"], rows: rows,
            holds: gain >= -0.3 && lower >= 0.9 && rows[1].values[2] < rows[0].values[2],
            verdict:
                "accuracy \(fixed(rows[1].values[0]))% against \(fixed(rows[0].values[0]))%, max|w| lower in \(percent(lower)) of networks, "
                + "\(fixed(rows[1].values[2]))% near 0 against \(fixed(rows[0].values[2]))%")
    }

    private struct Outcome {
        let accuracy: Double
        let shape: WeightShape
    }

    private struct Network: Module {
        let hidden: Linear
        let companded: CompandedLinear?
        let last: Linear
        let compandedLast: CompandedLinear?

        init(isCompanded: Bool, using random: inout CounterRandom) {
            hidden = Linear(40, 128, using: &random)
            last = Linear(128, 1, using: &random)
            companded = isCompanded ? CompandedLinear(hidden) : nil
            compandedLast = isCompanded ? CompandedLinear(last) : nil
        }

        func callAsFunction(_ x: Tensor) -> Tensor {
            let h = (companded?(x) ?? hidden(x)).relu()
            return (compandedLast?(h) ?? last(h)).squeezed(-1)
        }

        var weight: Tensor { companded?.weight.folded ?? hidden.weight.value }
    }

    private static func compare(_ random: CounterRandom) -> (plain: Outcome, companded: Outcome) {
        var random = random
        let direction = Tensor.concatenated([
            .randomNormal([10], using: &random), .zeros([30]),
        ])
        func draw(_ count: Int, noise: Double) -> (x: Tensor, y: Tensor) {
            let x = Tensor.randomNormal([count, 40], using: &random)
            let flipped = Tensor.randomBernoulli([count], probability: noise, using: &random)
            return (x, ((x.matmul(direction) .> 0) .^ flipped).cast(to: .float32))
        }
        let train = draw(60, noise: 0.1), test = draw(2000, noise: 0)
        let results = [false, true].map { isCompanded in
            var start = random
            let network = Network(isCompanded: isCompanded, using: &start)
            var optimizer = Optimizer(
                Chain(
                    AdamDirection(), WeightDecay(0.01), WeightCompander.slowly(), Descend(.constant(1e-3))),
                for: Parameters(of: network))
            for _ in 0..<400 {
                optimizer.step(of: { network(train.x).binaryCrossEntropy(train.y).mean() })
            }
            let right = (withoutGradient { network(test.x) } .> 0) .== (test.y .> 0.5)
            return Outcome(
                accuracy: right.cast(to: .float64).mean().scalar, shape: WeightShape(network.weight))
        }
        return (results[0], results[1])
    }
}
