import Kernels

/// Turns texts into numbers: one row for each text, as many columns for every text.
///
/// One that learns (which words there are, say) does so from training texts only and is saved with the model. The same text gives the same
/// row, whatever stands beside it and however many threads there are.
///
/// ```swift
/// let words = try TFIDF().fitted(to: trainingTexts)
/// let rows = try words.features(of: texts)
/// ```
public protocol TextFeaturizer: Sendable {
    /// Its name in files.
    static var id: String { get }
    /// The number of columns.
    var columns: Int { get }
    /// It with what it learns from texts; itself where there is nothing to learn.
    func fitted(to texts: [String]) throws -> Self
    /// One row for each text.
    func features(of texts: [String]) throws -> FeatureMatrix
    /// What of a text adds how much to which column; what is added to a column adds up to its number.
    func terms(of text: String) throws -> [TextTerm]
    /// What it has learnt; empty where there is nothing to learn.
    var learnt: ModelState { get }
    /// It with what another one of the same settings has learnt.
    func loading(_ learnt: ModelState) throws -> Self
}

/// A piece of a text and what it adds to a feature.
public struct TextTerm: Sendable, Hashable {
    /// The piece.
    public var text: String
    /// The column it counts in.
    public var column: Int
    /// What it adds there.
    public var value: Double

    /// Creates one.
    public init(_ text: String, column: Int, value: Double) {
        self.text = text
        self.column = column
        self.value = value
    }
}

/// Sparse rows made in parallel, some hundred texts at a time.
enum TextRows {
    static func make<Worker>(
        _ count: Int, _ worker: @Sendable () -> Worker,
        _ row: @Sendable (inout Worker, Int, inout SparseRows) -> Void
    ) -> SparseRows {
        let chunks = Parallel.chunks(count, size: 128)
        let parts = Parallel.map(chunks.count) { index in
            var (worker, rows) = (worker(), SparseRows())
            for place in chunks[index] {
                row(&worker, place, &rows)
                rows.endRow()
            }
            return rows
        }
        var ends: [Int] = []
        var columns: [Int32] = []
        var values: [Double] = []
        let total = parts.reduce(0) { $0 + $1.values.count }
        ends.reserveCapacity(count)
        columns.reserveCapacity(total)
        values.reserveCapacity(total)
        for part in parts {
            let before = values.count
            ends += part.ends.lazy.map { $0 + before }
            columns += part.columns
            values += part.values
        }
        return SparseRows(ends: ends, columns: columns, values: values)
    }
}
