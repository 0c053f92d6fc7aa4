import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite struct ActiveInformationGainTests {
    /// The same number by Simpson's rule over ±12 standard deviations, with nothing in common but the
    /// definition.
    private func bruteForce(_ link: LinkKind, _ tie: Double, mean: Double, variance: Double) -> Double {
        let spread = variance.squareRoot(), steps = 8_000
        var average = [0.0, 0.0, 0.0], known = 0.0
        for k in 0...steps {
            let z = -12 + 24 * Double(k) / Double(steps)
            let simpson = k == 0 || k == steps ? 1.0 : k % 2 == 1 ? 4 : 2
            let weight = simpson * 24 / Double(steps) / 3 * exp(-0.5 * z * z) / (2 * Double.pi).squareRoot()
            let p = link.probability(mean + spread * z, tie: tie)
            for (code, q) in [p.win, p.tie, p.loss].enumerated() {
                average[code] += weight * q
                if q > 0 { known -= weight * q * log(q) }
            }
        }
        return average.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) } - known
    }

    @Test(arguments: [(LinkKind.logistic, -700.0), (.davidson, 0.3), (.davidson, -2), (.davidson, 3)])
    func agreesWithBruteForce(_ link: LinkKind, _ tie: Double) {
        let gain = InformationGain(link: link, tie: tie)
        for spread in [0.01, 0.1, 0.5, 1, 1.9, 2, 2.01, 3, 6, 14] {
            for mean in [0.0, 0.3, -1.7, 4, -9] {
                let ours = gain.expected(mean: mean, variance: spread * spread).nats
                let exact = bruteForce(link, tie, mean: mean, variance: spread * spread)
                #expect(abs(ours - exact) < 1e-7, "\(link) λ \(tie) mean \(mean) spread \(spread): \(ours)")
            }
        }
    }

    @Test func hasTheRightLimits() {
        for (link, tie) in [(LinkKind.logistic, -700.0), (.davidson, 0.0)] {
            let gain = InformationGain(link: link, tie: tie)
            #expect(gain.expected(mean: 0, variance: 0).nats < 1e-12)
            #expect(gain.expected(mean: 90, variance: 0.5).nats < 1e-12)
            #expect(gain.expected(mean: -90, variance: 0.5).nats < 1e-12)
            for mean in [0.0, 0.8, -2] {
                // The first term of the expansion in v: half the variance times the information of one vote.
                let small = gain.expected(mean: mean, variance: 1e-4).nats
                #expect(abs(small / (0.5e-4 * gain.information(at: mean)) - 1) < 1e-3)
            }
            let ceiling = gain.expected(mean: 0, variance: 1e6).nats
            #expect(ceiling < log(2) + 0.01 && ceiling > log(2) - 0.01)
        }
    }

    @Test func growsWithTheVarianceAndIsSymmetric() {
        let gain = InformationGain(link: .davidson, tie: 0.2)
        var last = 0.0
        for variance in [0.01, 0.1, 0.5, 1, 2, 3.9, 4.1, 8, 30, 100] {
            let here = gain.expected(mean: 0.7, variance: variance)
            let there = gain.expected(mean: -0.7, variance: variance)
            #expect(here.nats > last)
            #expect(abs(here.nats - there.nats) < 1e-9)
            #expect(abs(here.probability.win - there.probability.loss) < 1e-9)
            #expect(abs(here.probability.win + here.probability.tie + here.probability.loss - 1) < 1e-12)
            last = here.nats
        }
    }

    @Test func theRuleIntegratesPolynomials() {
        let rule = GaussHermite.standard
        var moment = 1.0
        for power in stride(from: 0, through: 20, by: 2) {
            if power > 0 { moment *= Double(power - 1) }
            let sum = zip(rule.nodes, rule.weights).reduce(0.0) { $0 + $1.1 * pow($1.0, Double(power)) }
            #expect(abs(sum / moment - 1) < 1e-11)
        }
    }
}
