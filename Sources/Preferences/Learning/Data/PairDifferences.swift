import Kernels

/// The differences of the two sides' features.
enum PairDifferences {
    /// One row for each comparison.
    static func matrix(_ data: ComparisonSet) -> FeatureMatrix {
        let features = data.items.features
        switch features.storage {
        case .dense(let values):
            let width = features.columns
            var result = [Double](repeating: 0, count: data.count * width)
            result.withUnsafeMutableBufferPointer { result in
                values.withUnsafeBufferPointer { values in
                    for place in 0..<data.count {
                        let (a, b) = (data.left[place] * width, data.right[place] * width)
                        for column in 0..<width {
                            result[place * width + column] = values[a + column] - values[b + column]
                        }
                    }
                }
            }
            return FeatureMatrix(rows: data.count, columns: width, storage: .dense(result))
        case .sparse(let rows):
            var result = SparseRows()
            for place in 0..<data.count {
                for index in rows.range(data.left[place]) {
                    result.append(column: rows.columns[index], value: rows.values[index])
                }
                for index in rows.range(data.right[place]) {
                    result.append(column: rows.columns[index], value: -rows.values[index])
                }
                result.endRow()
            }
            return FeatureMatrix(rows: data.count, columns: features.columns, storage: .sparse(result))
        }
    }
}
