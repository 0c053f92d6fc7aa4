import Kernels
import Signals

/// The answers of each named judge, in an order that neither names nor lines decide.
struct JudgeAnswers: Sendable {
    /// One answer: the item with the higher score first.
    struct Answer: Sendable {
        var first: Int32
        var second: Int32
        /// The number of the pair.
        var pair: Int32
        /// What the first item got: 1, ½ or 0.
        var share: Double
        var weight: Double
        /// What the place and covariates add to η.
        var offset: Double
        /// The share that the population's fit expects.
        var expected: Double
    }

    /// One judge.
    struct Judge: Sendable {
        var code: UInt32
        var answers: [Answer]
        var weight: Double { answers.reduce(0) { $0 + $1.weight } }
    }

    var judges: [Judge] = []
    /// The items of each pair that anybody compared.
    private(set) var first: [Int32] = []
    private(set) var second: [Int32] = []

    init(_ log: FeedbackLog, _ scores: ItemScores, _ offsets: CovariateOffsets) {
        var byCode = [[Answer]](repeating: [], count: log.judges.count)
        FeedbackPairs(log: log, kinds: [.comparisons, .rankings, .ratings], places: scores.places).forEach {
            answer in
            guard answer.judge != Names.none else { return }
            let a = scores.places[Int(answer.left)], b = scores.places[Int(answer.right)]
            if a < 0 || b < 0 || a == b { return }
            let offset = Double(answer.place) * scores.predictor.home + offsets[answer.row]
            let p = scores.probability(answer, offset: offsets[answer.row])
            let expected = p.win + 0.5 * p.tie
            let flipped = a > b
            byCode[Int(answer.judge)].append(
                Answer(
                    first: min(a, b), second: max(a, b), pair: 0,
                    share: flipped ? 1 - answer.share : answer.share,
                    weight: answer.weight, offset: flipped ? -offset : offset,
                    expected: flipped ? 1 - expected : expected))
        }
        for code in byCode.indices where !byCode[code].isEmpty {
            judges.append(Judge(code: UInt32(code), answers: byCode[code].sorted(by: Self.precedes)))
        }
        judges.sort { a, b in
            if a.answers.count != b.answers.count { return a.answers.count > b.answers.count }
            for (x, y) in zip(a.answers, b.answers) {
                if Self.precedes(x, y) { return true }
                if Self.precedes(y, x) { return false }
            }
            return false
        }
        numberPairs()
    }

    private static func precedes(_ a: Answer, _ b: Answer) -> Bool {
        if a.first != b.first { return a.first < b.first }
        if a.second != b.second { return a.second < b.second }
        if a.share != b.share { return a.share > b.share }
        if a.weight != b.weight { return a.weight > b.weight }
        return a.offset > b.offset
    }

    private mutating func numberPairs() {
        func key(_ answer: Answer) -> UInt64 { UInt64(answer.first) << 32 | UInt64(answer.second) }
        let keys = Set(judges.lazy.flatMap { $0.answers.lazy.map(key) }).sorted()
        let number = Dictionary(
            uniqueKeysWithValues: keys.enumerated().map { ($0.element, Int32($0.offset)) })
        first = keys.map { Int32($0 >> 32) }
        second = keys.map { Int32($0 & 0xFFFF_FFFF) }
        for judge in judges.indices {
            for place in judges[judge].answers.indices {
                judges[judge].answers[place].pair = number[key(judges[judge].answers[place])]!
            }
        }
    }

    /// Two halves of every judge's answers; all answers about one pair are on the same side.
    func halves(seed: UInt64) -> (JudgeAnswers, JudgeAnswers) {
        let root = CounterRandom(seed: seed, stream: 0x6861_6C66)
        var one = self, two = self
        for judge in judges.indices {
            var random = root.split(UInt64(judge))
            let answers = judges[judge].answers
            var groups: [Range<Int>] = []
            var start = 0
            for place in answers.indices {
                let isLast = place + 1 == answers.count || answers[place + 1].pair != answers[place].pair
                if isLast {
                    groups.append(start..<(place + 1))
                    start = place + 1
                }
            }
            let order = random.permutation(groups.count)
            let half = (groups.count + (random.bernoulli(0.5) ? 1 : 0)) / 2
            one.judges[judge].answers = order[..<half].sorted().flatMap { answers[groups[$0]] }
            two.judges[judge].answers = order[half...].sorted().flatMap { answers[groups[$0]] }
        }
        return (one, two)
    }
}
