import Testing

@testable import Bandits

@Suite struct InverseGapTests {
    private func square(_ scores: [Double], _ gamma: Double, available: [Int]? = nil) -> [Double] {
        var p = [Double](repeating: 0, count: scores.count)
        InverseGap.squareCB(
            scores, gamma: gamma, choices: BanditContext(available: available).choices(of: scores.count),
            into: &p)
        return p
    }

    private func fast(_ losses: [Double], _ gamma: Double, available: [Int]? = nil) -> [Double] {
        var p = [Double](repeating: 0, count: losses.count)
        InverseGap.fastCB(
            losses: losses, gamma: gamma,
            choices: BanditContext(available: available).choices(of: losses.count), into: &p)
        return p
    }

    private func close(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-9) -> Bool {
        zip(a, b).allSatisfy { abs($0 - $1) < tolerance }
    }

    @Test func squareForm() {
        #expect(close(square([0.9, 0.8, 0.5], 10), [0.607142857142857, 0.25, 0.142857142857143]))
        #expect(close(square([0.9, 0.8, 0.5], 0), [1.0 / 3, 1.0 / 3, 1.0 / 3]))
        #expect(square([0.2, 0.8, 0.5], .infinity) == [0, 1, 0])
        #expect(close(square([0.4, 0.4, 0.4, 0.4], .infinity), [0.25, 0.25, 0.25, 0.25]))
        #expect(close(square([0.9, 0.8, 0.5], 10, available: [2, 1]), [0, 1 - 1.0 / 5, 1.0 / 5]))
        let p = square([0, 0.3, 1, 0.7], 55)
        #expect(p.allSatisfy { $0 >= 1 / (4 + 55) - 1e-15 } && abs(p.reduce(0, +) - 1) < 1e-12)
    }

    @Test func fastForm() {
        #expect(close(fast([0.1, 0.2, 0.5], 10), [0.899821, 0.076923, 0.023256], 5e-7))
        #expect(fast([0.3, 0, 0.5], 10) == [0, 1, 0])
        #expect(close(fast([0, 0, 0], 10), [1.0 / 3, 1.0 / 3, 1.0 / 3]))
        #expect(close(fast([0.2, 0.2], 7), [0.5, 0.5]))
        #expect(close(fast([0, 0.4], 0), [0.5, 0.5]))
        #expect(close(fast([0.9, 0.2, 0.2], 3, available: [1, 2]), [0, 0.5, 0.5]))
    }
}
