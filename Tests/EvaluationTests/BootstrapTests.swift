import Evaluation
import Kernels
import Testing

@Suite struct BootstrapTests {
    @Test func weightsAreMultinomialCounts() {
        let bootstrap = ClusterBootstrap(replicates: 300, seed: 3)
        var total = [Double](repeating: 0, count: 10)
        for replicate in 0..<300 {
            let weights = bootstrap.weights(clusters: 10, replicate: replicate)
            #expect(weights.reduce(0, +) == 10)
            #expect(weights.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
            for (cluster, weight) in weights.enumerated() { total[cluster] += weight }
        }
        for sum in total { #expect(abs(sum / 300 - 1) < 0.25) }
    }

    @Test func theStandardErrorOfAMeanIsRight() throws {
        var random = CounterRandom(seed: 1)
        let values = (0..<200).map { _ in random.normal() }
        let distribution = try ClusterBootstrap(replicates: 2000, seed: 9).run(clusters: 200, jackknife: true)
        { w in
            zip(w, values).reduce(0) { $0 + $1.0 * $1.1 } / 200
        }
        let plain = (Statistics.variance(values) / 200).squareRoot()
        #expect(abs(distribution.standardError! / plain - 1) < 0.06)
        for method in BootstrapDistribution.Method.allCases {
            let interval = distribution.interval(method: method)!
            #expect(abs(interval.lower - (distribution.estimate - 1.96 * plain)) < 0.4 * plain)
            #expect(abs(interval.upper - (distribution.estimate + 1.96 * plain)) < 0.4 * plain)
        }
    }

    @Test func biasCorrectionShiftsTheIntervalOfASkewedFigure() throws {
        var random = CounterRandom(seed: 2)
        let values = (0..<40).map { _ in random.exponential() }
        let distribution = try ClusterBootstrap(replicates: 4000, seed: 1).run(clusters: 40, jackknife: true)
        { w in
            let mean = zip(w, values).reduce(0) { $0 + $1.0 * $1.1 } / 40
            return zip(w, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) } / 40
        }
        let percentile = distribution.interval(method: .percentile)!
        let corrected = distribution.interval(method: .bca)!
        #expect(corrected.lower > percentile.lower && corrected.upper > percentile.upper)
    }

    @Test func pairsOfFiguresShareTheirDraws() throws {
        let values = [1.0, 5, 2, 8, 4, 4]
        let both = try ClusterBootstrap(replicates: 200, seed: 4).run(clusters: 6, outputs: 2) { w in
            let mean = zip(w, values).reduce(0) { $0 + $1.0 * $1.1 } / 6
            return [mean, mean + 1]
        }
        let gap = both[1].difference(from: both[0])
        #expect(abs(gap.estimate - 1) < 1e-12 && gap.standardError! < 1e-12)
    }

    @Test func oneClusterHasNoInterval() {
        #expect(throws: EvaluationError.tooFewClusters(1)) {
            try ClusterBootstrap().run(clusters: 1) { $0[0] }
        }
        #expect(throws: EvaluationError.tooFewClusters(0)) {
            try ClusterBootstrap().run(clusters: 0) { _ in 0 }
        }
    }

    @Test func undefinedReplicatesAreCountedNotHidden() throws {
        let distribution = try ClusterBootstrap(replicates: 100, seed: 4).run(clusters: 2) { w in
            w[0] > 0 && w[1] > 0 ? w[0] : .nan
        }
        #expect(distribution.undefined > 20 && distribution.interval() == nil)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let runs = try [1, 2, 8].map { threads in
            try Parallel.withThreads(threads) {
                try ClusterBootstrap(replicates: 100, seed: 8).run(clusters: 30, jackknife: true) { w in
                    w.enumerated().reduce(0.0) { $0 + Double($1.0).squareRoot() * $1.1 }
                }
            }
        }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
    }
}
