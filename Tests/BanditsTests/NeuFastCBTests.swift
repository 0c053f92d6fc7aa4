import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct NeuFastCBTests {
    private static let explorations: [NeuFastCB.Exploration] = [
        .squareCB(gamma: 5), .fastCB(gamma: 5), .epsilonGreedy(epsilon: 0.2),
    ]

    @Test(arguments: explorations) func conforms(_ exploration: NeuFastCB.Exploration) throws {
        try ArmConformance.check(
            NeuFastCB(arms: 4, features: 5, width: 4, exploration: exploration),
            context: { LinearContexts.occasion($0) })
        try ArmConformance.check(
            NeuFastCB(
                armFeatures: 3, width: 5, exploration: exploration, loss: .square, radius: 0.5, seed: 9),
            context: LinearContexts.arms)
    }

    /// The average loss as a function of the parameters.
    private func average(
        _ network: TanhNetwork, _ loss: NeuFastCB.Loss, _ x: FeatureVector, _ block: Int, _ y: Double,
        _ signs: [SignPerturbation]
    ) -> Double {
        signs.reduce(0) { sum, sign in
            let f = network.value(x, block: block) + sign.shift(network.deviations)
            let one =
                loss == .square
                ? 0.5 * (y - f) * (y - f)
                : -y * Special.logLogistic(f) - (1 - y) * Special.logLogistic(-f)
            return sum + one / Double(signs.count)
        }
    }

    @Test(arguments: [NeuFastCB.Loss.square, .crossEntropy])
    func gradientIsTheDifferenceQuotient(_ loss: NeuFastCB.Loss) {
        var policy = NeuFastCB(arms: 2, features: 3, width: 3, loss: loss, perturbation: 0.1, seed: 3)
        for (arm, x) in [[0.2, -1, 0.5], [1, 0.3, 0.3], [-0.4, 0, 2]].enumerated() {
            let context = BanditContext(features: FeatureVector(x))
            policy.update(PolicyDecision(context: context, action: arm % 2), Double(arm) / 2)
        }
        var random = CounterRandom(seed: 8)
        let signs = (0..<3).map { _ in SignPerturbation(policy.network, scale: 0.1, random: &random) }
        for x in [FeatureVector([0.7, -0.2, 0.4]), FeatureVector(indices: [2, 0], values: [1, -1])] {
            let slope = policy.gradient(x, block: 1, loss: 0.3, signs)
            for j in slope.indices {
                var up = policy.network, down = policy.network
                up.parameters[j] += 1e-6
                down.parameters[j] -= 1e-6
                let quotient =
                    (average(up, loss, x, 1, 0.3, signs) - average(down, loss, x, 1, 0.3, signs)) / 2e-6
                #expect(abs(slope[j] - quotient) < 1e-8, "parameter \(j)")
            }
        }
    }

    @Test func perturbationIsARidgeOnAverage() {
        // Five inputs and one unit: eight parameters, all 256 sign vectors.
        var policy = NeuFastCB(armFeatures: 5, width: 1, loss: .square)
        let x: FeatureVector = [0.3, -0.2, 1, 0.5, -1]
        let context = BanditContext(armFeatures: [x])
        for _ in 0..<5 { policy.update(PolicyDecision(context: context, action: 0), 0.9) }
        let network = policy.network, c = 0.3, y = 0.4
        #expect(network.parameters.count == 8)
        let f = network.value(x)
        var mean = 0.0
        for word in 0..<256 {
            let sign = SignPerturbation(network, scale: c, words: [UInt64(word)])
            let error = y - f - sign.shift(network.deviations)
            mean += error * error / 256
        }
        let ridge = c * c * network.distance * network.distance
        #expect(network.distance > 0.01 && abs(mean - (y - f) * (y - f) - ridge) < 1e-14)
        // At the start nothing is shifted.
        let fresh = NeuFastCB(armFeatures: 5, width: 4).network
        #expect(SignPerturbation(fresh, scale: 1, words: [.max]).shift(fresh.deviations) == 0)
    }

    @Test func withoutPerturbationItIsPlainDescent() {
        var policy = NeuFastCB(armFeatures: 2, width: 3, loss: .crossEntropy, eta: 0.5, perturbation: 0)
        let x: FeatureVector = [1, -0.5]
        var network = policy.network
        var slope = [Double](repeating: 0, count: network.parameters.count)
        network.addGradient(Special.logistic(network.value(x)) - 1, x, to: &slope)
        for j in slope.indices { network.parameters[j] -= 0.5 * slope[j] }
        policy.update(PolicyDecision(context: BanditContext(armFeatures: [x]), action: 0), 0)
        #expect(policy.network == network)
    }

    @Test func parametersStayInTheBall() {
        var policy = NeuFastCB(armFeatures: 2, width: 3, loss: .square, radius: 0.05)
        for step in 0..<20 {
            let context = BanditContext(armFeatures: [[1, Double(step)]])
            policy.update(PolicyDecision(context: context, action: 0), Double(step % 2))
        }
        #expect(policy.network.distance <= 0.05 + 1e-12)
    }
}
