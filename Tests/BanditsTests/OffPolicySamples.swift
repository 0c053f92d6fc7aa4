import Foundation
import Kernels

@testable import Bandits

/// Small logs that the tests share; the first ones are made by formulas, so that other programs can make them too.
enum OffPolicySamples {
    /// 40 rows, 4 actions, propensities from 0.02 to 0.9.
    static func formula(target policy: ((Int, Int) -> Double)? = nil) throws -> OffPolicySample {
        let n = 40, k = 4
        let action = (0..<n).map { (7 * $0 + $0 * $0 / 3) % k }
        var target: [Double] = []
        for i in 0..<n {
            let row = (0..<k).map { a -> Double in
                let step = (3 * i + 5 * a + i * a) % 7
                return policy?(i, a) ?? 1 + Double(step)
            }
            let sum = row.reduce(0, +)
            target += row.map { $0 / sum }
        }
        let reward = (0..<n).map { i -> Double in
            let step = (13 * i + 5 * action[i]) % 11
            return Double(step) / 10
        }
        let propensity = (0..<n).map { i -> Double in
            let step = (37 * i) % 41
            return 0.02 + 0.9 * Double(step) / 41
        }
        let predicted = (0..<n * k).map { cell -> Double in
            let step = (cell / k + 3 * (cell % k)) % 17
            return 0.2 + 0.05 * Double(step)
        }
        return try OffPolicySample(
            actionCount: k, action: action.map { Int32($0) }, reward: reward, propensity: propensity,
            target: target, predicted: predicted)
    }

    /// Two features of each row of `formula`.
    static func formulaFeatures() -> SparseRows {
        dense((0..<40).map { [cos(Double($0)), sin(0.7 * Double($0))] })
    }

    static func dense(_ table: [[Double]]) -> SparseRows {
        var rows = SparseRows()
        for row in table {
            for (column, value) in row.enumerated() { rows.append(column: Int32(column), value: value) }
            rows.endRow()
        }
        return rows
    }

    /// A random log in which rewards depend on the action and the row's two features.
    static func random(_ n: Int, actions k: Int = 3, seed: UInt64 = 1) throws -> (OffPolicySample, SparseRows)
    {
        var random = CounterRandom(seed: seed)
        var action: [Int32] = [], reward: [Double] = [], propensity: [Double] = [], target: [Double] = []
        var predicted: [Double] = [], features: [[Double]] = []
        for _ in 0..<n {
            let x = [random.normal(), random.normal()]
            let logging = softmax((0..<k).map { Double($0) * 0.5 * x[0] })
            let a = random.categorical(weights: logging)
            let means = (0..<k).map { Double($0) * x[1] - x[0] }
            action.append(Int32(a))
            propensity.append(logging[a])
            target += softmax((0..<k).map { -Double($0) * 0.5 * x[1] })
            reward.append(means[a] + random.normal())
            predicted += means.map { 0.8 * $0 + 0.1 }
            features.append(x)
        }
        let sample = try OffPolicySample(
            actionCount: k, action: action, reward: reward, propensity: propensity, target: target,
            predicted: predicted)
        return (sample, dense(features))
    }

    static func softmax(_ scores: [Double]) -> [Double] {
        let top = scores.max()!, terms = scores.map { exp($0 - top) }, sum = terms.reduce(0, +)
        return terms.map { $0 / sum }
    }

    /// 12 slates of 3 positions and 4 actions, positions filled independently by both policies.
    static func slates() throws -> (sample: SlateSample, logging: [SlateMoments], target: [SlateMoments]) {
        let n = 12, length = 3, k = 4
        func normalized(_ row: [Double]) -> [Double] { row.map { $0 / row.reduce(0, +) } }
        var action: [Int32] = [], reward: [Double] = [], choice: [Double] = [], predicted: [Double] = []
        var single = [[Double]](repeating: [], count: 2), prefix = single
        var moments: [[SlateMoments]] = [[], []]
        for i in 0..<n {
            var product = [1.0, 1.0], rows: [[[Double]]] = [[], []]
            for l in 0..<length {
                let a = (5 * i + 3 * l + i * l) % k
                let here = [
                    normalized((0..<k).map { 1 + Double((2 * i + 3 * $0 + l * $0) % 5) }),
                    normalized((0..<k).map { 1 + Double((i + 2 * $0 + l) % 6) }),
                ]
                action.append(Int32(a))
                reward.append(Double((3 * i + 7 * l + a) % 5) / 4)
                choice += here[1]
                predicted += (0..<k).map { 0.1 * Double((i + 2 * l + 3 * $0) % 7) }
                for policy in 0..<2 {
                    product[policy] *= here[policy][a]
                    single[policy].append(here[policy][a])
                    prefix[policy].append(product[policy])
                    rows[policy].append(here[policy])
                }
            }
            for policy in 0..<2 { moments[policy].append(self.moments(rows[policy])) }
        }
        let sample = try SlateSample(
            actionCount: k, length: length, action: action, reward: reward, propensity: prefix[0],
            target: prefix[1], positionPropensity: single[0], positionTarget: single[1], choice: choice,
            predicted: predicted, context: (0..<Int32(n)).map { $0 })
        return (sample, moments[0], moments[1])
    }

    /// The moments of a policy that fills positions independently, from all its slates.
    static func moments(_ rows: [[Double]]) -> SlateMoments {
        let k = rows[0].count
        var slates: [[Int]] = [[]], probabilities = [1.0]
        for row in rows {
            let longer = zip(slates, probabilities).flatMap { slate, p in
                (0..<k).map { (slate + [$0], p * row[$0]) }
            }
            slates = longer.map(\.0)
            probabilities = longer.map(\.1)
        }
        return SlateMoments(actions: k, slates: slates, probabilities: probabilities)
    }
}
