import Kernels
import Testing

@testable import Preferences

@Suite("Rewards that follow instructions")
struct InstructionTests {
    static let sample = "Roses need sun, water and care. Plant them in March!\n\n- Dig deep\n- Water well"

    @Test("Each constraint says whether a text obeys")
    func validators() {
        let text = Self.sample
        let expected: [(TextConstraint, Bool)] = [
            (.atLeastWords(14), true), (.atLeastWords(15), false), (.atMostWords(14), true),
            (.atMostWords(13), false), (.atLeastSentences(4), true), (.atLeastSentences(5), false),
            (.atMostSentences(4), true), (.atMostSentences(3), false), (.paragraphs(2), true),
            (.paragraphs(1), false), (.bullets(2), true), (.bullets(3), false), (.includes("WATER"), true),
            (.includes("wat"), false), (.avoids("tulips"), true), (.avoids("sun"), false),
            (.starts(with: "roses need"), true), (.starts(with: "Rose"), false),
            (.ends(with: "water well"), true),
            (.ends(with: "ell"), false), (.lowercase, false), (.uppercase, false), (.noCommas, false),
            (.hasDigits, false), (.quoted, false),
        ]
        for (constraint, holds) in expected {
            #expect(constraint.isSatisfied(by: text) == holds, "\(constraint)")
        }
        #expect(TextConstraint.lowercase.isSatisfied(by: "all small"))
        #expect(TextConstraint.uppercase.isSatisfied(by: "ALL 3 BIG"))
        #expect(TextConstraint.noCommas.isSatisfied(by: "none"))
        #expect(TextConstraint.hasDigits.isSatisfied(by: "has 3"))
        #expect(TextConstraint.quoted.isSatisfied(by: " \"so\" "))
        #expect(!TextConstraint.quoted.isSatisfied(by: "\""))
        #expect(TextConstraint.paragraphs(0).isSatisfied(by: ""))
        #expect(Set(expected.map(\.0.kind)) == Set(TextConstraint.Kind.allCases))
        #expect(expected.allSatisfy { !$0.0.instruction.isEmpty })
    }

    @Test("What excludes itself is found, what an answer obeys never is")
    func contradictions() {
        let clashes: [(TextConstraint, TextConstraint)] = [
            (.atLeastWords(9), .atMostWords(8)), (.includes("sun"), .avoids("Sun")),
            (.bullets(2), .bullets(3)),
            (.lowercase, .uppercase), (.starts(with: "Let us see"), .avoids("us")),
            (.starts(with: "My answer"), .quoted), (.ends(with: "a, b"), .noCommas),
            (.starts(with: "one"), .starts(with: "two")), (.atLeastSentences(5), .atMostWords(4)),
        ]
        for (a, b) in clashes {
            #expect(a.contradicts(b) && b.contradicts(a), "\(a) \(b)")
        }
        let generator = ConstraintGenerator()
        var random = CounterRandom(seed: 5)
        for _ in 0..<200 {
            let obeyed = TextConstraint.Kind.allCases.compactMap {
                generator.constraint($0, for: Self.sample, satisfied: true, using: &random)
            }
            #expect(!InstructedPrompt("x", obeyed).isContradictory)
        }
    }

    /// Texts of random words, some with capitals, commas, digits, bullets or paragraphs.
    static func text(_ random: inout CounterRandom) -> String {
        let words = [
            "garden", "river", "Stone", "music", "letter", "quick", "blue,", "seven", "42", "the", "a",
        ]
        var parts: [String] = []
        for _ in 0..<(1 + random.below(5)) {
            var sentence = (0..<(2 + random.below(9))).map { _ in words[random.below(words.count)] }
                .joined(separator: " ")
            if random.bernoulli(0.7) { sentence += "." }
            if random.bernoulli(0.2) { sentence = "- " + sentence }
            parts.append(sentence)
        }
        let text = parts.joined(
            separator: random.bernoulli(0.3) ? "\n\n" : random.bernoulli(0.5) ? "\n" : " ")
        return random.bernoulli(0.2) ? text.lowercased() : text
    }

    static func comparisons(_ count: Int, seed: UInt64) -> [InstructedComparison] {
        var random = CounterRandom(seed: seed)
        return (0..<count).map {
            let (a, b) = (text(&random), text(&random))
            // People prefer the longer one.
            let isFirst = a.count > b.count
            return InstructedComparison(
                InstructedPrompt("Question \($0)"), chosen: isFirst ? a : b, rejected: isFirst ? b : a)
        }
    }

    @Test("A thousand pairs that were made do what they say when checked again")
    func pairs() {
        let comparisons = Self.comparisons(500, seed: 3)
        let maker = InstructionPairs(ConstraintGenerator(vocabulary: comparisons.map(\.chosen)))
        let (intra, inter) = maker.make(comparisons, seed: 1)
        #expect(intra.count > 900 && inter.count > 400)
        #expect(intra.allSatisfy(\.isValid) && inter.allSatisfy(\.isValid))
        for pair in intra where pair.contrast == .allAgainstSome {
            #expect(pair.suited.satisfied(by: pair.answer) == pair.suited.constraints.count)
            #expect(pair.unsuited.satisfied(by: pair.answer) < pair.unsuited.constraints.count)
        }
        #expect(Set(intra.map(\.contrast)).count == 2)
        #expect(Set(intra.flatMap { $0.suited.constraints.map(\.kind) }).count >= 12)
        #expect(
            inter.contains { $0.narrower.constraints.isEmpty }
                && inter.contains { !$0.narrower.constraints.isEmpty })
        let again = Parallel.withThreads(1) { maker.make(comparisons, seed: 1) }
        #expect(again.intra == intra && again.inter == inter)
        let wrong = IntraSamplePair(
            answer: "Two words", suited: InstructedPrompt("x", [.atMostWords(1)]),
            unsuited: InstructedPrompt("x", [.atMostWords(1)]), contrast: .allAgainstSome, before: 0)
        #expect(!wrong.isValid)
    }

    @Test("Instructions stand after the prompt")
    func prompts() {
        let prompt = InstructedPrompt("Explain tides.", [.atMostWords(50), .noCommas])
        #expect(prompt.text == "Explain tides. Use at most 50 words. Do not use commas.")
        #expect(prompt.satisfied(by: "Water, drawn by the moon.") == 1)
    }

    @Test("Without the made-up levels the loss and the model are Bradley and Terry's")
    func plain() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        let set = try MultiLevelSet(
            base: data, intra: [.init(0, over: 1)], inter: [.init(.init(0, over: 1), over: .init(2, over: 3))]
        )
        let loss = MultiLevelLoss(intraWeight: 0, interWeight: 0)
        let model = try MultiLevelReward(loss: loss).fit(set)
        #expect(model.weights == (try LinearReward().fit(data).weights))
        let d = [0.3, -1.2, 2]
        let (value, slopes) = loss(base: d, intra: [5], inter: [6])
        #expect(abs(value - d.reduce(0) { $0 + LogisticLoss().value($1, label: 1) } / 3) < 1e-15)
        #expect(slopes.intra == [0] && slopes.inter == [0])
    }

    @Test("Slopes of the loss are its derivatives")
    func slopes() {
        let loss = MultiLevelLoss(intraWeight: 0.7, interWeight: 0.3)
        let (base, intra, inter) = ([0.2, -1], [0.5, 1.5, -0.2], [0.9])
        let slopes = loss(base: base, intra: intra, inter: inter).slopes
        func moved(_ level: Int, _ place: Int, _ step: Double) -> Double {
            var parts = [base, intra, inter]
            parts[level][place] += step
            return loss(base: parts[0], intra: parts[1], inter: parts[2]).value
        }
        for (level, part) in [slopes.base, slopes.intra, slopes.inter].enumerated() {
            for place in part.indices {
                let numeric = (moved(level, place, 1e-6) - moved(level, place, -1e-6)) / 2e-6
                #expect(abs(numeric - part[place]) < 1e-8)
            }
        }
        // Of one pair by itself −(1 − σ(d)), which the signs of the instructions multiply.
        let alone = loss(base: [], intra: [0.4], inter: []).slopes.intra[0]
        #expect(abs(alone + 0.7 * (1 - Special.logistic(0.4))) < 1e-15)
    }

    @Test("The fit is where the gradient of all three levels is zero")
    func stationary() throws {
        var random = CounterRandom(seed: 8)
        let rows = (0..<60).map { _ in (0..<4).map { _ in random.normal() } }
        let items = ItemSet(features: try FeatureMatrix(rows))
        var labels: [Double] = []
        for _ in 0..<20 { labels.append(random.bernoulli(0.8) ? 1 : 0) }
        let base = try ComparisonSet(items: items, left: Array(0..<20), right: Array(20..<40), labels: labels)
        let set = try MultiLevelSet(
            base: base, intra: (40..<48).map { .init($0, over: $0 - 20) },
            inter: (48..<54).map { .init(.init($0, over: $0 + 6), over: .init($0 - 40, over: $0 - 30)) })
        let reward = MultiLevelReward(loss: MultiLevelLoss(intraWeight: 0.5, interWeight: 0.25), ridge: 0.01)
        let w = try reward.fit(set).weights
        func gap(_ pair: MultiLevelSet.Pair) -> [Double] {
            zip(rows[pair.better], rows[pair.worse]).map { $0 - $1 }
        }
        func dot(_ x: [Double]) -> Double { zip(x, w).reduce(0) { $0 + $1.0 * $1.1 } }
        var gradient = w.map { 0.01 * $0 }
        func add(_ x: [Double], _ slope: Double) {
            for column in 0..<4 { gradient[column] += slope * x[column] }
        }
        for place in 0..<20 {
            let x = gap(.init(place, over: place + 20))
            add(x, (Special.logistic(dot(x)) - labels[place]) / 20)
        }
        for pair in set.intra { add(gap(pair), -0.5 / 8 * Special.logistic(-dot(gap(pair)))) }
        for leads in set.inter {
            let x = zip(gap(leads.wider), gap(leads.narrower)).map { $0 - $1 }
            add(x, -0.25 / 6 * Special.logistic(-dot(x)))
        }
        #expect(gradient.allSatisfy { abs($0) < 1e-5 })
    }

    @Test("The second level does not see the answer, the third neither that nor the prompt")
    func invariance() throws {
        // The columns: what the answer is like, what the prompt is like, what both are like together.
        let rows = [
            [1.0, 5, 1], [1, 7, -1], [2, 5, -1], [2, 7, 1],
        ]
        func gap(_ a: Int, _ b: Int) -> [Double] { zip(rows[a], rows[b]).map { $0 - $1 } }
        #expect(gap(0, 1)[0] == 0)
        let leads = zip(gap(0, 2), gap(1, 3)).map { $0 - $1 }
        #expect(leads[0] == 0 && leads[1] == 0 && leads[2] == 4)
        let items = ItemSet(features: try FeatureMatrix(rows + [[0, 0, 0], [0, 0, 0]]))
        let base = try ComparisonSet(items: items, left: [4], right: [5], labels: [1])
        let intra = try MultiLevelReward().fit(
            MultiLevelSet(base: base, intra: [.init(0, over: 1)], inter: []))
        #expect(intra.weights[0] == 0 && intra.weights[2] > 0)
        let inter = try MultiLevelReward().fit(
            MultiLevelSet(base: base, intra: [], inter: [.init(.init(0, over: 2), over: .init(1, over: 3))]))
        #expect(inter.weights[0] == 0 && inter.weights[1] == 0 && inter.weights[2] > 0)
    }

    @Test(
        "From texts alone it learns to prefer the answer that obeys more, without forgetting what people prefer"
    )
    func texts() throws {
        let comparisons = Self.comparisons(200, seed: 6)
        let maker = InstructionPairs(ConstraintGenerator(vocabulary: comparisons.map(\.chosen)))
        let model = try InstructionReward(pairs: maker).fit(comparisons)
        let test = Self.comparisons(200, seed: 7)
        // Instructions that only the answer obeys which people would not prefer.
        let asked = maker.make(test, seed: 2).inter.filter { !$0.narrower.constraints.isEmpty }.map {
            InstructedComparison($0.narrower, chosen: $0.rejected, rejected: $0.chosen)
        }
        let plain = try InstructionReward(
            pairs: maker, learner: MultiLevelReward(loss: MultiLevelLoss(intraWeight: 0, interWeight: 0))
        ).fit(comparisons)
        #expect(plain.accuracy(on: asked).share < 0.1)
        #expect(model.accuracy(on: asked).share > 0.7)
        #expect(model.accuracy(on: test).share > 0.9)
        let one = asked[0]
        let why = model.explain(one.prompt, first: one.chosen, second: one.rejected)
        let gap = model.score(one.prompt, one.chosen) - model.score(one.prompt, one.rejected)
        #expect(abs(why.difference - gap) < 1e-9)
        #expect(throws: LearningError.self) {
            try InstructionRewardModel(
                features: InstructionFeatures(["x"]) { _, _ in [0] }, reward: model.reward)
        }
    }

    @Test("What does not fit is refused")
    func refusals() throws {
        let data = try LearningWorld.linear([1], items: 5, count: 5)
        #expect(throws: LearningError.self) {
            try MultiLevelSet(base: data, intra: [.init(0, over: 9)], inter: [])
        }
        #expect(throws: LearningError.self) {
            try MultiLevelReward().fit(MultiLevelSet(base: data.selecting([]), intra: [], inter: []))
        }
    }
}
