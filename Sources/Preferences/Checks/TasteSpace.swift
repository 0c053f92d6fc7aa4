import Foundation
import Kernels

/// Puts judges into a space of few dimensions by what they like.
struct TasteSpace: Sendable {
    /// The eigenvectors of the items' side, one column each; items that were left out have zero.
    private(set) var loadings: [[Double]] = []
    /// The share of all squared lengths along each axis.
    private(set) var explained: [Double] = []
    /// The coordinates of each judge.
    private(set) var coordinates: [[Double]]

    /// The most items that the axes are made of.
    static let itemLimit = 2000
    /// The most axes.
    static let dimensions = 8

    init(_ data: JudgeAnswers, items: Int) {
        let vectors = Parallel.map(data.judges.count) { Self.vector(data.judges[$0].answers) }
        coordinates = [[Double]](repeating: [], count: vectors.count)
        var weight = [Double](repeating: 0, count: items)
        for judge in data.judges {
            for answer in judge.answers {
                weight[Int(answer.first)] += answer.weight
                weight[Int(answer.second)] += answer.weight
            }
        }
        let kept = (0..<items).filter { weight[$0] > 0 }
            .sorted { weight[$0] != weight[$1] ? weight[$0] > weight[$1] : $0 < $1 }
            .prefix(Self.itemLimit).sorted()
        var place = [Int](repeating: -1, count: items)
        for (index, item) in kept.enumerated() { place[item] = index }
        let n = kept.count
        var side = Matrix(rows: n, columns: n)
        side.values.withUnsafeMutableBufferPointer { side in
            for vector in vectors {
                for (i, a) in vector where place[i] >= 0 {
                    for (j, b) in vector where place[j] >= 0 { side[place[i] * n + place[j]] += a * b }
                }
            }
        }
        let trace = (0..<n).reduce(0) { $0 + side[$1, $1] }
        guard trace > 0, let (values, columns) = Self.top(side, min(Self.dimensions, n)) else {
            coordinates = [[Double]](repeating: [0, 0], count: vectors.count)
            return
        }
        for (axis, column) in columns.enumerated() {
            // The items are in the order of falling scores: the first axis points along them, the others to
            // where the distribution of the judges has its longer tail.
            var along = 0.0
            if axis == 0 {
                for i in 0..<n { along += column[i] * (Double(n - 1) / 2 - Double(i)) }
            } else {
                for i in 0..<n { along += column[i] * column[i] * column[i] }
            }
            let sign = along < 0 ? -1.0 : 1.0
            var full = [Double](repeating: 0, count: items)
            for i in 0..<n { full[kept[i]] = sign * column[i] }
            loadings.append(full)
            explained.append(max(0, values[axis]) / trace)
        }
        let axes = loadings
        coordinates = vectors.map { vector in
            axes.map { axis in vector.reduce(0) { $0 + $1.1 * axis[$1.0] } }
        }
    }

    private static func top(_ side: Matrix, _ k: Int) -> ([Double], [[Double]])? {
        if side.rows <= 256 {
            guard let eigen = SymmetricEigen(side) else { return nil }
            let last = side.rows - 1
            return ((0..<k).map { eigen.values[last - $0] }, (0..<k).map { eigen.vectors.column(last - $0) })
        }
        guard let eigen = SymmetricEigen.topEigen(of: side, k: k, tolerance: 1e-8, maxIterations: 200) else {
            return nil
        }
        return (eigen.values, (0..<k).map { eigen.vectors.column($0) })
    }

    /// A judge's own scores, (L + I)⁻¹ e, item by item.
    private static func vector(_ answers: [JudgeAnswers.Answer]) -> [(Int, Double)] {
        let items = Set(answers.lazy.flatMap { [$0.first, $0.second] }).sorted()
        let place = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($0.element, $0.offset) })
        var right = [Double](repeating: 0, count: items.count)
        var diagonal = [Double](repeating: 1, count: items.count)
        var edges: [(Int, Int, Double)] = []
        for answer in answers {
            let i = place[answer.first]!, j = place[answer.second]!
            let p = Special.logistic(answer.offset)
            let residual = answer.weight * (answer.share - p)
            let information = answer.weight * p * (1 - p)
            right[i] += residual
            right[j] -= residual
            diagonal[i] += information
            diagonal[j] += information
            edges.append((i, j, information))
        }
        let solved = ConjugateGradient(tolerance: 1e-9, maxIterations: 200).solve(
            count: items.count,
            apply: { x, y in
                for i in 0..<x.count { y[i] = x[i] }
                for (i, j, h) in edges {
                    let flow = h * (x[i] - x[j])
                    y[i] += flow
                    y[j] -= flow
                }
            },
            preconditioner: diagonal, rhs: right)
        return zip(items, solved.x).map { (Int($0), $1) }
    }
}
