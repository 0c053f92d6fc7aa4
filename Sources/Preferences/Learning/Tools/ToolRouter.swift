import Foundation
import Kernels

/// Says which tool a question is for: a classifier over hashed pieces of the question, in which all digits are alike.
///
///     p(tool | x) = softmax(W φ(x)),   W = argmin −Σᵢ log p(toolᵢ | xᵢ) / n + (λ/2) ‖W‖²
///
/// "none" is among the tools.
///
/// - Complexity: O(n · buckets · tools) for each of some dozens of iterations.
public struct ToolRouter: Sendable, Hashable {
    /// What is chosen among, in order of their names.
    public let tools: [String]
    private let buckets: Int
    private let weights: Matrix

    /// The name of no tool.
    public static let none = "none"

    /// Learns from questions and the tools that they are for.
    ///
    /// - Throws: `LearningError.data` where there are none, or not a tool for each.
    public init(questions: [String], tools labels: [String], buckets: Int = 512, ridge: Double = 1e-4) throws
    {
        precondition(buckets > 0 && ridge > 0, "buckets and λ are positive")
        guard questions.count == labels.count, !questions.isEmpty else {
            throw LearningError.data("\(questions.count) questions and \(labels.count) tools for them")
        }
        tools = Set(labels).sorted()
        self.buckets = buckets
        let (names, width) = (tools, buckets)
        let wanted = labels.map { label in names.firstIndex(of: label) ?? 0 }
        let rows = Matrix(
            rows: questions.count, columns: width,
            values: questions.flatMap { Self.features($0, buckets: width) })
        guard names.count > 1 else {
            weights = Matrix(rows: 1, columns: width)
            return
        }
        let result = LBFGS(maxIterations: 200, gradientTolerance: 1e-5).minimize(
            from: [Double](repeating: 0, count: names.count * width)
        ) { x, gradient in
            let current = Matrix(rows: names.count, columns: width, values: x)
            var slopes = rows.multiplyTransposed(current)
            var loss = 0.0
            for row in 0..<slopes.rows {
                let scores = slopes.row(row)
                let total = Special.logSumExp(scores)
                loss += (total - scores[wanted[row]]) / Double(slopes.rows)
                for tool in names.indices {
                    slopes[row, tool] =
                        (exp(scores[tool] - total) - (tool == wanted[row] ? 1 : 0)) / Double(slopes.rows)
                }
            }
            let sums = slopes.transposedMultiply(rows)
            for place in x.indices {
                loss += ridge / 2 * x[place] * x[place]
                gradient[place] = sums.values[place] + ridge * x[place]
            }
            return loss
        }
        weights = Matrix(rows: names.count, columns: width, values: result.x)
    }

    /// The probability of each tool.
    public func probabilities(_ question: String) -> [Double] {
        let scores = weights.multiply(Self.features(question, buckets: buckets))
        let total = Special.logSumExp(scores)
        return scores.map { exp($0 - total) }
    }

    /// The likeliest tool.
    public func choose(_ question: String) -> String {
        let chances = probabilities(question)
        return tools[chances.indices.max { chances[$0] < chances[$1] } ?? 0]
    }

    private static func features(_ question: String, buckets: Int) -> [Double] {
        let shape = String(question.lowercased().map { $0.isNumber ? "0" : $0 })
        var bag = [Double](repeating: 0, count: buckets)
        TextTokens.addPieces(of: shape, lengths: 2...4, to: &bag, salt: 1)
        for word in TextTokens.words(shape) { bag[TextTokens.bucket(word, of: buckets, salt: 2)] += 1 }
        let length = bag.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? bag.map { $0 / length } : bag
    }

    /// Its parts for saving.
    public var state: ModelState {
        var state = ModelState()
        state.lists["tools"] = tools
        state["weights"] = .init(weights)
        return state
    }

    /// Makes it of its parts.
    public init(_ state: ModelState) throws {
        weights = try state.matrix("weights")
        tools = state.lists["tools"] ?? []
        guard tools.count == weights.rows, !tools.isEmpty, weights.columns > 0 else {
            throw LearningError.data("the router's weights do not fit its \(tools.count) tools")
        }
        buckets = weights.columns
    }
}
