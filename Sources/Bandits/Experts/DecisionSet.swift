import Foundation

/// The set from which a decision maker takes a point each round.
public enum DecisionSet: Sendable, Hashable, Codable {
    /// Distributions over actions.
    case simplex
    /// Points no further than a radius from the origin.
    case ball(radius: Double)

    /// min over the set of ⟨S, π⟩: what the best fixed point would have lost.
    public func best(_ sum: [Double]) -> Double {
        switch self {
        case .simplex: sum.min() ?? 0
        case .ball(let radius): -radius * VectorMath.length(sum)
        }
    }

    /// The point of the set for any vector u: its softmax, or the nearest point of the ball.
    public func point(_ u: [Double]) -> [Double] {
        var p = u
        write(u, into: &p)
        return p
    }

    /// Writes the point for u into `p`, which has the same length.
    func write(_ u: [Double], into p: inout [Double]) {
        switch self {
        case .simplex:
            let top = u.max() ?? 0
            var sum = 0.0
            for i in u.indices {
                p[i] = exp(u[i] - top)
                sum += p[i]
            }
            for i in u.indices { p[i] /= sum }
        case .ball(let radius):
            let length = VectorMath.length(u)
            let scale = length <= radius ? 1 : radius / length
            for i in u.indices { p[i] = u[i] * scale }
        }
    }

    /// Writes the gradient of ⟨loss, point(u)⟩ with respect to u into `gradient`, given the point.
    func writePullback(_ u: [Double], point: [Double], _ loss: [Double], into gradient: inout [Double]) {
        var along = 0.0
        for i in u.indices { along += point[i] * loss[i] }
        switch self {
        case .simplex:
            for i in u.indices { gradient[i] = point[i] * (loss[i] - along) }
        case .ball(let radius):
            let length = VectorMath.length(u)
            guard length > radius else {
                for i in u.indices { gradient[i] = loss[i] }
                return
            }
            for i in u.indices { gradient[i] = (radius * loss[i] - along * point[i] / radius) / length }
        }
    }
}
