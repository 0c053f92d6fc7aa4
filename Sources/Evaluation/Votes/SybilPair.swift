import Foundation
import Kernels

/// Two judges with many equal answers.
struct SybilPair {
    let a: Int
    let b: Int
    let shared: Int
    let agreed: Int
    /// The mean chance of an equal answer.
    private(set) var expected = 1.0
    /// The chance of so many equal answers.
    private(set) var p = 1.0

    init(a: Int, b: Int, shared: Int, agreed: Int) {
        self.a = a
        self.b = b
        self.shared = shared
        self.agreed = agreed
    }

    /// Works out how many equal answers the questions and the two judges' care explain.
    mutating func assess(_ book: AnswerBook) {
        var odds: [Double] = []
        var followed = (a: 0, b: 0)
        book.eachShared(a, b) { x, y in
            let (answer, share) = book.leading(x.question, without: x.answer, y.answer)
            odds.append(Special.logit(min(0.999, max(0.05, share))))
            if x.answer == answer { followed.a += 1 }
            if y.answer == answer { followed.b += 1 }
        }
        let (shiftA, shiftB) = (Self.shift(odds, followed.a), Self.shift(odds, followed.b))
        var sum = 0.0
        for odds in odds {
            let (x, y) = (Special.logistic(odds + shiftA), Special.logistic(odds + shiftB))
            sum += x * y + (1 - x) * (1 - y)
        }
        expected = min(1, sum / Double(max(1, shared)))
        guard Double(agreed) >= Double(shared) * expected + 1 else { return }
        p = min(
            1, max(0, Special.binomialUpperTail(successes: agreed, trials: shared, probability: expected)))
    }

    /// What is to be added to the log-odds so that they explain how often a judge followed; half an answer is added on either side.
    private static func shift(_ odds: [Double], _ followed: Int) -> Double {
        let goal = (Double(followed) + 0.5) / Double(odds.count + 1) * Double(odds.count)
        var (low, high) = (-12.0, 12.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            let sum = odds.reduce(0) { $0 + Special.logistic($1 + middle) }
            if sum < goal { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The finding about one of the two.
    func suspicion(_ judge: Int, _ p: Double, size: Int, _ sheet: VoteSheet, _ book: AnswerBook)
        -> VoteSuspicion
    {
        var places: (x: [Double], y: [Double]) = ([], [])
        var apart: [Double] = []
        book.eachShared(a, b) { x, y in
            places.x.append(Double(x.place))
            places.y.append(Double(y.place))
            let gap = abs(x.time - y.time)
            if gap.isFinite { apart.append(gap) }
        }
        let order = Statistics.kendallTauB(places.x, places.y)
        var evidence = [
            "shared": Double(shared), "agreed": Double(agreed), "expected": expected * Double(shared),
            "order": order, "cluster": Double(size), "p": p,
        ]
        var how = ""
        if order > 0.8 { how = ", in the same order" }
        // Answers that came in one batch share its time: that says nothing of these two.
        if apart.contains(where: { $0 > 0 }) {
            let median = Statistics.median(apart)
            evidence["secondsApart"] = median
            if median < 60 { how += ", \(Plain.seconds(median)) apart" }
        }
        let other = sheet.judges[UInt32(judge == a ? b : a)]
        let more = size > 2 ? " They are one of \(size) judges who answer alike." : ""
        return VoteSuspicion(
            judge: sheet.judges[UInt32(judge)], rule: .sybil,
            found:
                "The same answer as \(other.prefix(60)) to \(Plain.number(agreed)) of \(Plain.number(shared)) "
                + "questions\(how), where \(Plain.percent(expected)) would be expected.\(more)",
            evidence: evidence)
    }
}
