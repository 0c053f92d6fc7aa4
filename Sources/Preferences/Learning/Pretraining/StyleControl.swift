import Kernels

/// Tells how much of what a reward model prefers is content and how much is length, lists, headings and bold type.
///
/// Source: Wang et al., "WorldPM: Scaling Human Preference Modeling" (2025), who count style out as Chiang et al., "Chatbot Arena"
/// (2024) do. With Δr the difference of scores and Δs that of styles,
///
///     logit P(first) = a Δr + b·Δs,   content part = Δr − Δs·(least-squares coefficients of Δr on Δs)
///
/// There is no intercept, here or there: which of two is called the first is arbitrary. The content part is orthogonal to every
/// column of style. (Subtracting (b/a)·Δs would not do: a is 0 exactly where style explains all labels.)
///
/// What the data cannot say: whether longer answers are preferred for their length or for what only a longer one can hold. What
/// of the content goes along with style is counted out too, so that the content part is a lower bound.
///
/// ```swift
/// let looks = zip(first, second).map { zip(StyleFeatures.values(of: $0), StyleFeatures.values(of: $1)).map { $0 - $1 } }
/// let styles = Matrix(rows: looks.count, columns: StyleFeatures.names.count) { looks[$0][$1] }
/// let control = try StyleControl(differences: scores, styles: styles, labels: data.labels)
/// print(control.accuracy, control.contentAccuracy, control.coefficient)
/// ```
public struct StyleControl: Sendable {
    /// a, how much the score says beside style, in log-odds for one unit.
    public let coefficient: Double
    /// Its standard error.
    public let coefficientError: Double
    /// a of a model without style.
    public let naiveCoefficient: Double
    /// b.
    public let styleCoefficients: [Double]
    /// The standard errors of b.
    public let styleErrors: [Double]
    /// The share of comparisons that the score gets right; ties in the labels are left out.
    public let accuracy: Double
    /// The same of the content part.
    public let contentAccuracy: Double
    /// The content part of each difference.
    public let content: [Double]

    /// Takes a model's differences apart.
    ///
    /// - Parameters:
    ///   - styles: One row of style differences for each comparison.
    ///   - labels: The probability with which the first was preferred.
    /// - Throws: `LearningError.data` where the lengths differ, or score and style separate all labels or depend on each other.
    public init(differences r: [Double], styles: Matrix, labels: [Double]) throws {
        guard r.count == labels.count, styles.rows == r.count else {
            throw LearningError.data(
                "\(r.count) differences, \(styles.rows) styles and \(labels.count) labels")
        }
        content = try Self.residual(r, styles)
        let both = Matrix(rows: r.count, columns: styles.columns + 1) { $1 == 0 ? r[$0] : styles[$0, $1 - 1] }
        let fit = try Self.logistic(both, labels)
        coefficient = fit.weights[0]
        coefficientError = fit.errors[0]
        styleCoefficients = Array(fit.weights.dropFirst())
        styleErrors = Array(fit.errors.dropFirst())
        naiveCoefficient = try Self.logistic(Matrix(rows: r.count, columns: 1, values: r), labels).weights[0]
        func share(_ d: [Double]) -> Double {
            let hits = zip(d, labels).compactMap {
                Answer(probability: Special.logistic($0), label: $1).hit
            }
            return hits.isEmpty ? .nan : Statistics.mean(hits)
        }
        accuracy = share(r)
        contentAccuracy = share(content)
    }

    /// r less its projection on the columns; columns that are 0 or depend on others add nothing.
    static func residual(_ r: [Double], _ columns: Matrix) throws -> [Double] {
        var basis: [[Double]] = []
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        func without(_ x: [Double]) -> [Double] {
            var x = x
            // Twice, against rounding.
            for _ in 0..<2 {
                for unit in basis {
                    let share = dot(x, unit)
                    for place in x.indices { x[place] -= share * unit[place] }
                }
            }
            return x
        }
        for column in 0..<columns.columns {
            let raw = columns.column(column)
            let rest = without(raw)
            let length = dot(rest, rest).squareRoot()
            if length > 1e-9 * dot(raw, raw).squareRoot(), length > 0 {
                basis.append(rest.map { $0 / length })
            }
        }
        return without(r)
    }

    /// Newton's method for a logistic regression without an intercept.
    private static func logistic(_ x: Matrix, _ labels: [Double]) throws -> (
        weights: [Double], errors: [Double]
    ) {
        let d = x.columns
        var weights = [Double](repeating: 0, count: d)
        for _ in 0..<50 {
            let scores = x.multiply(weights)
            let p = scores.map { Special.logistic($0) }
            let gradient = x.transposedMultiply(zip(labels, p).map { $0 - $1 })
            var rows = x.values
            for place in rows.indices { rows[place] *= (p[place / d] * (1 - p[place / d])).squareRoot() }
            let weighted = Matrix(rows: x.rows, columns: d, values: rows)
            guard let factor = Cholesky(weighted.transposedMultiply(weighted)) else { break }
            let step = factor.solve(gradient)
            for column in 0..<d { weights[column] += step[column] }
            let decrement = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            guard decrement.isFinite else { break }
            if decrement < 1e-16 * Double(x.rows) {
                let inverse = factor.inverse()
                return (weights, (0..<d).map { inverse[$0, $0].squareRoot() })
            }
        }
        throw LearningError.data(
            "score and style separate the labels, or one of them follows from the others: their shares cannot be told apart"
        )
    }
}
