import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

/// Answers that can be written down.
@Suite struct ClosedFormTests {
    private func events(_ outcomes: [(Comparison.Outcome, Int)]) -> [FeedbackEvent] {
        outcomes.flatMap { outcome, count in
            (0..<count).map { _ in
                FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: outcome)))
            }
        }
    }

    private var flat: BoardOptions {
        var options = BoardOptions()
        options.priorScale = nil
        return options
    }

    @Test func twoItems() throws {
        let log = Simulation.log(events([(.left, 30), (.right, 10)]))
        let fit = try BradleyTerry(flat).fit(log)
        let a = try #require(fit.item("a")), b = try #require(fit.item("b"))
        #expect(abs((a.score - b.score) - Foundation.log(3)) < 1e-8)
        #expect(abs(a.score + b.score) < 1e-12)
        // The variance of a log-odds is 1/w + 1/l; each centred score has half the difference.
        #expect(abs(a.standardError - 0.5 * (1.0 / 30 + 1.0 / 10).squareRoot()) < 1e-6)
        #expect(abs(try fit.probability("a", over: "b").win - 0.75) < 1e-9)
        #expect(fit.certificate.identified && fit.certificate.converged)
    }

    @Test func davidsonTieRate() throws {
        // Equals that tie 20 times in 60: ν/(2 + ν) = 1/3, so ν = 1.
        let log = Simulation.log(events([(.left, 20), (.right, 20), (.tie, 15), (.bothBad, 5)]))
        let fit = try Davidson(flat).fit(log)
        #expect(abs(try #require(fit.coefficients.first { $0.name == "tie" }).estimate - 1) < 1e-7)
        #expect(abs(try fit.probability("a", over: "b").tie - 1.0 / 3) < 1e-8)
        // Three cells, two parameters and a saturated fit: predicted shares are the observed ones.
        let lopsided = try Davidson(flat).fit(Simulation.log(events([(.left, 24), (.right, 6), (.tie, 10)])))
        let p = try lopsided.probability("a", over: "b")
        #expect(abs(p.win - 0.6) < 1e-7 && abs(p.tie - 0.25) < 1e-7 && abs(p.loss - 0.15) < 1e-7)
    }

    @Test(arguments: [LinkKind.raoKupper, .probit])
    func thresholdModelsAreSaturatedByTwoItems(_ link: LinkKind) throws {
        let log = Simulation.log(events([(.left, 24), (.right, 6), (.tie, 10)]))
        let fit =
            link == .probit ? try ThurstoneMosteller(flat).fit(log) : try RaoKupper(flat).fit(log)
        let p = try fit.probability("a", over: "b")
        #expect(abs(p.win - 0.6) < 1e-7 && abs(p.tie - 0.25) < 1e-7 && abs(p.loss - 0.15) < 1e-7)
    }

    @Test func thurstoneIsInLogOdds() throws {
        let log = Simulation.log(events([(.left, 51), (.right, 49)]))
        let normal = try ThurstoneMosteller(flat).fit(log), logistic = try BradleyTerry(flat).fit(log)
        let ratio = normal.items[0].score / logistic.items[0].score
        #expect(abs(ratio - 1) < 1e-3)
    }

    @Test func plackettLuceOfTwoItemsIsBradleyTerryAndDavidson() throws {
        let comparisons = Simulation.comparisons(scores: [0, 0.4, 1], count: 300, seed: 2)
        let asRankings = comparisons.map { event -> FeedbackEvent in
            guard case .comparison(let c) = event.feedback else { return event }
            return FeedbackEvent(
                .ranking(Ranking(tiers: c.outcome == .left ? [[c.left], [c.right]] : [[c.right], [c.left]])))
        }
        let a = try BradleyTerry(flat).fit(Simulation.log(comparisons))
        let b = try PlackettLuce(flat).fit(Simulation.log(asRankings))
        for item in a.items {
            let other = try #require(b.item(item.item))
            #expect(abs(item.score - other.score) < 1e-8)
            #expect(abs(item.standardError - other.standardError) < 1e-8)
            #expect(item.ranks == other.ranks)
        }
        let tied = Simulation.comparisons(scores: [0, 0.4, 1], count: 300, seed: 2, tie: 0.7)
        let tiedRankings = tied.map { event -> FeedbackEvent in
            guard case .comparison(let c) = event.feedback else { return event }
            let tiers =
                c.outcome == .tie
                ? [[c.left, c.right]] : c.outcome == .left ? [[c.left], [c.right]] : [[c.right], [c.left]]
            return FeedbackEvent(.ranking(Ranking(tiers: tiers)))
        }
        let c = try Davidson(flat).fit(Simulation.log(tied))
        let d = try PlackettLuce(flat).fit(Simulation.log(tiedRankings))
        for item in c.items { #expect(abs(item.score - d.item(item.item)!.score) < 1e-5) }
        #expect(abs(c.coefficients[0].estimate - d.coefficients[0].estimate) < 1e-2)
    }

    @Test func fullRankingsOfThreeMatchTheFormula() throws {
        // One pattern each way: P(abc) = e^a/(e^a+e^b+e^c) · e^b/(e^b+e^c), by hand.
        let log = Simulation.log([
            FeedbackEvent(.ranking(Ranking(tiers: [["a"], ["b"], ["c"]])), weight: 5),
            FeedbackEvent(.ranking(Ranking(tiers: [["c"], ["a"], ["b"]])), weight: 2),
            FeedbackEvent(.ranking(Ranking(tiers: [["b"], ["c"], ["a"]])), weight: 1),
        ])
        let fit = try PlackettLuce(flat).fit(log)
        let e = Dictionary(uniqueKeysWithValues: fit.items.map { ($0.item, exp($0.score)) })
        let a = e["a"]!, b = e["b"]!, c = e["c"]!
        let byHand =
            5 * Foundation.log(a / (a + b + c) * b / (b + c)) + 2
            * Foundation.log(c / (a + b + c) * a / (a + b))
            + Foundation.log(b / (a + b + c) * c / (c + a))
        #expect(abs(fit.logLikelihood - byHand) < 1e-10)
        // At the maximum the expected number of firsts and of other picks equals what was seen, item by item.
        let n = 8.0
        let seconds = 5 * (a / (a + b + c))
        #expect(seconds > 0 && fit.certificate.converged)
        let stageOne = n * a / (a + b + c)
        let stageTwo = 2 * a / (a + b) + 1 * a / (c + a)
        #expect(abs(stageOne + stageTwo - (5 + 2)) < 1e-6)
    }

    @Test func unplacedItemsAreBelowAndUnorderedAmongThemselves() throws {
        // Top-1 of three with two unplaced is the choice of one among three.
        let rankings = Simulation.log([
            FeedbackEvent(.ranking(Ranking(tiers: [["a"]], unplaced: ["b", "c"])), weight: 6),
            FeedbackEvent(.ranking(Ranking(tiers: [["b"]], unplaced: ["c", "a"])), weight: 3),
            FeedbackEvent(.ranking(Ranking(tiers: [["c"]], unplaced: ["a", "b"])), weight: 1),
        ])
        let choices = Simulation.log([
            FeedbackEvent(.choice(Choice("a", among: ["a", "b", "c"])), weight: 6),
            FeedbackEvent(.choice(Choice("b", among: ["a", "b", "c"])), weight: 3),
            FeedbackEvent(.choice(Choice("c", among: ["a", "b", "c"])), weight: 1),
        ])
        let a = try PlackettLuce(flat).fit(rankings), b = try PlackettLuce(flat).fit(choices)
        for item in a.items { #expect(abs(item.score - b.item(item.item)!.score) < 1e-9) }
        #expect(abs(a.item("a")!.score - a.item("b")!.score - Foundation.log(2)) < 1e-7)
        #expect(abs(a.item("b")!.score - a.item("c")!.score - Foundation.log(3)) < 1e-7)
    }

    @Test func ratingScaleOfTwoLevelsIsBradleyTerry() throws {
        // Pairs of thumbs by one judge count where they differ; with two items a judge, the weights agree too.
        var ratings: [FeedbackEvent] = [], comparisons: [FeedbackEvent] = []
        var random = CounterRandom(seed: 12)
        let scores = [0.0, 0.5, 1.0, -0.7]
        for judge in 0..<600 {
            let pair = Array(random.permutation(4).prefix(2))
            let severity = 2 * random.normal()
            let thumbs = pair.map { random.uniform() < Special.logistic(scores[$0] + severity) }
            for (item, up) in zip(pair, thumbs) {
                ratings.append(FeedbackEvent(.rating(Rating("item\(item)", up ? 5 : 1)), judge: "j\(judge)"))
            }
            if thumbs[0] != thumbs[1] {
                comparisons.append(
                    FeedbackEvent(
                        .comparison(
                            Comparison(
                                left: "item\(pair[0])", right: "item\(pair[1])",
                                outcome: thumbs[0] ? .left : .right)),
                        judge: "j\(judge)"))
            }
        }
        let a = try RatingScale(flat).fit(Simulation.log(ratings))
        let b = try BradleyTerry(flat).fit(Simulation.log(comparisons))
        for item in a.items { #expect(abs(item.score - b.item(item.item)!.score) < 1e-8) }
    }

    @Test func ratingScaleRecoversScoresWhateverTheSeverity() throws {
        let scores = [0.0, 0.4, 0.8, -0.6, -0.6]
        let mean = scores.reduce(0, +) / 5
        let log = Simulation.log(
            Simulation.ratings(scores: scores, judges: 1500, top: 3, seed: 3, share: 0.7, severity: 2))
        let fit = try RatingScale().fit(log)
        for item in fit.items {
            let truth = scores[Int(item.item.dropFirst(4))!] - mean
            #expect(abs(item.score - truth) < 4 * item.standardError, "\(item.item)")
            #expect(item.standardError < 0.1)
        }
    }

    @Test func homeAdvantageAndNeutralGround() throws {
        // Two equals: the home side wins 3 in 4, neutral games are even.
        var all: [FeedbackEvent] = []
        for (outcome, count) in [(Comparison.Outcome.left, 30), (.right, 10)] {
            for k in 0..<count {
                let names = k % 2 == 0 ? ("a", "b") : ("b", "a")
                all.append(
                    FeedbackEvent(
                        .comparison(Comparison(left: names.0, right: names.1, outcome: outcome, first: .left))
                    ))
            }
        }
        for outcome in [Comparison.Outcome.left, .right] {
            for _ in 0..<20 {
                all.append(FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: outcome))))
            }
        }
        let fit = try BradleyTerry(flat).fit(Simulation.log(all))
        #expect(abs(fit.item("a")!.score) < 1e-8)
        let home = try #require(fit.coefficients.first { $0.name == "first" })
        #expect(abs(home.estimate - Foundation.log(3)) < 1e-2)
        #expect(abs(fit.predictor.probability(difference: 0, first: .left).win - 0.75) < 3e-3)
        #expect(abs(fit.predictor.probability(difference: 0).win - 0.5) < 1e-12)
    }
}
