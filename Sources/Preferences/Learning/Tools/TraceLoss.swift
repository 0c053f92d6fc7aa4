import Tensors

/// The loss by which a language model learns to judge with tools: of the comparison, and of the words of the traces.
///
/// Source: Li, Chai, Wang, Sun, Tian, Zhang and Wu, "Tool-Augmented Reward Modeling" (2024).
///
///     L = −log σ(r⁺ − r⁻) + α Σₜ (L_tool(t) + b L_obs(t)) + w L_rat
///
/// where L_tool, L_obs and L_rat are minus the log-probabilities of the tokens of calls, of what tools found and of
/// rationales. With b = 0 the model does not learn to make observations up: they get no gradient. With α = w = 0 it is
/// the Bradley–Terry loss.
///
/// ```swift
/// let loss = TraceLoss()
/// let value = loss(rewards: chosen - rejected, traces: [.init(logits: logits, tokens: tokens, parts: parts)])
/// ```
public struct TraceLoss: Sendable, Hashable {
    /// α, the weight of thoughts, actions and their inputs.
    public var alpha: Double
    /// b, the weight of observations, times α.
    public var observation: Double
    /// w, the weight of the rationale.
    public var rationale: Double

    /// What a token belongs to.
    public enum Part: Sendable, Hashable {
        /// The question and the answer, which are given.
        case given
        /// A thought, the name of a tool or its input.
        case call
        /// What a tool found.
        case observation
        /// The reason for the score.
        case rationale
    }

    /// The trace of one answer.
    public struct Scores {
        /// One row of scores of the vocabulary for each token, (tokens, vocabulary).
        public var logits: Tensor
        /// The tokens that came.
        public var tokens: [Int]
        /// What each belongs to.
        public var parts: [Part]

        /// Creates a trace.
        public init(logits: Tensor, tokens: [Int], parts: [Part]) {
            precondition(
                logits.shape.count == 2 && logits.shape[0] == tokens.count && parts.count == tokens.count,
                "a row of scores and a part for each token")
            self.logits = logits
            self.tokens = tokens
            self.parts = parts
        }
    }

    /// Creates the loss.
    public init(alpha: Double = 1, observation: Double = 0, rationale: Double = 1) {
        precondition(alpha >= 0 && observation >= 0 && rationale >= 0, "weights are not negative")
        self.alpha = alpha
        self.observation = observation
        self.rationale = rationale
    }

    /// How much a token counts.
    public func weight(_ part: Part) -> Double {
        switch part {
        case .given: 0
        case .call: alpha
        case .observation: alpha * observation
        case .rationale: rationale
        }
    }

    /// The loss of comparisons with these differences of rewards, (comparisons), and of these traces; the first is a
    /// mean, the second a sum.
    public func callAsFunction(rewards difference: Tensor, traces: [Scores]) -> Tensor {
        var loss = (-difference).softplus().mean()
        for trace in traces where trace.parts.contains(where: { weight($0) > 0 }) {
            let width = trace.logits.shape[1]
            var weights = [Float](repeating: 0, count: trace.tokens.count * width)
            for (row, token) in trace.tokens.enumerated() {
                precondition((0..<width).contains(token), "token \(token) is outside the vocabulary")
                weights[row * width + token] = Float(weight(trace.parts[row]))
            }
            let chosen = Tensor(weights, shape: [trace.tokens.count, width])
            loss = loss - (trace.logits.logSoftmax(over: 1) * chosen).sum()
        }
        return loss
    }
}
