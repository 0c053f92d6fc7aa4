import Evaluation
import Foundation
import Kernels
import Testing

@Suite struct SequenceTests {
    @Test func theWidthIsSmallestWhereItWasTuned() throws {
        let here = try ConfidenceSequence(tunedFor: 500).widthFactor(500)
        for other in [250.0, 400, 650, 1000] {
            #expect(try ConfidenceSequence(tunedFor: other).widthFactor(500) > here)
        }
        #expect(here > 1.5 * 1.96 && here < 1.6 * 1.96)
        #expect(throws: EvaluationError.self) { try ConfidenceSequence(tunedFor: 0) }
    }

    @Test func thereIsNoIntervalBeforeThereIsReason() throws {
        var sequence = try ConfidenceSequence(tunedFor: 100, minimum: 5)
        for _ in 0..<4 { sequence.add(1) }
        #expect(sequence.interval == nil)
        sequence.add(1)
        #expect(sequence.interval == nil)
        sequence.add(0)
        #expect(sequence.interval != nil)
    }

    /// Looks after each of 10,000 observations: how many of the streams miss at least once.
    @Test func lookingAfterEveryObservationIsSafe() throws {
        let streams = 200
        let misses = Parallel.map(streams) { stream -> [Bool] in
            var random = CounterRandom(seed: 21, stream: UInt64(stream))
            var always = try! ConfidenceSequence(tunedFor: 1000)
            var coin = try! ConfidenceSequence(tunedFor: 1000)
            var hoeffding = try! HoeffdingSequence(tunedFor: 1000)
            var bernstein = try! EmpiricalBernsteinSequence()
            var missed = [false, false, false, false, false]
            for n in 1...10_000 {
                let x = random.normal()
                let heads = random.bernoulli(0.3) ? 1.0 : 0.0
                always.add(x)
                coin.add(heads)
                try! hoeffding.add(heads)
                try! bernstein.add(heads)
                if let interval = always.interval {
                    if !interval.contains(0) { missed[0] = true }
                    let plain = (interval.upper - always.mean) / always.widthFactor(Double(n)) * 1.96
                    if abs(always.mean) > plain { missed[4] = true }
                }
                if let interval = coin.interval, !interval.contains(0.3) { missed[1] = true }
                if !hoeffding.interval.contains(0.3) { missed[2] = true }
                if !bernstein.interval.contains(0.3) { missed[3] = true }
            }
            return missed
        }
        let share = { (which: Int) in Double(misses.count { $0[which] }) / Double(streams) }
        for which in 0..<4 { #expect(share(which) <= 0.05) }
        #expect(share(4) >= 0.5)
    }

    @Test func exactSequencesShrinkAndRefuseWhatIsOutOfBounds() throws {
        var random = CounterRandom(seed: 3)
        var bernstein = try EmpiricalBernsteinSequence(bounds: -1...3)
        var hoeffding = try HoeffdingSequence(bounds: -1...3, tunedFor: 2000)
        for _ in 0..<2000 {
            let x = 1 + 0.1 * (random.uniform() - 0.5)
            try bernstein.add(x)
            try hoeffding.add(x)
        }
        #expect(bernstein.interval.contains(1) && hoeffding.interval.contains(1))
        #expect(bernstein.interval.upper - bernstein.interval.lower < 0.03)
        #expect(hoeffding.interval.upper - hoeffding.interval.lower > 0.2)
        #expect(throws: EvaluationError.self) { try bernstein.add(4) }
        #expect(throws: EvaluationError.self) { try HoeffdingSequence(bounds: 1...1, tunedFor: 5) }
    }
}
