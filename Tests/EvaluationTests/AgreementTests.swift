import Evaluation
import Kernels
import Testing

/// The example of Krippendorff (2011): four judges, twelve units, some values missing.
private let published: [[Double?]] = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nil, nil, nil], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nil, 3],
    [nil, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nil], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nil],
]

@Suite struct AgreementTests {
    private let quick = ClusterBootstrap(replicates: 200, seed: 5)

    @Test(arguments: [
        (KrippendorffAlpha.Scale.nominal, 0.743421052631579), (.ordinal, 0.8153875037548814),
        (.interval, 0.8491071428571428), (.ratio, 0.7974027747116121),
    ])
    func alphaOfThePublishedExample(scale: KrippendorffAlpha.Scale, expected: Double) throws {
        let result = try KrippendorffAlpha(scale, bootstrap: quick).estimate(
            ReliabilityUnits(raters: published))
        #expect(abs(result.value! - expected) < 1e-12)
        #expect(result.certificate == .complete)
        #expect(result.interval!.contains(expected))
        #expect(result.units == 11 && result.answers == 40)
    }

    @Test(arguments: [
        (KrippendorffAlpha.Scale.nominal, 0.20663047303071436), (.ordinal, 0.9765231683889772),
        (.interval, 0.9812975336907556), (.ratio, 0.7007199493552805),
    ])
    func alphaAgreesWithThePythonPackage(scale: KrippendorffAlpha.Scale, expected: Double) throws {
        let rows = (0..<5).map { r in
            (0..<30).map { u -> Double? in
                let h = (r * 7919 + u * 104729) % 97
                return h % 5 == 0 ? nil : Double((u * 37) % 11) + Double(h % 3) * 0.5
            }
        }
        let result = try KrippendorffAlpha(scale, bootstrap: quick).estimate(ReliabilityUnits(raters: rows))
        #expect(abs(result.value! - expected) < 1e-9)
    }

    @Test(arguments: [
        (CohenKappa.Weights.plain, 0.655831739961759), (.linear, 0.7044334975369458),
        (.quadratic, 0.7731568998109641),
    ])
    func cohenAgreesWithScikitLearn(weights: CohenKappa.Weights, expected: Double) throws {
        let a = (0..<60).map { min(3, ($0 * $0) % 4 + ($0 % 7 == 0 ? 1 : 0)) }
        let b = a.enumerated().map { i, x in min(3, max(0, x + (i % 5 == 0 ? 1 : 0) - (i % 9 == 0 ? 1 : 0))) }
        let result = try CohenKappa(weights, bootstrap: quick).estimate(a, b, categories: 4)
        #expect(abs(result.value! - expected) < 1e-12)
        #expect(result.interval!.contains(expected))
    }

    @Test func fleissOfThePublishedExample() throws {
        let counts = [
            [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
            [7, 7, 0, 0, 0],
            [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
        ]
        let result = try FleissKappa(bootstrap: quick).estimate(counts: counts)
        #expect(abs(result.value! - 0.20993) < 1e-5)
        #expect(throws: EvaluationError.lengths(expected: 3, found: 2)) {
            try FleissKappa().estimate(counts: [[2, 1], [1, 1]])
        }
    }

    @Test func whatCannotBeMeasuredSaysSo() throws {
        let alike = try KrippendorffAlpha(.nominal).estimate(ReliabilityUnits([[1, 1], [1, 1, 1]]))
        #expect(alike.value == nil && alike.interval == nil && alike.certificate == .noVariation)
        let lonely = try KrippendorffAlpha(.interval).estimate(ReliabilityUnits([[1], [2], []]))
        #expect(lonely.value == nil && lonely.certificate == .noPairs && lonely.units == 0)
        let single = try KrippendorffAlpha(.nominal).estimate(ReliabilityUnits([[1, 2]]))
        #expect(single.value != nil && single.certificate == .noInterval)
        #expect(try CohenKappa().estimate([], [], categories: 2).certificate == .noPairs)
        #expect(try CohenKappa().estimate([1, 1], [1, 1], categories: 2).certificate == .noVariation)
        #expect(try FleissKappa().estimate(counts: [[3, 0], [3, 0]]).certificate == .noVariation)
        #expect(try FleissKappa().estimate(counts: []).certificate == .noPairs)
        #expect(
            throws: EvaluationError.value(row: 0, value: -1, rule: "a ratio scale has no negative values")
        ) {
            try KrippendorffAlpha(.ratio).estimate(ReliabilityUnits([[-1, 1]]))
        }
        #expect(throws: EvaluationError.outcome(row: 1, value: 2, classes: 2)) {
            try CohenKappa().estimate([0, 1], [0, 2], categories: 2)
        }
    }

    @Test func intervalsCoverTheTruth() throws {
        // Two judges flip a fair coin's answer with probability e each: kappa is (1 - 2e)^2.
        let truth = (1 - 2 * 0.15) * (1 - 2 * 0.15)
        let covered = Parallel.map(200) { run -> Bool in
            var random = CounterRandom(seed: 11, stream: UInt64(run))
            var a: [Int] = []
            var b: [Int] = []
            for _ in 0..<150 {
                let right = random.below(2)
                a.append(random.bernoulli(0.15) ? 1 - right : right)
                b.append(random.bernoulli(0.15) ? 1 - right : right)
            }
            let units = try! ReliabilityUnits(zip(a, b).map { [Double($0), Double($1)] })
            let kappa = try! CohenKappa(bootstrap: quick).estimate(a, b, categories: 2)
            let alpha = try! KrippendorffAlpha(.nominal, bootstrap: quick).estimate(units)
            return kappa.interval!.contains(truth) && abs(kappa.value! - alpha.value!) < 0.02
        }
        let share = Double(covered.count { $0 }) / 200
        #expect(share > 0.88 && share < 0.99)
    }

    @Test func anyNumberOfThreadsGivesTheSameBits() throws {
        let units = try ReliabilityUnits(raters: published)
        let runs = try [1, 2, 8].map { threads in
            try Parallel.withThreads(threads) {
                try KrippendorffAlpha(.ordinal, bootstrap: quick).estimate(units)
            }
        }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
    }
}
