import Foundation
import Testing

@testable import Kernels

@Suite struct StatisticsTests {
    private let x = [2.5, 0.25, 3, 3, 7.75, -1, 4.5, 2.5, 9, 0]
    private let y = [1, 0.5, 2, 2.25, 2.25, -3, 8, 1, 4, 4]

    @Test func momentsAndQuantiles() {
        expectClose(Statistics.mean(x), 3.15, relative: 1e-15)
        expectClose(Statistics.variance(x), 10.405555555555555, relative: 1e-14)
        expectClose(Statistics.variance(x, degreesRemoved: 0), 9.365, relative: 1e-14)
        expectClose(Statistics.variance(x.map { $0 + 1e9 }), 10.405555555555555, relative: 1e-6)
        #expect(Statistics.mean([]).isNaN && Statistics.variance([1]).isNaN)
        for (p, q) in zip([0, 0.1, 0.37, 0.5, 0.9, 1], [-1, -0.1, 2.5, 2.75, 7.875, 9]) {
            expectClose(Statistics.quantile(x, p), q, relative: 1e-14, absolute: 1e-15)
        }
        #expect(Statistics.median([3, 1, 2]) == 2 && Statistics.median([]).isNaN)
        #expect(Statistics.median([1, .nan]).isNaN)
        #expect(Statistics.quantile([.infinity, .infinity], 0.5) == .infinity)
        expectClose(Statistics.weightedMean([1, 5], weights: [3, 1]), 2, relative: 1e-15)
        #expect(Statistics.weightedMean([1], weights: [0]).isNaN)
    }

    @Test func correlationsMatchReferences() {
        #expect(Statistics.ranks(x) == [4.5, 3, 6.5, 6.5, 9, 1, 8, 4.5, 10, 2])
        expectClose(Statistics.spearman(x, y), 0.6307722166802823, relative: 1e-14)
        expectClose(Statistics.pearson(x, y), 0.49610693808004874, relative: 1e-14)
        expectClose(Statistics.kendallTauB(x, y), 0.5882760066687646, relative: 1e-14)
        #expect(Statistics.kendallTauB([1, 1], [1, 2]).isNaN && Statistics.pearson([1, 1], [1, 2]).isNaN)
        #expect(Statistics.kendallTauB([1, 2, 3], [3, 2, 1]) == -1)
    }

    @Test func kendallMatchesTheDefinitionOnRandomTiedSamples() {
        var random = CounterRandom(seed: 15)
        for n in [2, 3, 17, 64, 101] {
            let a = (0..<n).map { $0 == 0 ? -1 : Double(random.below(9)) }
            let b = (0..<n).map { $0 == 0 ? -1 : Double(random.below(6)) }
            var (agree, tiesA, tiesB) = (0, 0, 0)
            for i in 0..<n {
                for j in 0..<i {
                    agree += Int(
                        ((a[i] - a[j]).sign == (b[i] - b[j]).sign ? 1 : -1)
                            * (a[i] == a[j] || b[i] == b[j] ? 0 : 1))
                    tiesA += a[i] == a[j] ? 1 : 0
                    tiesB += b[i] == b[j] ? 1 : 0
                }
            }
            let pairs = n * (n - 1) / 2
            let spread = (Double(pairs - tiesA) * Double(pairs - tiesB)).squareRoot()
            expectClose(
                Statistics.kendallTauB(a, b), Double(agree) / spread, relative: 1e-13, absolute: 1e-15)
        }
    }

    @Test func intervalsMatchReferences() {
        typealias Ends = (Double, Double)
        func check(_ k: Int, _ n: Int, _ c: Double, _ wilson: Ends, _ jeffreys: Ends) {
            let w = Statistics.wilsonInterval(successes: k, trials: n, confidence: c)
            expectClose(w.lowerBound, wilson.0, relative: 1e-9)
            expectClose(w.upperBound, wilson.1, relative: 1e-12)
            let j = Statistics.jeffreysInterval(successes: k, trials: n, confidence: c)
            expectClose(j.lowerBound, jeffreys.0, relative: 1e-10)
            expectClose(j.upperBound, jeffreys.1, relative: 1e-10)
        }
        check(0, 10, 0.95, (0, 0.27753279986288926), (0, 0.21719626750921053))
        check(
            3, 10, 0.95, (0.10779126740630102, 0.6032218525388546),
            (0.09269459393815317, 0.6058183181486713))
        check(10, 10, 0.99, (0.6011459066950919, 1), (0.6811653644058284, 1))
        check(
            55, 100, 0.9, (0.46792669861613656, 0.6294390293055461),
            (0.46786102099887755, 0.6300283701438157))
        check(
            1, 1_000_000, 0.95, (1.765245767453709e-07, 5.664911804311442e-06),
            (1.0789766246541877e-07, 4.6741920467298275e-06))
        #expect(Statistics.wilsonInterval(successes: 0, trials: 0) == 0...1)
        #expect(Statistics.jeffreysInterval(successes: 0, trials: 0) == 0...1)
    }

    @Test func jeffreysCoverageIsNearNominal() {
        var random = CounterRandom(seed: 99)
        var covered = 0
        for _ in 0..<4000 {
            let p = 0.2 + 0.6 * random.uniform()
            let successes = (0..<60).filter { _ in random.bernoulli(p) }.count
            if Statistics.jeffreysInterval(successes: successes, trials: 60).contains(p) { covered += 1 }
        }
        #expect(abs(Double(covered) / 4000 - 0.95) < 0.02)
    }
}
