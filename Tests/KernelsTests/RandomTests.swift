import Foundation
import Testing

@testable import Kernels

@Suite struct RandomTests {
    @Test func philoxMatchesThePublishedVectors() {
        let zero = Philox.encrypt((0, 0, 0, 0), key: (0, 0))
        #expect(zero == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let f = UInt32.max
        let ones = Philox.encrypt((f, f, f, f), key: (f, f))
        #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        let pi = Philox.encrypt(
            (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
        #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test func wordsComeFromConsecutiveBlocks() {
        var random = CounterRandom(seed: 0)
        #expect(random.next() == 0xe169_c58d_6627_e8d5)
        #expect(random.next() == 0x9b00_dbd8_bc57_ac4c)
        var other = CounterRandom(seed: 0xfedc_ba98_7654_3210, stream: 7)
        _ = other.next()
        _ = other.next()
        #expect(other.next() == Philox.encrypt(low: 1, high: 7, key: 0xfedc_ba98_7654_3210).0)
    }

    @Test func splitDoesNotDependOnPositionAndSeparatesChildren() {
        var parent = CounterRandom(seed: 42, stream: 3)
        let early = parent.split(5)
        for _ in 0..<17 { _ = parent.next() }
        #expect(parent.split(5) == early)

        var words = Set<UInt64>()
        for index in 0..<1000 as Range<UInt64> {
            var child = parent.split(index)
            words.insert(child.next())
            var grandchild = child.split(0)
            words.insert(grandchild.next())
        }
        var own = CounterRandom(seed: 42, stream: 3)
        for _ in 0..<1000 { words.insert(own.next()) }
        #expect(words.count == 3000)
    }

    @Test func neighbouringChildrenAreUncorrelated() {
        let parent = CounterRandom(seed: 9)
        var (a, b, raw) = (parent.split(0), parent.split(1), parent)
        let n = 100_000
        var (ab, ar, flips) = (0.0, 0.0, 0)
        for _ in 0..<n {
            let wordA = a.next()
            let wordB = b.next()
            let (x, y) = (Double(wordA >> 11) * 0x1p-53 - 0.5, Double(wordB >> 11) * 0x1p-53 - 0.5)
            ab += x * y
            ar += x * (raw.uniform() - 0.5)
            flips += (wordA ^ wordB).nonzeroBitCount
        }
        let sigma = Double(n).squareRoot() / 12
        #expect(abs(ab) < 4.5 * sigma)
        #expect(abs(ar) < 4.5 * sigma)
        #expect(abs(Double(flips) - 32 * Double(n)) < 4.5 * (16 * Double(n)).squareRoot())
    }

    /// Checks the mean and the variance of draws against theory at five standard errors.
    private func checkMoments(
        _ name: String, mean: Double, variance: Double, kurtosis: Double,
        _ draw: (inout CounterRandom) -> Double
    ) {
        var random = CounterRandom(seed: 2024, stream: 1)
        let n = 200_000
        let sample = (0..<n).map { _ in draw(&random) }
        let root = Double(n).squareRoot()
        expectClose(
            Statistics.mean(sample), mean, relative: 0, absolute: 5 * variance.squareRoot() / root, name)
        expectClose(
            Statistics.variance(sample), variance, relative: 0,
            absolute: 5 * variance * (kurtosis - 1).squareRoot() / root, name)
    }

    @Test func momentsMatchTheory() {
        checkMoments("uniform", mean: 0.5, variance: 1.0 / 12, kurtosis: 1.8) { $0.uniform() }
        checkMoments("open", mean: 0.5, variance: 1.0 / 12, kurtosis: 1.8) { $0.openUniform() }
        checkMoments("normal", mean: 0, variance: 1, kurtosis: 3) { $0.normal() }
        checkMoments("exponential", mean: 1, variance: 1, kurtosis: 9) { $0.exponential() }
        checkMoments("bernoulli", mean: 0.3, variance: 0.21, kurtosis: 1.77) { $0.bernoulli(0.3) ? 1 : 0 }
        for shape in [0.3, 1, 4.5, 60] {
            checkMoments("gamma \(shape)", mean: shape, variance: shape, kurtosis: 3 + 6 / shape) {
                $0.gamma(shape: shape)
            }
        }
        for mean in [0.2, 3, 9.9, 10, 47, 5000] {
            checkMoments("poisson \(mean)", mean: mean, variance: mean, kurtosis: 3 + 1 / mean) {
                Double($0.poisson(mean))
            }
        }
    }

    /// The Kolmogorov distance of a sample from a distribution function, in units of 1/√n.
    private func scaledDistance(_ sample: [Double], _ cdf: (Double) -> Double) -> Double {
        let sorted = sample.sorted()
        let n = Double(sorted.count)
        var worst = 0.0
        for (i, x) in sorted.enumerated() {
            let p = cdf(x)
            worst = max(worst, abs(p - Double(i) / n), abs(Double(i + 1) / n - p))
        }
        return worst * n.squareRoot()
    }

    @Test func drawsFollowTheirDistributionFunctions() {
        var random = CounterRandom(seed: 77)
        let n = 50_000
        let normals = (0..<n).map { _ in random.normal() }
        #expect(scaledDistance(normals, Special.normalCDF) < 2)
        for shape in [0.4, 2.7] {
            let gammas = (0..<n).map { _ in random.gamma(shape: shape) }
            #expect(scaledDistance(gammas) { Special.regularizedGammaP(shape, $0) } < 2)
        }
    }

    @Test func poissonCellsFollowTheMassFunction() {
        var random = CounterRandom(seed: 8)
        for mean in [2.5, 14] {
            let n = 100_000
            var counts = [Int](repeating: 0, count: 40)
            for _ in 0..<n { counts[min(39, random.poisson(mean))] += 1 }
            var chi = 0.0
            var cells = 0
            for k in 0..<39 {
                let expected = Double(n) * exp(Double(k) * log(mean) - mean - Special.logGamma(Double(k) + 1))
                guard expected > 20 else { continue }
                chi += pow(Double(counts[k]) - expected, 2) / expected
                cells += 1
            }
            #expect(Special.chiSquaredUpperTail(chi, df: Double(cells)) > 1e-5)
        }
    }

    @Test func belowIsEvenAndInRange() {
        var random = CounterRandom(seed: 5)
        for n in [1, 2, 3, 7, 10] {
            var counts = [Int](repeating: 0, count: n)
            for _ in 0..<20_000 * n { counts[random.below(n)] += 1 }
            let chi = counts.reduce(0.0) { $0 + pow(Double($1) - 20_000, 2) / 20_000 }
            if n > 1 { #expect(Special.chiSquaredUpperTail(chi, df: Double(n - 1)) > 1e-5) }
        }
        // A bound of ¾ · 2⁶³ shows the bias of a plain remainder at once.
        let bound = 3 << 61
        let low = (0..<20_000).filter { _ in random.below(bound) < bound / 2 }.count
        #expect(abs(Double(low) - 10_000) < 5 * 5000.0.squareRoot())
    }

    @Test func shuffleReachesAllOrdersEvenly() {
        var random = CounterRandom(seed: 31)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<24_000 { counts[random.permutation(4), default: 0] += 1 }
        #expect(counts.count == 24)
        let chi = counts.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
        #expect(Special.chiSquaredUpperTail(chi, df: 23) > 1e-5)
        #expect(random.permutation(0).isEmpty)
        var letters = ["a", "b", "c"]
        random.shuffle(&letters)
        #expect(letters.sorted() == ["a", "b", "c"])
    }

    @Test func categoricalFollowsWeightsAndSkipsZeros() {
        var random = CounterRandom(seed: 12)
        let weights = [0, 2, 0, 5, 3, 0.0]
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<50_000 { counts[random.categorical(weights: weights)] += 1 }
        #expect(counts[0] == 0 && counts[2] == 0 && counts[5] == 0)
        for (index, p) in [(1, 0.2), (3, 0.5), (4, 0.3)] {
            let sigma = (50_000 * p * (1 - p)).squareRoot()
            #expect(abs(Double(counts[index]) - 50_000 * p) < 5 * sigma)
        }
    }

    @Test func edgeProbabilitiesAreExact() {
        var random = CounterRandom(seed: 1)
        for _ in 0..<1000 {
            let (never, always, none) = (random.bernoulli(0), random.bernoulli(1), random.poisson(0))
            #expect(!never && always && none == 0)
            let u = random.openUniform()
            #expect(u > 0 && u < 1)
        }
    }
}
