import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("A weighted sum of features")
struct LinearRewardTests {
    /// Newton's method on the mean Bradley–Terry loss with a ridge.
    private func newton(_ data: ComparisonSet, ridge: Double, prior: [Double]) -> [Double] {
        let rows = data.differences()
        let d = rows.columns
        let total = data.weights.reduce(0, +)
        let x = Matrix(rows: rows.rows, columns: d, values: rows.dense)
        var w = prior
        for _ in 0..<60 {
            let p = x.multiply(w).map { Special.logistic($0) }
            var gradient = x.transposedMultiply(
                p.indices.map { data.weights[$0] * (p[$0] - data.labels[$0]) / total })
            for column in 0..<d { gradient[column] += ridge * (w[column] - prior[column]) }
            let hessian = Matrix(rows: d, columns: d) { i, j in
                p.indices.reduce(i == j ? ridge : 0) {
                    $0 + data.weights[$1] / total * p[$1] * (1 - p[$1]) * x[$1, i] * x[$1, j]
                }
            }
            let step = Cholesky(hessian)!.solve(gradient)
            for column in 0..<d { w[column] -= step[column] }
        }
        return w
    }

    private func sparse(_ features: FeatureMatrix) throws -> FeatureMatrix {
        var rows = SparseRows()
        for row in 0..<features.rows {
            for (column, value) in features.row(row).enumerated() where value != 0 {
                rows.append(column: Int32(column), value: value)
            }
            rows.endRow()
        }
        return try FeatureMatrix(rows, columns: features.columns)
    }

    @Test("The gradient vanishes, and Newton's method finds the same", arguments: [0, 1e-3, 0.1])
    func optimum(_ ridge: Double) throws {
        var data = try LearningWorld.linear([1, -1, 0.5, 0.2], seed: 4)
        data.weights = data.weights.indices.map { 0.5 + Double($0 % 3) }
        data.labels[7] = 0.5
        let prior = [0.3, 0, -1, 0]
        let model = try LinearReward(ridge: ridge, prior: prior, tolerance: 1e-10).fit(data)
        #expect(model.certificate.converged && model.certificate.limits.isEmpty)
        for (a, b) in zip(model.weights, newton(data, ridge: ridge, prior: prior)) {
            #expect(abs(a - b) < 1e-7)
        }
        let rows = data.differences()
        let slopes = rows.product(model.weights).enumerated().map {
            data.weights[$0] * LogisticLoss().slope($1, label: data.labels[$0]) / data.weights.reduce(0, +)
        }
        for (column, slope) in rows.transposedProduct(slopes).enumerated() {
            #expect(abs(slope + ridge * (model.weights[column] - prior[column])) <= 1e-10)
        }
    }

    @Test("A strong ridge gives the weights to start from, and none what the data say alone")
    func limits() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        let prior = [2.0, 1, -3]
        let still = try LinearReward(ridge: 1e8, prior: prior).fit(data)
        for (a, b) in zip(still.weights, prior) { #expect(abs(a - b) < 1e-6) }
        #expect(try LinearReward(ridge: 1e8).fit(data).weights.allSatisfy { abs($0) < 1e-6 })
        let free = try LinearReward(ridge: 0, prior: prior, tolerance: 1e-9).fit(data).weights
        for (a, b) in zip(free, try LinearReward(ridge: 0, tolerance: 1e-9).fit(data).weights) {
            #expect(abs(a - b) < 1e-6)
        }
        #expect(throws: LearningError.self) { try LinearReward(prior: [1]).fit(data) }
    }

    @Test("A comparison of weight 2 is that comparison twice")
    func weights() throws {
        var data = try LearningWorld.linear([1, -1], count: 60)
        let twice = data.selecting(Array(0..<60) + [3, 4])
        data.weights[3] = 2
        data.weights[4] = 2
        let (a, b) = (
            try LinearReward(tolerance: 1e-10).fit(data), try LinearReward(tolerance: 1e-10).fit(twice)
        )
        for (x, y) in zip(a.weights, b.weights) { #expect(abs(x - y) < 1e-8) }
        for (x, y) in zip(a.covariance!.values, b.covariance!.values) { #expect(abs(x - y) < 1e-8) }
    }

    @Test("Sparse features give what dense ones give")
    func sparseIsDense() throws {
        var data = try LearningWorld.linear([1, 0, -1, 0.5, 0.3])
        let dense = try LinearReward(tolerance: 1e-9).fit(data)
        let before = try dense.predict(data, for: .everyone)
        data.items.features = try sparse(data.items.features)
        #expect(data.items.features.isSparse)
        let model = try LinearReward(tolerance: 1e-9).fit(data)
        for (a, b) in zip(model.weights, dense.weights) { #expect(abs(a - b) < 1e-7) }
        for (a, b) in zip(try model.predict(data, for: .everyone), before) {
            #expect(abs(a.value - b.value) < 1e-6 && abs(a.deviation! - b.deviation!) < 1e-6)
        }
    }

    @Test("Many numbers are kept in single precision, which changes nearly nothing")
    func singlePrecision() throws {
        let width = 120
        var random = CounterRandom(seed: 5)
        let truth = (0..<width).map { _ in 0.2 * random.normal() }
        // 18,000 · 120 numbers are above the limit; the sparse form of the same is always double.
        var data = try LearningWorld.linear(truth, items: 500, count: 18_000, seed: 6)
        let learner = LinearReward(loss: LogisticLoss(), ridge: 1e-3, tolerance: 1e-6, widestCovariance: 0)
        let single = try learner.fit(data)
        data.items.features = try sparse(data.items.features)
        let double = try learner.fit(data)
        #expect(single.certificate.converged)
        for (a, b) in zip(single.weights, double.weights) { #expect(abs(a - b) < 1e-4) }
    }

    @Test("95% intervals of true differences hold about 95% of them")
    func coverage() throws {
        let truth = [1, -0.5, 0.3, 0]
        let asked = try FeatureMatrix([
            [1, 0, 0, 0], [0, 1, -1, 0], [0.5, 0.5, 0.5, 0.5], [1, 1, 1, 2], [0, 0, 0, 1],
        ])
        let zero = try FeatureMatrix(rows: 5, columns: 4, values: [Double](repeating: 0, count: 20))
        let question = try ComparisonSet(first: asked, second: zero, labels: [1, 1, 1, 1, 1])
        let differences = asked.product(truth)
        let inside = try Parallel.map(300) { run -> Int in
            let data = try LearningWorld.linear(truth, items: 200, count: 300, seed: UInt64(run) + 100)
            let answers = try LinearReward(ridge: 1e-6).fit(data).predict(question, for: .everyone)
            return zip(answers, differences).count { abs($0.value - $1) <= 1.96 * $0.deviation! }
        }
        let share = Double(inside.reduce(0, +)) / 1500
        #expect(share > 0.925 && share < 0.972, "\(share)")
    }

    @Test("Features that never differ are reported")
    func stillFeatures() throws {
        let items = try ItemSet(features: FeatureMatrix([[1, 5, 0], [0, 5, 0], [2, 5, 0]]))
        let data = try ComparisonSet(
            items: items, left: [0, 1, 2, 0], right: [1, 2, 0, 1], labels: [1, 0, 0, 0])
        let model = try LinearReward(prior: [0, 0.7, 0]).fit(data)
        #expect(model.certificate.limits.count == 1)
        #expect(model.certificate.limits.first?.hasPrefix("2 of 3 features") ?? false)
        #expect(model.weights[1] == 0.7 && model.weights[2] == 0)
    }

    @Test("Data that a feature separates are reported without a ridge, and harmless with one")
    func separable() throws {
        let items = try ItemSet(features: FeatureMatrix([[1], [0], [2]]))
        let data = try ComparisonSet(items: items, left: [0, 1, 2], right: [1, 2, 0], labels: [1, 0, 1])
        let free = try LinearReward(ridge: 0).fit(data)
        #expect(free.certificate.limits.contains { $0.contains("infinite") })
        let held = try LinearReward(ridge: 1e-2).fit(data)
        #expect(held.certificate.limits.isEmpty && held.weights[0] > 0)
        let mixed = try ComparisonSet(
            items: items, left: [0, 1, 2, 0], right: [1, 2, 0, 1], labels: [1, 0, 1, 0])
        #expect(try LinearReward(ridge: 0).fit(mixed).certificate.limits.isEmpty)
    }
}
