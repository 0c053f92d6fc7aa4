import Foundation
import Kernels

/// Looks for the point of a space where an acquisition is largest.
///
/// Random points and neighbours of good ones are compared; from the best of them the coordinates that can
/// have every value are improved by L-BFGS in angles, xⱼ = (1 − cos θⱼ)/2, which stay inside the cube.
struct AcquisitionSearch: Sendable {
    var randomPoints = 500
    var neighbours = 60
    var climbs = 2

    func maximum(
        _ acquisition: some AcquisitionFunction, space: SearchSpace, near: [[Double]],
        random: inout CounterRandom
    ) -> [Double] {
        var candidates = (0..<randomPoints).map { _ in space.randomUnit(&random) }
        for (i, centre) in near.enumerated() {
            let share = neighbours / near.count + (i < neighbours % near.count ? 1 : 0)
            for k in 0..<share {
                candidates.append(
                    space.neighbour(centre, scale: k % 2 == 0 ? 0.1 : 0.02, &random))
            }
        }
        let values = candidates.map(acquisition.value)
        let order = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
        var best = (x: candidates[order[0]], value: values[order[0]])
        guard best.value > 0, space.isReal.contains(true) else { return best.x }
        for place in order.prefix(climbs) {
            let found = climb(acquisition, space, from: candidates[place], unit: best.value)
            let value = acquisition.value(found)
            if value > best.value { best = (found, value) }
        }
        return best.x
    }

    private func climb(
        _ acquisition: some AcquisitionFunction, _ space: SearchSpace, from start: [Double], unit: Double
    ) -> [Double] {
        let free = space.isReal.indices.filter { space.isReal[$0] }
        func point(_ angles: [Double]) -> [Double] {
            var x = start
            for (k, j) in free.enumerated() { x[j] = 0.5 * (1 - cos(angles[k])) }
            return x
        }
        // Away from the faces, where the angle's derivative is zero.
        let angles = free.map { acos(1 - 2 * min(max(start[$0], 1e-4), 1 - 1e-4)) }
        let found = LBFGS(maxIterations: 30, gradientTolerance: 1e-6, valueTolerance: 1e-8)
            .minimize(from: angles) { angles, gradient in
                let (value, slope) = acquisition.valueAndGradient(point(angles))
                for (k, j) in free.enumerated() { gradient[k] = -slope[j] / unit * 0.5 * sin(angles[k]) }
                return -value / unit
            }
        return space.snapped(point(found.x))
    }
}
