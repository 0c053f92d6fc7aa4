import Foundation
import Testing

@testable import Bandits

@Suite struct BayesianOptimizationTests {
    private static func space() throws -> SearchSpace {
        try SearchSpace(parsing: ["x=0..1", "n=int:1..5", "c=a|b|c"])
    }

    private static func value(_ point: SearchPoint) -> Double {
        let x = point.number("x")!, n = point.number("n")!
        return -4 * (x - 0.3) * (x - 0.3) - 0.2 * abs(n - 4) - (point["c"] == .category("b") ? 0 : 0.5)
    }

    @Test(arguments: BayesianOptimization.Acquisition.allCases)
    func conforms(_ acquisition: BayesianOptimization.Acquisition) throws {
        try PolicyConformance.check(
            BayesianOptimization(space: try Self.space(), acquisition: acquisition, seed: 4), rounds: 14,
            context: { _ in NoContext() }, outcome: { _, point in Self.value(point) })
    }

    @Test func mixedSpacesAreSolved() throws {
        for goal in SearchGoal.allCases {
            var search = BayesianOptimization(space: try Self.space(), goal: goal, seed: 2)
            for _ in 0..<28 {
                let decision = search.choose()
                search.learn(decision, goal.sign * Self.value(decision.action))
            }
            let found = try #require(search.recommendation())
            #expect(found.point["n"] == .integer(4) && found.point["c"] == .category("b"), "\(found)")
            #expect(abs(found.point.number("x")! - 0.3) < 0.05)
            #expect(found.interval.contains(found.mean) && abs(found.mean) < 0.1)
        }
    }

    @Test func openEvaluationsLieApart() throws {
        var search = BayesianOptimization(space: .unitCube(2), seed: 3)
        for _ in 0..<6 {
            let decision = search.choose()
            search.learn(decision, -pow(decision.action.number("x1")! - 0.5, 2))
        }
        var units: [[Double]] = []
        for _ in 0..<4 { units.append(search.space.encode(search.choose().action)!) }
        for (i, a) in units.enumerated() {
            for b in units[..<i] { #expect(hypot(a[0] - b[0], a[1] - b[1]) > 0.02) }
        }
        #expect(search.journal.waiting == 4 && search.evaluations.count == 6)
    }

    @Test func failuresAndForeignOutcomesAreLearnt() throws {
        var search = BayesianOptimization(space: .unitCube(1), goal: .minimize, noise: .known(0), seed: 5)
        #expect(search.recommendation() == nil)
        for i in 0...8 {
            let x = Double(i) / 8
            let point = try search.space.point([.real(x)])
            search.learn(PolicyDecision(action: point), x < 0.3 ? .nan : (x - 0.6) * (x - 0.6))
        }
        let next = search.choose().action.number("x1")!
        #expect(next > 0.4 && next < 0.8, "\(next)")
        let best = try #require(search.recommendation())
        #expect(best.point.number("x1") == 0.625 && abs(best.outcome - 0.000625) < 1e-12)
        #expect(abs(best.mean - best.outcome) < 1e-4)
    }
}

@Suite struct ForgottenEvaluationTests {
    @Test func forgottenPointsNoLongerCount() {
        var lost = BayesianOptimization(space: .unitCube(1), initialPoints: 2)
        var fresh = lost
        for _ in 0..<3 {
            lost.learn(lost.choose(), 0.5)
            fresh.learn(fresh.choose(), 0.5)
        }
        _ = lost.choose()
        _ = fresh.choose()
        lost.journal.forget(before: lost.journal.decided)
        // The one that still waits keeps the next point away from itself; the forgotten one does not.
        _ = lost.choose()
        _ = fresh.choose()
        #expect(lost.waitingPoints == 1 && fresh.waitingPoints == 2)
    }
}
