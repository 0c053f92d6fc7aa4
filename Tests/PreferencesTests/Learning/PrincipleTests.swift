import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Principles behind choices")
struct PrincipleTests {
    /// Pairs whose first side has the features given and whose second has none; chosen by more of `rule`, ties by a coin.
    static func data(count: Int = 300, columns: Int = 4, rule: Int, seed: UInt64 = 1) throws -> ComparisonSet
    {
        var random = CounterRandom(seed: seed)
        var (rows, labels): ([[Double]], [Double]) = ([], [])
        for _ in 0..<count {
            let row = (0..<columns).map { _ in Double(random.poisson(0.6) - random.poisson(0.6)) }
            rows.append(row)
            labels.append(row[rule] == 0 ? (random.bernoulli(0.5) ? 1 : 0) : row[rule] > 0 ? 1 : 0)
        }
        let zeros = [[Double]](repeating: [Double](repeating: 0, count: columns), count: count)
        return try ComparisonSet(first: FeatureMatrix(rows), second: FeatureMatrix(zeros), labels: labels)
    }

    @Test func keepsTheRulesOfLearners() throws {
        var data = try Self.data(rule: 2)
        try data.setJudges((0..<data.count).map { $0 % 3 == 0 ? "ann" : "ben" })
        try data.setGroups((0..<data.count).map { $0 % 2 == 0 ? "x" : nil })
        try LearnerConformance.check(InverseConstitution(smallestGroup: 50), on: data)
        try LearnerConformance.check(
            InverseConstitution(principles: 1, margin: 0.5, fallback: FeatureDirection(column: 1)), on: data)
    }

    @Test func oneRuleWithoutNoiseIsFoundExactly() throws {
        let data = try Self.data(rule: 2)
        let applies = (0..<data.count).filter { data.first.row($0)[2] != 0 }
        let model = try InverseConstitution().fit(data.selecting(applies))
        let first = try #require(model.everyone.articles.first)
        #expect(first.column == 2 && first.prefersMore && first.counts.opposes == 0)
        #expect(first.counts.supports == Double(applies.count))
        let probabilities = try model.predict(data.selecting(applies), for: .everyone).map(\.probability)
        #expect(zip(probabilities, applies).allSatisfy { ($0 > 0.5) == (data.labels[$1] > 0.5) })
        let all = try #require(InverseConstitution().fit(data).everyone.articles.first)
        #expect(all.column == 2 && all.counts.opposes == 0)
    }

    @Test func flippedChoicesMirrorTheCounts() throws {
        let data = try Self.data(rule: 1)
        var flipped = data
        flipped.labels = data.labels.map { 1 - $0 }
        let votes = FeatureVotes(data, margin: 0)
        let places = Array(0..<data.count)
        let (a, b) = (votes.counts(data, places), FeatureVotes(flipped, margin: 0).counts(flipped, places))
        #expect(a.map(\.mirrored) == b)
        #expect(a.map(\.weight).elementsEqual(b.map { -$0.weight }) { abs($0 - $1) < 1e-12 })
        let (one, other) = try (InverseConstitution().fit(data), InverseConstitution().fit(flipped))
        #expect(one.everyone.articles.map(\.column) == other.everyone.articles.map(\.column))
        #expect(one.everyone.articles[0].prefersMore != other.everyone.articles[0].prefersMore)
    }

    @Test func theFilterCounts() {
        let counts = PrincipleCounts(supports: 30, opposes: 12, abstains: 58)
        #expect(PrincipleFilter().keeps(counts))
        #expect(abs(counts.accuracy - 30.0 / 42) < 1e-12 && abs(counts.relevance - 0.42) < 1e-12)
        #expect(!PrincipleFilter(requiresMajorityRelevance: true).keeps(counts))
        #expect(!PrincipleFilter().keeps(counts.mirrored))
        #expect(!PrincipleFilter(minimumRelevance: 0.31).keeps(counts))
        #expect(!PrincipleFilter().keeps(PrincipleCounts(supports: 1, invalid: 9)))
        #expect(PrincipleFilter(minimumRelevance: 0).keeps(PrincipleCounts(supports: 1)))
    }

    @Test func withoutPrinciplesTheDefaultJudges() throws {
        let data = try Self.data(rule: 1)
        let even = try InverseConstitution(principles: 0).fit(data)
        #expect(try even.predict(data, for: .everyone).allSatisfy { $0.value == 0 })
        let model = try InverseConstitution(principles: 0, fallback: FeatureDirection(column: 3)).fit(data)
        let values = try model.predict(data, for: .everyone).map(\.value)
        for place in 0..<data.count {
            let gap = data.first.row(place)[3]
            #expect(values[place] == (gap > 0 ? 1 : gap < 0 ? -1 : 0))
        }
        let (one, other) = try (
            HeldOutReport(model, on: data, resamples: 0),
            HeldOutReport(model, on: data.swapped(), resamples: 0)
        )
        #expect(one.all.accuracy == other.all.accuracy)
    }

    @Test func groupsHaveTheirOwn() throws {
        let (a, b) = try (Self.data(rule: 0, seed: 1), Self.data(rule: 1, seed: 2))
        let n = a.count
        var data = try ComparisonSet(
            first: a.first.appending(b.first), second: a.second.appending(b.second),
            labels: a.labels + b.labels.map { 1 - $0 })
        try data.setGroups((0..<2 * n).map { $0 < n ? "a" : "b" })
        let model = try InverseConstitution().fit(data)
        #expect(model.groups["a"]?.articles.first?.column == 0)
        #expect(model.groups["b"]?.articles.first?.column == 1)
        #expect(model.groups["b"]?.articles.first?.prefersMore == false)
        let own = try HeldOutReport(model, on: data, audience: .each, resamples: 0).all.accuracy
        let all = try HeldOutReport(model, on: data, audience: .everyone, resamples: 0).all.accuracy
        #expect(own > all)
        #expect(throws: LearningError.self) { try model.predict(data, for: .newcomer(data)) }
        #expect(try model.predict(data, for: .group("a")).count == data.count)
    }

    @Test func likePrinciplesCountOnce() throws {
        let data = try Self.data(columns: 2, rule: 0)
        let rows = (0..<data.count).map { place -> [Double] in
            let row = data.first.row(place)
            return [row[0], -3 * row[0], row[1]]
        }
        let zeros = [[Double]](repeating: [0, 0, 0], count: data.count)
        let twins = try ComparisonSet(
            first: FeatureMatrix(rows), second: FeatureMatrix(zeros), labels: data.labels)
        let model = try InverseConstitution().fit(twins)
        #expect(model.everyone.articles.filter { $0.column < 2 }.count == 1)
        #expect(model.certificate.limits.contains { $0.contains("feature 2 / has more of feature 1") })
        let sparse = Kernels.SparseRows(
            ends: (1...data.count).map { 3 * $0 },
            columns: (0..<data.count).flatMap { _ in [0, 1, 2] as [Int32] },
            values: rows.flatMap { $0 })
        let other = try ComparisonSet(
            first: FeatureMatrix(sparse, columns: 3), second: FeatureMatrix(zeros), labels: data.labels)
        #expect(try InverseConstitution().fit(other).everyone == model.everyone)
    }

    @Test func stabilityIsALikeness() throws {
        #expect(ConstitutionStability.jaccard([["a", "b"], ["b", "c"]]) == 1.0 / 3)
        #expect(ConstitutionStability.jaccard([[], []]) == 1)
        let stability = try ConstitutionStability(
            InverseConstitution(principles: 1), on: Self.data(rule: 2), seed: 1)
        #expect(stability.jaccard == 1)
        #expect(stability.shares.map(\.share) == [1])
    }

    @Test func traitsOfTexts() throws {
        let answer = """
            # Title

            Maybe this, for example:
            - one
            * two
            1. three
            12) four

            **Bold**? I'm sorry!
            """
        let traits = TextTraits.standard
        let values = traits.features(prompt: "Give a bold title", answer: answer)
        func value(_ more: String) throws -> Double {
            values[try #require(traits.names.firstIndex { $0.more == more })]
        }
        #expect(try value("has more items in bulleted lists") == 2)
        #expect(try value("has more items in numbered lists") == 2)
        #expect(try value("has more headings") == 1)
        #expect(try value("has more bold or italic text") == 1)
        #expect(try value("hedges more") == 1)
        #expect(try value("gives more examples") == 1)
        #expect(try value("refuses or apologises more") == 2)
        #expect(try value("has more paragraphs") == 3)
        #expect(try value("uses more of the prompt's words") == 2.0 / 3)
        #expect(try value("speaks more of itself") == 1)
        #expect(traits.features(prompt: "", answer: "").allSatisfy { $0.isFinite })
        #expect(Set(traits.names.map(\.more)).count == traits.list.count)
    }

    @Test func textsByDefault() throws {
        let pairs = (0..<60).map { place -> TextPair in
            let long = "Because of rain, the match ended early and everybody went home number \(place)."
            return place % 2 == 0
                ? TextPair(prompt: "p\(place)", first: long, second: "It ended.", label: 1)
                : TextPair(prompt: "p\(place)", first: "It ended.", second: long, label: 0)
        }
        let traits = TextTraits.standard
        let data = try traits.comparisons(pairs)
        #expect(data.items.promptNames.count == 60 && data.prompt(3) == 3)
        let model = try InverseConstitution(traits: traits).fit(data)
        #expect(
            model.everyone.text.hasPrefix("1. The better answer is longer (applies to 100%, right in 100%"))
        #expect(throws: LearningError.self) {
            try InverseConstitution(traits: traits).fit(Self.data(rule: 0))
        }
        var ties = data
        ties.labels = ties.labels.map { _ in 0.5 }
        #expect(throws: LearningError.self) { try InverseConstitution().fit(ties) }
    }

    /// A model that prefers what is longer, and by "colour" what has more of it.
    static let judge = ScriptedChat(name: "length") { messages, _ in
        let text = messages.last?.text ?? ""
        func part(_ from: String, _ to: String) -> String {
            guard let start = text.range(of: from)?.upperBound,
                let end = text.range(of: to, range: start..<text.endIndex)?.lowerBound
            else { return "" }
            return String(text[start..<end])
        }
        if text.contains("Give 3 principles by") {
            return #"Sure: ["The better answer is longer", "The better answer has more colour", ""]"#
        }
        if text.contains("Give 3 principles") { return #"["The better answer is shorter"]"# }
        let (a, b) = (part("Answer A:\n", "\n\nAnswer B"), part("Answer B:\n", "\n\n"))
        let isLonger = a.count > b.count
        guard text.contains("Principles:") else { return isLonger ? "A" : "B" }
        var table: [String: String] = [:]
        for line in part("Principles:\n", "\n\n").split(separator: "\n") {
            let number = String(line.prefix { $0 != "." })
            table[number] =
                line.contains("longer")
                ? (isLonger ? "A" : "B") : line.contains("shorter") ? (isLonger ? "B" : "A") : "irrelevant"
        }
        return String(decoding: try JSONEncoder().encode(table), as: UTF8.self)
    }

    @Test func aModelWritesAConstitution() async throws {
        let pairs = (0..<12).map {
            TextPair(
                prompt: "p", first: $0 % 2 == 0 ? "a much longer text" : "x",
                second: $0 % 2 == 0 ? "y" : "another long text", label: $0 % 2 == 0 ? 1 : 0)
        }
        let written = try await ConstitutionWriter(Self.judge).write(pairs, seed: 4)
        #expect(written.articles.map(\.text) == ["The better answer is longer"])
        #expect(written.articles.first?.counts == PrincipleCounts(supports: 12))
        #expect(written.model == "length" && written.proposals == 3 && written.comparisons == 12)
        #expect(try await written.choice(pairs[1], asking: Self.judge) == 0)
        #expect(try await written.prediction(pairs[0], asking: Self.judge).probability > 0.9)
        #expect(
            try JSONDecoder().decode(WrittenConstitution.self, from: JSONEncoder().encode(written)) == written
        )

        let mute = ScriptedChat { _, _ in "I would rather not." }
        let empty = try await ConstitutionWriter(mute).write(pairs)
        #expect(empty.articles.isEmpty)
        #expect(try await written.prediction(pairs[0], asking: mute).value == 0)
        #expect(try await written.choice(pairs[0], asking: mute) == 0.5)
        let counts = try await ConstitutionWriter(mute).test(["p"], on: pairs, seed: 1)
        #expect(counts == [PrincipleCounts(invalid: 12)])
        await #expect(throws: LearningError.self) { try await ConstitutionWriter(mute).write([]) }
        let broken = ScriptedChat { _, _ in throw ChatError.refused(status: 500, message: "no") }
        await #expect(throws: ChatError.refused(status: 500, message: "no")) {
            try await ConstitutionWriter(broken).write(pairs)
        }
    }

    @Test func clustersGatherWhatIsAlike() {
        let texts = [
            "is long and detailed", "is longer, with details", "is polite", "politely worded, polite",
        ]
        let clusters = PrincipleClusters.assign(texts, count: 2, seed: 1).clusters
        #expect(clusters[2] == clusters[3] && clusters[0] != clusters[2])
        #expect(PrincipleClusters.representatives(["a b"], count: 5, seed: 1) == [0])
        #expect(PrincipleClusters.representatives([], count: 5, seed: 1) == [])
    }
}
