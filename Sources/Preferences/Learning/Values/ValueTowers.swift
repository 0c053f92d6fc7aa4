import Kernels

/// Words of situations and of values as vectors whose product says whether they belong together.
struct ValueTowers: Sendable, Hashable {
    let width: Int
    let buckets: Int
    /// One vector for each bucket of words of situations, then one for each bucket of words of values.
    private(set) var vectors: [Double]
    /// β and c.
    private(set) var overlap = 1.0
    private(set) var offset = -1.0
    private var squares: [Double]
    private var ownSquares = [1e-2, 1e-2]

    init(width: Int, buckets: Int, random: CounterRandom) {
        self.width = width
        self.buckets = buckets
        var random = random
        let scale = 0.5 / Double(width).squareRoot()
        vectors = (0..<2 * buckets * width).map { _ in scale * random.normal() }
        squares = [Double](repeating: 1e-2, count: 2 * buckets * width)
    }

    init(width: Int, buckets: Int, vectors: [Double], overlap: Double, offset: Double) {
        (self.width, self.buckets, self.vectors, self.overlap, self.offset) = (
            width, buckets, vectors, overlap, offset
        )
        squares = []
    }

    /// Forgets what only training needs.
    mutating func round() { (squares, ownSquares) = ([], []) }

    /// The sum of the vectors of some buckets by the root of their number.
    private func sum(_ words: [Int], side: Int) -> [Double] {
        var sum = [Double](repeating: 0, count: width)
        let scale = 1 / Double(max(1, words.count)).squareRoot()
        for word in words {
            let start = (side * buckets + word) * width
            for index in 0..<width { sum[index] += scale * vectors[start + index] }
        }
        return sum
    }

    /// How many of the value's words the situation has.
    private func shared(_ situation: [Int], _ value: [Int]) -> Double {
        Double(value.count { situation.contains($0) })
    }

    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for index in 0..<width { sum += a[index] * b[index] }
        return sum
    }

    /// The log-odds that a value bears on a situation.
    func relevance(_ situation: [Int], _ value: [Int]) -> Double {
        dot(sum(situation, side: 0), sum(value, side: 1)) + overlap * shared(situation, value) + offset
    }

    /// One step of AdaGrad; returns the loss before it.
    mutating func learn(_ situation: [Int], _ value: [Int], _ isRelevant: Bool, rate: Double) -> Double {
        let (a, b) = (sum(situation, side: 0), sum(value, side: 1))
        let common = shared(situation, value)
        let odds = dot(a, b) + overlap * common + offset
        let slope = LogisticLoss().slope(odds, label: isRelevant ? 1 : 0)
        for (side, words, other) in [(0, situation, b), (1, value, a)] {
            let scale = slope / Double(max(1, words.count)).squareRoot()
            for word in words {
                let start = (side * buckets + word) * width
                for index in 0..<width {
                    let gradient = scale * other[index]
                    squares[start + index] += gradient * gradient
                    vectors[start + index] -= rate * gradient / squares[start + index].squareRoot()
                }
            }
        }
        ownSquares[0] += slope * common * slope * common
        ownSquares[1] += slope * slope
        overlap -= rate * slope * common / ownSquares[0].squareRoot()
        offset -= rate * slope / ownSquares[1].squareRoot()
        return LogisticLoss().value(odds, label: isRelevant ? 1 : 0)
    }

    /// The places of the words of a situation that a value is tied to.
    private func ties(_ situation: [Int], _ value: [Int]) -> [Int] {
        let own = situation.indices.filter { value.contains(situation[$0]) }
        guard own.isEmpty else { return own }
        let target = sum(value, side: 1)
        func tie(_ place: Int) -> Double {
            var sum = 0.0
            let start = situation[place] * width
            for index in 0..<width { sum += vectors[start + index] * target[index] }
            return sum
        }
        let strengths = situation.indices.map(tie)
        return situation.indices.max { strengths[$0] < strengths[$1] }.map { [$0] } ?? []
    }

    /// A feature of a valence: a bucket and its number.
    struct Feature: Sendable, Hashable {
        var bucket: Int
        var value: Double
    }

    /// ψ: words next to what the value is tied to, words of the value and of the situation, and the kind.
    static func valenceFeatures(
        _ situation: [Int], _ value: SituationValue, towers: ValueTowers, buckets: Int
    ) -> [Feature] {
        var features = [
            Feature(bucket: TextTokens.bucket("kind " + value.kind.rawValue, of: buckets), value: 1)
        ]
        let words = ValueMemory.buckets(value.words, of: buckets)
        func add(_ word: Int, _ part: UInt64, _ number: Double) {
            let bucket = TextTokens.hash(
                withUnsafeBytes(of: UInt64(word).littleEndian, Array.init), salt: part)
            features.append(Feature(bucket: Int(bucket % UInt64(buckets)), value: number))
        }
        let ties = towers.ties(situation, words)
        for place in ties {
            for near in [place - 1, place + 1] where situation.indices.contains(near) {
                add(situation[near], 11, 1 / Double(ties.count).squareRoot())
            }
        }
        for word in words { add(word, 12, 0.5 / Double(words.count).squareRoot()) }
        for word in situation { add(word, 13, 0.5 / Double(situation.count).squareRoot()) }
        return features
    }

    /// The three scores of ψ.
    static func scores(_ features: [Feature], _ weights: [Double]) -> [Double] {
        var scores = [0.0, 0.0, 0.0]
        for feature in features {
            for part in 0..<3 { scores[part] += feature.value * weights[3 * feature.bucket + part] }
        }
        return scores
    }
}
