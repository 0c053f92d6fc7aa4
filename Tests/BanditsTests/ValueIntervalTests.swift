import Evaluation
import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct ValueIntervalTests {
    static let methods: [any ValueInterval] = [
        StudentInterval(), SkewCorrectedInterval(), BootstrapInterval(replicates: 200), HoeffdingInterval(),
        EmpiricalBernsteinInterval(), BettingInterval(),
    ]

    func skewed(_ count: Int, seed: UInt64) -> [Double] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map { _ in
            let u = random.uniform()
            return random.bernoulli(0.3) ? min(8, 0.5 / max(u, 1e-9)) : 0
        }
    }

    @Test func studentIsTheTextbook() throws {
        let interval = try StudentInterval().interval(Contributions([1, 2, 3, 4]), level: 0.95)
        #expect(abs(interval.lower - (2.5 - 3.182446305284263 * 0.6454972243679028)) < 1e-9)
        #expect(abs(interval.upper + interval.lower - 5) < 1e-12)
    }

    @Test func concentrationIsTheFormula() throws {
        let values = skewed(400, seed: 1)
        let contributions = try Contributions(values, range: 0...8)
        let mean = Statistics.mean(values), n = 400.0
        let hoeffding = try HoeffdingInterval().interval(contributions, level: 0.9)
        #expect(abs(hoeffding.upper - min(8, mean + 8 * (log(20) / (2 * n)).squareRoot())) < 1e-12)
        let half =
            (2 * Statistics.variance(values) * log(40) / n).squareRoot() + 7 * 8 * log(40) / (3 * (n - 1))
        let bernstein = try EmpiricalBernsteinInterval().interval(contributions, level: 0.9)
        #expect(abs(bernstein.upper - (mean + half)) < 1e-12)
        #expect(abs(bernstein.lower - max(0, mean - half)) < 1e-12)
    }

    @Test func skewCorrectionIsTheFormula() throws {
        let values = skewed(300, seed: 2)
        let n = 300.0, mean = Statistics.mean(values), s = Statistics.variance(values).squareRoot()
        let e = values.map { $0 - mean }
        let gamma = e.reduce(0) { $0 + pow($1, 3) } / n / pow(s, 3)
        let kurtosis = n * e.reduce(0) { $0 + pow($1, 4) } / pow(e.reduce(0) { $0 + $1 * $1 }, 2)
        let t = Special.studentQuantile(0.975, df: min(n - 1, 2 * n / (kurtosis - 1)))
        let interval = try SkewCorrectedInterval().interval(Contributions(values), level: 0.95)
        // The ends are where the transformed statistic is ∓ t/√n.
        for (end, sign) in [(interval.lower, 1.0), (interval.upper, -1)] {
            let x = (mean - end) / s
            let g = x + gamma * x * x / 3 + gamma * gamma * pow(x, 3) / 27 + gamma / (6 * n)
            #expect(abs(g - sign * t / n.squareRoot()) < 1e-10)
        }
        #expect(interval.upper - mean > mean - interval.lower)
    }

    @Test func shiftScaleAndMirror() throws {
        let values = skewed(200, seed: 3)
        for method in Self.methods {
            let plain = try method.interval(Contributions(values, range: 0...8), level: 0.95)
            let moved = try method.interval(
                Contributions(values.map { 3 + 2 * $0 }, range: 3...19), level: 0.95)
            #expect(abs(moved.lower - (3 + 2 * plain.lower)) < 1e-9)
            #expect(abs(moved.upper - (3 + 2 * plain.upper)) < 1e-9)
            guard !(method is BootstrapInterval) else { continue }
            let mirrored = try method.interval(
                Contributions(values.map { -$0 }, range: -8...0), level: 0.95)
            #expect(abs(mirrored.lower + plain.upper) < 1e-9)
            #expect(abs(mirrored.upper + plain.lower) < 1e-9)
        }
    }

    @Test func doubledRowsOfAUnitTellNothingNew() throws {
        let values = skewed(150, seed: 4)
        let unit = (0..<300).map { Int32(1000 - $0 / 2) }
        let doubled = try Contributions(values.flatMap { [$0, $0] }, unit: unit, range: 0...8)
        let single = try Contributions(values, range: 0...8)
        #expect(doubled.units == 150)
        for method in Self.methods.prefix(4) {
            let one = try method.interval(single, level: 0.95)
            let two = try method.interval(doubled, level: 0.95)
            #expect(abs(one.lower - two.lower) < 1e-9 && abs(one.upper - two.upper) < 1e-9)
        }
        for method in Self.methods.suffix(2) {
            #expect(throws: BanditError.self) { try method.interval(doubled, level: 0.95) }
        }
    }

    @Test func unitsOfDifferentSize() throws {
        // A ratio of sums: μ = 11/5, e = (S − m μ) · 2/5.
        let values = try Contributions([1, 2, 3, 5, 0], unit: [7, 7, 9, 9, 9])
        #expect(values.unitSums == [3, 8] && values.unitSizes == [2, 3])
        let e = [(3 - 2 * 2.2) * 0.4, (8 - 3 * 2.2) * 0.4]
        #expect(abs(values.standardError - ((e[0] * e[0] + e[1] * e[1]) / 2).squareRoot()) < 1e-12)
    }

    @Test func bettingIsTheDefinition() throws {
        let x = skewed(60, seed: 5).map { $0 / 8 }
        let interval = try BettingInterval().interval(Contributions(x, range: 0...1), level: 0.9)
        // The capital against a mean, by the formula, with stakes from the values before.
        func most(_ x: [Double], _ mean: Double) -> Double {
            var capital = 1.0, highest = 1.0, seen: [Double] = [], squares = 0.0
            for value in x {
                let variance = (0.25 + squares) / Double(seen.count + 1)
                let stake = (2 * log(20) / (variance * Double(x.count))).squareRoot()
                capital *= 1 + min(stake, 0.5 / mean) * (value - mean)
                highest = max(highest, capital)
                seen.append(value)
                let centre = (0.5 + seen.reduce(0, +)) / Double(seen.count + 1)
                squares += (value - centre) * (value - centre)
            }
            return highest
        }
        #expect(most(x, interval.lower - 1e-9) >= 20 && most(x, interval.lower + 1e-9) < 20)
        let mirrored = x.map { 1 - $0 }
        #expect(most(mirrored, 1 - interval.upper - 1e-9) >= 20)
        #expect(most(mirrored, 1 - interval.upper + 1e-9) < 20)
    }

    @Test func shorterInTheOrderThatIsDocumented() throws {
        let values = try Contributions(skewed(3000, seed: 6).map { min(1, $0 / 8) }, range: 0...1)
        let widths = try [
            BettingInterval() as any ValueInterval, EmpiricalBernsteinInterval(), HoeffdingInterval(),
        ].map { method in
            let interval = try method.interval(values, level: 0.95)
            return interval.upper - interval.lower
        }
        #expect(widths[0] < widths[1] && widths[1] < widths[2])
    }

    @Test func coverage() throws {
        // Rare rewards with inverse weights, the truth known: P(reward) = 0.3.
        let truth = 0.3, logs = 1000
        let missed = Parallel.map(logs) { log -> [Int] in
            var random = CounterRandom(seed: 77).split(UInt64(log))
            let values = (0..<1000).map { _ -> Double in
                let p = random.bernoulli(0.5) ? 0.1 : 0.5
                return random.bernoulli(p) && random.bernoulli(truth) ? 1 / p : 0
            }
            guard let contributions = try? Contributions(values, range: 0...10) else { return [9, 9, 9] }
            let methods: [any ValueInterval] = [
                SkewCorrectedInterval(), StudentInterval(), BettingInterval(),
            ]
            return methods.map {
                (try? $0.interval(contributions, level: 0.95).contains(truth)) == true ? 0 : 1
            }
        }
        let shares = (0..<3).map { k in 1 - Double(missed.reduce(0) { $0 + $1[k] }) / Double(logs) }
        #expect(shares[0] > 0.93 && shares[0] < 0.98)
        #expect(shares[1] < shares[0])
        #expect(shares[2] > 0.95)
    }

    @Test func bootstrapIsSeededAndThreadCountIndependent() throws {
        let contributions = try Contributions(skewed(300, seed: 8))
        let method = BootstrapInterval(replicates: 300, seed: 5)
        let one = try Parallel.withThreads(1) { try method.interval(contributions, level: 0.95) }
        let four = try Parallel.withThreads(4) { try method.interval(contributions, level: 0.95) }
        #expect(one == four)
        let other = try BootstrapInterval(replicates: 300, seed: 6).interval(contributions, level: 0.95)
        #expect(one != other)
        let constant = try BootstrapInterval(replicates: 50).interval(Contributions([2, 2, 2]), level: 0.95)
        #expect(constant == Interval(lower: 2, upper: 2, level: 0.95))
    }

    @Test func refusals() throws {
        #expect(throws: BanditError.data("there is no decision to estimate from")) { try Contributions([]) }
        #expect(throws: BanditError.self) { try Contributions([1, .nan]) }
        #expect(throws: BanditError.self) { try Contributions([1, 2], unit: [1]) }
        #expect(throws: BanditError.self) { try Contributions([1, 2], range: 0...1) }
        let values = try Contributions([1, 2, 3])
        for method in Self.methods {
            #expect(throws: BanditError.self) { try method.interval(values, level: 1) }
        }
        for method in Self.methods.suffix(3) {
            #expect(throws: BanditError.self) { try method.interval(values, level: 0.95) }
        }
        let unit = try Contributions([1, 2], unit: [3, 3])
        for method in Self.methods.prefix(3) {
            #expect(throws: BanditError.self) { try method.interval(unit, level: 0.95) }
        }
        #expect(try SkewCorrectedInterval().interval(Contributions([2, 2]), level: 0.95).upper == 2)
    }
}
