import Kernels

/// Groups sentences that say nearly the same: k-means over their hashed words.
enum PrincipleClusters {
    /// The place of the sentence nearest to the centre of each cluster, in order; at most `count`.
    ///
    /// - Complexity: O(iterations · sentences · count · buckets).
    static func representatives(_ texts: [String], count: Int, seed: UInt64, buckets: Int = 256) -> [Int] {
        let clusters = assign(texts, count: count, seed: seed, buckets: buckets)
        return clusters.nearest
    }

    /// The cluster of each sentence, and the sentence nearest to the centre of each that is not empty.
    static func assign(
        _ texts: [String], count: Int, seed: UInt64, buckets: Int = 256
    ) -> (clusters: [Int], nearest: [Int]) {
        let points = texts.map { TextTokens.bag(stems($0), buckets: buckets) }
        guard !points.isEmpty, count > 0 else { return ([], []) }
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            var sum = 0.0
            for index in a.indices { sum += (a[index] - b[index]) * (a[index] - b[index]) }
            return sum
        }
        // k-means++: each further centre is drawn in proportion to the squared distance from those there are.
        var random = CounterRandom(seed: seed).split(0xC1)
        var centers = [points[random.below(points.count)]]
        var gaps = points.map { distance($0, centers[0]) }
        while centers.count < count, gaps.contains(where: { $0 > 1e-12 }) {
            let center = points[random.categorical(weights: gaps)]
            centers.append(center)
            for place in points.indices { gaps[place] = min(gaps[place], distance(points[place], center)) }
        }
        var clusters = [Int](repeating: -1, count: points.count)
        for _ in 0..<50 {
            let next = points.map { point in
                centers.indices.min { distance(point, centers[$0]) < distance(point, centers[$1]) } ?? 0
            }
            if next == clusters { break }
            clusters = next
            for center in centers.indices {
                let members = points.indices.filter { clusters[$0] == center }
                guard !members.isEmpty else { continue }
                var sum = [Double](repeating: 0, count: buckets)
                for place in members { for index in sum.indices { sum[index] += points[place][index] } }
                centers[center] = sum.map { $0 / Double(members.count) }
            }
        }
        let nearest = centers.indices.compactMap { center in
            points.indices.filter { clusters[$0] == center }.min {
                distance(points[$0], centers[center]) < distance(points[$1], centers[center])
            }
        }
        return (clusters, nearest.sorted())
    }

    /// The words that carry meaning, without common endings.
    private static func stems(_ text: String) -> [String] {
        TextTokens.words(text).filter { !common.contains($0) }.map { word in
            for ending in ["ing", "ed", "er", "s"]
            where word.count > ending.count + 3 && word.hasSuffix(ending) {
                return String(word.dropLast(ending.count))
            }
            return word
        }
    }

    private static let common: Set<String> = [
        "the", "a", "an", "is", "are", "that", "which", "response", "answer", "select", "choose", "prefer",
        "of",
        "to", "and", "in", "it", "be", "with", "for", "or", "one", "better",
    ]
}
