import HeedAPI

/// Means over time in at most 60 stretches, however long the time: a stretch is a minute, and doubles when there would be more.
///
/// What it holds depends on the numbers and their times alone, not on the order in which they came.
struct TimeSeries: Sendable {
    private static let most = 60
    /// The times that are believed: from 1970 to the year 5138.
    private static let believed = 0.0..<1e11
    private var width = 60.0
    private var stretches: [Int: RunningMean] = [:]

    /// Adds a number.
    mutating func add(_ value: Double, at time: Double) {
        guard Self.believed.contains(time) else { return }
        stretches[Int(time / width), default: RunningMean()].add(value)
        while let first = stretches.keys.min(), let last = stretches.keys.max(), last - first >= Self.most {
            width *= 2
            var wider: [Int: RunningMean] = [:]
            for place in stretches.keys.sorted() {
                if let mean = stretches[place] { wider[place / 2, default: RunningMean()].merge(mean) }
            }
            stretches = wider
        }
    }

    /// Takes back a number that was added.
    mutating func remove(_ value: Double, at time: Double) {
        guard Self.believed.contains(time) else { return }
        stretches[Int(time / width)]?.remove(value)
    }

    /// The stretches, oldest first.
    var points: [DecisionsView.Point] {
        stretches.keys.sorted().compactMap { place in
            guard let mean = stretches[place], let reward = mean.estimate else { return nil }
            return DecisionsView.Point(time: Double(place) * width, count: mean.count, reward: reward)
        }
    }
}
