import Foundation
import Kernels
import Signals

@testable import Preferences

/// Data with a known truth for the tests of the checks.
enum ChecksSimulation {
    /// Every pair of items compared `per` times under Davidson's model; the first three items may be made a
    /// circle.
    static func board(
        items: Int, per: Int, tie: Double = 0, spread: Double = 0.7, cycle: Double = 0, seed: UInt64
    ) -> FeedbackLog {
        var random = CounterRandom(seed: seed, stream: 77)
        let theta = (0..<items).map { _ in spread * random.normal() }
        let lambda = tie > 0 ? log(tie) : -Double.infinity
        var log = FeedbackLog()
        for i in 0..<items {
            for j in (i + 1)..<max(items, i + 1) {
                var eta = theta[i] - theta[j]
                if cycle > 0, j < 3 { eta = i == 0 && j == 2 ? -cycle : cycle }
                let p = LinkKind.davidson.probability(eta, tie: lambda)
                for _ in 0..<per {
                    let u = random.uniform()
                    let outcome: Comparison.Outcome = u < p.win ? .left : u < p.win + p.tie ? .tie : .right
                    try! log.append(
                        FeedbackEvent(
                            .comparison(Comparison(left: "i\(i)", right: "i\(j)", outcome: outcome))))
                }
            }
        }
        return log
    }

    /// Judges who each follow one of several orders, but for a share of slips, and judges who follow none.
    static func town(
        groups: Int, judges: Int, answers: Int, items: Int = 12, noise: Double = 0.15, odd: Int = 0,
        seed: UInt64
    ) -> FeedbackLog {
        var random = CounterRandom(seed: seed, stream: 99)
        var log = FeedbackLog()
        func ask(_ judge: String, _ answer: (Int, Int, inout CounterRandom) -> Bool) {
            for _ in 0..<answers {
                let a = random.below(items)
                var b = random.below(items - 1)
                if b >= a { b += 1 }
                let left = answer(a, b, &random)
                try! log.append(
                    FeedbackEvent(
                        .comparison(
                            Comparison(left: "i\(a)", right: "i\(b)", outcome: left ? .left : .right)),
                        judge: judge))
            }
        }
        for group in 0..<groups {
            let order = random.permutation(items)
            for judge in 0..<judges {
                ask("g\(group)-\(judge)") { (order[$0] < order[$1]) != $2.bernoulli(noise) }
            }
            if group > 0 { continue }
            for judge in 0..<odd {
                ask("reversed-\(judge)") { (order[$0] > order[$1]) != $2.bernoulli(noise) }
                ask("random-\(judge)") { $2.bernoulli(0.5) }
                ask("lazy-\(judge)") { _, _, _ in true }
            }
        }
        return log
    }

    /// The same events in another order and under other names.
    static func disguised(_ log: FeedbackLog, renamed: Bool, seed: UInt64) -> FeedbackLog {
        var random = CounterRandom(seed: seed, stream: 5)
        var events = Array(log.events)
        random.shuffle(&events)
        func name(_ text: String) -> String { renamed ? String(text.reversed()) + "*" : text }
        return try! FeedbackLog(
            events.map { event in
                var event = event
                if case .comparison(var c) = event.feedback {
                    c.left = name(c.left)
                    c.right = name(c.right)
                    event.feedback = .comparison(c)
                }
                event.judge = event.judge.map(name)
                event.prompt = event.prompt.map(name)
                return event
            })
    }
}

/// A model whose scores are a multiple of Davidson's.
struct Exaggerated: PreferenceModel {
    static let id = "exaggerated"
    static let summary = "Davidson's scores times a factor"
    var factor: Double

    func fit(_ log: FeedbackLog) throws -> RankingFit {
        var fit = try Davidson().fit(log)
        for place in fit.items.indices { fit.items[place].score *= factor }
        return fit
    }
}
