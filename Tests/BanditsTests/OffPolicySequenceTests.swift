import Evaluation
import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OffPolicySequenceTests {
    func rows(_ count: Int, seed: UInt64) -> [(weight: Double, reward: Double)] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map { _ in
            let p = random.bernoulli(0.5) ? 0.1 : 0.5
            return (random.bernoulli(p) ? 1 / p : 0, random.bernoulli(0.3) ? 1 : 0)
        }
    }

    /// The capital against a value, by the formula with baseline zero, kept row by row in full.
    func capital(
        _ rows: [(weight: Double, reward: Double)], _ value: Double, difference: Bool, alpha: Double
    ) -> Double {
        var capital = 1.0, highest = 1.0, sum = 0.0, squares = 0.0
        for (index, row) in rows.enumerated() {
            let t = Double(index + 1)
            let stake = (-2 * log(alpha) / ((0.25 + squares) / t * t * log1p(t))).squareRoot()
            let outcome = difference ? (row.weight - 1) * row.reward : row.weight * row.reward
            let room = value + (difference ? 1 : 0)
            capital *= 1 + min(stake, 0.5 / room) * (outcome - value)
            highest = max(highest, capital)
            sum += outcome
            let centre = (0.5 + sum) / (t + 1)
            squares += (outcome - centre) * (outcome - centre)
        }
        return highest
    }

    @Test(arguments: [OffPolicySequence.Quantity.value, .difference])
    func theDefinition(_ quantity: OffPolicySequence.Quantity) throws {
        let data = rows(400, seed: 1)
        var watch = OffPolicySequence(quantity, resolution: 100)
        for row in data { try watch.add(weight: row.weight, reward: row.reward) }
        let difference = quantity == .difference
        let low = watch.interval.lower, high = watch.interval.upper
        #expect(low > (difference ? -1 : 0) && high < 1 && low < high)
        #expect(capital(data, low, difference: difference, alpha: 0.025) >= 40)
        #expect(capital(data, low + 0.01, difference: difference, alpha: 0.025) < 40)
        let mirrored = data.map { (weight: $0.weight, reward: 1 - $0.reward) }
        let top = difference ? -high : 1 - high
        #expect(capital(mirrored, top, difference: difference, alpha: 0.025) >= 40)
        #expect(capital(mirrored, top + 0.01, difference: difference, alpha: 0.025) < 40)
    }

    @Test func neverWidensAndMirrors() throws {
        var watch = OffPolicySequence(), mirrored = OffPolicySequence()
        var last = watch.interval
        #expect(last == Interval(lower: 0, upper: 1, level: 0.95))
        for row in rows(2000, seed: 2) {
            try watch.add(weight: row.weight, reward: row.reward)
            try mirrored.add(weight: row.weight, reward: 1 - row.reward)
            #expect(watch.interval.lower >= last.lower && watch.interval.upper <= last.upper)
            last = watch.interval
            #expect(abs(mirrored.interval.lower - (1 - last.upper)) < 1e-12)
        }
        #expect(last.contains(0.3) && last.upper - last.lower < 0.5)
        #expect(abs((watch.estimate ?? 0) - 0.3) < 0.06)
        #expect(watch.effectiveSampleSize < 2000 * 0.4)
    }

    @Test func rewardsInAnotherRange() throws {
        var plain = OffPolicySequence(.difference), scaled = OffPolicySequence(.difference, rewards: -2...6)
        for row in rows(500, seed: 3) {
            try plain.add(weight: row.weight, reward: row.reward)
            try scaled.add(weight: row.weight, reward: -2 + 8 * row.reward)
        }
        #expect(abs(scaled.interval.lower - 8 * plain.interval.lower) < 1e-9)
        #expect(abs(scaled.interval.upper - 8 * plain.interval.upper) < 1e-9)
    }

    @Test func aKnownBoundHelps() throws {
        var open = OffPolicySequence(), bounded = OffPolicySequence(largestWeight: 10)
        for row in rows(3000, seed: 4) {
            let reward = 1 - row.reward
            try open.add(weight: row.weight, reward: reward)
            try bounded.add(weight: row.weight, reward: reward)
        }
        #expect(bounded.interval.contains(0.7))
        #expect(
            bounded.interval.upper - bounded.interval.lower
                < 0.9 * (open.interval.upper - open.interval.lower))
    }

    @Test func watchedAllTheTime() throws {
        // Weights with a heavy tail, 400 logs watched at every row.
        let missed = try Parallel.map(400) { run -> [Bool] in
            var random = CounterRandom(seed: 9).split(UInt64(run))
            var value = OffPolicySequence(resolution: 200)
            var difference = OffPolicySequence(.difference, resolution: 200)
            for _ in 0..<600 {
                let p = max(0.005, random.uniform() * random.uniform())
                let taken = random.bernoulli(p)
                let reward = random.bernoulli(taken ? 0.2 : 0.1) ? 1.0 : 0
                try value.add(weight: taken ? 1 / p : 0, reward: reward)
                try difference.add(weight: taken ? 1 / p : 0, reward: reward)
            }
            // E[max(c, X)] = c P(X < c) + E[X] − E[X; X < c] for the product X of two uniforms, with P(X < c) = c (1 − ln c).
            let share = 0.25 + 0.005 * 0.005 * (1 - log(0.005)) - Self.below(0.005)
            let gain = 0.2 - (0.1 + 0.1 * share)
            return [!value.interval.contains(0.2), !difference.interval.contains(gain)]
        }
        #expect(missed.count { $0[0] } <= 20)
        #expect(missed.count { $0[1] } <= 20)
    }

    /// E[X; X < c] of the product of two uniforms, ∫ x (−ln x) dx from 0 to c.
    static func below(_ c: Double) -> Double { c * c * (1 - 2 * log(c)) / 4 }

    @Test func goesOnFromAFile() throws {
        var watch = OffPolicySequence(.difference, largestWeight: 12, resolution: 50)
        for row in rows(200, seed: 5) { try watch.add(weight: row.weight, reward: row.reward) }
        var copy = try JSONDecoder().decode(OffPolicySequence.self, from: JSONEncoder().encode(watch))
        for row in rows(200, seed: 6) {
            try watch.add(weight: row.weight, reward: row.reward)
            try copy.add(weight: row.weight, reward: row.reward)
        }
        #expect(copy == watch && copy.interval == watch.interval && copy.count == 400)
    }

    @Test func aDriftingLogLeavesNothing() throws {
        var watch = OffPolicySequence(resolution: 100)
        for round in 0..<6000 { try watch.add(weight: 1, reward: round < 2000 ? 0.1 : 0.9) }
        #expect(watch.interval.lower >= watch.interval.upper)
    }

    @Test func refusals() throws {
        var watch = OffPolicySequence(largestWeight: 5)
        #expect(throws: BanditError.self) { try watch.add(weight: 1, reward: 1.5) }
        #expect(throws: BanditError.self) { try watch.add(weight: -1, reward: 1) }
        #expect(throws: BanditError.self) { try watch.add(weight: .infinity, reward: 1) }
        #expect(throws: BanditError.self) { try watch.add(weight: 6, reward: 1) }
        #expect(watch.count == 0 && watch.estimate == nil && watch.effectiveSampleSize == 0)
    }
}
