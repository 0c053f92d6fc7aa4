import Kernels
import Testing

@testable import Preferences

@Suite("Comparisons with features")
struct ComparisonSetTests {
    private let items = ItemSet(
        features: try! FeatureMatrix([[1, 0], [0, 1], [2, 2]]), names: ["a", "b", "c"])

    @Test("What is no comparison is refused, with its place")
    func refused() throws {
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return ""
        }
        #expect(
            message { _ = try ComparisonSet(items: items, left: [0, 1], right: [1, 1], labels: [1, 1]) }
                .contains("comparison 2 is of b with itself"))
        #expect(
            message { _ = try ComparisonSet(items: items, left: [0], right: [3], labels: [1]) }
                .contains("item 4, and there are 3"))
        for label in [-0.1, 1.5, .nan, .infinity] {
            #expect(
                message { _ = try ComparisonSet(items: items, left: [0], right: [1], labels: [label]) }
                    .contains("label"))
        }
        #expect(
            message { _ = try ComparisonSet(items: items, left: [0], right: [1], labels: []) }.contains(
                "0 labels"))
        #expect(
            message { _ = try FeatureMatrix([[1, 2], [1]]) }.contains("row 2 has 1 features and row 1 has 2"))
        #expect(message { _ = try FeatureMatrix([[1, .nan]]) }.contains("feature 2 of row 1 is nan"))
        var data = try ComparisonSet(items: items, left: [0], right: [1], labels: [1])
        #expect(message { try data.setJudges(["a", "b"]) }.contains("2 judges for 1"))
    }

    @Test("Sparse and dense features are the same features")
    func sparse() throws {
        var random = CounterRandom(seed: 4)
        var sparse = SparseRows()
        var rows: [[Double]] = []
        for _ in 0..<30 {
            var row = [Double](repeating: 0, count: 12)
            for column in 0..<12 where random.bernoulli(0.3) {
                row[column] = random.normal()
                sparse.append(column: Int32(column), value: row[column])
            }
            sparse.endRow()
            rows.append(row)
        }
        let (a, b) = (try FeatureMatrix(rows), try FeatureMatrix(sparse, columns: 12))
        #expect(a.dense == b.dense)
        #expect(a.selecting([3, 3, 7]).dense == b.selecting([3, 3, 7]).dense)
        #expect(a.appending(a).dense == b.appending(b).dense)
        let w = (0..<12).map { _ in random.normal() }
        for (x, y) in zip(a.product(w), b.product(w)) { #expect(abs(x - y) < 1e-12) }
        let pairs = { (features: FeatureMatrix) in
            try ComparisonSet(
                items: ItemSet(features: features), left: [0, 5, 9], right: [1, 6, 2], labels: [1, 0, 0.5])
        }
        #expect(try pairs(a).differences().dense == pairs(b).differences().dense)
    }

    @Test("Swapping the sides twice changes nothing")
    func swapping() throws {
        let data = try LearningWorld.linear([1, 2], count: 20, judges: 3)
        #expect(data.swapped().swapped() == data)
        #expect(data.swapped().labels == data.labels.map { 1 - $0 })
    }
}
