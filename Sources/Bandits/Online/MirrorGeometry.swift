import Foundation

/// The distance in which a mirror-descent learner measures its steps.
public enum MirrorGeometry: String, Sendable, Hashable, Codable {
    /// ½‖x − y‖²: steps are projected gradient steps.
    case euclidean
    /// Σ xᵢ log(xᵢ/yᵢ) on the simplex: steps multiply the coordinates.
    case entropic

    /// The geometry that suits a set: entropic on the simplex, Euclidean elsewhere.
    static func suiting(_ set: ConvexSet) -> MirrorGeometry {
        set.shape == .simplex ? .entropic : .euclidean
    }

    /// The square of a gradient's length as this geometry sees it; the entropic one sees only differences
    /// between coordinates.
    func squaredNorm(_ gradient: [Double]) -> Double {
        switch self {
        case .euclidean: return VectorMath.dot(gradient, gradient)
        case .entropic:
            let range = VectorMath.range(gradient)
            return range * range
        }
    }

    /// The scale of adaptive steps with which regret is bounded.
    func scale(on set: ConvexSet) -> Double {
        switch self {
        case .euclidean: set.diameter
        case .entropic: 2 * log(Double(set.dimension)).squareRoot()
        }
    }

    /// Traps where the geometry does not fit the set.
    func check(on set: ConvexSet) {
        precondition(
            self == .euclidean || set.shape == .simplex, "the entropic geometry needs the simplex")
    }
}
