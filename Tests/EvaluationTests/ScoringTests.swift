import Evaluation
import Foundation
import Kernels
import Testing

@Suite struct ScoringTests {
    private let games = [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2], [0.1, 0.1, 0.8]]

    @Test func binaryScoresByHand() throws {
        let forecasts = try Forecasts(event: [0.9, 0.2])
        let brier = try BrierScore().score(forecasts, outcomes: [1, 0])
        #expect(abs(brier.mean - (0.01 + 0.04) / 2) < 1e-15)
        let log = try LogLoss().score(forecasts, outcomes: [1, 0])
        #expect(abs(log.mean - 0.164252033486018) < 1e-12)
        #expect(
            abs(try RankedProbabilityScore().score(forecasts, outcomes: [1, 0]).mean - brier.mean) < 1e-15)
    }

    @Test func severalClassesByHand() throws {
        let forecasts = try Forecasts(rows: games)
        let outcomes = [2, 1, 0]
        let log = try LogLoss().score(forecasts, outcomes: outcomes)
        #expect(
            abs(log.mean - (-Foundation.log(0.5) - Foundation.log(0.2) - Foundation.log(0.1)) / 3) < 1e-12)
        let brier = try BrierScore().score(forecasts, outcomes: outcomes)
        #expect(abs(brier.mean - (0.38 + 1.04 + 1.46) / 3) < 1e-12)
        let ranked = try RankedProbabilityScore().score(forecasts, outcomes: outcomes)
        #expect(abs(ranked.mean - (0.145 + 0.2 + 0.725) / 3) < 1e-12)
    }

    @Test func aWeightOfTwoIsTheRowTwice() throws {
        let twice = try Forecasts(rows: [games[0], games[0], games[1]])
        let weighted = try Forecasts(rows: [games[0], games[1]])
        let a = try BrierScore().score(twice, outcomes: [1, 1, 0]).mean
        let b = try BrierScore().score(weighted, outcomes: [1, 0], weights: [2, 1]).mean
        #expect(abs(a - b) < 1e-15)
    }

    @Test func theImpossibleCostsInfinityAndSaysSo() throws {
        let score = try LogLoss().score(Forecasts(event: [0, 0.5]), outcomes: [1, 1])
        #expect(score.mean == .infinity && score.impossible == 1 && score.standardError == nil)
        #expect(score.sentence.contains("infinite"))
        let ignored = try LogLoss().score(Forecasts(event: [0, 0.5]), outcomes: [1, 1], weights: [0, 1])
        #expect(ignored.mean.isFinite && ignored.impossible == 0)
    }

    @Test func nonsenseIsRefused() {
        #expect(throws: EvaluationError.probability(row: 1, value: 1.2)) { try Forecasts(event: [0.5, 1.2]) }
        #expect(throws: EvaluationError.self) { try Forecasts(event: [.nan]) }
        #expect(throws: EvaluationError.self) { try Forecasts(rows: [[0.5, 0.6]]) }
        #expect(throws: EvaluationError.empty) { try BrierScore().score(Forecasts(event: []), outcomes: []) }
        #expect(throws: EvaluationError.outcome(row: 0, value: 2, classes: 2)) {
            try BrierScore().score(Forecasts(event: [0.5]), outcomes: [2])
        }
        #expect(throws: EvaluationError.weight(row: 0, value: -1)) {
            try BrierScore().score(Forecasts(event: [0.5]), outcomes: [1], weights: [-1])
        }
        #expect(throws: EvaluationError.weight(row: 0, value: 0)) {
            try BrierScore().score(Forecasts(event: [0.5]), outcomes: [1], weights: [0])
        }
    }

    @Test func theDecompositionAddsUp() throws {
        var random = CounterRandom(seed: 6)
        let stated = (0..<2000).map { _ in (random.uniform() * 10).rounded() / 10 }
        let outcomes = stated.map { random.bernoulli(0.2 + 0.6 * $0) ? 1 : 0 }
        let parts = try MurphyDecomposition().split(Forecasts(event: stated), outcomes: outcomes)
        #expect(abs(parts.within) < 1e-12)
        // Stating p where 0.2 + 0.6 p is true costs E[(0.4 p - 0.2)^2], about 0.016.
        #expect(abs(parts.reliability - 0.0165) < 0.006)
        let rows = (0..<500).map { _ -> [Double] in
            let a = random.uniform() / 2
            return [a, 0.5 - a, 0.5]
        }
        let split = try MurphyDecomposition(bins: 5).split(
            Forecasts(rows: rows), outcomes: rows.map { _ in random.below(3) })
        #expect(
            abs(split.reliability - split.resolution + split.uncertainty + split.within - split.brier) < 1e-12
        )
    }
}
