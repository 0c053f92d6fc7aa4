/// Of many values that may bear on a situation keeps those that do, each once.
///
/// Source: Sorensen, Jiang, Hwang, Levine, Pyatkin, West, Dziri, Lu, Rao, Bhagavatula, Sap, Tasioulas and Choi, "Value
/// Kaleidoscope: Engaging AI with Pluralistic Human Values, Rights, and Duties" (2024). What is less relevant than the
/// threshold of its kind is dropped; of the rest, the most relevant first, a value goes whose name is too like that of
/// one that is kept: by the longest common subsequence of words (ROUGE-L), without "right to" and "duty to", and by the cosine
/// of their hashed pieces, both compared strictly.
///
/// - Complexity: O(values² · words²).
public struct ValueFilter: Sendable, Hashable, Codable {
    /// The least relevance of values.
    public var valueThreshold: Double
    /// The least relevance of rights.
    public var rightThreshold: Double
    /// The least relevance of duties.
    public var dutyThreshold: Double
    /// The largest overlap of words with a value that is kept.
    public var overlap: Double
    /// The largest cosine.
    public var cosine: Double
    /// Whether values are compared with rights and duties too.
    public var mixesKinds: Bool

    /// Creates a filter with one threshold for all kinds.
    public init(
        threshold: Double = 0.5, overlap: Double = 0.5, cosine: Double = 0.65, mixesKinds: Bool = false
    ) {
        precondition(
            (0...1).contains(threshold) && (0...1).contains(overlap) && (0...1).contains(cosine),
            "from 0 to 1")
        (valueThreshold, rightThreshold, dutyThreshold) = (threshold, threshold, threshold)
        self.overlap = overlap
        self.cosine = cosine
        self.mixesKinds = mixesKinds
    }

    /// The threshold of a kind.
    public subscript(_ kind: SituationValue.Kind) -> Double {
        get {
            switch kind {
            case .value: valueThreshold
            case .right: rightThreshold
            case .duty: dutyThreshold
            }
        }
        set {
            switch kind {
            case .value: valueThreshold = newValue
            case .right: rightThreshold = newValue
            case .duty: dutyThreshold = newValue
            }
        }
    }

    /// What is kept, the most relevant first.
    public func callAsFunction(_ candidates: [ValueJudgement]) -> [ValueJudgement] {
        let order = candidates.indices.filter { candidates[$0].relevance >= self[candidates[$0].value.kind] }
            .sorted { (candidates[$1].relevance, $0) < (candidates[$0].relevance, $1) }
        var kept: [(judgement: ValueJudgement, words: [String], bag: [Double])] = []
        for place in order {
            let judgement = candidates[place]
            let words = judgement.value.words
            let bag = Self.bag(words)
            let isRepeated = kept.contains { other in
                guard mixesKinds || other.judgement.value.kind == judgement.value.kind else { return false }
                return Self.overlap(other.words, words) > overlap
                    || zip(other.bag, bag).reduce(0, { $0 + $1.0 * $1.1 }) > max(cosine, cosine == 1 ? 2 : 0)
            }
            if !isRepeated { kept.append((judgement, words, bag)) }
        }
        return kept.map(\.judgement)
    }

    /// F₁ of ROUGE-L: 2 · longest common subsequence / (words of both).
    static func overlap(_ a: [String], _ b: [String]) -> Double {
        if a.isEmpty || b.isEmpty { return a.isEmpty && b.isEmpty ? 1 : 0 }
        var row = [Int](repeating: 0, count: b.count + 1)
        for word in a {
            var diagonal = 0
            for column in b.indices {
                let above = row[column + 1]
                row[column + 1] = word == b[column] ? diagonal + 1 : max(above, row[column])
                diagonal = above
            }
        }
        return 2 * Double(row[b.count]) / Double(a.count + b.count)
    }

    /// The hashed pieces of the words, scaled to length 1.
    private static func bag(_ words: [String]) -> [Double] {
        var bag = [Double](repeating: 0, count: 256)
        TextTokens.addPieces(of: " \(words.joined(separator: " ")) ", lengths: 3...4, to: &bag, salt: 5)
        let length = bag.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? bag.map { $0 / length } : bag
    }
}
