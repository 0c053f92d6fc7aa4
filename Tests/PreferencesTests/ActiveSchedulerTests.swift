import Foundation
import Kernels
import Signals
import Testing

@testable import Preferences

/// Votes by judges who know the true scores up to logistic noise.
func simulatedLog(items: Int, votes: Int, seed: UInt64, ties: Double = 0) throws -> FeedbackLog {
    var random = CounterRandom(seed: seed)
    let truth = (0..<items).map { _ in 1.5 * random.normal() }
    var log = FeedbackLog()
    for _ in 0..<votes {
        let i = random.below(items), j = (i + 1 + random.below(items - 1)) % items
        let tied = random.bernoulli(ties), left = random.bernoulli(Special.logistic(truth[i] - truth[j]))
        try log.append(
            FeedbackEvent(
                .comparison(
                    Comparison(left: "i\(i)", right: "i\(j)", outcome: tied ? .tie : left ? .left : .right))))
    }
    return log
}

@Suite struct ActiveSchedulerTests {
    private func log(_ votes: [(String, String, Comparison.Outcome, Int)]) throws -> FeedbackLog {
        var log = FeedbackLog()
        for (left, right, outcome, count) in votes {
            for _ in 0..<count {
                let vote = Comparison(left: left, right: right, outcome: outcome)
                try log.append(FeedbackEvent(.comparison(vote)))
            }
        }
        return log
    }

    @Test func asksFirstWhereNobodyKnows() throws {
        // a and b have met twenty times; c has beaten b once, so that a against c says most.
        var known = try ComparisonScheduler(
            log: log([("a", "b", .left, 10), ("a", "b", .right, 10), ("c", "b", .left, 1)]))
        let first = try known.ask()[0]
        #expect(Set([first.left, first.right]).contains("c"))
        #expect(first.reason == .seldomSeen("c", votes: 1))
        #expect(first.reason.description == "item c seen once")
        // A ladder with one unclear step: b against c.
        var ladder = try ComparisonScheduler(
            log: log([
                ("a", "b", .left, 18), ("a", "b", .right, 2), ("b", "c", .left, 2), ("b", "c", .right, 2),
                ("c", "d", .left, 18), ("c", "d", .right, 2),
            ]))
        let step = try ladder.ask()[0]
        #expect(Set([step.left, step.right]) == ["b", "c"])
        #expect(step.reason == .neighbours(2, 3))
        #expect(abs(step.probability.win - 0.5) < 0.1)
        #expect(abs(step.bits - step.nats / 0.693_147_180_559_945_3) < 1e-12)
    }

    @Test func aBatchDoesNotRepeatItself() throws {
        var scheduler = try ComparisonScheduler(log: simulatedLog(items: 30, votes: 200, seed: 4))
        let batch = try scheduler.ask(count: 20)
        var uses: [String: Int] = [:]
        for proposal in batch {
            uses[proposal.left, default: 0] += 1
            uses[proposal.right, default: 0] += 1
        }
        #expect(batch.count == 20)
        #expect(Set(batch.map { Set([$0.left, $0.right]) }).count == 20)
        #expect(uses.values.max()! <= scheduler.options.maxPerItem)
        #expect(batch.contains { $0.left > $0.right } && batch.contains { $0.left < $0.right })
        // More than the limit allows, and more than there are pairs.
        var few = try ComparisonScheduler(
            log: log([("a", "b", .left, 1), ("b", "c", .left, 1), ("c", "d", .tie, 1)]))
        #expect(try Set(few.ask(count: 50).map { Set([$0.left, $0.right]) }).count == 6)
    }

    @Test func theSecondPickKnowsOfTheFirst() throws {
        // Two items without a vote: once one proposal will tell, the other pairs are worth less than alone.
        var scheduler = try ComparisonScheduler(log: simulatedLog(items: 12, votes: 100, seed: 9))
        let alone = try scheduler.ask(count: 1)[0]
        let batch = try scheduler.ask(count: 66)
        #expect(Set([batch[0].left, batch[0].right]) == Set([alone.left, alone.right]))
        for proposal in batch.dropFirst() {
            let d = try scheduler.difference(proposal.left, minus: proposal.right)
            let gain = InformationGain(link: .logistic, tie: -700)
            let single = gain.expected(mean: d.mean, variance: d.variance)
            #expect(proposal.nats < single.nats + 1e-12)
        }
    }

    @Test func joinsPartsFirst() throws {
        var scheduler = try ComparisonScheduler(
            log: log([
                ("a", "b", .left, 5), ("b", "c", .left, 5), ("x", "y", .left, 5), ("y", "z", .left, 5),
            ]),
            items: ["new"])
        #expect(scheduler.partCount == 3)
        let batch = try scheduler.ask(count: 2)
        #expect(batch[0].reason == .joins)
        #expect(batch[1].reason == .seldomSeen("new", votes: 0))
        for proposal in batch { try scheduler.tell(proposal, .left) }
        #expect(scheduler.partCount == 1)
        #expect(try !scheduler.ask(count: 4).contains { $0.reason == .joins })
    }

    @Test func nothingOneAndTwoItems() throws {
        var none = try ComparisonScheduler(items: [])
        #expect(try none.ask(count: 5).isEmpty)
        var one = try ComparisonScheduler(items: ["a", "a"])
        #expect(one.items == ["a"])
        #expect(try one.ask(count: 5).isEmpty)
        var two = try ComparisonScheduler(items: ["b", "a"])
        let batch = try two.ask(count: 5)
        #expect(batch.count == 1)
        #expect(abs(batch[0].probability.win - batch[0].probability.loss) < 1e-8)
        try two.tell(left: "a", right: "b", outcome: .left, weight: 3)
        #expect(two.ranking.map(\.item) == ["a", "b"])
        #expect(two.votes == 3)
    }

    @Test func refusesNonsense() throws {
        var scheduler = try ComparisonScheduler(items: ["a", "b"])
        let before = scheduler.ranking.map(\.score)
        #expect(throws: PreferenceError.self) { try scheduler.tell(left: "a", right: "q", outcome: .left) }
        #expect(throws: PreferenceError.self) { try scheduler.tell(left: "a", right: "a", outcome: .left) }
        for weight in [-1, .nan, .infinity] as [Double] {
            #expect(throws: PreferenceError.self) {
                try scheduler.tell(left: "a", right: "b", outcome: .left, weight: weight)
            }
        }
        try scheduler.tell(left: "a", right: "b", outcome: .skip)
        try scheduler.tell(left: "a", right: "b", outcome: .left, weight: 0)
        #expect(scheduler.ranking.map(\.score) == before && scheduler.votes == 0)
        var options = ScheduleOptions()
        options.priorScale = 0
        #expect(throws: PreferenceError.self) { try ComparisonScheduler(items: ["a"], options: options) }
    }

    @Test(arguments: [1000, 5])
    func tellingInOrderIsNearlyAFit(_ denseLimit: Int) throws {
        var options = ScheduleOptions()
        options.denseLimit = denseLimit
        let log = try simulatedLog(items: 20, votes: 400, seed: 5, ties: 0.1)
        let start = try simulatedLog(items: 20, votes: 300, seed: 5, ties: 0.1)
        var told = try ComparisonScheduler(log: start, options: options)
        for row in 300..<400 {
            let table = log.comparisons
            try told.tell(
                left: log.items[table.left[row]], right: log.items[table.right[row]],
                outcome: table.outcome[row])
        }
        var fitted = try ComparisonScheduler(log: log, options: options)
        // // In standard errors of the difference; on a sampled posterior only the two items of a vote move.
        let shift = denseLimit > 20 ? 0.1 : 0.3, spread = 0.2
        for i in 1..<20 {
            let a = try told.difference("i0", minus: "i\(i)"), b = try fitted.difference("i0", minus: "i\(i)")
            #expect(abs(a.mean - b.mean) < shift * b.variance.squareRoot())
            #expect(abs(a.variance / b.variance - 1) < spread)
        }
        // A fit forgets the order in which the votes came.
        try told.refit()
        for i in 1..<20 {
            let a = try told.difference("i0", minus: "i\(i)"), b = try fitted.difference("i0", minus: "i\(i)")
            #expect(abs(a.mean - b.mean) < 1e-6)
            #expect(abs(a.variance / b.variance - 1) < 1e-2)
        }
        #expect(told.votes == fitted.votes)
        let pairs = try told.ask(count: 5).map { Set([$0.left, $0.right]) }
        #expect(try fitted.ask(count: 5).map { Set([$0.left, $0.right]) } == pairs)
    }

    @Test func orderOfLinesAndNamesDoesNotMatter() throws {
        let log = try simulatedLog(items: 15, votes: 120, seed: 6)
        var reversed = FeedbackLog()
        for event in Array(log.events).reversed() { try reversed.append(event) }
        var a = try ComparisonScheduler(log: log), b = try ComparisonScheduler(log: reversed)
        #expect(a.items == b.items)
        #expect(try a.ask(count: 10) == b.ask(count: 10))
    }

    @Test(arguments: [1000, 50])
    func sameBitsOnAnyNumberOfThreads(_ denseLimit: Int) throws {
        var options = ScheduleOptions()
        options.denseLimit = denseLimit
        let log = try simulatedLog(items: 120, votes: 900, seed: 7, ties: 0.05)
        let runs = try [1, 2, 8].map { threads in
            try Parallel.withThreads(threads) { () -> [ProposedComparison] in
                var scheduler = try ComparisonScheduler(log: log, options: options)
                var all: [ProposedComparison] = []
                for _ in 0..<3 {
                    let batch = try scheduler.ask(count: 30)
                    for proposal in batch { try scheduler.tell(proposal, .left) }
                    all += batch
                }
                return all
            }
        }
        #expect(runs[0] == runs[1] && runs[0] == runs[2])
    }

    @Test func savesAndRestores() throws {
        var scheduler = try ComparisonScheduler(log: simulatedLog(items: 10, votes: 60, seed: 8, ties: 0.2))
        for proposal in try scheduler.ask(count: 7) { try scheduler.tell(proposal, .tie) }
        let saved = try JSONEncoder().encode(scheduler.state)
        let state = try JSONDecoder().decode(ComparisonScheduler.State.self, from: saved)
        var restored = try ComparisonScheduler(state: state)
        try scheduler.refit()
        #expect(restored.votes == scheduler.votes && restored.asked == 7)
        let pairs = try restored.ask(count: 5), same = try scheduler.ask(count: 5)
        #expect(pairs.map(\.left) == same.map(\.left) && pairs.map(\.right) == same.map(\.right))
        var damaged = state
        damaged.right[0] = 99
        #expect(throws: PreferenceError.self) { try ComparisonScheduler(state: damaged) }
    }

    @Test func readsChoicesAndRankings() throws {
        func vote(_ outcome: Comparison.Outcome) -> Feedback {
            .comparison(Comparison(left: "a", right: "b", outcome: outcome))
        }
        // A choice of one of two is a comparison, and so is a ranking of two; a tie of two is a tie.
        let events: [(Feedback, Feedback)] = [
            (.choice(Choice("a", among: ["b", "a"])), vote(.left)),
            (.ranking(Ranking(tiers: [["b"], ["a"]])), vote(.right)),
            (.ranking(Ranking(tiers: [["b", "a"]])), vote(.tie)),
        ]
        for (one, other) in events {
            let a = try ComparisonScheduler(log: FeedbackLog([FeedbackEvent(one)]))
            let b = try ComparisonScheduler(log: FeedbackLog([FeedbackEvent(other)]))
            #expect(a.state == b.state)
        }
        // The information of a choice at equal scores: Σ over pairs of weight/4, twice on the diagonal, is 1
        // − 1/m.
        let five = try ComparisonScheduler(
            log: FeedbackLog([FeedbackEvent(.choice(Choice("a", among: ["a", "b", "c", "d", "e"])))]))
        #expect(abs(five.votes / 4 * 2 - (1 - 1.0 / 5)) < 1e-12)
        let finish = Ranking(tiers: [["a"], ["b"], ["c"]], unplaced: ["d", "e"])
        let race = try ComparisonScheduler(log: FeedbackLog([FeedbackEvent(.ranking(finish))]))
        #expect(race.ranking.prefix(3).map(\.item) == ["a", "b", "c"])
        #expect(race.partCount == 1)
        #expect(try race.difference("d", minus: "e").mean.magnitude < 1e-9)
    }

    @Test func aGoalMovesTheQuestions() throws {
        let log = try simulatedLog(items: 40, votes: 1200, seed: 10)
        var options = ScheduleOptions()
        options.goal = .top(5)
        var top = try ComparisonScheduler(log: log, options: options)
        let order = top.ranking.map(\.item)
        let near = Set(order.prefix(12))
        #expect(try top.ask(count: 8).allSatisfy { near.contains($0.left) || near.contains($0.right) })
        #expect(
            StoppingRule.questions(Array(0..<6), .top(2)).map { [$0.0, $0.1] }
                == [[0, 2], [1, 2], [1, 3], [1, 4], [1, 5]])
        #expect(StoppingRule.questions(Array(0..<3), .best).count == 2)
    }
}
