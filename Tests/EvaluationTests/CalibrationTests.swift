import Evaluation
import Foundation
import Kernels
import Testing

@Suite struct CalibrationTests {
    /// Forecasts in log-odds `scale` times as far from even as the truth.
    private func sample(_ count: Int, scale: Double, seed: UInt64) -> (p: [Double], y: [Bool]) {
        var random = CounterRandom(seed: seed)
        var p: [Double] = []
        var y: [Bool] = []
        for _ in 0..<count {
            let truth = random.normal()
            p.append(Special.logistic(scale * truth))
            y.append(random.bernoulli(Special.logistic(truth)))
        }
        return (p, y)
    }

    @Test func honestForecastsPass() throws {
        let (p, y) = sample(4000, scale: 1, seed: 1)
        let report = try Calibration(bootstrap: .init(replicates: 200)).assess(p, y)
        #expect(report.bins.count == 10 && report.bins.allSatisfy { $0.count == 400 })
        #expect(report.error.ece < 2 * report.error.expectedByChance && report.error.pValue > 0.01)
        #expect(report.recalibration.slopeInterval!.contains(1))
        #expect(report.recalibration.interceptInterval!.contains(0))
        #expect(report.test.pValue! > 0.01)
    }

    @Test func extremeForecastsAreCaught() throws {
        let (p, y) = sample(4000, scale: 2, seed: 2)
        let report = try Calibration(bootstrap: .init(replicates: 200)).assess(p, y)
        #expect(abs(report.recalibration.slope! - 0.5) < 0.06)
        #expect(report.recalibration.slopeInterval!.upper < 0.7)
        #expect(report.test.z! > 5 && report.error.pValue < 0.01)
        #expect(report.error.debiased > 0.05 && report.error.interval!.lower > report.error.expectedByChance)
        #expect(report.sentence.contains("too extreme"))
    }

    @Test func binsHoldEqualWeightAndKeepTiesTogether() throws {
        let p = [0.1, 0.1, 0.1, 0.1, 0.2, 0.3, 0.4, 0.9]
        let bins = try ReliabilityBins(4).group(p, p.map { $0 > 0.35 })
        #expect(bins.map(\.count) == [4, 2, 2])
        let few = try ReliabilityBins(5).group([0.2, 0.8, 0.2], [false, true, true])
        #expect(few.map(\.forecast) == [0.2, 0.8] && few.map(\.frequency) == [0.5, 1])
    }

    @Test func spiegelhalterByHand() throws {
        let result = try SpiegelhalterTest().test([0.9, 0.2, 0.7], [true, false, false])
        let top = (0.1 * -0.8) + (-0.2 * 0.6) + (-0.7 * -0.4)
        let bottom = (0.64 * 0.09 + 0.36 * 0.16 + 0.16 * 0.21).squareRoot()
        #expect(abs(result.z! - top / bottom) < 1e-12)
        #expect(try SpiegelhalterTest().test([0.5, 1], [true, true]).z == nil)
    }

    @Test func theRecalibrationLineIsTheMaximum() throws {
        let (p, y) = sample(300, scale: 0.7, seed: 3)
        let fit = try Recalibration().fit(p, y)
        #expect(fit.certificate == .converged)
        var gradient = (0.0, 0.0)
        for (p, y) in zip(p, y) {
            let x = Special.logit(p)
            let residual = (y ? 1 : 0) - Special.logistic(fit.intercept! + fit.slope! * x)
            gradient.0 += residual
            gradient.1 += residual * x
        }
        #expect(abs(gradient.0) < 1e-6 && abs(gradient.1) < 1e-6)
    }

    @Test func fitsThatDoNotExistSaySo() throws {
        #expect(try Recalibration().fit([0.3, 0.3], [true, false]).certificate == .noSpread)
        #expect(try Recalibration().fit([0.3, 0.6, 0.7], [false, true, true]).certificate == .separated)
        #expect(try Recalibration().fit([0.3, 0.6], [true, true]).certificate == .separated)
        let edge = try Recalibration().fit([0, 1, 0.3, 0.6, 0.5], [true, true, true, false, true])
        #expect(edge.excluded == 2)
        #expect(throws: EvaluationError.self) { try Recalibration().fit([1.5], [true]) }
    }
}
