import Foundation
import Kernels

/// Learns which values, rights and duties bear on a situation and which way each pulls, so that several that conflict
/// stay in sight.
///
/// Source: Sorensen, Jiang, Hwang, Levine, Pyatkin, West, Dziri, Lu, Rao, Bhagavatula, Sap, Tasioulas and Choi, "Value
/// Kaleidoscope: Engaging AI with Pluralistic Human Values, Rights, and Duties" (2024), with small models over hashed
/// words in place of a language model with billions of weights.
///
///     r = σ(h_s · h_v + β overlap + c),   h_s = Σ E_s[w] / √|s|,   h_v = Σ E_v[u] / √|v|
///     v = softmax(W ψ),   ψ: the words next to those that the value is tied to, the words of value and situation, the kind
///
/// The words of the situation that a value is tied to are its own, else the one with the largest E_s[w] · h_v. r is
/// trained on what records say and on `negatives` values of other situations for each situation, v on relevant records
/// with a valence. Values are proposed from the situations that are most alike, judged, and filtered by `ValueFilter`.
///
/// What the data cannot say: whose values these are, and what any person would do: weigh them by
/// `ValuePicture.steering`. Words that no record had mean nothing to it. Split records by situation, never by row,
/// before judging it.
///
/// - Complexity: O(epochs · records · words · width), then some dozens of passes for v; a picture takes O(situations ·
///   words) to propose.
///
/// ```swift
/// let model = try ValueKaleidoscope().fit(records, seed: 1)
/// let picture = model.picture(of: "lying to a friend to spare their feelings")
/// for value in picture.values { print(value.value.text, value.relevance, value.supports) }
/// ```
public struct ValueKaleidoscope: Sendable, Hashable {
    /// The length of h.
    public var width: Int
    /// How many hash buckets words have.
    public var buckets: Int
    /// How many values of other situations each situation gets as not relevant.
    public var negatives: Int
    /// How many passes over the records.
    public var epochs: Int
    /// η of AdaGrad.
    public var learningRate: Double
    /// λ of the valences.
    public var ridge: Double

    /// Creates the learner.
    public init(
        width: Int = 32, buckets: Int = 4096, negatives: Int = 8, epochs: Int = 12,
        learningRate: Double = 0.1,
        ridge: Double = 1e-3
    ) {
        precondition(width > 0 && buckets > 0 && epochs > 0 && negatives >= 0, "counts are positive")
        precondition(learningRate > 0 && ridge > 0, "η and λ are positive")
        self.width = width
        self.buckets = buckets
        self.negatives = negatives
        self.epochs = epochs
        self.learningRate = learningRate
        self.ridge = ridge
    }

    /// Learns.
    ///
    /// - Throws: `LearningError.data` where no record is relevant or fewer than two situations are there; `.cancelled`.
    public func fit(
        _ records: [ValueRecord], seed: UInt64 = 1, watch: FitWatch = FitWatch()
    ) throws -> SituationValueModel {
        let memory = ValueMemory(records, buckets: buckets)
        guard memory.situations.count >= 2, records.contains(where: \.isRelevant) else {
            throw LearningError.data(
                "value-kaleidoscope needs relevant values of two situations or more; there are "
                    + "\(memory.situations.count) situations")
        }
        let random = CounterRandom(seed: seed)
        var towers = ValueTowers(width: width, buckets: buckets, random: random.split(1))
        let rows = examples(memory, random.split(2))
        var loss = 0.0
        for epoch in 0..<epochs {
            var order = random.split(UInt64(epoch) + 3)
            loss = 0
            for place in order.permutation(rows.count) {
                let row = rows[place]
                loss += towers.learn(
                    memory.words[row.situation], memory.valueWords[row.value], row.isRelevant,
                    rate: learningRate)
            }
            loss /= Double(max(1, rows.count))
            try watch.step(epoch + 1, of: epochs, loss: loss)
        }
        towers.round()
        let valued = memory.links.filter { $0.isRelevant && $0.valence != nil }
        var limits: [String] = []
        if valued.isEmpty { limits.append("no record says which way a value pulls: valences are not learnt") }
        if negatives == 0, memory.links.allSatisfy(\.isRelevant) {
            limits.append("no record is of a value that is not relevant: relevance is not learnt")
        }
        let (valence, converged) = try fitValence(valued, memory, towers, watch)
        return SituationValueModel(
            towers: towers, valence: valence, memory: memory,
            certificate: FitCertificate(converged: converged, steps: epochs, loss: loss, limits: limits))
    }

    private struct Example {
        var situation: Int
        var value: Int
        var isRelevant: Bool
    }

    /// What records say, and values of other situations as not relevant.
    private func examples(_ memory: ValueMemory, _ random: CounterRandom) -> [Example] {
        var rows = memory.links.map {
            Example(situation: $0.situation, value: $0.value, isRelevant: $0.isRelevant)
        }
        var known = [Set<Int>](repeating: [], count: memory.situations.count)
        for link in memory.links { known[link.situation].insert(link.value) }
        for situation in memory.situations.indices {
            var random = random.split(UInt64(situation))
            var found = 0
            for _ in 0..<20 * negatives where found < negatives {
                let link = memory.links[random.below(memory.links.count)]
                guard link.isRelevant, known[situation].insert(link.value).inserted else { continue }
                rows.append(Example(situation: situation, value: link.value, isRelevant: false))
                found += 1
            }
        }
        return rows
    }

    private func fitValence(
        _ links: [ValueMemory.Link], _ memory: ValueMemory, _ towers: ValueTowers, _ watch: FitWatch
    ) throws -> (weights: [Double], converged: Bool) {
        let start = [Double](repeating: 0, count: 3 * buckets)
        guard !links.isEmpty else { return (start, true) }
        let rows = links.map {
            ValueTowers.valenceFeatures(
                memory.words[$0.situation], memory.values[$0.value], towers: towers, buckets: buckets)
        }
        let wanted = links.map { link in ValueValence.allCases.firstIndex { $0 == link.valence } ?? 0 }
        let result = try LBFGS(maxIterations: 100, gradientTolerance: 1e-5).minimize(from: start) {
            x, gradient in
            var loss = 0.0
            for place in x.indices {
                loss += ridge / 2 * x[place] * x[place]
                gradient[place] = ridge * x[place]
            }
            for (row, wanted) in zip(rows, wanted) {
                let scores = ValueTowers.scores(row, x)
                let total = Special.logSumExp(scores)
                loss += (total - scores[wanted]) / Double(rows.count)
                for part in 0..<3 {
                    let slope = (exp(scores[part] - total) - (part == wanted ? 1 : 0)) / Double(rows.count)
                    for feature in row { gradient[3 * feature.bucket + part] += slope * feature.value }
                }
            }
            try watch.step(epochs, of: epochs, loss: loss)
            return loss
        }
        return (result.x, result.converged)
    }
}
