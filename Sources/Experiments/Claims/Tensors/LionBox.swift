import Foundation
import Kernels
import Tensors

/// Lion with weight decay solves the problem within a box.
///
/// With full gradients AdamW finds its way into the same box, more slowly; what tells them apart is noise, which makes
/// AdamW's steps short and so its decay strong.
struct LionBox: Experiment {
    var claim: String {
        "on least squares whose optimum is partly outside the box |x| ≤ 1/λ, Lion ends with λ max|x| ≤ 1.01; with full "
            + "gradients it closes 99% of the gap to the best in the box, and with those of 8 examples it leaves at most a "
            + "tenth of what AdamW leaves; the accuracy of a small network is at most one point below AdamW's"
    }
    var baseline: String {
        "AdamW with the same λ and learning rate; projected gradient descent as the truth"
    }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        try Torch.require()
        let problems = size == .full ? 10 : 2, networks = size == .full ? 5 : 2
        let root = CounterRandom(seed: seed)
        var found: [String: [[Double]]] = [:]
        for k in 0..<problems {
            for (name, values) in Self.boxes(root.split(UInt64(k))) {
                found[name, default: []].append(values)
            }
        }
        var accuracy: [[Double]] = []
        for k in 0..<networks { accuracy.append(Self.networks(root.split(UInt64(1000 + k)))) }
        let lionAccuracy = 100 * Statistics.mean(accuracy.map { $0[0] })
        let adamAccuracy = 100 * Statistics.mean(accuracy.map { $0[1] })
        func worst(_ name: String, _ column: Int) -> Double { found[name]?.map { $0[column] }.max() ?? .nan }
        func mean(_ name: String, _ column: Int) -> Double {
            Statistics.mean(found[name]?.map { $0[column] } ?? [])
        }
        let names = ["Lion", "AdamW", "Lion, noisy", "AdamW, noisy"]
        let rows = names.map { name in
            ExperimentResult.Row(
                name,
                [
                    worst(name, 0), worst(name, 1), mean(name, 2), worst(name, 2),
                    name == "Lion" ? lionAccuracy : name == "AdamW" ? adamAccuracy : .nan,
                ])
        }
        let widest = max(worst("Lion", 0), worst("Lion, noisy", 0))
        let gap = worst("Lion", 2), noisy = mean("Lion, noisy", 2), other = mean("AdamW, noisy", 2)
        return ExperimentResult(
            columns: [
                "optimizer", "λ max|x| at the end", "on the way", "mean gap", "largest gap", "accuracy, %",
            ],
            rows: rows,
            holds: widest <= 1.01 && gap <= 0.01 && noisy <= 0.1 * other
                && lionAccuracy >= adamAccuracy - 1,
            verdict:
                "λ max|x| \(fixed(widest)), gap \(fixed(gap)) with full gradients, \(fixed(noisy)) against "
                + "\(fixed(other)) with few examples, accuracy \(fixed(lionAccuracy))% against \(fixed(adamAccuracy))%"
        )
    }

    /// For each optimizer λ max|x| at the end and at most, and the gap to the best loss in the box.
    private static func boxes(_ random: CounterRandom) -> [(String, [Double])] {
        var random = random
        let (rows, columns, steps) = (400, 20, 4000)
        let a = Tensor.randomNormal([rows, columns], dtype: .float64, using: &random)
        let truth = Tensor.randomNormal([columns], deviation: 2, dtype: .float64, using: &random)
        let b = a.matmul(truth) + Tensor.randomNormal([rows], dtype: .float64, using: &random)
        func loss(_ x: Tensor) -> Tensor { (a.matmul(x) - b).squared().mean() * 0.5 }
        var best = Tensor.zeros([columns], dtype: .float64)
        for _ in 0..<2000 {
            best = (best - gradient(of: loss, at: best) * 0.5).clamped(from: -1, to: 1)
        }
        let bottom = loss(best).scalar
        let scale = loss(.zeros([columns], dtype: .float64)).scalar - bottom
        let rate = Schedule.linear(from: 0.02, to: 2e-4, steps: steps)
        let rules: [(String, any GradientTransformation)] = [
            ("Lion", LionK(rate, directionDecay: 0.95, meanDecay: 0.98, weightDecay: 1)),
            ("AdamW", AdamW(rate, weightDecay: 1, decaysVectors: true)),
        ]
        var results: [(String, [Double])] = []
        for (name, rule) in rules {
            for isNoisy in [false, true] {
                let x = Parameter(.zeros([columns], dtype: .float64))
                var optimizer = Optimizer(rule, for: Parameters([("x", x)]))
                var widest = 0.0
                for _ in 0..<steps {
                    let places = (0..<8).map { _ in random.below(rows) }
                    optimizer.step(of: {
                        isNoisy
                            ? (a.selecting(places).matmul(x.value) - b.selecting(places)).squared().mean()
                                * 0.5
                            : loss(x.value)
                    })
                    widest = max(widest, x.value.abs().max().scalar)
                }
                results.append(
                    (
                        isNoisy ? name + ", noisy" : name,
                        [x.value.abs().max().scalar, widest, (loss(x.value).scalar - bottom) / scale]
                    ))
            }
        }
        return results
    }

    /// The accuracies of a network trained by Lion and by AdamW.
    private static func networks(_ random: CounterRandom) -> [Double] {
        var random = random
        let data = Patterns.draw(train: 2000, test: 2000, noise: 3, using: &random)
        let rules: [any GradientTransformation] = [
            LionK(.linear(from: 1e-3, to: 0, steps: 200), weightDecay: 0.3),
            AdamW(.linear(from: 3e-3, to: 0, steps: 200), weightDecay: 0.1),
        ]
        return rules.map { rule in
            var start = random
            let first = Linear(64, 64, using: &start), last = Linear(64, 10, using: &start)
            let parameters = Parameters([
                ("first.weight", first.weight), ("first.bias", first.bias!), ("last.weight", last.weight),
                ("last.bias", last.bias!),
            ])
            data.train.train(parameters, with: rule, epochs: 10, random: start) { last(first($0).relu()) }
            return data.test.accuracy { last(first($0).relu()) }
        }
    }
}
