import Kernels

/// Learns a linear representation for many tasks, now and then.
struct RepresentationLearner: Sendable, Hashable, Codable {
    /// The sums of each task over the features themselves.
    var raw: LinearBelief
    let rank: Int
    let start: Int
    let interval: Int
    private var directions: [[Double]] = []

    private static let sweeps = 20

    init(raw: LinearBelief, rank: Int, start: Int, interval: Int) {
        self.raw = raw
        self.rank = rank
        self.start = start
        self.interval = interval
    }

    /// A new representation and its heads, where one is due.
    mutating func fit(after rounds: Int) -> (representation: Representation, heads: LinearBelief)? {
        guard rounds >= start, (rounds - start) % interval == 0 else { return nil }
        let grams = (0..<raw.models).map { task in
            let v = raw.precisionMatrix(task)
            return Matrix(rows: v.rows, columns: v.columns) { v[$0, $1] - ($0 == $1 ? raw.lambda : 0) }
        }
        directions = SharedSubspace.fit(
            grams: grams, responses: (0..<raw.models).map(raw.responses), rank: rank, lambda: raw.lambda,
            sweeps: Self.sweeps, start: directions)
        var heads = LinearBelief(models: raw.models, features: rank, lambda: raw.lambda)
        for task in 0..<raw.models {
            let images = directions.map { grams[task].multiply($0) }
            heads.replace(
                model: task,
                gram: Matrix(rows: rank, columns: rank) { VectorMath.dot(directions[$0], images[$1]) },
                responses: directions.map { VectorMath.dot($0, raw.responses(task)) },
                count: raw.counts[task])
        }
        return (Representation(rows: directions), heads)
    }
}
