import Kernels

/// What has been learnt about the weights of linear models: ridge regressions that grow by one outcome at a time.
///
/// Each of `models` independent models keeps, for outcomes y of feature vectors x with importance w,
///
///     V = λI + Σ w x xᵀ,   b = Σ w x y,   θ̂ = V⁻¹b,
///
/// and the inverse itself: an outcome changes V⁻¹ by V⁻¹x xᵀV⁻¹/(1/w + xᵀV⁻¹x) (Sherman and Morrison). After every 512 outcomes of
/// a model V⁻¹ and θ̂ are computed anew from V and b, so that rounding does not add up. With noise of standard deviation σ
/// and a prior N(0, σ²/λ·I) the posterior of the weights is N(θ̂, σ²V⁻¹).
///
/// Matrices are stored as packed triangles, all models in one array. A vector may be sparse, and shorter than
/// `features`: what it does not mention is 0.
///
/// - Complexity: O(d²) for an outcome and for the variance of a dense vector, O(s²) for the variance of a sparse one with s
///   values; memory O(models · d²).
///
/// ```swift
/// var belief = LinearBelief(features: 2)
/// belief.learn([1, 0.5], 2)
/// print(belief.mean([1, 0]), belief.variance([1, 0]))
/// ```
public struct LinearBelief: Sendable, Hashable, Codable {
    /// The number of models.
    public let models: Int
    /// The dimension d of the feature vectors.
    public let features: Int
    /// The ridge λ.
    public let lambda: Double
    /// The number of outcomes of each model.
    public private(set) var counts: [Int]

    /// V of each model: rows of the lower triangle one after the other, padded to `stride`.
    private var precision: [Double]
    /// V⁻¹ of each model, in the same order.
    private var inverse: [Double]
    /// b of each model.
    private var response: [Double]
    /// θ̂ of each model.
    private var solution: [Double]

    /// The outcomes of a model from one fresh inverse to the next.
    static let refresh = 512

    /// Creates models that have seen nothing.
    ///
    /// - Parameters:
    ///   - models: The number of models.
    ///   - features: The dimension of the feature vectors.
    ///   - lambda: The ridge, greater than 0.
    public init(models: Int = 1, features: Int, lambda: Double = 1) {
        precondition(models > 0 && features > 0, "a linear model needs at least one feature")
        precondition(lambda > 0 && lambda.isFinite, "lambda must be positive: the ridge makes V invertible")
        self.models = models
        self.features = features
        self.lambda = lambda
        counts = [Int](repeating: 0, count: models)
        let stride = PackedSymmetric.stride(features)
        precision = [Double](repeating: 0, count: models * stride)
        inverse = precision
        for model in 0..<models {
            for i in 0..<features {
                precision[model * stride + PackedSymmetric.row(i) + i] = lambda
                inverse[model * stride + PackedSymmetric.row(i) + i] = 1 / lambda
            }
        }
        response = [Double](repeating: 0, count: models * features)
        solution = response
    }

    private var stride: Int { PackedSymmetric.stride(features) }

    /// The weights θ̂ of a model.
    public func weights(_ model: Int = 0) -> [Double] {
        Array(solution[model * features..<(model + 1) * features])
    }

    /// The vector b of a model.
    public func responses(_ model: Int = 0) -> [Double] {
        Array(response[model * features..<(model + 1) * features])
    }

    /// The matrix V of a model.
    public func precisionMatrix(_ model: Int = 0) -> Matrix { unpacked(precision, model) }

    /// The matrix V⁻¹ of a model.
    public func inverseMatrix(_ model: Int = 0) -> Matrix { unpacked(inverse, model) }

    private func unpacked(_ packed: [Double], _ model: Int) -> Matrix {
        Matrix(rows: features, columns: features) {
            packed[model * stride + PackedSymmetric.row(max($0, $1)) + min($0, $1)]
        }
    }

    /// The predicted outcome xᵀθ̂.
    public func mean(_ x: FeatureVector, model: Int = 0) -> Double {
        precondition(x.dimension <= features, "\(x.dimension) features where the model has \(features)")
        precondition(model >= 0 && model < models, "there is no model \(model)")
        return solution.withUnsafeBufferPointer { x.dot($0, offset: model * features) }
    }

    /// The squared width xᵀV⁻¹x.
    public func variance(_ x: FeatureVector, model: Int = 0) -> Double {
        precondition(model >= 0 && model < models, "there is no model \(model)")
        var found = 0.0
        estimate(x, models: CollectionOfOne(model)) { _, _, variance in found = variance }
        return found
    }

    /// Hands on, for each of some models, its number, xᵀθ̂ and xᵀV⁻¹x.
    ///
    /// The products of the features are formed once for all models, which must exist.
    @inline(__always)
    func estimate(
        _ x: FeatureVector, models: some Collection<Int>, _ body: (Int, Double, Double) -> Void
    ) {
        precondition(x.dimension <= features, "\(x.dimension) features where a model has \(features)")
        let stride = stride
        solution.withUnsafeBufferPointer { theta in
            inverse.withUnsafeBufferPointer { inverse in
                if x.isDense, x.values.count == features {
                    x.values.withUnsafeBufferPointer { values in
                        withUnsafeTemporaryAllocation(of: Double.self, capacity: stride) { products in
                            PackedSymmetric.products(values, into: products)
                            for model in models {
                                let row = UnsafeBufferPointer(rebasing: inverse[(model * stride)...])
                                let variance = PackedSymmetric.dot(products, row, stride)
                                let mean = PackedSymmetric.dot(
                                    values, UnsafeBufferPointer(rebasing: theta[(model * features)...]),
                                    features)
                                body(model, mean, max(variance, 0))
                            }
                        }
                    }
                } else {
                    for model in models {
                        let row = UnsafeBufferPointer(rebasing: inverse[(model * stride)...])
                        let variance = PackedSymmetric.form(x, row)
                        body(model, x.dot(theta, offset: model * features), max(variance, 0))
                    }
                }
            }
        }
    }

    /// Learns one outcome.
    ///
    /// - Parameters:
    ///   - x: The features.
    ///   - outcome: What was observed.
    ///   - model: The model that it belongs to.
    ///   - weight: Its importance w, at least 0; 1/σ² for an outcome with noise of its own.
    public mutating func learn(
        _ x: FeatureVector, _ outcome: Double, model: Int = 0, weight: Double = 1
    ) {
        precondition(outcome.isFinite, "an outcome must be a finite number")
        precondition(weight >= 0 && weight.isFinite, "a weight must be a finite number of at least 0")
        update(x, model: model) { mean, variance in
            (weight, weight * (outcome - mean) / (1 + weight * variance))
        }
    }

    /// Adds w·xxᵀ to V and moves θ̂ by s·V⁻¹x, V⁻¹ being the one before, where (w, s) follow from xᵀθ̂ and xᵀV⁻¹x.
    @inline(__always)
    mutating func update(
        _ x: FeatureVector, model: Int, _ rule: (_ mean: Double, _ variance: Double) -> (Double, Double)
    ) {
        precondition(x.dimension <= features, "\(x.dimension) features where the model has \(features)")
        precondition(model >= 0 && model < models, "there is no model \(model)")
        let stride = stride, features = features
        precision.withUnsafeMutableBufferPointer { precision in
            inverse.withUnsafeMutableBufferPointer { inverse in
                solution.withUnsafeMutableBufferPointer { solution in
                    response.withUnsafeMutableBufferPointer { response in
                        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * features) { scratch in
                            let v = UnsafeMutableBufferPointer(rebasing: precision[(model * stride)...])
                            let p = UnsafeMutableBufferPointer(rebasing: inverse[(model * stride)...])
                            let u = UnsafeMutableBufferPointer(rebasing: scratch[..<features])
                            let dense = UnsafeMutableBufferPointer(rebasing: scratch[features...])
                            PackedSymmetric.spread(x, dense)
                            PackedSymmetric.multiply(p, x, dense, into: u)
                            let at = model * features
                            let (mean, variance) = PackedSymmetric.meanAndVariance(
                                dense, theta: UnsafeMutableBufferPointer(rebasing: solution[at...]), u)
                            let (weight, step) = rule(mean, max(variance, 0))
                            let gain = step + weight * (mean + variance * step)
                            for i in 0..<features {
                                solution[at + i] += step * u[i]
                                response[at + i] += gain * dense[i]
                            }
                            PackedSymmetric.add(weight, x, dense, to: v)
                            PackedSymmetric.add(-weight / (1 + weight * max(variance, 0)), u, to: p)
                        }
                    }
                }
            }
        }
        counts[model] += 1
        if counts[model] % Self.refresh == 0 { recompute(model) }
    }

    /// Computes V⁻¹ and θ̂ of a model from V and b.
    ///
    /// Where V is singular to working precision (features 10⁸ times larger than others) the running inverse stays.
    private mutating func recompute(_ model: Int) {
        guard let factor = Cholesky(precisionMatrix(model)) else { return }
        let fresh = factor.inverse()
        for i in 0..<features {
            for j in 0...i { inverse[model * stride + PackedSymmetric.row(i) + j] = fresh[i, j] }
        }
        solution.replaceSubrange(
            model * features..<(model + 1) * features, with: factor.solve(responses(model)))
    }

    /// Replaces what a model has learnt by sums that were formed elsewhere.
    ///
    /// - Parameters:
    ///   - gram: Σ w x xᵀ, without the ridge.
    ///   - responses: Σ w x y.
    ///   - count: The number of outcomes.
    mutating func replace(model: Int, gram: Matrix, responses: [Double], count: Int) {
        for i in 0..<features {
            for j in 0...i {
                precision[model * stride + PackedSymmetric.row(i) + j] = gram[i, j] + (i == j ? lambda : 0)
            }
            response[model * features + i] = responses[i]
        }
        counts[model] = count
        recompute(model)
    }

    /// Draws weights from the posterior N(θ̂, scale²·V⁻¹).
    public func sample(_ model: Int = 0, scale: Double = 1, random: inout CounterRandom) -> [Double] {
        sampler(model).draw(scale: scale, random: &random)
    }

    /// Prepares many draws from the posterior of one model.
    ///
    /// - Complexity: O(d³); each draw O(d²).
    func sampler(_ model: Int) -> PosteriorSampler {
        PosteriorSampler(mean: weights(model), precision: precisionMatrix(model))
    }
}
