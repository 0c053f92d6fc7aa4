import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

@Suite struct ChecksGoodnessTests {
    @Test func honestPredictionsAreRarelyRejected() throws {
        let rejected = try (0..<100).count { seed in
            let log = ChecksSimulation.board(items: 8, per: 60, tie: 0.4, seed: UInt64(seed))
            return try #require(try GoodnessOfFit().check(Davidson(), log).pValue) < 0.05
        }
        #expect(rejected <= 11)
    }

    @Test func overconfidenceIsSeenAndNamed() throws {
        let log = ChecksSimulation.board(items: 10, per: 30, tie: 0.4, seed: 3)
        let bold = try GoodnessOfFit().check(Exaggerated(factor: 2), log)
        #expect(try #require(bold.pValue) < 1e-4)
        #expect(try #require(bold.slopeInterval).upperBound < 1)
        #expect(bold.verdict.contains("too bold"))
        let cautious = try GoodnessOfFit().check(Exaggerated(factor: 0.4), log)
        #expect(try #require(cautious.slopeInterval).lowerBound > 1)
        #expect(cautious.verdict.contains("too cautious"))
        let honest = try GoodnessOfFit().check(Davidson(), log)
        #expect(honest.debiasedError < bold.debiasedError)
        #expect(honest.calibrationError < 3 * honest.expectedByChance)
    }

    @Test func theModelBeatsItsBaselinesWhereItIsTrue() throws {
        let log = ChecksSimulation.board(items: 12, per: 6, tie: 0.4, spread: 1, seed: 4)
        let report = try GoodnessOfFit().check(Davidson(), log)
        #expect(report.count == 66 * 6)
        #expect(report.loss.logLoss < report.coin.logLoss)
        #expect(report.loss.logLoss < report.pairs.logLoss)
        #expect(report.loss.brier < report.coin.brier)
        #expect(abs(report.gain - (report.coin.logLoss - report.loss.logLoss)) < 1e-12)
        let total = report.bins.reduce(0) { $0 + $1.count }
        #expect(total == report.count)
        #expect(report.bins.allSatisfy { $0.interval.contains($0.observed) && $0.predicted >= 0.5 })
    }

    @Test func aPairTableBeatsTheModelWherePreferencesGoInCircles() throws {
        let log = ChecksSimulation.board(items: 3, per: 200, cycle: 1.5, seed: 5)
        let report = try GoodnessOfFit().check(BradleyTerry(), log)
        #expect(report.pairs.logLoss < report.loss.logLoss - 0.1)
        #expect(report.verdict.contains("own record predicts better"))
    }

    @Test func aPlaceIsCreditedToThePlaceAlone() throws {
        var log = FeedbackLog()
        var random = CounterRandom(seed: 8)
        for _ in 0..<600 {
            let home = random.bernoulli(0.5)
            let homeWins = random.bernoulli(0.75)
            try log.append(
                FeedbackEvent(
                    .comparison(
                        Comparison(
                            left: "a\(random.below(3))", right: "b\(random.below(3))",
                            outcome: home == homeWins ? .left : .right, first: home ? .left : .right))))
        }
        let report = try GoodnessOfFit().check(BradleyTerry(), log)
        #expect(report.place.logLoss < report.coin.logLoss - 0.08)
        #expect(abs(report.place.logLoss - report.loss.logLoss) < 0.02)
    }

    @Test func promptsAndJudgesAreKeptTogether() throws {
        func log(_ judge: (Int) -> String?, _ prompt: (Int) -> String?) -> FeedbackLog {
            var random = CounterRandom(seed: 1)
            return try! FeedbackLog(
                (0..<400).map { row in
                    FeedbackEvent(
                        .comparison(
                            Comparison(
                                left: "a\(row % 3)", right: "b\(row % 4)",
                                outcome: random.bernoulli(0.6) ? .left : .right)),
                        judge: judge(row), prompt: prompt(row))
                })
        }
        let check = GoodnessOfFit()
        let apart = try check.check(BradleyTerry(), log({ "j\($0 % 40)" }, { "p\($0 % 80)" }))
        #expect(apart.unit == .judgeAndPrompt && apart.clusteredBy == .judge)
        let crossed = try check.check(BradleyTerry(), log({ "j\($0 % 20)" }, { "p\($0 / 20)" }))
        #expect(crossed.unit == .prompt)
        let oneJudge = try check.check(BradleyTerry(), log({ _ in "gpt" }, { "p\($0 / 2)" }))
        #expect(oneJudge.unit == .prompt && oneJudge.clusteredBy == .prompt)
        let bare = try check.check(BradleyTerry(), log({ _ in nil }, { _ in nil }))
        #expect(bare.unit == .observation && bare.clusteredBy == .observation)
        let units = HeldOutUnits(
            log({ "j\($0 % 40)" }, { "p\($0 % 80)" }), folds: 5, by: .automatic, seed: 1,
            scores: ItemScores(
                try BradleyTerry().fit(log({ _ in nil }, { _ in nil })), log({ _ in nil }, { _ in nil })))
        for row in 40..<400 { #expect(units.comparisons[row] == units.comparisons[row % 40]) }
    }

    @Test func itemsThatTheOtherFoldsDoNotKnowAreCounted() throws {
        var log = ChecksSimulation.board(items: 4, per: 20, seed: 2)
        try log.append(FeedbackEvent(.comparison(Comparison(left: "new", right: "i0", outcome: .right))))
        try log.append(FeedbackEvent(.comparison(Comparison(left: "x", right: "y", outcome: .right))))
        let report = try GoodnessOfFit().check(BradleyTerry(), log)
        #expect(report.unseen == 2)
        #expect(report.count == 120)
    }

    @Test func rankingsArePredictedByTheirPairs() throws {
        var random = CounterRandom(seed: 6)
        var log = FeedbackLog()
        let strength = (0..<6).map { -0.6 * Double($0) }
        for _ in 0..<300 {
            let order = (0..<6).map { (strength[$0] - Foundation.log(random.exponential()), "r\($0)") }
                .sorted { $0.0 > $1.0 }.map(\.1)
            try log.append(
                FeedbackEvent(
                    .ranking(Ranking(tiers: order.prefix(3).map { [$0] }, unplaced: Array(order[3...])))))
        }
        let report = try GoodnessOfFit().check(PlackettLuce(), log)
        #expect(report.count == 300 * 12)
        #expect(try #require(report.slopeInterval).contains(1))
        #expect(report.loss.logLoss < report.coin.logLoss)
    }

    @Test func covariatesReachThePrediction() throws {
        var random = CounterRandom(seed: 7)
        var log = FeedbackLog()
        for _ in 0..<800 {
            let x = random.normal(), y = random.normal()
            let p = Special.logistic(2 * (x - y))
            try log.append(
                FeedbackEvent(
                    .comparison(
                        Comparison(
                            left: "a\(random.below(3))", right: "b\(random.below(3))",
                            outcome: random.bernoulli(p) ? .left : .right)), itemFeatures: ["length": [x, y]])
            )
        }
        var options = BoardOptions()
        options.covariates = [Covariate("length")]
        let report = try GoodnessOfFit().check(BradleyTerry(options), log)
        #expect(report.gain > 0.25)
        #expect(try #require(report.slopeInterval).contains(1))
    }

    @Test func neitherThreadsNorLinesNorNamesMatter() throws {
        let log = ChecksSimulation.town(groups: 1, judges: 20, answers: 20, items: 6, seed: 3)
        let report = try GoodnessOfFit().check(BradleyTerry(), log)
        for threads in [1, 2, 8] {
            let again = try Parallel.withThreads(threads) { try GoodnessOfFit().check(BradleyTerry(), log) }
            #expect(again == report)
        }
        for renamed in [false, true] {
            let other = try GoodnessOfFit().check(
                BradleyTerry(), ChecksSimulation.disguised(log, renamed: renamed, seed: 4))
            #expect(abs(other.loss.logLoss - report.loss.logLoss) < 1e-7)
            #expect(abs(try #require(other.pValue) - (try #require(report.pValue))) < 1e-5)
        }
    }

    @Test func nothingToHoldOutIsAnErrorAndNotACrash() throws {
        #expect(throws: PreferenceError.self) { try GoodnessOfFit().check(BradleyTerry(), FeedbackLog()) }
        let one = try FeedbackLog([
            FeedbackEvent(.comparison(Comparison(left: "a", right: "b", outcome: .left)))
        ])
        #expect(throws: PreferenceError.self) { try GoodnessOfFit().check(BradleyTerry(), one) }
        var check = GoodnessOfFit()
        check.folds = 1
        #expect(throws: PreferenceError.self) { try check.check(BradleyTerry(), one) }
        var apart = FeedbackLog()
        for part in 0..<3 {
            for _ in 0..<10 {
                try apart.append(
                    FeedbackEvent(
                        .comparison(Comparison(left: "a\(part)", right: "b\(part)", outcome: .left))))
            }
        }
        #expect(try GoodnessOfFit().check(Davidson(), apart).count == 30)
    }
}
