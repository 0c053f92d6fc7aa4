/// A closed convex set of points that a learner may play: the whole space, a ball, a box or the probability
/// simplex.
///
/// It knows the three things that online convex optimisation asks of a set: the nearest point (`project`),
/// the best point for a linear loss (`minimizer`) and how far apart its points can be (`diameter`).
///
/// ```swift
/// let weights = ConvexSet.simplex(3)
/// weights.projection([0.9, 0.6, -2])      // [0.65, 0.35, 0]
/// weights.minimizer([2, -1, 0])           // [0, 1, 0]
/// ```
public struct ConvexSet: Sendable, Hashable, Codable {
    /// The kinds of sets, with what describes them.
    public enum Shape: Sendable, Hashable, Codable {
        /// All of ℝᵈ.
        case space
        /// The points within a Euclidean distance of the centre.
        case ball(radius: Double)
        /// The points between two corners, coordinate by coordinate.
        case box(lower: [Double], upper: [Double])
        /// The points with no negative coordinate that add up to one.
        case simplex
    }

    /// What kind of set it is.
    public let shape: Shape
    /// A point in the middle, where learners begin: the origin, the centre of a ball or a box, the uniform
    /// distribution.
    public let center: [Double]

    private init(_ shape: Shape, center: [Double]) {
        precondition(!center.isEmpty, "a convex set needs at least one dimension")
        precondition(center.allSatisfy(\.isFinite), "the centre of a set must be finite")
        self.shape = shape
        self.center = center
    }

    /// The whole space of a dimension.
    public static func space(_ dimension: Int) -> ConvexSet {
        ConvexSet(.space, center: [Double](repeating: 0, count: dimension))
    }

    /// The ball around the origin.
    public static func ball(_ dimension: Int, radius: Double = 1) -> ConvexSet {
        ball(center: [Double](repeating: 0, count: dimension), radius: radius)
    }

    /// The ball around a point.
    public static func ball(center: [Double], radius: Double) -> ConvexSet {
        precondition(radius > 0 && radius.isFinite, "a ball needs a positive radius")
        return ConvexSet(.ball(radius: radius), center: center)
    }

    /// The box between two corners.
    public static func box(lower: [Double], upper: [Double]) -> ConvexSet {
        precondition(lower.count == upper.count, "a box needs two corners of one dimension")
        precondition(
            zip(lower, upper).allSatisfy { $0 <= $1 }, "a box's lower corner lies above its upper one")
        return ConvexSet(
            .box(lower: lower, upper: upper), center: zip(lower, upper).map { $0 + ($1 - $0) / 2 })
    }

    /// The distributions over `count` outcomes.
    public static func simplex(_ count: Int) -> ConvexSet {
        ConvexSet(.simplex, center: [Double](repeating: 1 / Double(max(count, 1)), count: count))
    }

    /// The number of coordinates.
    public var dimension: Int { center.count }

    /// The largest Euclidean distance between two points; infinite for the whole space.
    public var diameter: Double {
        switch shape {
        case .space: .infinity
        case .ball(let radius): 2 * radius
        case .box(let lower, let upper): VectorMath.distance(lower, upper)
        case .simplex: dimension > 1 ? 2.0.squareRoot() : 0
        }
    }

    /// Moves a point to the nearest point of the set in Euclidean distance.
    ///
    /// - Complexity: O(d); on the simplex O(d) as a rule, and O(d²) where the coordinates grow like powers.
    public func project(_ x: inout [Double]) {
        precondition(x.count == dimension, "the point has another dimension than the set")
        switch shape {
        case .space: break
        case .ball(let radius):
            let distance = VectorMath.distance(x, center)
            guard distance > radius else { return }
            let share = radius / distance
            for i in x.indices { x[i] = center[i] + share * (x[i] - center[i]) }
        case .box(let lower, let upper):
            for i in x.indices { x[i] = min(max(x[i], lower[i]), upper[i]) }
        case .simplex:
            let threshold = Self.simplexThreshold(x)
            for i in x.indices { x[i] = max(0, x[i] - threshold) }
        }
    }

    /// The nearest point of the set in Euclidean distance.
    public func projection(_ x: [Double]) -> [Double] {
        var point = x
        project(&point)
        return point
    }

    /// The point at which a linear loss ⟨g, x⟩ is least; the first such vertex of the simplex.
    ///
    /// - Precondition: the set is bounded.
    public func minimizer(_ gradient: [Double]) -> [Double] {
        precondition(gradient.count == dimension, "the gradient has another dimension than the set")
        switch shape {
        case .space: preconditionFailure("a linear loss has no least value on the whole space")
        case .ball(let radius):
            let norm = VectorMath.dot(gradient, gradient).squareRoot()
            guard norm > 0 else { return center }
            return center.indices.map { center[$0] - radius * gradient[$0] / norm }
        case .box(let lower, let upper):
            return center.indices.map {
                gradient[$0] > 0 ? lower[$0] : gradient[$0] < 0 ? upper[$0] : center[$0]
            }
        case .simplex:
            var best = 0
            for i in gradient.indices where gradient[i] < gradient[best] { best = i }
            var point = [Double](repeating: 0, count: dimension)
            point[best] = 1
            return point
        }
    }

    /// Whether a point lies in the set, but for rounding.
    public func contains(_ x: [Double], tolerance: Double = 1e-9) -> Bool {
        x.count == dimension && VectorMath.distance(x, projection(x)) <= tolerance
    }

    /// The number θ for which the positive parts of xᵢ − θ add up to one.
    ///
    /// Coordinates below the mean excess of those left cannot be positive and drop out, until none does.
    private static func simplexThreshold(_ x: [Double]) -> Double {
        var left = x
        var count = x.count
        while true {
            var sum = -1.0
            for i in 0..<count { sum += left[i] }
            let threshold = sum / Double(count)
            var kept = 0
            for i in 0..<count where left[i] > threshold {
                left[kept] = left[i]
                kept += 1
            }
            if kept == count || kept == 0 { return threshold }
            count = kept
        }
    }
}
