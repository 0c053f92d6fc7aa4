import Kernels

/// Brings each feature to mean 0 and standard deviation 1, as it was in the data that a model learnt from.
public struct Standardization: Sendable, Hashable {
    /// What is subtracted.
    public var means: [Double]
    /// What is divided by; 1 for a feature that never changes.
    public var scales: [Double]

    /// Leaves everything as it is.
    public init(identity features: Int) {
        means = [Double](repeating: 0, count: features)
        scales = [Double](repeating: 1, count: features)
    }

    /// Learns from rows; columns that do not change, but for rounding, are only centred.
    public init(_ features: FeatureMatrix) {
        let (n, d, values) = (max(1, features.rows), features.columns, features.dense)
        means = [Double](repeating: 0, count: d)
        scales = means
        var largest = means
        for place in values.indices {
            means[place % d] += values[place]
            largest[place % d] = max(largest[place % d], abs(values[place]))
        }
        for column in 0..<d { means[column] /= Double(n) }
        for place in values.indices {
            let gap = values[place] - means[place % d]
            scales[place % d] += gap * gap
        }
        for column in 0..<d {
            let scale = (scales[column] / Double(n)).squareRoot()
            // The mean of equal numbers is not exactly that number.
            scales[column] = scale > 1e-12 * largest[column] && scale.isFinite ? scale : 1
        }
    }

    /// The rows, standardised.
    public func callAsFunction(_ features: FeatureMatrix) -> Matrix {
        var values = features.dense
        let d = means.count
        precondition(features.columns == d, "\(features.columns) features instead of \(d)")
        for place in values.indices { values[place] = (values[place] - means[place % d]) / scales[place % d] }
        return Matrix(rows: features.rows, columns: d, values: values)
    }

    /// Adds its parts to a model's.
    public func keep(in state: inout ModelState) {
        state["feature.means"] = .init(means)
        state["feature.scales"] = .init(scales)
    }

    /// Takes its parts out of a model's.
    public init(_ state: ModelState) throws {
        means = try state.vector("feature.means")
        scales = try state.vector("feature.scales")
        guard means.count == scales.count else {
            throw LearningError.data(
                "the model's features have \(means.count) means and \(scales.count) scales")
        }
        guard scales.allSatisfy({ $0 > 0 }) else {
            throw LearningError.data("a scale of the model's features is not above 0; its file is damaged")
        }
    }
}
