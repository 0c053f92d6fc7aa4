import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

/// Gradients and information of every likelihood against central finite differences.
@Suite struct LikelihoodTests {
    private func check(_ objective: Objective, seed: UInt64, scale: Double = 1) {
        var random = CounterRandom(seed: seed)
        let count = objective.count
        let theta = (0..<count).map { _ in scale * random.normal() }
        var sum = Accumulator(count: count, information: true)
        objective.evaluate(theta, into: &sum)
        var scratch = Accumulator(count: count, information: false)
        func gradient(_ theta: [Double]) -> [Double] {
            objective.evaluate(theta, into: &scratch)
            return scratch.gradient
        }
        func value(_ theta: [Double]) -> Double {
            objective.evaluate(theta, into: &scratch)
            return scratch.value
        }
        let h = 1e-5
        let size = max(1, Newton.norm(sum.gradient), Newton.norm(sum.diagonal))
        for i in 0..<count {
            var up = theta, down = theta
            up[i] += h
            down[i] -= h
            let slope = (value(up) - value(down)) / (2 * h)
            #expect(abs(slope - sum.gradient[i]) < 1e-6 * size, "gradient of parameter \(i)")
            let upper = gradient(up), lower = gradient(down)
            for j in 0..<count {
                let curvature = -(upper[j] - lower[j]) / (2 * h)
                let stated = sum.information[max(i, j) * count + min(i, j)]
                #expect(abs(curvature - stated) < 1e-6 * size, "information of \(i), \(j)")
            }
            #expect(sum.diagonal[i] == sum.information[i * count + i])
        }
        // The slopes of single patterns add up to the gradient of the likelihood.
        var total = [Double](repeating: 0, count: count)
        theta.withUnsafeBufferPointer { theta in
            for block in objective.blocks {
                for pattern in 0..<block.patternCount where block.weights[pattern] > 0 {
                    block.gradient(theta, pattern: pattern) { total[$0] += block.weights[pattern] * $1 }
                }
            }
        }
        for i in 0..<count {
            let prior = objective.prior.precision[i] * (theta[i] - objective.prior.mean[i])
            #expect(abs(total[i] - prior - sum.gradient[i]) < 1e-9 * size)
        }
    }

    @Test(arguments: LinkKind.allCases)
    func pairs(_ link: LinkKind) throws {
        var events = Simulation.comparisons(scores: [0, 0.5, 1, -1], count: 60, seed: 4, tie: 0.6, home: 0.3)
        var random = CounterRandom(seed: 9)
        for i in events.indices { events[i].itemFeatures["length"] = [random.normal(), random.normal()] }
        for i in events.indices where i % 5 == 0 {
            if case .comparison(var c) = events[i].feedback {
                c.first = i % 10 == 0 ? nil : .right
                events[i].feedback = .comparison(c)
            }
        }
        var options = BoardOptions()
        options.covariates = [Covariate("length")]
        let board = try PairBoard(id: "test", summary: "", link: link, options: options)
            .board(Simulation.log(events))
        #expect(
            board.extras.map(\.name)
                == (link == .logistic ? ["first", "length"] : ["first", "length", "tie"]))
        let objective = Objective(
            blocks: board.blocks,
            prior: Prior(precision: [Double](repeating: 0.3, count: 4 + board.extras.count)))
        check(objective, seed: 1, scale: 0.7)
        // Far from the optimum, where naive formulas overflow or cancel.
        check(objective, seed: 2, scale: 3)
    }

    @Test(arguments: [(0, 0), (2, 0), (0, 2), (2, 1)])
    func luce(tieEvery: Int, unplaced: Int) throws {
        let log = Simulation.log(
            Simulation.rankings(
                scores: [0, 1, -1, 0.5, 0.2], count: 30, size: 4, seed: 3, tieEvery: tieEvery,
                unplaced: unplaced)
                + [FeedbackEvent(.choice(Choice("item1", among: ["item0", "item1", "item4"])))])
        var used = [Bool](repeating: true, count: log.items.count)
        LuceBoard.mark(log, used: &used)
        let index = ItemIndex(log, used: used)
        let component = try LuceBoard.component(
            log, index: index, firstExtra: index.count, model: "test", options: BoardOptions())
        #expect(component.extras.count == (tieEvery > 0 ? 1 : 0))
        check(
            Objective(
                blocks: [component.block],
                prior: Prior(precision: [Double](repeating: 0.2, count: index.count + component.extras.count))
            ),
            seed: 5)
    }

    @Test func largeTies() throws {
        let log = Simulation.log([
            FeedbackEvent(.ranking(Ranking(tiers: [["a", "b", "c"], ["d"], ["e", "f"]]))),
            FeedbackEvent(.ranking(Ranking(tiers: [["f"], ["b", "d", "e", "a"]]))),
            FeedbackEvent(.ranking(Ranking(tiers: [["c", "a", "b", "d"]], unplaced: ["e"]))),
        ])
        let index = ItemIndex(log, used: [Bool](repeating: true, count: log.items.count))
        let component = try LuceBoard.component(
            log, index: index, firstExtra: index.count, model: "test", options: BoardOptions())
        #expect(component.extras.count == 3)
        check(
            Objective(
                blocks: [component.block],
                prior: Prior(precision: [Double](repeating: 0.2, count: index.count + 3))),
            seed: 6)
    }

    @Test(arguments: [1, 2, 4])
    func ratings(top: Int) throws {
        let log = Simulation.log(
            Simulation.ratings(
                scores: [0, 0.5, 1, -0.5], judges: 200, top: top, seed: 8, share: 0.5, severity: 3))
        let index = ItemIndex(log, used: [Bool](repeating: true, count: log.items.count))
        let component = try RatingBoard.component(
            log, index: index, firstExtra: index.count, model: "test", options: BoardOptions())
        #expect(component.extras.count == top - 1)
        check(
            Objective(
                blocks: [component.block],
                prior: Prior(precision: [Double](repeating: 0.2, count: index.count + component.extras.count))
            ),
            seed: 7)
    }
}
