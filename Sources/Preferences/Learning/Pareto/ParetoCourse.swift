import Foundation
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
    /// The comparisons of each group that are held out; none where a group has none.
    let held: [[Int]]
    private var upcoming: [Int]
    private var random: CounterRandom
    /// mᵢ.
    private(set) var momenta: [[Double]] = []
    private var recorded: [Double] = []

    init(
        groups: [[Int]], units: [Int], batch: Int, momentum: Double, validationShare: Double, seed: UInt64
    ) {
        self.batch = batch
        var isHeld = [Bool](repeating: false, count: units.count)
        if validationShare > 0 {
            for place in HonestSplit.parts(units, share: validationShare, seed: seed &+ 17).part {
                isHeld[place] = true
            }
        }
        // A group that would be held out as a whole is learnt from as a whole.
        let rest = groups.map { group in
            let rest = group.filter { !isHeld[$0] }
            return rest.isEmpty ? group : rest
        }
        self.groups = rest
        held = zip(groups, rest).map { $0.count == $1.count ? [] : $0.filter { isHeld[$0] } }
        self.momentum = momentum
        upcoming = rest.map(\.count)
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

    /// The least mean over groups of the mean loss of what is held out, over all factors that its differences (for all of
    /// it, in order) may be multiplied by, and that factor; nil where nothing is held out.
    func heldOut(
        _ loss: some PairLoss, _ data: ComparisonSet, differences d: [Double]
    ) -> (loss: Double, factor: Double)? {
        guard held.contains(where: { !$0.isEmpty }) else { return nil }
        func mean(_ factor: Double) -> Double {
            var (sum, parts, start) = (0.0, 0.0, 0)
            for group in held where !group.isEmpty {
                var (value, total) = (0.0, 0.0)
                for (offset, place) in group.enumerated() {
                    let (c, y, m) = (data.weights[place], data.labels[place], data.margins[place])
                    value += c * loss.value(factor * d[start + offset], label: y, margin: m)
                    total += c
                }
                start += group.count
                sum += value / total
                parts += 1
            }
            return sum / parts
        }
        let best = Minimize.brent(lower: -4, upper: 2, tolerance: 1e-3) { mean(exp($0)) }
        return (best.value, exp(best.x))
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
