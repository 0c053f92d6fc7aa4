import Foundation
import Kernels
import Tensors

/// Where gradients in the outputs are costly, many cheap steps for each make up for few of them.
struct SurrogateOracle: Experiment {
    var claim: String {
        "on logistic regression (500 examples, 20 features of scales from 1 to 0.03), after 100 calls of the oracle 10 "
            + "inner steps for each leave at most 0.4 and 50 at most 0.3 of the gap to the optimum that one leaves, and "
            + "the loss never rises"
    }
    var baseline: String { "gradient descent with the same number of calls" }

    func run(_ size: ExperimentSize, seed: UInt64) throws -> ExperimentResult {
        try Torch.require()
        let problems = size == .full ? 20 : 6
        let counts = [1, 10, 50]
        let root = CounterRandom(seed: seed)
        let found = try (0..<problems).map { try Self.gaps(root.split(UInt64($0)), counts) }
        let gaps = counts.indices.map { k in Statistics.mean(found.map { $0.gaps[k] }) }
        let ratios = counts.indices.map { k in
            Statistics.mean(found.map { $0.gaps[k] / $0.gaps[0] })
        }
        let isMonotone = found.allSatisfy(\.isMonotone)
        return ExperimentResult(
            columns: ["inner steps", "gap after 100 calls", "against one step", "inner steps in all"],
            rows: counts.indices.map {
                .init("\(counts[$0])", [gaps[$0], ratios[$0], Double(100 * counts[$0])])
            },
            holds: isMonotone && ratios[1] <= 0.4 && ratios[2] <= 0.3,
            verdict:
                "\(fixed(ratios[1])) and \(fixed(ratios[2])) of the baseline's gap; the loss "
                + (isMonotone ? "never rose" : "rose"))
    }

    private static func gaps(
        _ random: CounterRandom, _ counts: [Int]
    ) throws -> (gaps: [Double], isMonotone: Bool) {
        var random = random
        let (n, d) = (500, 20)
        let scales = Tensor((0..<d).map { pow(10, -1.5 * Double($0) / Double(d - 1)) })
        let x = Tensor.randomNormal([n, d], dtype: .float64, using: &random) * scales
        let weights = Tensor.randomNormal([d], deviation: 5, dtype: .float64, using: &random)
        let chances = x.matmul(weights).sigmoid()
        let y = (chances .> Tensor.randomUniform([n], dtype: .float64, using: &random)).cast(to: .float64)
        func loss(_ w: Tensor) -> Tensor { x.matmul(w).binaryCrossEntropy(y).mean() }
        let bottom = try optimum(x, y, loss)
        let curvature = try (x.transposed().matmul(x) / Double(n)).symmetricEigen().values.max().scalar
        // The loss of one example is 1/4-smooth in its logit.
        let eta = 4.0
        var isMonotone = true
        let gaps = counts.map { count in
            let w = Parameter(.zeros([d], dtype: .float64))
            var method = TargetSurrogate(
                .rule(SGD(eta / curvature)), innerSteps: count, targetStep: .constant(eta),
                for: Parameters([("w", w)]))
            var last = loss(w.value).scalar
            for _ in 0..<100 {
                method.step(oracle: { $0.sigmoid() - y }, model: { x.matmul(w.value) })
                let next = loss(w.value).scalar
                if next > last + 1e-12 { isMonotone = false }
                last = next
            }
            return last - bottom
        }
        return (gaps, isMonotone)
    }

    /// The least loss, by Newton's method with halved steps.
    private static func optimum(_ x: Tensor, _ y: Tensor, _ loss: (Tensor) -> Tensor) throws -> Double {
        let d = x.size(1)
        var w = Tensor.zeros([d], dtype: .float64)
        var value = loss(w).scalar
        for _ in 0..<100 {
            let p = x.matmul(w).sigmoid()
            let slope = x.transposed().matmul(p - y) / Double(y.count)
            let curvature = (x.transposed() * (p * (1 - p))).matmul(x) / Double(y.count)
            let ridge = Tensor.identity(d, dtype: .float64) * 1e-12
            let direction = try (curvature + ridge).solve(slope.unsqueezed(-1)).squeezed(-1)
            var length = 1.0
            var next = w - direction
            while loss(next).scalar > value, length > 1e-6 {
                length /= 2
                next = w - direction * length
            }
            let found = loss(next).scalar
            if found >= value { break }
            w = next
            value = found
        }
        return value
    }
}
