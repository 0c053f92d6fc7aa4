import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct GaussianProcessTests {
    private static func data(_ count: Int, _ dimension: Int, seed: UInt64) -> ([[Double]], [Double]) {
        var random = CounterRandom(seed: seed)
        let points = (0..<count).map { _ in (0..<dimension).map { _ in random.uniform() } }
        return (points, points.map { sin(5 * $0[0]) + $0.reduce(0, +) + 0.1 * random.normal() })
    }

    @Test func exactValuesAreInterpolated() {
        let (points, values) = Self.data(12, 2, seed: 1)
        let process = GaussianProcess(
            points: points, values: values, kernel: Matern52(amplitude: 1.5, lengthScales: [0.4, 0.7]),
            noise: 0)
        for (point, value) in zip(points, values) {
            let (mean, variance) = process.predict(point)
            #expect(abs(mean - value) < 1e-4 && variance < 1e-6)
            #expect(ExpectedImprovement(process, best: values.max()!).value(point) < 1e-3)
        }
    }

    @Test func twoNoisyMeasurementsAreOneBetter() {
        let kernel = Matern52(amplitude: 2, lengthScales: [0.3])
        let process = GaussianProcess(points: [[0.4], [0.4]], values: [1, 2], kernel: kernel, noise: 0.7)
        #expect(abs(process.predict([0.4]).variance - 2 * 0.35 / 2.35) < 1e-12)
        #expect(abs(process.predict([0.4]).variance - 0.297872) < 1e-6)
        #expect(abs(process.mean - 1.5) < 1e-12)
        #expect(abs(process.covariance([0.4], [0.4]) - process.predict([0.4]).variance) < 1e-12)
    }

    @Test(arguments: [GaussianProcess.Noise.fitted, .known(0.02)])
    func evidenceHasTheGradientThatItSays(_ noise: GaussianProcess.Noise) {
        let (points, values) = Self.data(15, 3, seed: 2)
        let evidence = GaussianEvidence(points: points, values: values, noise: noise, groups: [0, 1, 1])
        var x = [-0.5, 0.3, 0.4]
        if noise == .fitted { x.append(-2) }
        var gradient = [Double](repeating: 0, count: x.count), unused = gradient
        _ = evidence.loss(x, &gradient)
        for k in x.indices {
            var up = x, down = x
            up[k] += 1e-5
            down[k] -= 1e-5
            let slope = (evidence.loss(up, &unused) - evidence.loss(down, &unused)) / 2e-5
            #expect(abs(slope - gradient[k]) < 1e-6, "\(k): \(slope) \(gradient[k])")
        }
    }

    @Test func predictionsAndAcquisitionsHaveTheirGradients() {
        let (points, values) = Self.data(14, 2, seed: 3)
        for noise in [0.0, 0.05] {
            let process = GaussianProcess(
                points: points, values: values, kernel: Matern52(amplitude: 1.2, lengthScales: [0.4, 0.6]),
                noise: noise)
            let grid = Self.data(20, 2, seed: 4).0
            let acquisitions: [any AcquisitionFunction] = [
                ExpectedImprovement(process, best: values.max()!), NoisyExpectedImprovement(process),
                KnowledgeGradient(process, candidates: grid),
            ]
            for x in [[0.31, 0.72], [0.83, 0.05], [0.5, 0.5]] {
                for acquisition in acquisitions {
                    let (value, gradient) = acquisition.valueAndGradient(x)
                    #expect(abs(value - acquisition.value(x)) < 1e-12 && value >= -1e-12)
                    for j in 0..<2 {
                        var up = x, down = x
                        up[j] += 1e-5
                        down[j] -= 1e-5
                        let slope = (acquisition.value(up) - acquisition.value(down)) / 2e-5
                        #expect(
                            abs(slope - gradient[j]) < 2e-6, "\(acquisition.self) \(slope) \(gradient[j])")
                    }
                }
                let p = process.predictWithGradients(x)
                #expect(abs(p.mean - process.mean(at: x)) < 1e-12)
                #expect(abs(p.variance - process.predict(x).variance) < 1e-10)
            }
        }
    }

    @Test func withoutNoiseBothExpectedImprovementsAgree() {
        let (points, values) = Self.data(10, 2, seed: 6)
        let process = GaussianProcess(
            points: points, values: values, kernel: Matern52(amplitude: 1, lengthScales: [0.3, 0.3]), noise: 0
        )
        let plain = ExpectedImprovement(process, best: points.map { process.mean(at: $0) }.max()!)
        let noisy = NoisyExpectedImprovement(process)
        for x in Self.data(20, 2, seed: 7).0 { #expect(abs(plain.value(x) - noisy.value(x)) < 1e-6) }
    }

    @Test func expectedImprovementIsTheClosedForm() {
        #expect(abs(ExpectedImprovement.value(gap: 0, deviation: 1) - 0.3989422804) < 1e-9)
        #expect(ExpectedImprovement.value(gap: 2, deviation: 0) == 2)
        #expect(ExpectedImprovement.value(gap: -2, deviation: 0) == 0)
        for gap in [-3.0, -0.5, 0.2, 4] {
            #expect(ExpectedImprovement.value(gap: gap, deviation: 0.7) >= max(gap, 0))
        }
    }

    @Test func expectedMaximumIsTheIntegral() {
        var random = CounterRandom(seed: 8)
        for lines in [1, 2, 3, 7] {
            let a = (0..<lines).map { _ in random.normal() }
            var b = (0..<lines).map { _ in random.normal() }
            if lines == 7 { b[3] = b[5] }
            // Between neighbouring crossings the integrand is a line times the density.
            var cuts = [-12.0, 12]
            for i in 0..<lines {
                for j in 0..<i where b[i] != b[j] { cuts.append((a[j] - a[i]) / (b[i] - b[j])) }
            }
            cuts = cuts.filter { abs($0) <= 12 }.sorted()
            var integral = 0.0
            for (low, high) in zip(cuts, cuts.dropFirst()) {
                let mid = 0.5 * (low + high)
                let top = (0..<lines).max { a[$0] + b[$0] * mid < a[$1] + b[$1] * mid }!
                integral += a[top] * (Special.normalCDF(high) - Special.normalCDF(low))
                integral += b[top] * (Special.normalPDF(low) - Special.normalPDF(high))
            }
            let found = ExpectedMaximum(intercepts: a, slopes: b)
            #expect(abs(found.gain + a.max()! - integral) < 1e-10)
        }
    }

    @Test func fittingFindsTheNoise() {
        var random = CounterRandom(seed: 9)
        let points = (0..<60).map { _ in [random.uniform()] }
        let values = points.map { 10 + 3 * sin(6 * $0[0]) + 0.5 * random.normal() }
        let process = GaussianProcess.fit(points: points, values: values).process
        #expect(process.noise > 0.12 && process.noise < 0.5, "\(process.noise)")
        let worst = (0...20).map { abs(process.mean(at: [Double($0) / 20]) - 10 - 3 * sin(0.3 * Double($0))) }
            .max()!
        #expect(worst < 0.8)
        // Equal values are no reason to fail.
        #expect(
            abs(
                GaussianProcess.fit(points: points, values: points.map { _ in 4 }).process.mean(at: [0.5]) - 4
            ) < 1e-9)
    }
}
