import Kernels
import Signals
import Testing

@testable import Preferences

@Suite struct ActiveLargeTests {
    @Test func sampledVariancesAreNearTheExactOnes() throws {
        let log = try simulatedLog(items: 400, votes: 2000, seed: 11, ties: 0.1)
        var options = ScheduleOptions()
        options.denseLimit = 10
        let sampled = try ComparisonScheduler(log: log, options: options)
        let dense = try ComparisonScheduler(log: log)
        #expect(sampled.posterior is SampledPosterior && dense.posterior is DensePosterior)
        var random = CounterRandom(seed: 2)
        var errors: [Double] = []
        for _ in 0..<2000 {
            let i = random.below(400), j = (i + 1 + random.below(399)) % 400
            let a = sampled.posterior.means[i] - sampled.posterior.means[j]
            let b = dense.posterior.means[i] - dense.posterior.means[j]
            #expect(abs(a - b) < 1e-4)
            errors.append(sampled.posterior.variance(i, j) / dense.posterior.variance(i, j) - 1)
        }
        #expect(abs(Statistics.mean(errors)) < 0.03)
        #expect(Statistics.variance(errors).squareRoot() < 0.08)
    }

    @Test func anUpdateOfASampledPosteriorGoesTheSameWay() throws {
        let log = try simulatedLog(items: 100, votes: 400, seed: 12)
        var options = ScheduleOptions()
        options.denseLimit = 10
        var sampled = try ComparisonScheduler(log: log, options: options)
        var dense = try ComparisonScheduler(log: log)
        for k in 0..<10 {
            let left = "i\(3 * k)", right = "i\(3 * k + 50)"
            for _ in 0..<3 {
                try sampled.tell(left: left, right: right, outcome: .left)
                try dense.tell(left: left, right: right, outcome: .left)
            }
            let a = try sampled.difference(left, minus: right), b = try dense.difference(left, minus: right)
            #expect(abs(a.mean - b.mean) < 0.35)
            #expect(abs(a.variance / b.variance - 1) < 0.2)
        }
    }

    @Test func thirtyThousandItems() throws {
        let names = (0..<30_000).map { "item \($0)" }
        var empty = try ComparisonScheduler(items: names)
        #expect(try empty.ask(count: 20).count == 20)
        var scheduler = try ComparisonScheduler(log: simulatedLog(items: 30_000, votes: 90_000, seed: 13))
        // Nothing is kept for each two items: a few vectors for each item and a few numbers for each pair.
        let posterior = try #require(scheduler.posterior as? SampledPosterior)
        #expect(posterior.samples.count == SampledPosterior.groups * scheduler.items.count)
        #expect(posterior.graph.left.count <= 90_000)
        for _ in 0..<2 {
            let batch = try scheduler.ask(count: 20)
            #expect(Set(batch.map { Set([$0.left, $0.right]) }).count == 20)
            for proposal in batch {
                #expect(proposal.nats > 0.05 && proposal.nats <= 0.7)
                try scheduler.tell(proposal, .left)
            }
        }
        #expect(scheduler.asked == 40)
        #expect(StoppingRule().assess(scheduler).questions == scheduler.items.count - 1)
    }
}
