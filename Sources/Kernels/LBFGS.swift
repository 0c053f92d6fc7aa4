/// The limited-memory BFGS minimiser of smooth functions of many variables.
///
/// Search directions come from the two-loop recursion over the last ``history`` steps; step lengths satisfy
/// the strong Wolfe conditions.
public struct LBFGS: Sendable, Hashable {
    /// How many past steps shape the search direction.
    public var history: Int
    /// The most iterations.
    public var maxIterations: Int
    /// The largest absolute gradient component at which a point counts as a minimum.
    public var gradientTolerance: Double
    /// The relative decrease of the value in one iteration below which the search also counts as converged; 0
    /// turns this off.
    public var valueTolerance: Double

    /// Creates a minimiser.
    public init(
        history: Int = 10, maxIterations: Int = 500, gradientTolerance: Double = 1e-8,
        valueTolerance: Double = 0
    ) {
        self.history = max(1, history)
        self.maxIterations = maxIterations
        self.gradientTolerance = gradientTolerance
        self.valueTolerance = valueTolerance
    }

    /// What a search arrived at.
    public struct Result: Sendable, Hashable {
        /// The best point found.
        public let x: [Double]
        /// The function there.
        public let value: Double
        /// The largest absolute component of the gradient there.
        public let gradientNorm: Double
        /// The number of iterations done.
        public let iterations: Int
        /// The number of times the function was called.
        public let evaluations: Int
        /// Whether one of the two tolerances was met.
        public let converged: Bool
    }

    /// Minimises a function from a starting point.
    ///
    /// Trial points where the function is not finite are backed away from.
    ///
    /// - Parameters:
    ///   - start: The starting point.
    ///   - function: Returns the value at its first argument and writes the gradient into its second.
    /// - Throws: What `function` throws.
    /// - Complexity: O(*n* · history) for each iteration besides the calls of `function`.
    public func minimize(
        from start: [Double], _ function: (_ x: [Double], _ gradient: inout [Double]) throws -> Double
    ) rethrows -> Result {
        var gradient = [Double](repeating: 0, count: start.count)
        let value = try function(start, &gradient)
        var state = SearchPoint(x: start, value: value, gradient: gradient)
        var memory = CurvatureMemory(capacity: history)
        var iterations = 0
        var evaluations = 1
        var converged = state.gradientNorm <= gradientTolerance
        while !converged && iterations < maxIterations && state.value.isFinite {
            var direction = memory.direction(state.gradient)
            var slope = PackedKernel.dot(direction, state.gradient)
            if !(slope < 0) {
                memory.clear()
                direction = memory.direction(state.gradient)
                slope = PackedKernel.dot(direction, state.gradient)
                guard slope < 0 else { break }
            }
            let first = memory.isEmpty ? min(1, 1 / PackedKernel.dot(direction, direction).squareRoot()) : 1
            var search = WolfeSearch(start: state, direction: direction, slope: slope)
            let found = try search.run(first: first, function)
            evaluations += search.evaluations
            guard let next = found else {
                // Stale curvature can spoil the direction; try once more without it.
                if memory.isEmpty { break }
                memory.clear()
                continue
            }
            iterations += 1
            let gain = state.value - next.value
            memory.append(from: state, to: next)
            state = next
            converged =
                state.gradientNorm <= gradientTolerance
                || (valueTolerance > 0 && gain <= valueTolerance * max(1, abs(state.value)))
        }
        return Result(
            x: state.x, value: state.value, gradientNorm: state.gradientNorm, iterations: iterations,
            evaluations: evaluations, converged: converged)
    }
}

/// A point with its value and gradient.
struct SearchPoint {
    var x: [Double]
    var value: Double
    var gradient: [Double]

    var gradientNorm: Double {
        gradient.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, abs($1)) }
    }
}

/// The last few steps and gradient changes.
private struct CurvatureMemory {
    let capacity: Int
    private var pairs: [(step: [Double], change: [Double], curvature: Double)] = []

    init(capacity: Int) { self.capacity = capacity }

    var isEmpty: Bool { pairs.isEmpty }

    mutating func clear() { pairs.removeAll() }

    mutating func append(from old: SearchPoint, to new: SearchPoint) {
        let step = zip(new.x, old.x).map { $0 - $1 }
        let change = zip(new.gradient, old.gradient).map { $0 - $1 }
        let curvature = PackedKernel.dot(step, change)
        let lengths = PackedKernel.dot(step, step) * PackedKernel.dot(change, change)
        guard curvature > 1e-12 * lengths.squareRoot() else { return }
        if pairs.count == capacity { pairs.removeFirst() }
        pairs.append((step, change, curvature))
    }

    /// The two-loop recursion.
    func direction(_ gradient: [Double]) -> [Double] {
        var q = gradient.map { -$0 }
        var weights = [Double](repeating: 0, count: pairs.count)
        for i in pairs.indices.reversed() {
            let pair = pairs[i]
            weights[i] = PackedKernel.dot(pair.step, q) / pair.curvature
            for k in q.indices { q[k] -= weights[i] * pair.change[k] }
        }
        if let last = pairs.last {
            let scale = last.curvature / PackedKernel.dot(last.change, last.change)
            for k in q.indices { q[k] *= scale }
        }
        for i in pairs.indices {
            let pair = pairs[i]
            let weight = weights[i] - PackedKernel.dot(pair.change, q) / pair.curvature
            for k in q.indices { q[k] += weight * pair.step[k] }
        }
        return q
    }
}
