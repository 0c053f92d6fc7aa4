import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct RegretAuditTests {
    @Test func trendIsTheBinomialTail() {
        #expect(abs(RegretAudit.Trend(falls: 24, comparisons: 24).pValue * 0x1p24 - 1) < 1e-12)
        #expect(abs(RegretAudit.Trend(falls: 12, comparisons: 24).pValue - 0.580590) < 5e-7)
    }

    @Test func growthFitsAPower() throws {
        let noisy = (1...200).map { 3 * pow(Double($0), 0.5) * ($0 % 2 == 0 ? 1.02 : 0.98) }
        let growth = try #require(RegretAudit(regrets: noisy).growth)
        #expect(abs(growth.exponent - 0.5) < 0.01 && growth.standardError < 0.01 && growth.pValue < 1e-6)
        let linear = try #require(RegretAudit(regrets: (1...50).map { 2 * Double($0) }).growth)
        #expect(abs(linear.exponent - 1) < 1e-12 && linear.pValue > 0.1)
        #expect(RegretAudit(regrets: [1, -1, 2]).growth == nil)
    }

    @Test func regretIsAgainstTheBestFixedPoint() throws {
        let losses = [[1.0, 0], [0, 0.5], [1, 0.25]], plays = [[0.5, 0.5], [1, 0], [0, 1]]
        let simplex = try RegretAudit(losses: losses, plays: plays, set: .simplex)
        #expect(simplex.regrets == [0.5, 0, 0])
        let ball = try RegretAudit(losses: losses, plays: plays, set: .ball(radius: 2))
        #expect(abs(ball.regret - (0.75 + 2 * (4 + 0.5625).squareRoot())) < 1e-12)
        #expect(throws: BanditError.self) {
            try RegretAudit(losses: losses, plays: [[1, 0]], set: .simplex)
        }
        #expect(throws: BanditError.self) {
            try RegretAudit(losses: losses, plays: [[1], [1], [1]], set: .simplex)
        }
    }

    @Test func followingTheLeaderFailsWhereHedgeDoesNot() {
        let losses = LossStream.alternating(rounds: 100, dimension: 3, on: .simplex)
        let leader = RegretAudit.play(losses, on: .simplex, Hedge(experts: 3, eta: 1e6))
        let hedge = RegretAudit.play(losses, on: .simplex, Hedge(experts: 3))
        #expect(leader.regret > 48 && leader.growth!.exponent >= 1 && leader.trend.pValue > 0.99)
        #expect(hedge.regret < 12 && hedge.growth!.exponent < 0.8)
    }

    @Test func learnersNearAnEquilibrium() {
        let game = RepeatedGame(
            firstLosses: [[0, 1, 0.3], [1, 0, 0.8]], secondLosses: [[1, 0, 0.7], [0, 1, 0.2]],
            first: Hedge(experts: 2), second: Hedge(experts: 3), rounds: 2000)
        #expect(game.equilibriumDistance < 0.03)
        #expect(abs(game.frequencies.flatMap { $0 }.reduce(0, +) - 1) < 1e-9)
        // The regret is what the average play says it is.
        var cost = 0.0, fixed = [0.0, 0.0]
        for (i, row) in game.frequencies.enumerated() {
            for (j, share) in row.enumerated() {
                let losses = [[0, 1, 0.3], [1, 0, 0.8]]
                cost += share * losses[i][j]
                for other in 0..<2 { fixed[other] += share * losses[other][j] }
            }
        }
        #expect(abs(game.first.regret / 2000 - (cost - fixed.min()!)) < 1e-9)
    }
}

@Suite struct RegretLossTests {
    private func layer(_ set: DecisionSet, projects: Bool, d: Int = 3) -> AttentionLayer {
        var random = CounterRandom(seed: 7)
        return AttentionLayer(dimension: d, set: set, projects: projects, scale: 0.4, random: &random)
    }

    @Test func learnerConforms() throws {
        for set in [DecisionSet.simplex, .ball(radius: 1)] {
            try PolicyConformance.check(
                AttentionLearner(layer(set, projects: true)), context: { _ in NoContext() },
                outcome: { round, p in p.indices.map { Double((round * 7 + $0 * 3) % 5) / 4 - 0.5 } })
        }
    }

    /// A layer whose V is −c·I and k₀ = 1 plays −c·Σ ℓ, whose regret has a closed form.
    @Test func linearPolicyHasItsClosedForm() {
        var layer = layer(.ball(radius: 1.5), projects: false)
        let c = 0.3
        layer.parameters = [-c, 0, 0, 0, -c, 0, 0, 0, -c] + [Double](repeating: 0, count: 6) + [1]
        var random = CounterRandom(seed: 2), gradient = layer.parameters
        for _ in 0..<20 {
            let losses = LossStream.normal(rounds: 12, dimension: 3, random: &random)
            let sum = (0..<3).map { i in losses.reduce(0) { $0 + $1[i] } }
            let squares = losses.flatMap { $0 }.reduce(0) { $0 + $1 * $1 }
            let length = VectorMath.length(sum)
            let expected = -c / 2 * (length * length - squares) + 1.5 * length
            #expect(abs(layer.regret(losses.flatMap { $0 }, gradient: &gradient) - expected) < 1e-10)
            let audit = RegretAudit.play(losses, on: .ball(radius: 1.5), AttentionLearner(layer))
            #expect(abs(audit.regret - expected) < 1e-10)
            let fit = layer.leaderFit([losses])
            #expect(abs(fit.rate - c) < 1e-12 && abs(fit.explained - 1) < 1e-12)
        }
        #expect(abs(RegretLoss.linearRate(dimension: 3, rounds: 10) - 0.168209) < 5e-7)
    }

    @Test func gradientsAreTheDifferences() {
        var random = CounterRandom(seed: 12)
        for (set, projects) in [
            (DecisionSet.simplex, true), (.ball(radius: 1), true), (.ball(radius: 0.2), true),
            (.ball(radius: 1), false),
        ] {
            let layer = layer(set, projects: projects)
            let losses = (0..<24).map { _ in random.normal() }
            var gradient = layer.parameters, unused = gradient
            _ = layer.regret(losses, gradient: &gradient)
            for i in layer.parameters.indices {
                var up = layer, down = layer
                up.parameters[i] += 1e-6
                down.parameters[i] -= 1e-6
                let slope =
                    (up.regret(losses, gradient: &unused) - down.regret(losses, gradient: &unused)) / 2e-6
                #expect(abs(slope - gradient[i]) < 1e-6 * max(1, abs(slope)), "\(set) parameter \(i)")
            }
        }
    }

    @Test func groupsGoFromTheMeanToTheWorst() {
        let regrets = [1.0, -0.5, 3, 2]
        for penalty in RegretLoss.Penalty.allCases {
            #expect(RegretLoss(rounds: 5, penalty: penalty).value([3]).loss == (penalty == .square ? 9 : 3))
            let sharp = RegretLoss(rounds: 5, penalty: penalty, group: 4, sharpness: 200).value(regrets)
            #expect(abs(sharp.loss - (penalty == .square ? 9 : 3)) < 1e-9)
            let loss = RegretLoss(rounds: 5, penalty: penalty, group: 4, sharpness: 0.7)
            let slopes = loss.value(regrets).slopes
            for j in regrets.indices {
                var up = regrets, down = regrets
                up[j] += 1e-6
                down[j] -= 1e-6
                #expect(abs((loss.value(up).loss - loss.value(down).loss) / 2e-6 - slopes[j]) < 1e-7)
            }
        }
    }

    @Test func trainingLowersTheLoss() {
        var loss = RegretLoss(rounds: 8, penalty: .positivePart, group: 4, sharpness: 0.5, batch: 8)
        func mean(_ stages: [RegretLoss.Stage]) -> Double {
            loss.stages = stages
            let layer = loss.train(dimension: 2, set: .simplex) { random, losses in
                let better = random.below(2)
                for i in losses.indices { losses[i] = random.bernoulli(i % 2 == better ? 0.2 : 0.8) ? 1 : 0 }
            }
            var random = CounterRandom(seed: 77), total = 0.0
            var losses = [Double](repeating: 0, count: 16), gradient = layer.parameters
            for _ in 0..<500 {
                let better = random.below(2)
                for i in losses.indices { losses[i] = random.bernoulli(i % 2 == better ? 0.2 : 0.8) ? 1 : 0 }
                total += layer.regret(losses, gradient: &gradient)
            }
            return total / 500
        }
        #expect(mean([.init(steps: 300, eta: 0.02)]) < 0.7 * mean([]))
    }
}
