import Kernels

/// The votes of features on comparisons: which side has more of each.
struct FeatureVotes {
    private let differences: FeatureMatrix
    /// How far each feature must differ.
    let margins: [Double]

    init(_ data: ComparisonSet, margin: Double) {
        let differences = data.differences()
        self.differences = differences
        var squares = [Double](repeating: 0, count: differences.columns)
        if margin > 0 {
            for row in 0..<differences.rows {
                Self.visit(differences, row) { column, value in squares[column] += value * value }
            }
        }
        margins = squares.map { margin * ($0 / Double(max(1, data.count))).squareRoot() }
    }

    /// Calls for every number of a row that is not 0; columns of hashed features come once each.
    @inline(__always)
    static func visit(_ matrix: FeatureMatrix, _ row: Int, _ body: (_ column: Int, _ value: Double) -> Void) {
        switch matrix.storage {
        case .dense(let values):
            for column in 0..<matrix.columns where values[row * matrix.columns + column] != 0 {
                body(column, values[row * matrix.columns + column])
            }
        case .sparse(let rows):
            let range = rows.range(row)
            let order = range.sorted { rows.columns[$0] < rows.columns[$1] }
            var index = 0
            while index < order.count {
                let column = rows.columns[order[index]]
                var sum = 0.0
                while index < order.count, rows.columns[order[index]] == column {
                    sum += rows.values[order[index]]
                    index += 1
                }
                if sum != 0 { body(Int(column), sum) }
            }
        }
    }

    /// For each feature how often more of it was chosen; ties of the choosers are left out.
    func counts(_ data: ComparisonSet, _ places: [Int]) -> [PrincipleCounts] {
        var supports = [Double](repeating: 0, count: differences.columns)
        var opposes = supports
        var total = 0.0
        for place in places where data.labels[place] != 0.5 {
            let weight = data.weights[place]
            let choseFirst = data.labels[place] > 0.5
            total += weight
            Self.visit(differences, place) { column, value in
                guard abs(value) > margins[column] else { return }
                if (value > 0) == choseFirst { supports[column] += weight } else { opposes[column] += weight }
            }
        }
        return supports.indices.map {
            PrincipleCounts(
                supports: supports[$0], opposes: opposes[$0],
                abstains: max(0, total - supports[$0] - opposes[$0]))
        }
    }

    /// The votes of some features: 1 where the first side has more, −1 where the second.
    func columns(_ columns: [Int], _ places: [Int]) -> [[Int8]] {
        var slots = [Int](repeating: -1, count: differences.columns)
        for (slot, column) in columns.enumerated() { slots[column] = slot }
        var votes = [[Int8]](repeating: [Int8](repeating: 0, count: places.count), count: columns.count)
        for (index, place) in places.enumerated() {
            Self.visit(differences, place) { column, value in
                guard slots[column] >= 0, abs(value) > margins[column] else { return }
                votes[slots[column]][index] = value > 0 ? 1 : -1
            }
        }
        return votes
    }

    /// The share of the comparisons where either votes on which both vote alike; `sign` −1 turns one of them round.
    static func likeness(_ a: [Int8], _ b: [Int8], sign: Int8) -> Double {
        var (same, either) = (0, 0)
        for index in a.indices where a[index] != 0 || b[index] != 0 {
            either += 1
            if a[index] == sign * b[index] { same += 1 }
        }
        return either > 0 ? Double(same) / Double(either) : 0
    }
}

/// Finds k in P = σ(k · sum of votes).
enum VoteScale {
    /// The k from 0 to 10 with the least mean loss, pulled to 1 a little, and that loss without the pull.
    static func fit(_ sums: [Double], labels: [Double], weights: [Double]) -> (scale: Double, loss: Double) {
        let total = max(weights.reduce(0, +), .leastNormalMagnitude)
        let pull = 0.01
        func slope(_ k: Double) -> Double {
            var slope = pull * (k - 1)
            for index in sums.indices {
                slope +=
                    weights[index] / total * sums[index]
                    * LogisticLoss().slope(k * sums[index], label: labels[index])
            }
            return slope
        }
        var (low, high) = (0.0, 10.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if slope(middle) > 0 { high = middle } else { low = middle }
        }
        let k = (low + high) / 2
        let loss = sums.indices.reduce(0.0) {
            $0 + weights[$1] / total * LogisticLoss().value(k * sums[$1], label: labels[$1])
        }
        return (k, loss)
    }
}
