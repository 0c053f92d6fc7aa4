import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct FairForestTests {
    private static func example(_ round: Int, features: Int = 3, groups: Int = 2) -> GroupedFeatures {
        var random = CounterRandom(seed: 77).split(UInt64(round))
        return GroupedFeatures(features: (0..<features).map { _ in random.normal() }, group: round % groups)
    }

    @Test func conforms() throws {
        for forest in [
            FairForest(features: 3, depth: 2, lambda: 0.5, seed: 3),
            FairForest(features: 3, classes: 4, groups: 3, depth: 3, trees: 2, memory: 0.9, seed: 4),
            FairForest(features: 3, depth: 1, notion: .equalOpportunity),
        ] {
            try PolicyConformance.check(
                forest, context: { Self.example($0, groups: forest.groups) },
                outcome: { round, action in (round + action.label) % forest.classes })
        }
    }

    @Test func leavesShareAllProbability() {
        let forest = FairForest(features: 3, classes: 3, depth: 4, trees: 2, seed: 5)
        for round in 0..<20 {
            let pass = forest.forward(Self.example(round).features)
            for tree in 0..<2 {
                let leaves = pass.reach[(tree * 31 + 15)..<(tree + 1) * 31]
                #expect(abs(leaves.reduce(0, +) - 1) < 1e-12)
            }
            #expect(abs(pass.probabilities.reduce(0, +) - 1) < 1e-12)
        }
    }

    @Test func oneDecisionIsALogisticGate() {
        let forest = FairForest(features: 2, depth: 1, trees: 1, seed: 9)
        let w = forest.parameters, x = [0.4, -1.1]
        let gate = Special.logistic(w[0] * x[0] + w[1] * x[1] + w[2])
        let left = Special.logistic(w[4] - w[3]), right = Special.logistic(w[6] - w[5])
        #expect(abs(forest.probabilities(x)[1] - (gate * left + (1 - gate) * right)) < 1e-14)
    }

    @Test func gradientMatchesFiniteDifferences() {
        var forest = FairForest(features: 3, classes: 3, depth: 3, trees: 2, seed: 11)
        let x = [0.3, -0.7, 1.2]
        let gradient = forest.taskGradient(x, label: 2, forest.forward(x))
        for i in stride(from: 0, to: gradient.count, by: 3) {
            let kept = forest.parameters[i], h = 1e-5
            forest.parameters[i] = kept + h
            let up = -log(forest.probabilities(x)[2])
            forest.parameters[i] = kept - h
            let down = -log(forest.probabilities(x)[2])
            forest.parameters[i] = kept
            #expect(abs((up - down) / (2 * h) - gradient[i]) < 1e-8)
        }
    }

    @Test(arguments: [0.01, 3]) func fairnessGradientIsThatOfTheHuberPenalty(tolerance: Double) {
        // With frozen parameters, G is the gradient of λ·H(F), H(F) = F²/(2δ) up to δ and |F| − δ/2 beyond.
        var forest = FairForest(
            features: 2, depth: 2, trees: 1, eta: 0, lambda: 0.7, tolerance: tolerance, seed: 2)
        let examples = (0..<60).map { round in
            var example = Self.example(round, features: 2)
            example.features[0] += example.group == 1 ? 1.5 : 0
            return example
        }
        for example in examples { forest.learn(forest.choose(example), 1) }
        var gradient = [Double](repeating: 0, count: forest.parameters.count)
        forest.addFairnessGradient(to: &gradient)
        func penalty() -> Double {
            var means = [[Double]](repeating: [0, 0, 0], count: 2)
            for example in examples {
                let gates = forest.forward(example.features).gates
                for node in 0..<3 { means[example.group][node] += gates[node] / 30 }
            }
            return (0..<3).reduce(0) { sum, node in
                let gap = abs(means[1][node] - means[0][node])
                return sum + 0.7 * (gap < tolerance ? gap * gap / (2 * tolerance) : gap - tolerance / 2)
            }
        }
        for i in 0..<gradient.count {
            let kept = forest.parameters[i], h = 1e-5
            forest.parameters[i] = kept + h
            let up = penalty()
            forest.parameters[i] = kept - h
            let down = penalty()
            forest.parameters[i] = kept
            #expect(abs((up - down) / (2 * h) - gradient[i]) < 1e-7)
        }
    }

    @Test(arguments: [nil, 0.9]) func runningMeansAreTheBatchMeans(memory: Double?) {
        var forest = FairForest(features: 3, depth: 2, trees: 2, eta: 0, memory: memory, seed: 6)
        var sums = [Double](repeating: 0, count: 12), slopes = [Double](repeating: 0, count: 48),
            total = [0.0, 0]
        for round in 0..<51 {
            let example = Self.example(round), g = example.group
            let gates = forest.forward(example.features).gates
            let keep = memory ?? 1
            total[g] = keep * total[g] + 1
            for node in 0..<6 {
                sums[g * 6 + node] = keep * sums[g * 6 + node] + gates[node]
                for (i, x) in (example.features + [1]).enumerated() {
                    let place = (g * 6 + node) * 4 + i
                    slopes[place] = keep * slopes[place] + gates[node] * (1 - gates[node]) * x
                }
            }
            forest.learn(forest.choose(example), round % 2)
        }
        for i in 0..<12 { #expect(abs(forest.gateMeans[i] - sums[i] / total[i / 6]) < 1e-12) }
        for i in 0..<48 { #expect(abs(forest.slopeMeans[i] - slopes[i] / total[i / 24]) < 1e-12) }
    }

    @Test func withoutLambdaOrASecondGroupItIsThePlainForest() {
        var plain = FairForest(features: 3, lambda: 0), alone = FairForest(features: 3, lambda: 5),
            fair = alone
        for round in 0..<50 {
            let example = Self.example(round)
            plain.learn(plain.choose(example), round % 2)
            fair.learn(fair.choose(example), round % 2)
            alone.learn(alone.choose(GroupedFeatures(features: example.features, group: 0)), round % 2)
        }
        #expect(plain.parameters == alone.parameters)
        #expect(plain.parameters != fair.parameters)
        #expect(alone.gap() == nil && fair.gap() != nil)
    }

    @Test func groupsThatAreAlikeHardlyPull() {
        var forest = FairForest(features: 3, eta: 0, seed: 8)
        func pull() -> Double {
            let half = forest.slopeMeans.count / 2
            return (0..<half).reduce(0) { $0 + pow(forest.slopeMeans[half + $1] - forest.slopeMeans[$1], 2) }
        }
        var early = 0.0
        for round in 0..<12_800 {
            forest.learn(forest.choose(Self.example(round)), 0)
            if round == 199 { early = pull() }
        }
        // Squares fall like 1/N: 64 times as many examples.
        #expect(pull() < early / 16)
    }

    @Test func groupsThatAreAlikeCostLittleAccuracy() {
        let direction = [0.2, 0.2, 0.5, 0.5, 0.47, 0.47]
        let accuracy = [0, 1.0].map { lambda in
            var forest = FairForest(features: 6, lambda: lambda, seed: 3)
            var random = CounterRandom(seed: 19), right = 0.0
            for round in 0..<8000 {
                let group = random.below(2), x = (0..<6).map { _ in random.normal() }
                let score = zip(direction, x).reduce(0) { $0 + $1.0 * $1.1 } + 0.3 * random.normal()
                let decision = forest.choose(GroupedFeatures(features: x, group: group))
                let label = score > 0 ? 1 : 0
                if round >= 4000, decision.action.label == label { right += 1 / 4000 }
                forest.learn(decision, label)
            }
            return right
        }
        #expect(accuracy[0] > 0.89 && accuracy[1] > accuracy[0] - 0.015, "\(accuracy)")
    }

    @Test func equalOpportunityCountsOneLabelOnly() {
        var forest = FairForest(features: 3, notion: .equalOpportunity)
        for round in 0..<40 { forest.learn(forest.choose(Self.example(round)), round / 2 % 2) }
        #expect(forest.groupCounts == [10, 10])
    }

    @Test func gapIsTheLargestDifference() throws {
        let gap = try #require(ParityGap(hits: [3, 0, 5, 9], totals: [10, 0, 10, 10]))
        #expect(abs(gap.value - 0.6) < 1e-12 && gap.highest == 3 && gap.lowest == 0)
        #expect(abs(gap.standardError - (0.021 + 0.009).squareRoot()) < 1e-12)
    }
}

@Suite struct OneSidedFairnessTests {
    private static let rules = [-0.5, 0.5].flatMap { w in
        (0..<5).map { LinearRule(weights: [1, w], threshold: Double($0) / 2 - 1) }
    }

    private static func people(_ round: Int, _ count: Int = 4) -> [[Double]] {
        var random = CounterRandom(seed: 5).split(UInt64(round))
        return (0..<count).map { _ in [random.normal(), random.bernoulli(0.5) ? 1 : 0] }
    }

    private static let panel = AuditorPanel(
        auditors: [0.05, 0.1, 0.15].map { alpha in
            AuditorPanel.Auditor(alpha: alpha) { min(abs($0[0] - $1[0]), 1) }
        })

    @Test func conforms() throws {
        try PolicyConformance.check(
            OneSidedFairness(rules: Self.rules, penalty: 1, eta: 0.2, seed: 3), context: { Self.people($0) },
            outcome: { round, action in
                OneSidedOutcome(
                    labels: action.accepted.enumerated().map { $1 ? ($0 + round) % 2 == 0 : nil },
                    flagged: round % 3 == 0 ? FlaggedPair(favoured: 0, slighted: 2) : nil)
            })
    }

    @Test func errorIsLinearInTheDecision() {
        for y in [0.0, 1] {
            for decision in [0.0, 1] {
                #expect((decision == y ? 0 : 1) == y + decision * (1 - 2 * y))
            }
        }
    }

    @Test func scoresAreUnbiasedAndFlagsAreTwoMoreCoordinates() {
        let people = Self.people(1, 1) + Self.people(2, 1), labels = [true, false]
        let fresh = OneSidedFairness(rules: Self.rules, penalty: 0.7)
        let pi = fresh.probabilities(people)
        var expected = [Double](repeating: 0, count: Self.rules.count), error = 0.0
        for code in 0..<4 {
            let accepted = [code & 1 == 1, code & 2 == 2]
            let weight = zip(pi, accepted).reduce(1) { $0 * ($1.1 ? $1.0 : 1 - $1.0) }
            var policy = fresh
            policy.learn(
                PolicyDecision(context: people, action: Acceptance(accepted: accepted, probabilities: pi)),
                OneSidedOutcome(
                    labels: zip(labels, accepted).map { $1 ? $0 : nil },
                    flagged: FlaggedPair(favoured: 1, slighted: 0)))
            for h in expected.indices { expected[h] += weight * policy.scores[h] }
            error += weight * policy.error.value
        }
        for (h, rule) in Self.rules.enumerated() {
            let hits = people.map { rule.accepts($0) ? 1.0 : 0 }
            // Losses 1 − 2y of the two people over k, and +C and −C of the flagged pair.
            #expect(abs(expected[h] - ((-hits[0] + hits[1]) / 2 + 0.7 * hits[1] - 0.7 * hits[0])) < 1e-12)
        }
        #expect(abs(error - ((1 - pi[0]) + pi[1]) / 2) < 1e-12)
    }

    @Test func withoutAPenaltyFlagsMeanNothing() {
        var a = OneSidedFairness(rules: Self.rules, penalty: 0), b = a
        for round in 0..<20 {
            let one = a.choose(Self.people(round)), other = b.choose(Self.people(round))
            #expect(one == other)
            let labels = one.action.accepted.map { $0 ? round % 2 == 0 : nil }
            a.learn(one, OneSidedOutcome(labels: labels))
            b.learn(other, OneSidedOutcome(labels: labels, flagged: FlaggedPair(favoured: 1, slighted: 3)))
        }
        #expect(a.scores == b.scores && b.flaggedRounds == 20)
    }

    @Test func panelFlagsTheWorstPairOfTheMajority() {
        let people = [[0.0, 0], [0.1, 1], [2, 1]]
        let review = Self.panel.review(people: people, probabilities: [0.9, 0.68, 0.2])
        // Person 0 against 1: a gap of 0.22 at distance 0.1, too much for α = 0.05 and 0.1; nobody objects to 2.
        #expect(review.flagged == FlaggedPair(favoured: 0, slighted: 1))
        #expect(review.reports == [1, 1, 0] && review.disputed == 1 && review.pairs == 6)
        #expect(Self.panel.review(people: people, probabilities: [0.5, 0.5, 0.5]).flagged == nil)
        let strict = AuditorPanel(auditors: Self.panel.auditors, share: 1)
        #expect(strict.review(people: people, probabilities: [0.9, 0.68, 0.2]).flagged == nil)
    }

    @Test func identicalAuditorsAreOne() {
        let auditor = Self.panel.auditors[0]
        let one = AuditorPanel(auditors: [auditor]),
            five = AuditorPanel(auditors: Array(repeating: auditor, count: 5))
        var random = CounterRandom(seed: 4)
        for round in 0..<50 {
            let people = Self.people(round), pi = people.map { _ in random.uniform() }
            let a = one.review(people: people, probabilities: pi)
            let b = five.review(people: people, probabilities: pi)
            #expect(a.flagged == b.flagged && b.disputed == 0)
        }
    }
}
