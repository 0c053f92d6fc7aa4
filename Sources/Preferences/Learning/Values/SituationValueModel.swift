import Foundation
import Kernels

/// What was learnt of situations and values: proposes values, and says whether each is relevant and which way it pulls.
public struct SituationValueModel: Sendable {
    let towers: ValueTowers
    let valence: [Double]
    let memory: ValueMemory
    /// How the fit ended.
    public let certificate: FitCertificate

    init(towers: ValueTowers, valence: [Double], memory: ValueMemory, certificate: FitCertificate) {
        self.towers = towers
        self.valence = valence
        self.memory = memory
        self.certificate = certificate
    }

    /// Every value that was learnt from.
    public var values: [SituationValue] { memory.values }

    /// What it says of a situation and a value.
    public func judge(_ situation: String, _ value: SituationValue, explanation: String = "")
        -> ValueJudgement
    {
        judge(words(situation), value, explanation)
    }

    private func words(_ situation: String) -> [Int] {
        ValueMemory.buckets(TextTokens.words(situation), of: towers.buckets)
    }

    private func judge(_ words: [Int], _ value: SituationValue, _ explanation: String) -> ValueJudgement {
        let odds = towers.relevance(words, ValueMemory.buckets(value.words, of: towers.buckets))
        let features = ValueTowers.valenceFeatures(words, value, towers: towers, buckets: towers.buckets)
        let scores = ValueTowers.scores(features, valence)
        let total = Special.logSumExp(scores)
        return ValueJudgement(
            value, relevance: Special.logistic(odds), supports: exp(scores[0] - total),
            opposes: exp(scores[1] - total), either: exp(scores[2] - total), explanation: explanation)
    }

    /// The values that bear on a situation.
    ///
    /// - Parameters:
    ///   - candidates: how many values are judged, from the situations that are most alike.
    ///   - proposals: more values to be judged, such as a language model's.
    public func picture(
        of situation: String, candidates: Int = 100, proposals: [SituationValue] = [],
        filter: ValueFilter = ValueFilter()
    ) -> ValuePicture {
        let words = words(situation)
        var judgements = memory.candidates(words, count: candidates).map {
            judge(words, memory.values[$0.value], $0.explanation)
        }
        judgements += proposals.map { judge(words, $0, "") }
        return ValuePicture(filter(judgements))
    }

    /// For each of some values r (P(supports) − P(opposes)): features of a situation for a model of preferences.
    public func features(_ situation: String, values: [SituationValue]) -> [Double] {
        let words = words(situation)
        return values.map { value in
            let judgement = judge(words, value, "")
            return judgement.relevance * (judgement.supports - judgement.opposes)
        }
    }

    /// A filter with the thresholds that find the relevant values of other records best, by F₁ for each kind.
    ///
    /// - Parameter records: of situations that were not learnt from; both relevant ones and others.
    public func tuned(_ filter: ValueFilter = ValueFilter(), on records: [ValueRecord]) -> ValueFilter {
        var filter = filter
        for kind in SituationValue.Kind.allCases {
            let own = records.filter { $0.value.kind == kind }
            let all = own.count { $0.isRelevant }
            guard all > 0, all < own.count else { continue }
            let scored = own.map { (score: judge($0.situation, $0.value).relevance, isHit: $0.isRelevant) }
                .sorted { $0.score > $1.score }
            var (hits, best, threshold) = (0, -1.0, filter[kind])
            for (place, row) in scored.enumerated() {
                hits += row.isHit ? 1 : 0
                // A threshold lies between two different scores.
                if place + 1 < scored.count, scored[place + 1].score == row.score { continue }
                let f = 2 * Double(hits) / Double(place + 1 + all)
                if f > best {
                    best = f
                    threshold =
                        place + 1 < scored.count ? (row.score + scored[place + 1].score) / 2 : row.score
                }
            }
            filter[kind] = threshold
        }
        return filter
    }

    /// All that is needed to make it again.
    public var state: ModelState {
        var state = ModelState()
        state["vectors"] = .init(towers.vectors, shape: [2, towers.buckets, towers.width])
        state["odds"] = .init([towers.overlap, towers.offset])
        state["valence"] = .init(valence, shape: [towers.buckets, 3])
        let records = memory.records
        state.lists["situations"] = memory.situations
        state.lists["kinds"] = memory.values.map(\.kind.rawValue)
        state.lists["values"] = memory.values.map(\.text)
        state["links"] = .init(
            memory.links.flatMap { link in
                [
                    Double(link.situation), Double(link.value), link.isRelevant ? 1 : 0,
                    Double(ValueValence.allCases.firstIndex { $0 == link.valence } ?? -1),
                ]
            }, shape: [records.count, 4])
        state.lists["explanations"] = records.map(\.explanation)
        state.keep(certificate)
        return state
    }

    /// Makes it again, bit for bit.
    ///
    /// - Throws: `LearningError.data` where something is missing.
    public init(_ state: ModelState) throws {
        let vectors = try state.numbers("vectors", rank: 3)
        let odds = try state.vector("odds")
        let (buckets, width) = (vectors.shape[1], vectors.shape[2])
        valence = try state.numbers("valence", rank: 2).values
        let links = try state.numbers("links", rank: 2)
        let (situations, kinds, texts, explanations) = (
            state.lists["situations"] ?? [], state.lists["kinds"] ?? [], state.lists["values"] ?? [],
            state.lists["explanations"] ?? []
        )
        guard vectors.shape[0] == 2, buckets > 0, width > 0, odds.count == 2,
            valence.count.isMultiple(of: 3), valence.count / 3 == buckets,
            links.shape[1] == 4, explanations.count == links.shape[0], kinds.count == texts.count
        else { throw LearningError.data("the parts of the model of values do not fit together") }
        towers = ValueTowers(
            width: width, buckets: buckets, vectors: vectors.values, overlap: odds[0], offset: odds[1])
        let records = try (0..<links.shape[0]).map { row in
            let numbers = links.values[4 * row..<4 * row + 4].compactMap { Int(exactly: $0) }
            guard numbers.count == 4, situations.indices.contains(numbers[0]),
                texts.indices.contains(numbers[1]),
                let kind = SituationValue.Kind(rawValue: kinds[numbers[1]])
            else {
                throw LearningError.data("record \(row + 1) of the model of values names what is not there")
            }
            let valences = ValueValence.allCases
            return ValueRecord(
                situation: situations[numbers[0]], value: SituationValue(kind, texts[numbers[1]]),
                isRelevant: numbers[2] == 1,
                valence: valences.indices.contains(numbers[3]) ? valences[numbers[3]] : nil,
                explanation: explanations[row])
        }
        memory = ValueMemory(records, buckets: buckets)
        certificate = try state.certificate
    }
}
