/// The first answer of each judge to each question, and how many gave each answer.
struct AnswerBook {
    /// One answer.
    struct Answer {
        var question: Int32
        var answer: UInt32
        var time: Double
        /// Its place among the judge's answers.
        var place: Int
    }

    /// The answers of each judge, in the order of the questions.
    private(set) var answers: [[Answer]]
    /// How many judges gave each answer, by question.
    private(set) var counts: [[UInt32: Int]]

    init(_ sheet: VoteSheet) {
        answers = [[Answer]](repeating: [], count: sheet.judges.count)
        counts = [[UInt32: Int]](repeating: [:], count: sheet.questions)
        var places = [Int](repeating: 0, count: sheet.judges.count)
        for row in 0..<sheet.count where sheet.question[row] >= 0 {
            let judge = Int(sheet.judge[row])
            answers[judge].append(
                Answer(
                    question: sheet.question[row], answer: sheet.answer[row], time: sheet.time[row],
                    place: places[judge]))
            places[judge] += 1
        }
        for judge in answers.indices {
            let sorted = answers[judge].sorted { ($0.question, $0.place) < ($1.question, $1.place) }
            var first: [Answer] = []
            first.reserveCapacity(sorted.count)
            for answer in sorted where first.last?.question != answer.question { first.append(answer) }
            answers[judge] = first
            for answer in first { counts[Int(answer.question)][answer.answer, default: 0] += 1 }
        }
    }

    /// How many questions two judges share, and to how many they gave the same answer.
    func agreement(_ a: Int, _ b: Int) -> (shared: Int, agreed: Int) {
        var shared = 0
        var agreed = 0
        eachShared(a, b) { x, y in
            shared += 1
            if x.answer == y.answer { agreed += 1 }
        }
        return (shared, agreed)
    }

    /// Visits the answers of two judges to the same questions.
    func eachShared(_ a: Int, _ b: Int, _ body: (Answer, Answer) -> Void) {
        answers[a].withUnsafeBufferPointer { x in
            answers[b].withUnsafeBufferPointer { y in
                var i = 0
                var j = 0
                while i < x.count, j < y.count {
                    if x[i].question < y[j].question {
                        i += 1
                    } else if x[i].question > y[j].question {
                        j += 1
                    } else {
                        body(x[i], y[j])
                        i += 1
                        j += 1
                    }
                }
            }
        }
    }

    /// The leading answer to a question among all judges but two who gave these answers, and its share with one more vote for it.
    func leading(_ question: Int32, without a: UInt32, _ b: UInt32?) -> (answer: UInt32, share: Double) {
        var votes = counts[Int(question)]
        votes[a, default: 0] -= 1
        if let b { votes[b, default: 0] -= 1 }
        let all = votes.values.reduce(0, +)
        var best: (answer: UInt32, count: Int) = (a, 0)
        for (answer, count) in votes
        where count > best.count || (count == best.count && count > 0 && answer < best.answer) {
            best = (answer, count)
        }
        return (best.answer, Double(best.count + 1) / Double(all + 1))
    }

    /// How many judges outside a group answered the questions that two or more of it answered, on average.
    func others(than group: [Int]) -> Double {
        var members: [Int32: Int] = [:]
        for judge in group {
            for answer in answers[judge] { members[answer.question, default: 0] += 1 }
        }
        var questions = 0
        var others = 0
        for (question, count) in members where count > 1 {
            questions += 1
            others += counts[Int(question)].values.reduce(0, +) - count
        }
        return Double(others) / Double(max(1, questions))
    }
}
