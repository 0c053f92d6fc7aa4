import Kernels

/// The comparisons of each group that is large enough, and of all others together.
struct ParetoGroups {
    var names: [String] = []
    var places: [[Int]] = []

    init(_ data: ComparisonSet, smallest: Int) {
        var all = [[Int]](repeating: [], count: data.groupNames.count)
        var others: [Int] = []
        for place in 0..<data.count where data.weights[place] > 0 {
            if data.groups[place] >= 0 { all[data.groups[place]].append(place) } else { others.append(place) }
        }
        for (name, group) in zip(data.groupNames, all) {
            if group.count >= smallest {
                names.append(name)
                places.append(group)
            } else {
                others += group
            }
        }
        if others.count >= smallest {
            names.append("others")
            places.append(others.sorted())
        }
    }
}

/// Where training stands: the batches to come, the running means of gradients, and the weights so far.
struct ParetoCourse {
    let batch: Int
    private let momentum: Double
    private var groups: [[Int]]
    private var upcoming: [Int]
    private var random: CounterRandom
    /// mᵢ.
    private(set) var momenta: [[Double]] = []
    private var recorded: [Double] = []

    init(groups: [[Int]], batch: Int, momentum: Double, seed: UInt64) {
        self.batch = batch
        self.groups = groups
        self.momentum = momentum
        upcoming = groups.map(\.count)
        random = CounterRandom(seed: seed).split(0x30e)
    }

    var count: Int { groups.count }

    /// As many comparisons of each group, all of one group before any of them comes again.
    mutating func next() -> [[Int]] {
        groups.indices.map { group in
            let size = min(batch, groups[group].count)
            if upcoming[group] + size > groups[group].count {
                random.shuffle(&groups[group])
                upcoming[group] = 0
            }
            defer { upcoming[group] += size }
            return Array(groups[group][upcoming[group]..<upcoming[group] + size])
        }
    }

    /// mᵢ ← (1 − a) mᵢ + a gᵢ, starting from gᵢ.
    mutating func mix(_ gradients: [[Double]]) {
        if momenta.isEmpty {
            momenta = gradients
            return
        }
        for group in gradients.indices {
            for column in gradients[group].indices {
                momenta[group][column] += momentum * (gradients[group][column] - momenta[group][column])
            }
        }
    }

    mutating func record(_ weights: [Double]) { recorded += weights }

    /// The weights, averaged over so many steps each: (records, groups).
    func trace(every: Int) -> Matrix {
        let steps = recorded.count / count
        let ranges = Parallel.chunks(steps, size: every)
        return Matrix(rows: ranges.count, columns: count) { row, group in
            ranges[row].reduce(0) { $0 + recorded[$1 * count + group] } / Double(ranges[row].count)
        }
    }
}
