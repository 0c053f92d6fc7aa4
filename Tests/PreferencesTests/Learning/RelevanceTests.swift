import Kernels
import Testing

@testable import Preferences

@Suite("Relevance without data")
struct RelevanceTests {
    @Test("Texts are cut into words and marks")
    func words() {
        #expect(
            Words.tokens("Don't stop, it's 3.5 'odd'!") == [
                "don't", "stop", ",", "it's", "3", ".", "5", "'", "odd", "'", "!",
            ])
        #expect(Words.words("One, two.") == ["one", "two"])
        #expect(Words.runs(["a", "b", "c"], of: 2) == ["a b", "b c"])
        #expect(Words.runs(["a"], of: 2).isEmpty)
        #expect(
            Words.sentences("It is 3.5 m. Really? Yes!\nNew line") == [
                "It is 3.5 m.", "Really?", "Yes!", "New line",
            ])
        #expect(Words.sentences("... !").isEmpty)
    }

    @Test("Repeating costs in proportion")
    func variety() {
        let reward = RelevanceReward()
        for count in [3, 5, 12] {
            let answer = [String](repeating: "word", count: count).joined(separator: " ")
            #expect(abs(reward.score(query: "word", answer: answer).variety - 1 / Double(count - 2)) < 1e-12)
        }
        #expect(reward.score(query: "x", answer: "all of these words differ").variety == 1)
        #expect(reward.score(query: "x", answer: "two words").variety == 1)
    }

    @Test("Length pays up to the cap only, and for open questions only")
    func length() {
        func distinct(_ count: Int) -> String { (0..<count).map { "w\($0)" }.joined(separator: " ") }
        let query = "Tell me about w1"
        let capped = RelevanceReward(), free = RelevanceReward(capsLength: false)
        #expect(capped.score(query: query, answer: distinct(60)).length == 0.6)
        #expect(capped.score(query: query, answer: distinct(120)).length == 1)
        #expect(
            capped.score(query: query, answer: distinct(240)).value
                <= capped.score(query: query, answer: distinct(120)).value)
        #expect(free.score(query: query, answer: distinct(120)).length == 1.2)
        #expect(free.score(query: query, answer: distinct(240)).length == 2.4)
        let same = EncoderCosine { _ in [1, 0] }
        let closed = RelevanceReward(similarity: same)
        #expect(
            closed.score(query: query, answer: distinct(5), reference: "w1").value
                == closed.score(query: query, answer: distinct(200), reference: "w1").value)
        #expect(capped.score(query: query, answer: "").value == 0)
    }

    @Test("The right answer to a closed question is worth 1, even where it is all common words")
    func closed() {
        let reward = RelevanceReward()
        for answer in ["Paris", "It is you", "no"] {
            #expect(abs(reward.score(query: "Which?", answer: answer, reference: answer).value - 1) < 1e-12)
        }
        #expect(reward.score(query: "Which?", answer: "yes", reference: "no").value == 0)
        #expect(reward.score(query: "Where is Rome?", answer: "Rome is in Italy").kind == .closed)
        #expect(reward.score(query: "Where is Rome?", answer: "Rome is in Italy", kind: .open).length < 1)
    }

    @Test("Each part can be left out")
    func parts() {
        let answer = "roses roses roses roses"
        let plain = RelevanceReward(parts: .relevance).score(query: "roses", answer: answer)
        #expect(plain.length == 1 && plain.variety == 1 && abs(plain.value - 1) < 1e-12)
        let without = RelevanceReward(parts: [.length, .variety]).score(query: "roses", answer: answer)
        #expect(without.relevance == 1 && abs(without.value - 0.04 * 0.5) < 1e-12)
    }

    @Test("Contributions add up to the difference")
    func explanation() {
        let reward = RelevanceReward()
        let (a, b) = ("Cut roses back in March", "roses roses roses roses roses")
        let why = reward.explain(query: "How do I cut roses?", first: a, second: b)
        let scores = [a, b].map { reward.score(query: "How do I cut roses?", answer: $0).value }
        #expect(abs(why.difference - (scores[0] - scores[1])) < 1e-12)
        #expect(why.parts.map(\.name) == ["relevance", "length", "variety"])
    }

    @Test("Questions are open or closed")
    func kinds() {
        for query in [
            "Who wrote Faust?", "How many moons has Mars?", "Is Pluto a planet?", "When did Rome fall?",
            "Pick one: A) red B) blue", "True or false: water boils at 100 °C.", "I like Rome. Where is it?",
            "Which river is longest?", "What country is Lima in?",
        ] {
            #expect(QuestionKind(query: query) == .closed, "\(query)")
        }
        for query in [
            "How do I prune roses?", "Can you write a poem?", "Explain tides.", "",
            "What do you think of jazz?",
            "Write a story about a bear that lives in a city.", "Why is the sky blue?",
            "Are there good books on chess?", "What is love?",
        ] {
            #expect(QuestionKind(query: query) == .open, "\(query)")
        }
    }

    @Test("The cosine is 1 for the same text, 0 for nothing in common, and counts rare words more")
    func cosine() {
        let cosine = TermCosine()
        #expect(abs(cosine.similarity("Red roses bloom", "bloom, red roses!") - 1) < 1e-12)
        #expect(cosine.similarity("red roses", "blue cars") == 0)
        #expect(cosine.similarity("", "blue cars") == 0)
        #expect(abs(cosine.similarity("red roses", "red cars") - 0.5) < 1e-12)
        let rare = TermCosine(corpus: ["red cars", "red roses", "red paint"])
        #expect(rare.similarity("red roses", "red cars") < 0.5)
        let x = EncoderCosine { $0 == "a" ? [1, 1] : [1, 0] }
        #expect(abs(x.similarity("a", "b") - 0.5.squareRoot()) < 1e-12)
    }

    @Test("Rescaling goes from the 5th to the 95th percentile")
    func scale() throws {
        let scale = try PercentileScale(fitting: (0...100).map { Double($0) })
        #expect(scale.low == 5 && scale.high == 95)
        #expect(scale(5) == 0 && scale(95) == 1 && scale(50) == 0.5 && scale(200) == 1)
        #expect(throws: LearningError.self) { try PercentileScale(fitting: [1, 1, 1]) }
        #expect(throws: LearningError.self) { try PercentileScale(fitting: []) }
    }

    @Test("The probe finds what falls for length")
    func probe() throws {
        let topics = ["roses", "trains", "soup", "stars", "chess"]
        let queries = topics.map { "Tell me about \($0)." }
        let answers = topics.enumerated().map { place, topic in
            (0..<(40 + 40 * place)).map { "\(topic) \($0)" }.joined(separator: " ")
        }
        let probe = try RewardProbe(queries: queries, answers: answers, words: 30)
        #expect(probe.cases.count == 5)
        let length = probe.report { Double($1.count) }
        #expect(length.failureRate == 1 && length.failures == Array(0..<5))
        #expect(length.interval.upperBound == 1 && length.interval.lowerBound < 0.9)
        let reward = RelevanceReward()
        #expect(probe.report { reward.score(query: $0, answer: $1).value }.failureRate == 0)
        #expect(probe.report { _, _ in 0 }.failureRate == 1)
        #expect(throws: LearningError.self) { try RewardProbe(queries: ["a"], answers: ["b"]) }
        #expect(throws: LearningError.self) { try RewardProbe(queries: ["a", "c"], answers: ["b", "d"]) }
    }

    @Test("By hand: a long answer off the topic loses to a short one on it")
    func byHand() {
        func score(_ similarity: Double, _ words: Int) -> Double {
            let answer = (0..<words).map { "w\($0)" }.joined(separator: " ")
            let cosine = EncoderCosine {
                $0 == "q" ? [1, 0] : [similarity, (1 - similarity * similarity).squareRoot()]
            }
            return RelevanceReward(similarity: cosine).score(query: "q", answer: answer, kind: .open).value
        }
        #expect(abs(score(0.1, 150) - 0.1) < 1e-12)
        #expect(abs(score(0.7, 60) - 0.42) < 1e-12)
    }

    @Test("A stand-in is accepted where both rise together to the end")
    func proxies() {
        let good = ProxyAgreement(proxy: [1, 2, 3, 4, 5], gold: [0, 1, 3, 7, 8])
        #expect(good.correlation > 1 - 1e-12 && good.lateDrop == 0 && good.isAccepted)
        let hacked = ProxyAgreement(proxy: [0.1, 0.4, 0.7, 0.9], gold: [0.2, 0.5, 0.6, 0.3])
        #expect(abs(hacked.correlation - 0.4) < 1e-12 && abs(hacked.lateDrop - 0.75) < 1e-12)
        #expect(!hacked.isAccepted)
        #expect(!ProxyAgreement(proxy: [1, 1, 1], gold: [1, 2, 3]).isAccepted)
        let late = ProxyAgreement(
            proxy: (0..<20).map { Double($0) }, gold: (0..<19).map { Double($0) } + [12])
        #expect(late.correlation > 0.8 && !late.isAccepted)
    }
}
