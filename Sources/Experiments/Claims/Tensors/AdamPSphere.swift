import Foundation
import Kernels
import Tensors

/// Where the length of a weight does not matter, steps without the growing part go on turning it.
struct AdamPSphere: Experiment {
    var claim: String {
        "on leading eigenvectors (20 dimensions) SGDP and AdamP are after 50 steps at most 0.3 times as far from the "
            + "optimum as SGD with momentum and Adam, and their weights end shorter; with batch normalisation the "
            + "accuracy is at most 0.5 points lower"
    }
    var baseline: String { "SGD with momentum 0.9 and Adam, with the same learning rates" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        try Torch.require()
        let seeds = size == .full ? 10 : 4, networks = size == .full ? 5 : 2
        let root = CounterRandom(seed: seed)
        // 10 passes over 2000 images in batches of 100, to a learning rate of 0 as in the paper's networks.
        func falling(_ rate: Double) -> Schedule { .cosine(from: rate, steps: 200) }
        let rules: [(name: String, sphere: any GradientTransformation, network: any GradientTransformation)] =
            [
                (
                    "SGD", SGD(0.1, momentum: 0.9), SGD(falling(0.1), momentum: 0.9, weightDecay: 1e-4)
                ),
                ("SGDP", SGDP(.constant(0.1)), SGDP(falling(0.1), weightDecay: 1e-4)),
                ("Adam", Adam(0.1), AdamW(falling(3e-3), weightDecay: 0.01)),
                ("AdamP", AdamP(.constant(0.1)), AdamP(falling(3e-3), weightDecay: 0.01)),
            ]
        var rows: [ExperimentResult.Row] = []
        for (name, sphere, network) in rules {
            var distances: [Double] = [], lengths: [Double] = [], accuracies: [Double] = []
            for k in 0..<seeds {
                let (distance, length) = try Self.eigenvector(sphere, root.split(UInt64(k)))
                distances.append(distance)
                lengths.append(length)
            }
            for k in 0..<networks {
                accuracies.append(Self.network(network, root.split(UInt64(1000 + k))))
            }
            rows.append(
                .init(
                    name,
                    [
                        Statistics.mean(distances), Statistics.mean(lengths),
                        100 * Statistics.mean(accuracies),
                    ]))
        }
        var holds = true
        for (base, projected) in [(0, 1), (2, 3)] {
            let a = rows[base].values, b = rows[projected].values
            holds = holds && b[0] <= 0.3 * a[0] && b[1] < a[1] && b[2] >= a[2] - 0.5
        }
        return ExperimentResult(
            columns: ["optimizer", "distance after 50 steps", "length after 500", "accuracy, %"], rows: rows,
            holds: holds,
            verdict:
                "distance \(number(rows[1].values[0])) against \(number(rows[0].values[0])) and "
                + "\(number(rows[3].values[0])) against \(number(rows[2].values[0])), accuracy "
                + "\(number(rows[1].values[2])) against \(number(rows[0].values[2])) and "
                + "\(number(rows[3].values[2])) against \(number(rows[2].values[2]))")
    }

    private func number(_ value: Double) -> String { String(format: "%.3g", value) }

    /// Minimises −uᵀAu over directions u = w/‖w‖ from ‖w‖ = 1, for 500 steps.
    private static func eigenvector(
        _ rule: any GradientTransformation, _ random: CounterRandom
    ) throws -> (distance: Double, length: Double) {
        var random = random
        let root = Tensor.randomNormal([20, 20], dtype: .float64, using: &random)
        let a = root.matmul(root.transposed()) / 20
        let best = try a.symmetricEigen().values.max().scalar
        let start = Tensor.randomNormal([1, 20], dtype: .float64, using: &random)
        let w = Parameter(start / start.norm())
        var optimizer = Optimizer(rule, for: Parameters([("w", w)]))
        func loss() -> Tensor {
            let u = w.value / w.value.norm()
            return -(u.matmul(a) * u).sum()
        }
        var distance = 0.0
        for step in 1...500 {
            optimizer.step(of: loss)
            if step == 50 { distance = best + loss().scalar }
        }
        return (distance, w.value.norm().scalar)
    }

    /// The accuracy of a network with batch normalisation.
    private static func network(_ rule: any GradientTransformation, _ random: CounterRandom) -> Double {
        var random = random
        let data = Patterns.draw(train: 2000, test: 2000, noise: 3, using: &random)
        let network = Network(using: &random)
        data.train.train(Parameters(of: network), with: rule, epochs: 10, random: random) {
            network($0, like: $0)
        }
        return data.test.accuracy { network($0, like: data.train.images) }
    }

    private struct Network: Module {
        let first: Linear
        let gain = Parameter(.ones([64]))
        let shift = Parameter(.zeros([64]))
        let last: Linear

        init(using random: inout CounterRandom) {
            first = Linear(64, 64, hasBias: false, using: &random)
            last = Linear(64, 10, using: &random)
        }

        /// Logits, with the hidden layer normalised by the statistics of a batch.
        func callAsFunction(_ x: Tensor, like batch: Tensor) -> Tensor {
            let h = first(batch)
            let scale = (h.variance(over: 0, correction: 0) + 1e-5).squareRoot()
            return last(((first(x) - h.mean(over: 0)) / scale * gain.value + shift.value).relu())
        }
    }
}
